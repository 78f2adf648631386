/*
 * Public-key operations over the numbers of OpenPGP's keys (RFC 9580 section 5.5.5).
 *
 * Numbers are big-endian octets; leading zero octets may be missing or there. Points of the
 * Weierstrass curves are 04 X Y; Curve25519, Ed25519, X448 and Ed448 are native octets (without the
 * 40 that OpenPGP's legacy forms put before a point, and, for the legacy secret scalar, already
 * turned to native order by the caller); a native secret may lack leading zeros too. What is secret
 * is wiped; the copies that the libraries make for themselves while they work aren't all in locked
 * memory.
 *
 * Refused by every function, because it's no honest key or would cost minutes: a modulus that is
 * even, below PUBLIC_KEY_MODULUS_BITS_MIN or above PUBLIC_KEY_NUMBER_LEN_MAX, DSA's above
 * PUBLIC_KEY_DSA_BITS_MAX; an RSA exponent that is even, 1 or above
 * PUBLIC_KEY_RSA_EXPONENT_BITS_MAX; a generator that is 1 or less, or p - 1 or more.
 */
#ifndef WALSEAL_CRYPTO_PUBLIC_KEY_H
#define WALSEAL_CRYPTO_PUBLIC_KEY_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/digest.h"

enum public_key_kind {
    PUBLIC_KEY_RSA,     /* public n e        secret d p q u (u = 1/p mod q) */
    PUBLIC_KEY_DSA,     /* public p q g y    secret x */
    PUBLIC_KEY_ELGAMAL, /* public p g y      secret x */
    PUBLIC_KEY_ECDSA,   /* public Q          secret scalar */
    PUBLIC_KEY_ECDH,    /* public Q          secret scalar; Weierstrass curves */
    PUBLIC_KEY_ED25519, /* public 32 octets  secret 32 (the seed) */
    PUBLIC_KEY_ED448,   /* public 57 octets  secret 57 (the seed) */
    PUBLIC_KEY_X25519,  /* public 32 octets  secret 32 */
    PUBLIC_KEY_X448,    /* public 56 octets  secret 56 */
};

enum public_key_curve {
    CURVE_NONE, /* the kind says it all */
    CURVE_P256,
    CURVE_P384,
    CURVE_P521,
    CURVE_BRAINPOOL_P256,
    CURVE_BRAINPOOL_P384,
    CURVE_BRAINPOOL_P512,
};

enum {
    PUBLIC_KEY_NUMBERS_MAX = 4,
    PUBLIC_KEY_NUMBER_LEN_MAX = 2048, /* 16384 bits */
    PUBLIC_KEY_MODULUS_BITS_MIN = 512,
    PUBLIC_KEY_RSA_EXPONENT_BITS_MAX = 64,
    /* FIPS 186-4 ends at 3072; a signature of 80 octets costs what the square of this does */
    PUBLIC_KEY_DSA_BITS_MAX = 4096,
    PUBLIC_KEY_POINT_LEN_MAX = 1 + 2 * 66,
    PUBLIC_KEY_SHARED_LEN_MAX = 66,
    PUBLIC_KEY_MADE_BITS_MAX = 4096,
    PUBLIC_KEY_PAIR_LEN_MAX = 8 + 2 * 512 + 3 * 256,
};

struct public_numbers {
    enum public_key_kind kind;
    enum public_key_curve curve;
    struct bytes number[PUBLIC_KEY_NUMBERS_MAX]; /* in the order above */
};

struct secret_numbers {
    struct bytes number[PUBLIC_KEY_NUMBERS_MAX]; /* in the order above */
};

/* A new key, which points into itself: neither to be copied nor to be moved. */
struct public_key_pair {
    struct public_numbers numbers;
    struct secret_numbers secret;
    unsigned char octets[PUBLIC_KEY_PAIR_LEN_MAX];
};

/* Makes a key of kind RSA (rsa_bits at most PUBLIC_KEY_MADE_BITS_MAX, exponent 65537, p below q),
 * Ed25519 or X25519 (its secret clamped, as OpenPGP's legacy form wants it), in secret memory, to
 * be freed with secret_free. NULL: the library failed, or without memory. */
struct public_key_pair *public_key_generate(enum public_key_kind kind, unsigned rsa_bits);

/* Signs the hash value hash, as public_key_verify takes it: RSA (PKCS #1 version 1.5), Ed25519.
 * What it writes, *len octets, was verified. signature has room for PUBLIC_KEY_NUMBER_LEN_MAX. */
bool public_key_sign(const struct public_numbers *numbers, const struct secret_numbers *secret,
                     enum digest_kind digest, const unsigned char *hash, unsigned char *signature,
                     size_t *len);

/* Bits of strength's usual measure: of n or p, of the curve. */
unsigned public_key_bits(const struct public_numbers *numbers);

/* Octets of one point of the curve, and of its shared secret (X alone). */
size_t public_key_point_len(const struct public_numbers *numbers);
size_t public_key_shared_len(const struct public_numbers *numbers);

/* Whether signature (RSA: s; DSA, ECDSA: r, s; Ed25519 and Ed448: one string of 64 or 114 octets in
 * number 0) is one of the hash value hash under numbers. A malformed one isn't. */
bool public_key_verify(const struct public_numbers *numbers, enum digest_kind digest,
                       const unsigned char *hash, const struct bytes signature[2]);

/* Whether the secret numbers belong to the public ones (a key file that was tampered with would
 * otherwise give the secret away): every number is checked. */
bool public_key_fits(const struct public_numbers *numbers, const struct secret_numbers *secret);

/* Whether those of ElGamal are of a group without small ones in it, which takes seconds where they
 * are long; others always are. It matters where the public numbers could be changed by somebody who
 * doesn't know the secret ones: where these are protected. */
bool public_key_is_safe(const struct public_numbers *numbers);

/* RSA and ElGamal decryption without any padding check: writes the number, padded on the left with
 * zeros to out_len (the length of n or p in octets). cipher: one number, for ElGamal two. False:
 * the number is out of range or the library failed, which tells nothing about the secret. */
bool public_key_decrypt_raw(const struct public_numbers *numbers,
                            const struct secret_numbers *secret, const struct bytes cipher[2],
                            unsigned char *out, size_t out_len);

/* RSA and ElGamal encryption of a number that was padded already, of the length of n or p. out[0],
 * for ElGamal out[1] too, have room for as many octets, which are all written. */
bool public_key_encrypt_raw(const struct public_numbers *numbers, struct bytes padded,
                            unsigned char *const out[2]);

/* ECDH: the shared secret (public_key_shared_len octets) of our secret and their point. False: the
 * point is malformed, not on the curve or infinity, or the secret comes out as zero. */
bool public_key_agree(const struct public_numbers *numbers, const struct secret_numbers *secret,
                      struct bytes point, unsigned char *shared);

/* ECDH for encrypting: a new ephemeral key's point (public_key_point_len octets) and the secret it
 * shares with numbers. */
bool public_key_agree_ephemeral(const struct public_numbers *numbers, unsigned char *point,
                                unsigned char *shared);

#endif
