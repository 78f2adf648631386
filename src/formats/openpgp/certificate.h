/*
 * Transferable keys (RFC 9580 section 10): a primary key, its user IDs, its subkeys, and what the
 * signatures that verify say about them. Nothing is believed that no valid self-signature says.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_CERTIFICATE_H
#define WALSEAL_FORMATS_OPENPGP_CERTIFICATE_H

#include "base/notes.h"
#include "formats/openpgp/signature.h"

#include <time.h>

enum { CERTIFICATE_KEYS_MAX = 256, CERTIFICATE_PACKETS_MAX = 4096, RETIRED_USER_IDS_MAX = 16 };

/* A user ID that the key has taken back. */
struct retired_user_id {
    struct bytes user_id;
    uint32_t at; /* seconds since 1970 */
};

/* One key of a certificate with what is known of it. */
struct certificate_key {
    struct openpgp_key key;
    bool is_bound;     /* a valid signature of the primary key speaks for it */
    uint32_t bound_at; /* when that was made */
    bool is_revoked;
    uint32_t flags; /* enum key_flags */
    bool has_expiry;
    uint64_t expiry; /* seconds since 1970 */
    bool by_sha1;    /* its newest binding was made with SHA-1 after 2023-02-01 */
};

/* Points into the bytes it was parsed from. */
struct certificate {
    struct certificate_key keys[CERTIFICATE_KEYS_MAX]; /* keys[0] is the primary key */
    size_t key_count;
    size_t passed_over_count; /* subkeys that walseal can do nothing with */
    struct bytes user_id;     /* the primary one, or empty */
    struct retired_user_id retired[RETIRED_USER_IDS_MAX];
    size_t retired_count; /* may be more than there is room for */
    struct bytes ciphers; /* preferred ones */
    bool has_ciphers;
    uint8_t features;
    bool names_revoker; /* another key may revoke it, which isn't looked at */
};

/* Takes the next certificate off the front of a sequence of packets, up to the next primary key.
 * now: for signatures that expired. Subkeys of unknown versions or algorithms are skipped with a
 * verbose note, malformed ones with a warning. False: ERROR_DAMAGED, no key begins here, or
 * malformed, or no subkey but malformed ones; ERROR_UNSUPPORTED, a primary key of a version that
 * isn't served: from then stands behind its certificate, so that others can be taken. The text
 * names no object. */
bool certificate_take(struct bytes *from, time_t now, struct certificate *certificate,
                      struct notes *notes, const char *origin, struct error *err);

/* The key that encrypts to this certificate now: the newest valid subkey with a flag for
 * encryption, or the primary key where it has one. NULL: ERROR_KEY with every key and why it can't
 * be used ("origin: no key can encrypt: subkey ID expired on 2025-01-31; ..."); a primary key that
 * is revoked or expired takes all of them with it. allow_expired takes an expired one where there
 * is no other. Warns of a key that was used though expired, that expires within 30 days, that is
 * signed with SHA-1, or that others may revoke. A creation time up to 24 hours ahead is a skewed
 * clock. */
const struct openpgp_key *certificate_encryption_key(const struct certificate *certificate,
                                                     const char *origin, time_t now,
                                                     bool allow_expired, struct notes *notes,
                                                     struct error *err);

/* Takes what other, another copy of the same certificate, knows into certificate: a revocation in
 * either counts (that of a user ID against what the other has from it), the newer binding speaks,
 * and of each key the copy whose secret part is of most use is kept. Both point into bytes that
 * must outlive certificate. False: there are more keys than CERTIFICATE_KEYS_MAX. */
bool certificate_merge(struct certificate *certificate, const struct certificate *other);

enum { CERTIFICATE_REASON_SIZE = 160 };

/* Whether key number index can be encrypted to at now, by what is known of it and of the primary
 * key. False: reason goes behind the key's name ("is revoked"). */
bool certificate_key_encrypts(const struct certificate *certificate, size_t index, time_t now,
                              char reason[CERTIFICATE_REASON_SIZE]);

/* When that ends by itself: the earlier of the key's and the primary key's expiry, in seconds since
 * 1970. False: never. */
bool certificate_key_expiry(const struct certificate *certificate, size_t index, uint64_t *expiry);

#endif
