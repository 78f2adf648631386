/*
 * The signatures that a new key makes on itself (RFC 9580 sections 5.2.3 and 10.1), version 4, by
 * SHA-512.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SIGNATURE_WRITE_H
#define WALSEAL_FORMATS_OPENPGP_SIGNATURE_WRITE_H

#include "formats/openpgp/signature.h"
#include "formats/openpgp/writer.h"

struct new_signature {
    enum signature_type type; /* POSITIVE_CERTIFICATION, which also states preferences, or
                                 SUBKEY_BINDING */
    uint32_t created;
    uint8_t flags;         /* enum key_flags */
    uint32_t key_lifetime; /* seconds from the key's creation, 0: for ever */
};

/* Writes the body of a signature over subject by its primary key, whose pair is signer. False: the
 * library failed. */
bool signature_write(struct writer *out, const struct new_signature *wanted,
                     const struct signature_subject *subject, const struct public_key_pair *signer);

#endif
