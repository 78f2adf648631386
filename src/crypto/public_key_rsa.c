/*
 * RSA is OpenSSL's: constant-time, blinded, its result checked with the public exponent, and four
 * times as fast as libgcrypt's.
 */
#include "crypto/public_key_family.h"

#include "crypto/number.h"
#include "crypto/openssl_key.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

enum { N, E };
enum { D, P, Q, U };
enum { SIGNATURE_PARAMS = 3 };

/* The secret numbers, to compute with. */
struct secret_big {
    BN_CTX *context;
    BIGNUM *d, *p, *q, *u, *p_less_1, *q_less_1;
};

static bool is_sane(const struct public_numbers *numbers)
{
    struct bytes n = number_trim(numbers->number[N]), e = number_trim(numbers->number[E]);
    return n.len <= PUBLIC_KEY_NUMBER_LEN_MAX && number_bits(n) >= PUBLIC_KEY_MODULUS_BITS_MIN &&
           number_is_odd(n) && number_bits(e) <= PUBLIC_KEY_RSA_EXPONENT_BITS_MAX &&
           number_bits(e) > 1 && number_is_odd(e);
}

static size_t modulus_len(const struct public_numbers *numbers)
{
    return number_trim(numbers->number[N]).len;
}

static void secret_big_free(struct secret_big *big)
{
    BN_clear_free(big->d);
    BN_clear_free(big->p);
    BN_clear_free(big->q);
    BN_clear_free(big->u);
    BN_clear_free(big->p_less_1);
    BN_clear_free(big->q_less_1);
    BN_CTX_free(big->context);
}

static bool secret_big_read(struct secret_big *big, const struct secret_numbers *secret)
{
    *big = (struct secret_big){
        .context = BN_CTX_secure_new(),
        .d = number_secret(secret->number[D]),
        .p = number_secret(secret->number[P]),
        .q = number_secret(secret->number[Q]),
        .u = number_secret(secret->number[U]),
        .p_less_1 = number_secret(secret->number[P]),
        .q_less_1 = number_secret(secret->number[Q]),
    };
    if (big->context != NULL && big->d != NULL && big->p != NULL && big->q != NULL &&
        big->u != NULL && big->p_less_1 != NULL && big->q_less_1 != NULL &&
        BN_sub_word(big->p_less_1, 1) == 1 && BN_sub_word(big->q_less_1, 1) == 1)
        return true;
    secret_big_free(big);
    return false;
}

static EVP_PKEY *public_key(const struct public_numbers *numbers)
{
    struct openssl_key key;
    openssl_key_begin(&key);
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_N, number_public(numbers->number[N]));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_E, number_public(numbers->number[E]));
    return openssl_key_end(&key, "RSA", EVP_PKEY_PUBLIC_KEY);
}

static BIGNUM *remainder_of(BIGNUM *number, BIGNUM *modulus, BN_CTX *context)
{
    BIGNUM *remainder = BN_secure_new();
    if (remainder == NULL || BN_mod(remainder, number, modulus, context) == 1)
        return remainder;
    BN_clear_free(remainder);
    return NULL;
}

/* OpenSSL's coefficient is the inverse of the second factor modulo the first, OpenPGP's u that of p
 * modulo q: so q is OpenSSL's first factor, whichever is larger. */
static EVP_PKEY *secret_key(const struct public_numbers *numbers,
                            const struct secret_numbers *secret)
{
    struct secret_big big;
    struct openssl_key key;
    if (!secret_big_read(&big, secret))
        return NULL;
    openssl_key_begin(&key);
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_N, number_public(numbers->number[N]));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_E, number_public(numbers->number[E]));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_D, number_secret(secret->number[D]));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_FACTOR1, number_secret(secret->number[Q]));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_FACTOR2, number_secret(secret->number[P]));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_EXPONENT1,
                           remainder_of(big.d, big.q_less_1, big.context));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_EXPONENT2,
                           remainder_of(big.d, big.p_less_1, big.context));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
                           number_secret(secret->number[U]));
    secret_big_free(&big);
    return openssl_key_end(&key, "RSA", EVP_PKEY_KEYPAIR);
}

/* Copies the number that key calls name behind *used octets of pair. big is where it comes through:
 * secure memory for a secret. */
static bool take_number(EVP_PKEY *key, const char *name, BIGNUM *big, struct public_key_pair *pair,
                        size_t *used, struct bytes *number)
{
    if (big == NULL || EVP_PKEY_get_bn_param(key, name, &big) != 1)
        return false;
    size_t len = (size_t)BN_num_bytes(big);
    if (len > sizeof pair->octets - *used)
        return false;
    *number = (struct bytes){pair->octets + *used, len};
    return BN_bn2bin(big, pair->octets + *used) == (int)len && (*used += len) > 0;
}

/* OpenSSL's first factor is the larger one; see secret_key for which is OpenPGP's. */
static bool take_pair(EVP_PKEY *key, struct public_key_pair *pair)
{
    struct bytes *number = pair->numbers.number, *secret = pair->secret.number;
    size_t used = 0;
    BIGNUM *big = BN_secure_new();
    bool taken = take_number(key, OSSL_PKEY_PARAM_RSA_N, big, pair, &used, &number[N]) &&
                 take_number(key, OSSL_PKEY_PARAM_RSA_E, big, pair, &used, &number[E]) &&
                 take_number(key, OSSL_PKEY_PARAM_RSA_D, big, pair, &used, &secret[D]) &&
                 take_number(key, OSSL_PKEY_PARAM_RSA_FACTOR1, big, pair, &used, &secret[Q]) &&
                 take_number(key, OSSL_PKEY_PARAM_RSA_FACTOR2, big, pair, &used, &secret[P]) &&
                 take_number(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, big, pair, &used, &secret[U]);
    BN_clear_free(big);
    return taken;
}

bool public_key_rsa_generate(struct public_key_pair *pair, unsigned bits)
{
    if (bits > PUBLIC_KEY_MADE_BITS_MAX)
        return false;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
    bool made = key != NULL && take_pair(key, pair) && public_key_bits(&pair->numbers) == bits;
    EVP_PKEY_free(key);
    return made;
}

static void set_signature_params(OSSL_PARAM params[SIGNATURE_PARAMS], enum digest_kind digest)
{
    static char padding[] = "pkcs1";
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST,
                                                 (char *)(uintptr_t)digest_openssl_name(digest), 0);
    params[1] = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, padding, 0);
    params[2] = OSSL_PARAM_construct_end();
}

bool public_key_rsa_sign(const struct public_numbers *numbers, const struct secret_numbers *secret,
                         enum digest_kind digest, const unsigned char *hash,
                         unsigned char *signature, size_t *len)
{
    if (!is_sane(numbers))
        return false;
    OSSL_PARAM params[SIGNATURE_PARAMS];
    set_signature_params(params, digest);
    EVP_PKEY *key = secret_key(numbers, secret);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    *len = PUBLIC_KEY_NUMBER_LEN_MAX;
    bool ok = context != NULL && EVP_PKEY_sign_init_ex(context, params) == 1 &&
              EVP_PKEY_sign(context, signature, len, hash, digest_len(digest)) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}

bool public_key_rsa_verify(const struct public_numbers *numbers, enum digest_kind digest,
                           const unsigned char *hash, struct bytes signature)
{
    unsigned char padded[PUBLIC_KEY_NUMBER_LEN_MAX];
    if (!is_sane(numbers) || !number_pad(signature, padded, modulus_len(numbers)))
        return false;
    OSSL_PARAM params[SIGNATURE_PARAMS];
    set_signature_params(params, digest);
    EVP_PKEY *key = public_key(numbers);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool ok = context != NULL && EVP_PKEY_verify_init_ex(context, params) == 1 &&
              EVP_PKEY_verify(context, padded, modulus_len(numbers), hash, digest_len(digest)) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}

/* Whether a b = 1 modulo modulus; product is room. */
static bool product_is_one(BIGNUM *product, BIGNUM *a, BIGNUM *b, BIGNUM *modulus, BN_CTX *context)
{
    return BN_mul(product, a, b, context) == 1 && BN_mod(product, product, modulus, context) == 1 &&
           BN_is_one(product);
}

bool public_key_rsa_fits(const struct public_numbers *numbers, const struct secret_numbers *secret)
{
    struct secret_big big;
    if (!is_sane(numbers) || !secret_big_read(&big, secret))
        return false;
    BIGNUM *n = number_public(numbers->number[N]), *e = number_public(numbers->number[E]);
    BIGNUM *product = BN_secure_new();
    bool fits = n != NULL && e != NULL && product != NULL &&
                BN_mul(product, big.p, big.q, big.context) == 1 && BN_cmp(product, n) == 0 &&
                product_is_one(product, e, big.d, big.p_less_1, big.context) &&
                product_is_one(product, e, big.d, big.q_less_1, big.context) &&
                product_is_one(product, big.u, big.p, big.q, big.context) &&
                BN_cmp(big.u, big.q) < 0;
    BN_free(n);
    BN_free(e);
    BN_clear_free(product);
    secret_big_free(&big);
    return fits;
}

bool public_key_rsa_decrypt(const struct public_numbers *numbers,
                            const struct secret_numbers *secret, struct bytes cipher,
                            unsigned char *out, size_t out_len)
{
    unsigned char padded[PUBLIC_KEY_NUMBER_LEN_MAX];
    size_t len = modulus_len(numbers);
    if (!is_sane(numbers) || out_len != len || !number_pad(cipher, padded, len))
        return false;
    EVP_PKEY *key = secret_key(numbers, secret);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool ok = context != NULL && EVP_PKEY_decrypt_init(context) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
              EVP_PKEY_decrypt(context, out, &out_len, padded, len) == 1 && out_len == len;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}

bool public_key_rsa_encrypt(const struct public_numbers *numbers, struct bytes padded,
                            unsigned char *out)
{
    size_t len = modulus_len(numbers), out_len = len;
    if (!is_sane(numbers) || padded.len != len)
        return false;
    EVP_PKEY *key = public_key(numbers);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool ok = context != NULL && EVP_PKEY_encrypt_init(context) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
              EVP_PKEY_encrypt(context, out, &out_len, padded.at, len) == 1 && out_len == len;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}
