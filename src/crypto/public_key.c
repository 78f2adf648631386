#include "crypto/public_key.h"

#include "base/secret.h"
#include "crypto/number.h"
#include "crypto/public_key_family.h"

struct public_key_pair *public_key_generate(enum public_key_kind kind, unsigned rsa_bits)
{
    struct public_key_pair *pair = secret_new(sizeof *pair);
    if (pair == NULL)
        return NULL;
    pair->numbers.kind = kind;
    bool made = kind == PUBLIC_KEY_RSA ? public_key_rsa_generate(pair, rsa_bits)
                                       : public_key_native_generate(pair);
    if (made && public_key_fits(&pair->numbers, &pair->secret))
        return pair;
    secret_free(pair);
    return NULL;
}

static bool sign(const struct public_numbers *numbers, const struct secret_numbers *secret,
                 enum digest_kind digest, const unsigned char *hash, unsigned char *signature,
                 size_t *len)
{
    if (numbers->kind == PUBLIC_KEY_RSA)
        return public_key_rsa_sign(numbers, secret, digest, hash, signature, len);
    return numbers->kind == PUBLIC_KEY_ED25519 &&
           public_key_native_sign(numbers, secret, digest, hash, signature, len);
}

/* A wrong signature, by a fault of the machine, gives an RSA key's factors away. */
bool public_key_sign(const struct public_numbers *numbers, const struct secret_numbers *secret,
                     enum digest_kind digest, const unsigned char *hash, unsigned char *signature,
                     size_t *len)
{
    if (!sign(numbers, secret, digest, hash, signature, len))
        return false;
    const struct bytes made[2] = {{signature, *len}, {NULL, 0}};
    return public_key_verify(numbers, digest, hash, made);
}

unsigned public_key_bits(const struct public_numbers *numbers)
{
    switch (numbers->kind) {
    case PUBLIC_KEY_RSA:
    case PUBLIC_KEY_DSA:
    case PUBLIC_KEY_ELGAMAL:
        return number_bits(numbers->number[0]);
    case PUBLIC_KEY_ECDSA:
    case PUBLIC_KEY_ECDH:
        return public_key_weierstrass_bits(numbers->curve);
    case PUBLIC_KEY_ED25519:
    case PUBLIC_KEY_X25519:
        return 255;
    case PUBLIC_KEY_ED448:
    case PUBLIC_KEY_X448:
        return 448;
    }
    return 0;
}

size_t public_key_shared_len(const struct public_numbers *numbers)
{
    if (numbers->curve != CURVE_NONE)
        return (public_key_weierstrass_bits(numbers->curve) + 7) / 8;
    return public_key_native_point_len(numbers->kind);
}

size_t public_key_point_len(const struct public_numbers *numbers)
{
    size_t len = public_key_shared_len(numbers);
    return numbers->curve != CURVE_NONE ? 1 + 2 * len : len;
}

bool public_key_verify(const struct public_numbers *numbers, enum digest_kind digest,
                       const unsigned char *hash, const struct bytes signature[2])
{
    switch (numbers->kind) {
    case PUBLIC_KEY_RSA:
        return public_key_rsa_verify(numbers, digest, hash, signature[0]);
    case PUBLIC_KEY_DSA:
        return public_key_dsa_verify(numbers, digest, hash, signature);
    case PUBLIC_KEY_ECDSA:
        return public_key_ecdsa_verify(numbers, digest, hash, signature);
    case PUBLIC_KEY_ED25519:
    case PUBLIC_KEY_ED448:
        return public_key_native_verify(numbers, digest, hash, signature[0]);
    case PUBLIC_KEY_ELGAMAL:
    case PUBLIC_KEY_ECDH:
    case PUBLIC_KEY_X25519:
    case PUBLIC_KEY_X448:
        return false;
    }
    return false;
}

bool public_key_is_safe(const struct public_numbers *numbers)
{
    return numbers->kind != PUBLIC_KEY_ELGAMAL || public_key_field_is_safe(numbers);
}

bool public_key_fits(const struct public_numbers *numbers, const struct secret_numbers *secret)
{
    switch (numbers->kind) {
    case PUBLIC_KEY_RSA:
        return public_key_rsa_fits(numbers, secret);
    case PUBLIC_KEY_DSA:
    case PUBLIC_KEY_ELGAMAL:
        return public_key_field_fits(numbers, secret);
    case PUBLIC_KEY_ECDSA:
    case PUBLIC_KEY_ECDH:
        return public_key_weierstrass_fits(numbers, secret);
    case PUBLIC_KEY_ED25519:
    case PUBLIC_KEY_ED448:
    case PUBLIC_KEY_X25519:
    case PUBLIC_KEY_X448:
        return public_key_native_fits(numbers, secret);
    }
    return false;
}

bool public_key_decrypt_raw(const struct public_numbers *numbers,
                            const struct secret_numbers *secret, const struct bytes cipher[2],
                            unsigned char *out, size_t out_len)
{
    if (numbers->kind == PUBLIC_KEY_RSA)
        return public_key_rsa_decrypt(numbers, secret, cipher[0], out, out_len);
    return numbers->kind == PUBLIC_KEY_ELGAMAL &&
           public_key_elgamal_decrypt(numbers, secret, cipher, out, out_len);
}

bool public_key_encrypt_raw(const struct public_numbers *numbers, struct bytes padded,
                            unsigned char *const out[2])
{
    if (numbers->kind == PUBLIC_KEY_RSA)
        return public_key_rsa_encrypt(numbers, padded, out[0]);
    return numbers->kind == PUBLIC_KEY_ELGAMAL && public_key_elgamal_encrypt(numbers, padded, out);
}

static bool is_native_agreement(enum public_key_kind kind)
{
    return kind == PUBLIC_KEY_X25519 || kind == PUBLIC_KEY_X448;
}

bool public_key_agree(const struct public_numbers *numbers, const struct secret_numbers *secret,
                      struct bytes point, unsigned char *shared)
{
    if (is_native_agreement(numbers->kind))
        return public_key_native_agree(numbers, secret, point, shared);
    return numbers->kind == PUBLIC_KEY_ECDH &&
           public_key_weierstrass_agree(numbers, secret, point, shared);
}

bool public_key_agree_ephemeral(const struct public_numbers *numbers, unsigned char *point,
                                unsigned char *shared)
{
    if (is_native_agreement(numbers->kind))
        return public_key_native_agree_ephemeral(numbers, point, shared);
    return numbers->kind == PUBLIC_KEY_ECDH &&
           public_key_weierstrass_agree_ephemeral(numbers, point, shared);
}
