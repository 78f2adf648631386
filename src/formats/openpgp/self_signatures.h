/*
 * The signatures that follow a key or user ID in a certificate and claim to be by its primary key:
 * gathered within bounds, then asked which of them hold (RFC 9580 sections 5.2.3.10 and 10.1).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SELF_SIGNATURES_H
#define WALSEAL_FORMATS_OPENPGP_SELF_SIGNATURES_H

#include "formats/openpgp/signature.h"

enum {
    SELF_SIGNATURES_MAX = 64,      /* kept for one key or user ID; verifying is the dear part */
    CLOCK_SKEW_SECONDS = 24 * 3600 /* that another machine's clock may be ahead of ours */
};

/* Points into the bytes they were parsed from. Newest first. */
struct self_signatures {
    size_t count;
    struct signature signature[SELF_SIGNATURES_MAX];
    size_t revocation_count; /* of keys and subkeys: nothing else pushes them out */
    struct signature revocation[SELF_SIGNATURES_MAX];
    bool has_lost_revocations; /* there were more: it can't be told that none of them holds */
};

/* Begins anew. */
void self_signatures_clear(struct self_signatures *all);

/* Adds the signature of a packet's body, unless it can't count whoever made it: malformed, void, of
 * an unknown version, MD5, or by another key than primary. Beyond the bound the oldest is
 * dropped, and a revocation is remembered as lost. */
void self_signatures_add(struct self_signatures *all, struct bytes body,
                         const struct openpgp_key *primary);

/* The newest of a type that is neither of the future nor expired and that the primary key made over
 * subject; SIGNATURE_GENERIC_CERTIFICATION stands for all four certifications. A binding of a
 * subkey for signing also needs the subkey's consent. NULL: none. */
const struct signature *self_signatures_newest(const struct self_signatures *all,
                                               enum signature_type type,
                                               const struct signature_subject *subject,
                                               uint64_t now);

/* Whether a revocation of a key or subkey holds: one that tells of compromise, or nothing, for all
 * time; one that calls the key superseded or retired, from its creation on. Also true where
 * revocations were lost. */
bool self_signatures_revoke(const struct self_signatures *all, enum signature_type type,
                            const struct signature_subject *subject, uint64_t now);

/* Whether one that holds, a direct-key signature or a certification of subject, lets another key
 * revoke this one (RFC 9580 section 5.2.3.23). Older ones than the newest count, too. */
bool self_signatures_name_revoker(const struct self_signatures *all,
                                  const struct signature_subject *subject);

#endif
