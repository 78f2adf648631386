#include "crypto/cfb.h"

#include <stdlib.h>

struct cfb {
    gcry_cipher_hd_t handle; /* in libgcrypt's secure memory */
};

static bool is_weak(gcry_error_t error)
{
    return gcry_err_code(error) == GPG_ERR_WEAK_KEY;
}

static bool start(struct cfb *cfb, int cipher, const unsigned char *key, size_t key_len)
{
    if (gcry_cipher_get_algo_keylen(cipher) != key_len ||
        gcry_cipher_open(&cfb->handle, cipher, GCRY_CIPHER_MODE_CFB, GCRY_CIPHER_SECURE) != 0)
        return false;
    /* Refusing weak keys would refuse what was once encrypted with one; the library still says so,
     * after it has set the key. */
    gcry_cipher_ctl(cfb->handle, GCRYCTL_SET_ALLOW_WEAK_KEY, NULL, 1);
    gcry_error_t error = gcry_cipher_setkey(cfb->handle, key, key_len);
    return (error == 0 || is_weak(error)) && gcry_cipher_setiv(cfb->handle, NULL, 0) == 0;
}

struct cfb *cfb_new(int cipher, const unsigned char *key, size_t key_len)
{
    struct cfb *cfb = calloc(1, sizeof *cfb);
    if (cfb == NULL || start(cfb, cipher, key, key_len))
        return cfb;
    cfb_free(cfb);
    return NULL;
}

bool cfb_set_iv(struct cfb *cfb, const unsigned char *iv, size_t iv_len)
{
    return gcry_cipher_setiv(cfb->handle, iv, iv_len) == 0;
}

bool cfb_encrypt(struct cfb *cfb, unsigned char *out, const unsigned char *in, size_t len)
{
    return gcry_cipher_encrypt(cfb->handle, out, len, in, len) == 0;
}

bool cfb_decrypt(struct cfb *cfb, unsigned char *out, const unsigned char *in, size_t len)
{
    return gcry_cipher_decrypt(cfb->handle, out, len, in, len) == 0;
}

void cfb_free(struct cfb *cfb)
{
    if (cfb == NULL)
        return;
    gcry_cipher_close(cfb->handle);
    free(cfb);
}
