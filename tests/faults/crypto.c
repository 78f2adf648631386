/*
 * The cryptographic libraries' functions, each failing as its manual says that it can.
 */
#include "fault.h"

#include <bzlib.h>
#include <errno.h>
#include <gcrypt.h>
#include <openssl/bn.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>
#include <zlib.h>

#define FAILS(type, function, parameters, arguments, failed)                                       \
    FAULT_CALL(type, function, parameters, arguments, ENOMEM, FAULT_FAIL | FAULT_OWN, failed)

/* ---- OpenSSL: numbers ---- */

FAILS(BN_CTX *, BN_CTX_secure_new, (void), (), NULL)
FAILS(BIGNUM *, BN_bin2bn, (const unsigned char *s, int len, BIGNUM *ret), (s, len, ret), NULL)
FAILS(int, BN_check_prime, (const BIGNUM *p, BN_CTX *ctx, BN_GENCB *cb), (p, ctx, cb), -1)
FAILS(int, BN_div, (BIGNUM * dv, BIGNUM *rem, const BIGNUM *m, const BIGNUM *d, BN_CTX *ctx),
      (dv, rem, m, d, ctx), 0)
FAILS(int, BN_mod_exp_mont_consttime,
      (BIGNUM * rr, const BIGNUM *a, const BIGNUM *p, const BIGNUM *m, BN_CTX *ctx,
       BN_MONT_CTX *in_mont),
      (rr, a, p, m, ctx, in_mont), 0)
FAILS(unsigned long, BN_mod_word, (const BIGNUM *a, unsigned long w), (a, w), (BN_ULONG)-1)
FAILS(int, BN_mul, (BIGNUM * r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx), (r, a, b, ctx), 0)
FAILS(BIGNUM *, BN_new, (void), (), NULL)
FAILS(int, BN_rshift1, (BIGNUM * r, const BIGNUM *a), (r, a), 0)
FAILS(BIGNUM *, BN_secure_new, (void), (), NULL)
FAILS(int, BN_sub_word, (BIGNUM * a, unsigned long w), (a, w), 0)

/* ---- OpenSSL: the rest ---- */

FAILS(DSA_SIG *, DSA_SIG_new, (void), (), NULL)
FAILS(int, DSA_SIG_set0, (DSA_SIG * sig, BIGNUM *r, BIGNUM *s), (sig, r, s), 0)
FAILS(ECDSA_SIG *, ECDSA_SIG_new, (void), (), NULL)
FAILS(int, ECDSA_SIG_set0, (ECDSA_SIG * sig, BIGNUM *r, BIGNUM *s), (sig, r, s), 0)
FAILS(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, (void), (), NULL)
FAILS(EVP_CIPHER *, EVP_CIPHER_fetch,
      (OSSL_LIB_CTX * ctx, const char *algorithm, const char *properties),
      (ctx, algorithm, properties), NULL)
FAILS(int, EVP_DigestFinal_ex, (EVP_MD_CTX * ctx, unsigned char *md, unsigned int *s), (ctx, md, s),
      0)
FAILS(int, EVP_DigestInit_ex2, (EVP_MD_CTX * ctx, const EVP_MD *type, const OSSL_PARAM params[]),
      (ctx, type, params), 0)
FAILS(int, EVP_DigestSign,
      (EVP_MD_CTX * ctx, unsigned char *sigret, size_t *siglen, const unsigned char *tbs,
       size_t tbslen),
      (ctx, sigret, siglen, tbs, tbslen), 0)
FAILS(int, EVP_DigestSignInit_ex,
      (EVP_MD_CTX * ctx, EVP_PKEY_CTX **pctx, const char *mdname, OSSL_LIB_CTX *libctx,
       const char *props, EVP_PKEY *pkey, const OSSL_PARAM params[]),
      (ctx, pctx, mdname, libctx, props, pkey, params), 0)
FAILS(int, EVP_DigestUpdate, (EVP_MD_CTX * ctx, const void *d, size_t cnt), (ctx, d, cnt), 0)
FAILS(int, EVP_DigestVerify,
      (EVP_MD_CTX * ctx, const unsigned char *sigret, size_t siglen, const unsigned char *tbs,
       size_t tbslen),
      (ctx, sigret, siglen, tbs, tbslen), -1)
FAILS(int, EVP_DigestVerifyInit_ex,
      (EVP_MD_CTX * ctx, EVP_PKEY_CTX **pctx, const char *mdname, OSSL_LIB_CTX *libctx,
       const char *props, EVP_PKEY *pkey, const OSSL_PARAM params[]),
      (ctx, pctx, mdname, libctx, props, pkey, params), 0)
FAILS(int, EVP_EncryptInit_ex2,
      (EVP_CIPHER_CTX * ctx, const EVP_CIPHER *cipher, const unsigned char *key,
       const unsigned char *iv, const OSSL_PARAM params[]),
      (ctx, cipher, key, iv, params), 0)
FAILS(int, EVP_EncryptUpdate,
      (EVP_CIPHER_CTX * ctx, unsigned char *out, int *outl, const unsigned char *in, int inl),
      (ctx, out, outl, in, inl), 0)
FAILS(EVP_KDF_CTX *, EVP_KDF_CTX_new, (EVP_KDF * kdf), (kdf), NULL)
FAILS(int, EVP_KDF_derive,
      (EVP_KDF_CTX * ctx, unsigned char *key, size_t keylen, const OSSL_PARAM params[]),
      (ctx, key, keylen, params), 0)
FAILS(EVP_KDF *, EVP_KDF_fetch,
      (OSSL_LIB_CTX * libctx, const char *algorithm, const char *properties),
      (libctx, algorithm, properties), NULL)
FAILS(EVP_MAC_CTX *, EVP_MAC_CTX_new, (EVP_MAC * mac), (mac), NULL)
FAILS(EVP_MAC *, EVP_MAC_fetch,
      (OSSL_LIB_CTX * libctx, const char *algorithm, const char *properties),
      (libctx, algorithm, properties), NULL)
FAILS(int, EVP_MAC_final, (EVP_MAC_CTX * ctx, unsigned char *out, size_t *outl, size_t outsize),
      (ctx, out, outl, outsize), 0)
FAILS(int, EVP_MAC_init,
      (EVP_MAC_CTX * ctx, const unsigned char *key, size_t keylen, const OSSL_PARAM params[]),
      (ctx, key, keylen, params), 0)
FAILS(int, EVP_MAC_update, (EVP_MAC_CTX * ctx, const unsigned char *data, size_t datalen),
      (ctx, data, datalen), 0)
FAILS(EVP_MD_CTX *, EVP_MD_CTX_new, (void), (), NULL)
FAILS(EVP_MD *, EVP_MD_fetch, (OSSL_LIB_CTX * ctx, const char *algorithm, const char *properties),
      (ctx, algorithm, properties), NULL)
FAILS(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name,
      (OSSL_LIB_CTX * libctx, const char *name, const char *propquery), (libctx, name, propquery),
      NULL)
FAILS(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_pkey,
      (OSSL_LIB_CTX * libctx, EVP_PKEY *pkey, const char *propquery), (libctx, pkey, propquery),
      NULL)
FAILS(int, EVP_PKEY_CTX_set_rsa_padding, (EVP_PKEY_CTX * ctx, int pad_mode), (ctx, pad_mode), 0)
FAILS(int, EVP_PKEY_decrypt,
      (EVP_PKEY_CTX * ctx, unsigned char *out, size_t *outlen, const unsigned char *in,
       size_t inlen),
      (ctx, out, outlen, in, inlen), -1)
FAILS(int, EVP_PKEY_decrypt_init, (EVP_PKEY_CTX * ctx), (ctx), 0)
FAILS(int, EVP_PKEY_derive, (EVP_PKEY_CTX * ctx, unsigned char *key, size_t *keylen),
      (ctx, key, keylen), -1)
FAILS(int, EVP_PKEY_derive_init, (EVP_PKEY_CTX * ctx), (ctx), 0)
FAILS(int, EVP_PKEY_derive_set_peer, (EVP_PKEY_CTX * ctx, EVP_PKEY *peer), (ctx, peer), 0)
FAILS(int, EVP_PKEY_encrypt,
      (EVP_PKEY_CTX * ctx, unsigned char *out, size_t *outlen, const unsigned char *in,
       size_t inlen),
      (ctx, out, outlen, in, inlen), -1)
FAILS(int, EVP_PKEY_encrypt_init, (EVP_PKEY_CTX * ctx), (ctx), 0)
FAILS(int, EVP_PKEY_fromdata,
      (EVP_PKEY_CTX * ctx, EVP_PKEY **ppkey, int selection, OSSL_PARAM param[]),
      (ctx, ppkey, selection, param), 0)
FAILS(int, EVP_PKEY_fromdata_init, (EVP_PKEY_CTX * ctx), (ctx), 0)
FAILS(int, EVP_PKEY_get_bn_param, (const EVP_PKEY *pkey, const char *key_name, BIGNUM **bn),
      (pkey, key_name, bn), 0)
FAILS(int, EVP_PKEY_get_octet_string_param,
      (const EVP_PKEY *pkey, const char *key_name, unsigned char *buf, size_t max_buf_sz,
       size_t *out_sz),
      (pkey, key_name, buf, max_buf_sz, out_sz), 0)
FAILS(int, EVP_PKEY_get_raw_private_key, (const EVP_PKEY *pkey, unsigned char *priv, size_t *len),
      (pkey, priv, len), 0)
FAILS(int, EVP_PKEY_get_raw_public_key, (const EVP_PKEY *pkey, unsigned char *pub, size_t *len),
      (pkey, pub, len), 0)
FAILS(EVP_PKEY *, EVP_PKEY_new_raw_private_key_ex,
      (OSSL_LIB_CTX * libctx, const char *keytype, const char *propq, const unsigned char *priv,
       size_t len),
      (libctx, keytype, propq, priv, len), NULL)
FAILS(EVP_PKEY *, EVP_PKEY_new_raw_public_key_ex,
      (OSSL_LIB_CTX * libctx, const char *keytype, const char *propq, const unsigned char *pub,
       size_t len),
      (libctx, keytype, propq, pub, len), NULL)
FAILS(int, EVP_PKEY_pairwise_check, (EVP_PKEY_CTX * ctx), (ctx), -1)
FAILS(int, EVP_PKEY_sign,
      (EVP_PKEY_CTX * ctx, unsigned char *sig, size_t *siglen, const unsigned char *tbs,
       size_t tbslen),
      (ctx, sig, siglen, tbs, tbslen), -1)
FAILS(int, EVP_PKEY_sign_init_ex, (EVP_PKEY_CTX * ctx, const OSSL_PARAM params[]), (ctx, params), 0)
FAILS(int, EVP_PKEY_verify,
      (EVP_PKEY_CTX * ctx, const unsigned char *sig, size_t siglen, const unsigned char *tbs,
       size_t tbslen),
      (ctx, sig, siglen, tbs, tbslen), -1)
FAILS(int, EVP_PKEY_verify_init, (EVP_PKEY_CTX * ctx), (ctx), 0)
FAILS(int, EVP_PKEY_verify_init_ex, (EVP_PKEY_CTX * ctx, const OSSL_PARAM params[]), (ctx, params),
      0)
FAILS(int, OPENSSL_init_crypto, (uint64_t opts, const OPENSSL_INIT_SETTINGS *settings),
      (opts, settings), 0)
FAILS(OSSL_PARAM_BLD *, OSSL_PARAM_BLD_new, (void), (), NULL)
FAILS(int, OSSL_PARAM_BLD_push_BN, (OSSL_PARAM_BLD * bld, const char *key, const BIGNUM *bn),
      (bld, key, bn), 0)
FAILS(int, OSSL_PARAM_BLD_push_octet_string,
      (OSSL_PARAM_BLD * bld, const char *key, const void *buf, size_t bsize),
      (bld, key, buf, bsize), 0)
FAILS(int, OSSL_PARAM_BLD_push_utf8_string,
      (OSSL_PARAM_BLD * bld, const char *key, const char *buf, size_t bsize),
      (bld, key, buf, bsize), 0)
FAILS(OSSL_PARAM *, OSSL_PARAM_BLD_to_param, (OSSL_PARAM_BLD * bld), (bld), NULL)
FAILS(int, i2d_DSA_SIG, (const DSA_SIG *a, unsigned char **out), (a, out), -1)
FAILS(int, i2d_ECDSA_SIG, (const ECDSA_SIG *a, unsigned char **out), (a, out), -1)

/* ---- libgcrypt ---- */

FAILS(const char *, gcry_check_version, (const char *req_version), (req_version), NULL)
FAILS(gcry_error_t, gcry_cipher_authenticate,
      (gcry_cipher_hd_t hd, const void *abuf, size_t abuflen), (hd, abuf, abuflen),
      gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_cipher_checktag, (gcry_cipher_hd_t hd, const void *intag, size_t taglen),
      (hd, intag, taglen), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_cipher_ctl, (gcry_cipher_hd_t h, int cmd, void *buffer, size_t buflen),
      (h, cmd, buffer, buflen), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_cipher_decrypt,
      (gcry_cipher_hd_t h, void *out, size_t outsize, const void *in, size_t inlen),
      (h, out, outsize, in, inlen), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_cipher_encrypt,
      (gcry_cipher_hd_t h, void *out, size_t outsize, const void *in, size_t inlen),
      (h, out, outsize, in, inlen), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_cipher_gettag, (gcry_cipher_hd_t hd, void *outtag, size_t taglen),
      (hd, outtag, taglen), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_cipher_open,
      (gcry_cipher_hd_t * handle, int algo, int mode, unsigned int flags),
      (handle, algo, mode, flags), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_cipher_setiv, (gcry_cipher_hd_t hd, const void *iv, size_t ivlen),
      (hd, iv, ivlen), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_cipher_setkey, (gcry_cipher_hd_t hd, const void *key, size_t keylen),
      (hd, key, keylen), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_kdf_compute, (gcry_kdf_hd_t h, const gcry_kdf_thread_ops_t *ops), (h, ops),
      gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_kdf_final, (gcry_kdf_hd_t h, size_t resultlen, void *result),
      (h, resultlen, result), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_kdf_open,
      (gcry_kdf_hd_t * hd, int algo, int subalgo, const unsigned long *param, unsigned int paramlen,
       const void *passphrase, size_t passphraselen, const void *salt, size_t saltlen,
       const void *key, size_t keylen, const void *ad, size_t adlen),
      (hd, algo, subalgo, param, paramlen, passphrase, passphraselen, salt, saltlen, key, keylen,
       ad, adlen),
      gcry_error(GPG_ERR_ENOMEM))
FAILS(void *, gcry_malloc_secure, (size_t n), (n), NULL)
FAILS(gcry_error_t, gcry_mpi_scan,
      (gcry_mpi_t * ret_mpi, enum gcry_mpi_format format, const void *buffer, size_t buflen,
       size_t *nscanned),
      (ret_mpi, format, buffer, buflen, nscanned), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_pk_decrypt, (gcry_sexp_t * result, gcry_sexp_t data, gcry_sexp_t skey),
      (result, data, skey), gcry_error(GPG_ERR_ENOMEM))
FAILS(gcry_error_t, gcry_pk_encrypt, (gcry_sexp_t * result, gcry_sexp_t data, gcry_sexp_t pkey),
      (result, data, pkey), gcry_error(GPG_ERR_ENOMEM))
FAULT_SITE(gcry_sexp_build, ENOMEM, FAULT_FAIL | FAULT_OWN);

gcry_error_t gcry_sexp_build(gcry_sexp_t *made, size_t *error_offset, const char *format, ...)
{
    enum { NUMBERS_MAX = 4 };
    void *number[NUMBERS_MAX];
    va_list rest;
    va_start(rest, format);
    for (int i = 0; i < NUMBERS_MAX; i++)
        number[i] = va_arg(rest, void *);
    va_end(rest);
    if (FAULT_MEET(gcry_sexp_build) != FAULT_NONE)
        return gcry_error(GPG_ERR_ENOMEM);
    return FAULT_NEXT(gcry_sexp_build)(made, error_offset, format, number[0], number[1], number[2],
                                       number[3]);
}

FAILS(gcry_sexp_t, gcry_sexp_find_token, (gcry_sexp_t list, const char *tok, size_t toklen),
      (list, tok, toklen), NULL)
FAILS(const char *, gcry_sexp_nth_data, (const gcry_sexp_t list, int number, size_t *datalen),
      (list, number, datalen), NULL)

/* ---- libsodium ---- */

FAILS(int, crypto_pwhash_argon2id,
      (unsigned char *const out, unsigned long long outlen, const char *const passwd,
       unsigned long long passwdlen, const unsigned char *const salt, unsigned long long opslimit,
       size_t memlimit, int alg),
      (out, outlen, passwd, passwdlen, salt, opslimit, memlimit, alg), -1)
FAILS(int, sodium_init, (void), (), -1)
FAILS(void *, sodium_malloc, (const size_t size), (size), NULL)
FAILS(int, sodium_mlock, (void *const addr, const size_t len), (addr, len), -1)

/* ---- what decompresses ---- */

FAILS(int, BZ2_bzDecompress, (bz_stream * strm), (strm), BZ_MEM_ERROR)
FAILS(int, BZ2_bzDecompressInit, (bz_stream * strm, int verbosity, int small),
      (strm, verbosity, small), BZ_MEM_ERROR)
FAILS(int, inflate, (z_streamp strm, int flush), (strm, flush), Z_MEM_ERROR)
FAILS(int, inflateInit2_, (z_streamp strm, int windowBits, const char *version, int stream_size),
      (strm, windowBits, version, stream_size), Z_MEM_ERROR)

/* ---- those with a list of arguments that has no end ---- */

FAULT_SITE(EVP_PKEY_Q_keygen, ENOMEM, FAULT_FAIL | FAULT_OWN);

/* RSA has the number of bits behind its name, Ed25519 and X25519 nothing. */
EVP_PKEY *EVP_PKEY_Q_keygen(OSSL_LIB_CTX *libctx, const char *propq, const char *type, ...)
{
    va_list rest;
    va_start(rest, type);
    size_t bits = strcmp(type, "RSA") == 0 ? va_arg(rest, size_t) : 0;
    va_end(rest);
    if (FAULT_MEET(EVP_PKEY_Q_keygen) != FAULT_NONE)
        return NULL;
    return FAULT_NEXT(EVP_PKEY_Q_keygen)(libctx, propq, type, bits);
}
