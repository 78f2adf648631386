#include "crypto/kdf.h"

#include <gcrypt.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium.h>

enum { WRAP_BLOCK_LEN = 8, WRAP_PLAIN_MIN = 2 * WRAP_BLOCK_LEN };

/* OpenSSL's parameters are not const, but it doesn't write to these. */
static OSSL_PARAM octets(const char *name, struct bytes bytes)
{
    return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes.at, bytes.len);
}

bool kdf_hkdf(enum digest_kind digest, struct bytes secret, struct bytes salt, struct bytes info,
              unsigned char *out, size_t out_len)
{
    OSSL_PARAM params[5];
    size_t count = 0;
    params[count++] = OSSL_PARAM_construct_utf8_string(
        OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)digest_openssl_name(digest), 0);
    params[count++] = octets(OSSL_KDF_PARAM_KEY, secret);
    /* It refuses an empty salt, and takes the zeros that an absent one stands for. */
    if (salt.len > 0)
        params[count++] = octets(OSSL_KDF_PARAM_SALT, salt);
    params[count++] = octets(OSSL_KDF_PARAM_INFO, info);
    params[count] = OSSL_PARAM_construct_end();
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(hkdf);
    bool ok = context != NULL && EVP_KDF_derive(context, out, out_len, params) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(hkdf);
    return ok;
}

static bool argon2id_of_one_lane(struct bytes passphrase, struct bytes salt, uint32_t passes,
                                 uint32_t memory_kib, unsigned char *out, size_t out_len)
{
    return crypto_pwhash_argon2id(out, out_len, (const char *)passphrase.at, passphrase.len,
                                  salt.at, passes, (size_t)memory_kib * 1024,
                                  crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0;
}

bool kdf_argon2id(struct bytes passphrase, struct bytes salt, uint32_t passes, uint32_t lanes,
                  uint32_t memory_kib, unsigned char *out, size_t out_len)
{
    /* libgcrypt's sizes overflow where it's asked for terabytes. */
    if (memory_kib > KDF_ARGON2ID_MEMORY_KIB_MAX)
        return false;
    /* libsodium is the faster one, and libgcrypt refuses an empty passphrase; but libsodium knows
     * one lane only. */
    if (lanes == 1 && salt.len == crypto_pwhash_argon2id_SALTBYTES)
        return argon2id_of_one_lane(passphrase, salt, passes, memory_kib, out, out_len);
    const unsigned long params[] = {out_len, passes, memory_kib, lanes};
    gcry_kdf_hd_t handle;
    if (gcry_kdf_open(&handle, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, params,
                      sizeof params / sizeof params[0], passphrase.at, passphrase.len, salt.at,
                      salt.len, NULL, 0, NULL, 0) != 0)
        return false;
    bool ok = gcry_kdf_compute(handle, NULL) == 0 && gcry_kdf_final(handle, out_len, out) == 0;
    gcry_kdf_close(handle);
    return ok;
}

static bool open_wrap(gcry_cipher_hd_t *handle, struct bytes key)
{
    int cipher = key.len == 16   ? GCRY_CIPHER_AES128
                 : key.len == 24 ? GCRY_CIPHER_AES192
                                 : GCRY_CIPHER_AES256;
    if (gcry_cipher_open(handle, cipher, GCRY_CIPHER_MODE_AESWRAP, GCRY_CIPHER_SECURE) != 0)
        return false;
    if (gcry_cipher_setkey(*handle, key.at, key.len) == 0)
        return true;
    gcry_cipher_close(*handle);
    return false;
}

bool kdf_wrap(struct bytes key, struct bytes plain, unsigned char *wrapped)
{
    gcry_cipher_hd_t handle;
    if (plain.len < WRAP_PLAIN_MIN || plain.len % WRAP_BLOCK_LEN != 0 || !open_wrap(&handle, key))
        return false;
    bool ok =
        gcry_cipher_encrypt(handle, wrapped, plain.len + WRAP_BLOCK_LEN, plain.at, plain.len) == 0;
    gcry_cipher_close(handle);
    return ok;
}

bool kdf_unwrap(struct bytes key, struct bytes wrapped, unsigned char *plain)
{
    gcry_cipher_hd_t handle;
    if (wrapped.len < WRAP_PLAIN_MIN + WRAP_BLOCK_LEN || wrapped.len % WRAP_BLOCK_LEN != 0 ||
        !open_wrap(&handle, key))
        return false;
    bool ok = gcry_cipher_decrypt(handle, plain, wrapped.len - WRAP_BLOCK_LEN, wrapped.at,
                                  wrapped.len) == 0;
    gcry_cipher_close(handle);
    return ok;
}
