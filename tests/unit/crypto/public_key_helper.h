/* What the tests of public keys share: the vectors as keys, and the calls in short. */
#ifndef WALSEAL_TESTS_PUBLIC_KEY_HELPER_H
#define WALSEAL_TESTS_PUBLIC_KEY_HELPER_H

#include "crypto/public_key.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#undef fail

#include "hex.h"
#include "public_key_vectors.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define TEXT "what is signed"

enum { RSA_LEN = 128 };

static inline int begin(void **state)
{
    static struct error err;
    (void)state;
    return secret_begin(&err) && libgcrypt_begin(&err) ? 0 : -1;
}

static inline struct public_numbers rsa(void)
{
    return (struct public_numbers){.kind = PUBLIC_KEY_RSA, .number = {hex(RSA_N), hex(RSA_E)}};
}

static inline struct secret_numbers rsa_secret(void)
{
    return (struct secret_numbers){{hex(RSA_D), hex(RSA_P), hex(RSA_Q), hex(RSA_U)}};
}

static inline struct public_numbers elgamal(void)
{
    return (struct public_numbers){.kind = PUBLIC_KEY_ELGAMAL,
                                   .number = {hex(ELGAMAL_P), hex(ELGAMAL_G), hex(ELGAMAL_Y)}};
}

static inline struct secret_numbers elgamal_secret(void)
{
    return (struct secret_numbers){{hex(ELGAMAL_X)}};
}

static inline struct public_numbers dsa160(void)
{
    return (struct public_numbers){
        .kind = PUBLIC_KEY_DSA,
        .number = {hex(DSA160_P), hex(DSA160_Q), hex(DSA160_G), hex(DSA160_Y)}};
}

static inline struct public_numbers dsa256(void)
{
    return (struct public_numbers){
        .kind = PUBLIC_KEY_DSA,
        .number = {hex(DSA256_P), hex(DSA256_Q), hex(DSA256_G), hex(DSA256_Y)}};
}

static inline struct public_numbers on_curve(enum public_key_kind kind,
                                             const struct curve_vector *vector)
{
    return (struct public_numbers){kind, vector->curve, {hex(vector->point)}};
}

static inline struct public_numbers native(enum public_key_kind kind, const char *point)
{
    return (struct public_numbers){.kind = kind, .number = {hex(point)}};
}

static inline struct secret_numbers scalar(const char *digits)
{
    return (struct secret_numbers){{hex(digits)}};
}

static inline bool verifies_text(const struct public_numbers *numbers, enum digest_kind digest,
                                 const char *signed_text, struct bytes r, struct bytes s)
{
    unsigned char hash[DIGEST_LEN_MAX];
    const struct bytes signature[2] = {r, s};
    assert_true(digest_of(digest, signed_text, strlen(signed_text), hash));
    return public_key_verify(numbers, digest, hash, signature);
}

static inline bool verifies(const struct public_numbers *numbers, enum digest_kind digest,
                            const char *r, const char *s)
{
    return verifies_text(numbers, digest, TEXT, hex(r), hex(s));
}

static inline bool decrypts(const struct public_numbers *numbers,
                            const struct secret_numbers *secret, const char *first,
                            const char *second, unsigned char *out)
{
    const struct bytes cipher[2] = {hex(first), hex(second)};
    return public_key_decrypt_raw(numbers, secret, cipher, out, RSA_LEN);
}

#endif
