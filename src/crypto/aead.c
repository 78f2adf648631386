#include "crypto/aead.h"

#include "base/secret.h"

#include <stdlib.h>

struct aead {
    gcry_cipher_hd_t handle; /* in libgcrypt's secure memory */
};

struct aead *aead_new(int cipher, int mode, const unsigned char *key, size_t key_len)
{
    struct aead *aead = calloc(1, sizeof *aead);
    if (aead == NULL)
        return NULL;
    if (gcry_cipher_get_algo_keylen(cipher) == key_len &&
        gcry_cipher_open(&aead->handle, cipher, mode, GCRY_CIPHER_SECURE) == 0 &&
        gcry_cipher_setkey(aead->handle, key, key_len) == 0)
        return aead;
    aead_free(aead);
    return NULL;
}

/* Leaves the handle ready for the text, all of which comes in one call. */
static bool start(struct aead *aead, struct bytes nonce, struct bytes additional)
{
    return gcry_cipher_reset(aead->handle) == 0 &&
           gcry_cipher_setiv(aead->handle, nonce.at, nonce.len) == 0 &&
           (additional.len == 0 ||
            gcry_cipher_authenticate(aead->handle, additional.at, additional.len) == 0) &&
           gcry_cipher_final(aead->handle) == 0;
}

bool aead_seal(struct aead *aead, struct bytes nonce, struct bytes additional, struct bytes text,
               unsigned char *out, unsigned char *tag)
{
    return start(aead, nonce, additional) &&
           gcry_cipher_encrypt(aead->handle, out, text.len, text.at, text.len) == 0 &&
           gcry_cipher_gettag(aead->handle, tag, AEAD_TAG_LEN) == 0;
}

bool aead_open(struct aead *aead, struct bytes nonce, struct bytes additional, struct bytes text,
               const unsigned char *tag, unsigned char *out)
{
    if (start(aead, nonce, additional) &&
        gcry_cipher_decrypt(aead->handle, out, text.len, text.at, text.len) == 0 &&
        gcry_cipher_checktag(aead->handle, tag, AEAD_TAG_LEN) == 0)
        return true;
    secret_wipe(out, text.len);
    return false;
}

void aead_free(struct aead *aead)
{
    if (aead == NULL)
        return;
    gcry_cipher_close(aead->handle);
    free(aead);
}
