/*
 * How the secret part of a key is protected, and its octets without that protection (RFC 9580
 * sections 3.7.2.1 and 5.5.3).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SECRET_PROTECTION_H
#define WALSEAL_FORMATS_OPENPGP_SECRET_PROTECTION_H

#include "formats/openpgp/s2k.h"
#include "formats/openpgp/secret_key.h"

/* What proves that the octets are right. */
enum secret_proof {
    SECRET_PROOF_NONE, /* an open key of version 6 */
    SECRET_PROOF_SUM,  /* 16 bits */
    SECRET_PROOF_SHA1,
    SECRET_PROOF_AEAD,
};

/* Points into the key's secret part. */
struct secret_protection {
    bool is_encrypted;
    enum secret_proof proof;
    uint8_t cipher;
    uint8_t aead;
    struct s2k s2k;
    struct bytes nonce;
    struct bytes text; /* everything behind the parameters; empty for a stub */
};

/* False: malformed, or of a kind that isn't served; the text names no object. */
bool secret_protection_parse(const struct openpgp_key *key, struct secret_protection *protection,
                             struct error *err);

/* Writes the secret numbers' octets, without their proof, to octets, which has room for
 * protection->text.len. WRONG_PASSPHRASE: the proof fails. FAILED: the text names no object. */
enum secret_key_unlock secret_protection_open(const struct openpgp_key *key,
                                              const struct secret_protection *protection,
                                              struct bytes passphrase, unsigned char *octets,
                                              size_t *octets_len, struct error *err);

#endif
