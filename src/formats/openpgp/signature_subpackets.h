/*
 * Signature subpackets (RFC 9580 section 5.2.3.7): their numbers, and reading them into the
 * signature that holds them.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SIGNATURE_SUBPACKETS_H
#define WALSEAL_FORMATS_OPENPGP_SIGNATURE_SUBPACKETS_H

#include "formats/openpgp/signature.h"

enum signature_subpacket {
    SUBPACKET_CREATED = 2,
    SUBPACKET_LIFETIME = 3,
    SUBPACKET_EXPORTABLE = 4,
    SUBPACKET_REVOCABLE = 7,
    SUBPACKET_KEY_LIFETIME = 9,
    SUBPACKET_CIPHERS = 11,
    SUBPACKET_REVOKER = 12,
    SUBPACKET_ISSUER = 16,
    SUBPACKET_HASHES = 21,
    SUBPACKET_COMPRESSIONS = 22,
    SUBPACKET_KEY_SERVER_PREFERENCES = 23,
    SUBPACKET_KEY_SERVER = 24,
    SUBPACKET_PRIMARY_USER_ID = 25,
    SUBPACKET_POLICY = 26,
    SUBPACKET_KEY_FLAGS = 27,
    SUBPACKET_SIGNER_USER_ID = 28,
    SUBPACKET_REVOCATION_REASON = 29,
    SUBPACKET_FEATURES = 30,
    SUBPACKET_TARGET = 31,
    SUBPACKET_EMBEDDED = 32,
    SUBPACKET_ISSUER_FINGERPRINT = 33,
    SUBPACKET_LIBREPGP_AEADS = 34,
    SUBPACKET_RECIPIENT = 35,
    SUBPACKET_AEADS = 39,
};

/* What the signature protects: everything counts; where a subpacket comes twice, the last one does.
 * False: malformed. */
bool signature_read_hashed(struct bytes area, struct signature *signature);

/* What anybody may have put there: only the issuer and the back-signature, which prove themselves.
 * False: malformed. */
bool signature_read_unhashed(struct bytes area, struct signature *signature);

#endif
