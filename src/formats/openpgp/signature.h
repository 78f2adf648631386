/*
 * Signatures that keys make on themselves and their subkeys (RFC 9580 sections 5.2 and 10.1).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SIGNATURE_H
#define WALSEAL_FORMATS_OPENPGP_SIGNATURE_H

#include "formats/openpgp/key.h"

enum signature_type {
    SIGNATURE_GENERIC_CERTIFICATION = 0x10, /* to 0x13 */
    SIGNATURE_POSITIVE_CERTIFICATION = 0x13,
    SIGNATURE_SUBKEY_BINDING = 0x18,
    SIGNATURE_PRIMARY_BINDING = 0x19,
    SIGNATURE_DIRECT_KEY = 0x1f,
    SIGNATURE_KEY_REVOCATION = 0x20,
    SIGNATURE_SUBKEY_REVOCATION = 0x28,
    SIGNATURE_CERTIFICATION_REVOCATION = 0x30,
};

enum { SIGNATURE_PREFERENCES_MAX = 32 };

enum key_flags {
    KEY_FLAG_CERTIFY = 1,
    KEY_FLAG_SIGN = 2,
    KEY_FLAG_ENCRYPT_TRANSPORT = 4,
    KEY_FLAG_ENCRYPT_STORAGE = 8
};

/* Points into the bytes it was parsed from. What subpackets say is from the hashed area only, but
 * for the issuer and the embedded back-signature, which prove themselves. */
struct signature {
    uint8_t version; /* 3, 4, 6 */
    uint8_t type;
    uint8_t algorithm;
    uint8_t hash;
    struct bytes hashed;      /* what of the packet is hashed, version to hashed area */
    struct bytes salt;        /* version 6 */
    struct bytes hash_prefix; /* 2 octets */
    struct bytes number[2];
    bool has_issuer;
    unsigned char issuer[OPENPGP_KEY_ID_LEN];
    bool has_created;
    uint32_t created;
    bool has_lifetime; /* of the signature */
    uint32_t lifetime;
    bool has_key_lifetime;
    uint32_t key_lifetime; /* seconds from the key's creation, 0: for ever */
    bool has_flags;
    uint32_t flags;
    bool has_features;
    uint8_t features;
    bool is_primary_user_id;
    bool has_ciphers;
    struct bytes ciphers;      /* preferred, strongest wish first */
    bool names_revoker;        /* another key that may revoke the one signed */
    uint8_t revocation_reason; /* 0 also where there is none */
    struct bytes embedded;     /* a primary key binding signature's packet body */
    bool is_void;              /* an unknown critical subpacket, or a notation marked critical */
};

/* False: ERROR_DAMAGED, malformed; ERROR_UNSUPPORTED, a version that isn't known. */
bool signature_parse(struct bytes body, struct signature *signature, struct error *err);

/* What a signature is made over, beside the signer's primary key. */
struct signature_subject {
    const struct openpgp_key *primary;
    const struct openpgp_key *subkey; /* bindings and subkey revocations, or NULL */
    bool has_user_id;                 /* certifications and their revocations */
    struct bytes user_id;
};

/* What a signature with these hashed octets and this type is made over: the hash of kind, of
 * subject and of itself. False: the library failed, or subject lacks what the type needs. */
bool signature_hash(const struct signature *signature, enum digest_kind kind,
                    const struct signature_subject *subject, unsigned char *hash);

/* Whether signer made signature over subject. Nothing else is judged: dates, flags and is_void are
 * the caller's. */
bool signature_verify(const struct signature *signature, const struct openpgp_key *signer,
                      const struct signature_subject *subject);

/* Whether its type is one of the four certifications of a user ID. */
bool signature_is_certification(const struct signature *signature);

#endif
