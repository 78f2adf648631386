/*
 * The families behind public_key.h, each in a file of its own, and what public_key.c has checked
 * before it calls them: the kind. Contracts are those of public_key.h.
 */
#ifndef WALSEAL_CRYPTO_PUBLIC_KEY_FAMILY_H
#define WALSEAL_CRYPTO_PUBLIC_KEY_FAMILY_H

#include "crypto/public_key.h"

/* public_key_rsa.c; what makes keys fills a new pair's numbers and octets. */
bool public_key_rsa_generate(struct public_key_pair *pair, unsigned bits);
bool public_key_rsa_sign(const struct public_numbers *numbers, const struct secret_numbers *secret,
                         enum digest_kind digest, const unsigned char *hash,
                         unsigned char *signature, size_t *len);
bool public_key_rsa_verify(const struct public_numbers *numbers, enum digest_kind digest,
                           const unsigned char *hash, struct bytes signature);
bool public_key_rsa_fits(const struct public_numbers *numbers, const struct secret_numbers *secret);
bool public_key_rsa_decrypt(const struct public_numbers *numbers,
                            const struct secret_numbers *secret, struct bytes cipher,
                            unsigned char *out, size_t out_len);
bool public_key_rsa_encrypt(const struct public_numbers *numbers, struct bytes padded,
                            unsigned char *out);

/* public_key_field.c: DSA and ElGamal, over the integers modulo a prime. */
bool public_key_dsa_verify(const struct public_numbers *numbers, enum digest_kind digest,
                           const unsigned char *hash, const struct bytes signature[2]);
bool public_key_field_is_safe(const struct public_numbers *numbers);
bool public_key_field_fits(const struct public_numbers *numbers,
                           const struct secret_numbers *secret);
bool public_key_elgamal_decrypt(const struct public_numbers *numbers,
                                const struct secret_numbers *secret, const struct bytes cipher[2],
                                unsigned char *out, size_t out_len);
bool public_key_elgamal_encrypt(const struct public_numbers *numbers, struct bytes padded,
                                unsigned char *const out[2]);

/* public_key_weierstrass.c: ECDSA, and ECDH over the same curves. */
unsigned public_key_weierstrass_bits(enum public_key_curve curve);
bool public_key_ecdsa_verify(const struct public_numbers *numbers, enum digest_kind digest,
                             const unsigned char *hash, const struct bytes signature[2]);
bool public_key_weierstrass_fits(const struct public_numbers *numbers,
                                 const struct secret_numbers *secret);
bool public_key_weierstrass_agree(const struct public_numbers *numbers,
                                  const struct secret_numbers *secret, struct bytes point,
                                  unsigned char *shared);
bool public_key_weierstrass_agree_ephemeral(const struct public_numbers *numbers,
                                            unsigned char *point, unsigned char *shared);

/* public_key_native.c: Curve25519 and Curve448 in either shape, whose keys are strings of
 * octets. */
bool public_key_native_generate(struct public_key_pair *pair);
bool public_key_native_sign(const struct public_numbers *numbers,
                            const struct secret_numbers *secret, enum digest_kind digest,
                            const unsigned char *hash, unsigned char *signature, size_t *len);
bool public_key_native_verify(const struct public_numbers *numbers, enum digest_kind digest,
                              const unsigned char *hash, struct bytes signature);
bool public_key_native_fits(const struct public_numbers *numbers,
                            const struct secret_numbers *secret);
bool public_key_native_agree(const struct public_numbers *numbers,
                             const struct secret_numbers *secret, struct bytes point,
                             unsigned char *shared);
bool public_key_native_agree_ephemeral(const struct public_numbers *numbers, unsigned char *point,
                                       unsigned char *shared);
size_t public_key_native_point_len(enum public_key_kind kind);

#endif
