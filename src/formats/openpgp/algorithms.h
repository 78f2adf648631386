/*
 * The algorithm numbers of OpenPGP (RFC 9580 section 9), their names, and what serves them.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_ALGORITHMS_H
#define WALSEAL_FORMATS_OPENPGP_ALGORITHMS_H

#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"

enum openpgp_public_key {
    OPENPGP_RSA = 1,
    OPENPGP_RSA_ENCRYPT_ONLY = 2,
    OPENPGP_RSA_SIGN_ONLY = 3,
    OPENPGP_ELGAMAL = 16,
    OPENPGP_DSA = 17,
    OPENPGP_ECDH = 18,
    OPENPGP_ECDSA = 19,
    OPENPGP_EDDSA_LEGACY = 22,
    OPENPGP_X25519 = 25,
    OPENPGP_X448 = 26,
    OPENPGP_ED25519 = 27,
    OPENPGP_ED448 = 28,
};

enum openpgp_cipher {
    OPENPGP_PLAINTEXT = 0,
    OPENPGP_IDEA = 1,
    OPENPGP_3DES = 2,
    OPENPGP_CAST5 = 3,
    OPENPGP_BLOWFISH = 4,
    OPENPGP_AES128 = 7,
    OPENPGP_AES192 = 8,
    OPENPGP_AES256 = 9,
    OPENPGP_TWOFISH = 10,
    OPENPGP_CAMELLIA128 = 11,
    OPENPGP_CAMELLIA192 = 12,
    OPENPGP_CAMELLIA256 = 13,
};

enum openpgp_hash {
    OPENPGP_MD5 = 1,
    OPENPGP_SHA1 = 2,
    OPENPGP_RIPEMD160 = 3,
    OPENPGP_SHA256 = 8,
    OPENPGP_SHA384 = 9,
    OPENPGP_SHA512 = 10,
    OPENPGP_SHA224 = 11,
    OPENPGP_SHA3_256 = 12,
    OPENPGP_SHA3_512 = 14,
};

enum openpgp_aead { OPENPGP_EAX = 1, OPENPGP_OCB = 2, OPENPGP_GCM = 3 };

enum { OPENPGP_SESSION_KEY_MAX = 32 };

/* "RSA", "ECDH", .. or "public-key algorithm 99", in a buffer that the thread's next call reuses.
 */
const char *openpgp_public_key_name(uint8_t algorithm);

/* "AES-256", .. or NULL where the number is none that walseal knows. */
const char *openpgp_cipher_name(uint8_t cipher);

/* Octets of its key and block; 0: unknown. */
size_t openpgp_cipher_key_len(uint8_t cipher);
size_t openpgp_cipher_block_len(uint8_t cipher);

/* The GCRY_CIPHER_ number; 0: unknown. */
int openpgp_cipher_gcrypt(uint8_t cipher);

/* "EAX", "OCB", "GCM" or NULL; octets of its nonce, 0: unknown; the GCRY_CIPHER_MODE_ number. */
const char *openpgp_aead_name(uint8_t aead);
size_t openpgp_aead_nonce_len(uint8_t aead);
int openpgp_aead_gcrypt(uint8_t aead);

/* "SHA-256", .. or NULL; the digest (section 9.5). False: unknown. */
const char *openpgp_hash_name(uint8_t hash);
bool openpgp_hash_digest(uint8_t hash, enum digest_kind *digest);

/* What the curve of an object identifier (its octets, without the length) is (section 9.2): for
 * ECDSA and ECDH a Weierstrass curve with kind PUBLIC_KEY_ECDSA or _ECDH, for ECDH with Curve25519
 * PUBLIC_KEY_X25519, for EdDSA legacy PUBLIC_KEY_ED25519. False: none that goes with algorithm. */
bool openpgp_curve(uint8_t algorithm, struct bytes oid, enum public_key_kind *kind,
                   enum public_key_curve *curve);

#endif
