/*
 * DSA and ElGamal, over the integers modulo a prime. Verifying DSA is OpenSSL's, ElGamal
 * libgcrypt's, which alone has it; it blinds what it decrypts.
 */
#include "crypto/public_key_family.h"

#include "crypto/number.h"
#include "crypto/openssl_key.h"

#include <gcrypt.h>
#include <openssl/core_names.h>
#include <string.h>

struct field {
    struct bytes p, q, g, y; /* ElGamal has no q */
};

static struct field field_of(const struct public_numbers *numbers)
{
    const struct bytes *number = numbers->number;
    if (numbers->kind == PUBLIC_KEY_DSA)
        return (struct field){number[0], number[1], number[2], number[3]};
    return (struct field){.p = number[0], .g = number[1], .y = number[2]};
}

/* Whether 1 < number < p - 1. What it excludes makes a guess of a secret exponent come true. */
static bool is_inside(struct bytes number, struct bytes p)
{
    struct bytes trimmed = number_trim(number);
    unsigned char last[PUBLIC_KEY_NUMBER_LEN_MAX];
    p = number_trim(p);
    memcpy(last, p.at, p.len);
    last[p.len - 1] &= 0xfe; /* p is odd */
    return number_bits(trimmed) > 1 && number_compare(trimmed, (struct bytes){last, p.len}) < 0;
}

static bool is_sane(const struct field *field)
{
    struct bytes p = number_trim(field->p);
    bool is_dsa = field->q.len > 0;
    return p.len <= PUBLIC_KEY_NUMBER_LEN_MAX &&
           (!is_dsa || number_bits(p) <= PUBLIC_KEY_DSA_BITS_MAX) &&
           number_bits(p) >= PUBLIC_KEY_MODULUS_BITS_MIN && number_is_odd(p) &&
           is_inside(field->g, p) && is_inside(field->y, p);
}

static EVP_PKEY *dsa_key(const struct field *field)
{
    struct openssl_key key;
    openssl_key_begin(&key);
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_FFC_P, number_public(field->p));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_FFC_Q, number_public(field->q));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_FFC_G, number_public(field->g));
    openssl_key_add_number(&key, OSSL_PKEY_PARAM_PUB_KEY, number_public(field->y));
    return openssl_key_end(&key, "DSA", EVP_PKEY_PUBLIC_KEY);
}

bool public_key_dsa_verify(const struct public_numbers *numbers, enum digest_kind digest,
                           const unsigned char *hash, const struct bytes signature[2])
{
    struct field field = field_of(numbers);
    if (!is_sane(&field))
        return false;
    EVP_PKEY *key = dsa_key(&field);
    bool ok = openssl_key_verify(key, (struct bytes){hash, digest_len(digest)}, signature);
    EVP_PKEY_free(key);
    return ok;
}

/* Whether base^exponent = expected modulo p, in a time that doesn't tell the exponent. */
static bool power_is(struct bytes base, const BIGNUM *exponent, struct bytes expected,
                     struct bytes p)
{
    BN_CTX *context = BN_CTX_secure_new();
    BIGNUM *base_big = number_public(base), *modulus = number_public(p);
    BIGNUM *expected_big = number_public(expected), *power = BN_new();
    bool is = context != NULL && base_big != NULL && modulus != NULL && expected_big != NULL &&
              power != NULL && exponent != NULL &&
              BN_mod_exp_mont_consttime(power, base_big, exponent, modulus, context, NULL) == 1 &&
              BN_cmp(power, expected_big) == 0;
    BN_free(base_big);
    BN_free(modulus);
    BN_free(expected_big);
    BN_free(power);
    BN_CTX_free(context);
    return is;
}

/* Whether x is above 0 and below the order of what it's the exponent of. */
static bool is_exponent(const struct field *field, const BIGNUM *x)
{
    BIGNUM *order = number_public(field->q.len > 0 ? field->q : field->p);
    bool is = order != NULL && !BN_is_zero(x) && BN_cmp(x, order) < 0;
    BN_free(order);
    return is;
}

/* Whether g generates the group of order q that DSA wants: in a small one, x could be guessed. */
static bool is_subgroup(const struct field *field)
{
    BIGNUM *q = number_public(field->q);
    bool is = q != NULL && BN_num_bits(q) >= 160 &&
              power_is(field->g, q, (struct bytes){(const unsigned char *)"\1", 1}, field->p);
    BN_free(q);
    return is;
}

/* Whether p is a prime of the kind that ElGamal keys are made with: (p - 1) / 2 is odd and has no
 * small factor. Who can change the public part of a protected key could otherwise choose a p and g
 * of a small group, and whether the key then fits would tell the secret exponent, a few bits each
 * time. */
static bool is_large_group(const struct field *field)
{
    enum { FACTOR_MAX = 0xffff };
    BIGNUM *p = number_public(field->p);
    BIGNUM *half = BN_new();
    bool is = p != NULL && half != NULL && BN_rshift1(half, p) == 1 && BN_is_odd(half);
    for (BN_ULONG factor = 3; is && factor <= FACTOR_MAX; factor += 2)
        is = BN_mod_word(half, factor) != 0;
    is = is && BN_check_prime(p, NULL, NULL) == 1;
    BN_free(half);
    BN_free(p);
    return is;
}

bool public_key_field_is_safe(const struct public_numbers *numbers)
{
    struct field field = field_of(numbers);
    return is_sane(&field) && is_large_group(&field);
}

bool public_key_field_fits(const struct public_numbers *numbers,
                           const struct secret_numbers *secret)
{
    struct field field = field_of(numbers);
    if (!is_sane(&field) || (numbers->kind == PUBLIC_KEY_DSA && !is_subgroup(&field)))
        return false;
    BIGNUM *x = number_secret(secret->number[0]);
    bool fits = x != NULL && is_exponent(&field, x) && power_is(field.g, x, field.y, field.p);
    BN_clear_free(x);
    return fits;
}

/* In secure memory, as libgcrypt keeps what it computes from a number that is there. */
static gcry_mpi_t secure_number(struct bytes number)
{
    gcry_mpi_t mpi = NULL;
    number = number_trim(number);
    unsigned char *copy = gcry_malloc_secure(number.len + 1);
    if (copy == NULL)
        return NULL;
    copy[0] = 0;
    if (number.len > 0)
        memcpy(copy + 1, number.at, number.len);
    if (gcry_mpi_scan(&mpi, GCRYMPI_FMT_USG, copy, number.len + 1, NULL) != 0)
        mpi = NULL;
    gcry_free(copy); /* wipes */
    return mpi;
}

/* Writes the number that follows name in expression, which is not a secret. */
static bool take_number(gcry_sexp_t expression, const char *name, unsigned char *out,
                        size_t out_len)
{
    size_t len = 0;
    gcry_sexp_t pair = gcry_sexp_find_token(expression, name, 0);
    const void *number = pair == NULL ? NULL : gcry_sexp_nth_data(pair, 1, &len);
    bool ok = number != NULL && number_pad((struct bytes){number, len}, out, out_len);
    gcry_sexp_release(pair);
    return ok;
}

/* secret: x, or NULL for the public key alone. */
static gcry_sexp_t elgamal_key(const struct field *field, gcry_mpi_t secret)
{
    gcry_sexp_t key = NULL;
    gcry_mpi_t p = secure_number(field->p), g = secure_number(field->g);
    gcry_mpi_t y = secure_number(field->y);
    bool ready = p != NULL && g != NULL && y != NULL;
    if (ready && secret == NULL)
        gcry_sexp_build(&key, NULL, "(public-key(elg(p%m)(g%m)(y%m)))", p, g, y);
    if (ready && secret != NULL)
        gcry_sexp_build(&key, NULL, "(private-key(elg(p%m)(g%m)(y%m)(x%m)))", p, g, y, secret);
    gcry_mpi_release(p);
    gcry_mpi_release(g);
    gcry_mpi_release(y);
    return key;
}

/* Whether 0 < number < p. */
static bool is_element(struct bytes number, struct bytes p)
{
    return number_bits(number) > 0 && number_compare(number, p) < 0;
}

static gcry_sexp_t elgamal_cipher(const struct bytes cipher[2])
{
    gcry_sexp_t expression = NULL;
    gcry_mpi_t a = secure_number(cipher[0]), b = secure_number(cipher[1]);
    if (a != NULL && b != NULL)
        gcry_sexp_build(&expression, NULL, "(enc-val(flags raw)(elg(a%m)(b%m)))", a, b);
    gcry_mpi_release(a);
    gcry_mpi_release(b);
    return expression;
}

bool public_key_elgamal_decrypt(const struct public_numbers *numbers,
                                const struct secret_numbers *secret, const struct bytes cipher[2],
                                unsigned char *out, size_t out_len)
{
    struct field field = field_of(numbers);
    if (!is_sane(&field) || out_len != number_trim(field.p).len ||
        !is_element(cipher[0], field.p) || !is_element(cipher[1], field.p))
        return false;
    gcry_mpi_t x = secure_number(secret->number[0]);
    gcry_sexp_t key = x == NULL ? NULL : elgamal_key(&field, x);
    gcry_sexp_t expression = elgamal_cipher(cipher), plain = NULL;
    size_t len = 0;
    const void *number = NULL;
    /* (value N): read in place, because the library's copies wouldn't lie in secure memory */
    if (key != NULL && expression != NULL && gcry_pk_decrypt(&plain, expression, key) == 0)
        number = gcry_sexp_nth_data(plain, 1, &len);
    bool ok = number != NULL && number_pad((struct bytes){number, len}, out, out_len);
    gcry_sexp_release(plain);
    gcry_sexp_release(expression);
    gcry_sexp_release(key);
    gcry_mpi_release(x);
    return ok;
}

bool public_key_elgamal_encrypt(const struct public_numbers *numbers, struct bytes padded,
                                unsigned char *const out[2])
{
    struct field field = field_of(numbers);
    size_t len = number_trim(field.p).len;
    if (!is_sane(&field) || padded.len != len || !is_element(padded, field.p))
        return false;
    gcry_mpi_t number = secure_number(padded);
    gcry_sexp_t key = elgamal_key(&field, NULL);
    gcry_sexp_t plain = NULL, cipher = NULL;
    bool ok = number != NULL && key != NULL &&
              gcry_sexp_build(&plain, NULL, "(data(flags raw)(value%m))", number) == 0 &&
              gcry_pk_encrypt(&cipher, plain, key) == 0 && take_number(cipher, "a", out[0], len) &&
              take_number(cipher, "b", out[1], len);
    gcry_sexp_release(cipher);
    gcry_sexp_release(plain);
    gcry_sexp_release(key);
    gcry_mpi_release(number);
    return ok;
}
