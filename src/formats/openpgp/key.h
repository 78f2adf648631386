/*
 * Key packets, public and secret, primary and subkey (RFC 9580 section 5.5). Parsing only: what a
 * key may be used for is certificate.h's, its secret part is secret_key.h's.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_KEY_H
#define WALSEAL_FORMATS_OPENPGP_KEY_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/public_key.h"

enum {
    KEY_PACKET_MAX = 64 * 1024,
    OPENPGP_KEY_ID_LEN = 8,
    OPENPGP_KEY_ID_SIZE = 2 * OPENPGP_KEY_ID_LEN + 1, /* as text */
    OPENPGP_FINGERPRINT_4_LEN = 20,                   /* of a version 4 key */
    OPENPGP_FINGERPRINT_6_LEN = 32,
    OPENPGP_FINGERPRINT_MAX = OPENPGP_FINGERPRINT_6_LEN,
};

/* Points into the bytes it was parsed from, which must outlive it. */
struct openpgp_key {
    uint8_t version;   /* 4 or 6 */
    uint8_t algorithm; /* enum openpgp_public_key */
    uint32_t created;  /* seconds since 1970 */
    bool is_subkey;
    bool is_known; /* of an algorithm and curve that walseal knows; if not, numbers are not set */
    struct public_numbers numbers;
    struct bytes oid; /* of the curve, without its length; ECDSA, ECDH, EdDSA legacy */
    uint8_t kdf_hash; /* ECDH */
    uint8_t kdf_cipher;
    struct bytes public_part; /* from the version octet to the last public number */
    bool has_secret;
    struct bytes secret_part; /* from the S2K usage octet on */
    unsigned char fingerprint[OPENPGP_FINGERPRINT_MAX];
    size_t fingerprint_len; /* OPENPGP_FINGERPRINT_4_LEN or _6_LEN */
    unsigned char id[OPENPGP_KEY_ID_LEN];
    char id_text[OPENPGP_KEY_ID_SIZE]; /* 16 upper-case hexadecimal digits */
};

/* tag: one of the four key tags. False: ERROR_DAMAGED, malformed; ERROR_UNSUPPORTED, a version
 * other than 4 and 6. The texts name no object. A key of an unknown algorithm or curve parses, with
 * is_known false; where a version 4 key's algorithm is unknown, nobody can tell its public part
 * from its secret one: all of it counts as public, and only a public key's fingerprint is right. */
bool openpgp_key_parse(uint8_t tag, struct bytes body, struct openpgp_key *key, struct error *err);

/* Adds to digest what fingerprints and signatures over a key hash (sections 5.5.4 and 5.2.4): a
 * prefix octet and a length, both by the key's version, and public_part. */
bool openpgp_key_hash(const struct openpgp_key *key, struct digest *digest);

/* Whether they have one fingerprint: one may have the secret part that the other lacks. */
bool openpgp_key_is_same(const struct openpgp_key *one, const struct openpgp_key *other);

/* Whether the key's algorithm can encrypt at all. */
bool openpgp_key_encrypts(const struct openpgp_key *key);

#endif
