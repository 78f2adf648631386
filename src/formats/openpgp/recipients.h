/*
 * Who can open a message: the packets before its container (RFC 9580 sections 5.1 and 5.3), written
 * for the keys of a run, and read against them.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_RECIPIENTS_H
#define WALSEAL_FORMATS_OPENPGP_RECIPIENTS_H

#include "format.h"
#include "formats/openpgp/container.h"
#include "formats/openpgp/keybox.h"
#include "formats/openpgp/pkesk.h"
#include "formats/openpgp/unlocker.h"

enum { RECIPIENTS_WRITE_MAX = 64, SESSION_CANDIDATES_MAX = 256 };

/* Hostile messages ask for work: a public-key operation takes milliseconds, a passphrase's
 * derivation a tenth of a second or more. */
enum { RECIPIENTS_ATTEMPTS_MAX = 1024, RECIPIENTS_PASSPHRASES_MAX = 16 };

/* The keys that a message is encrypted to, one for each certificate. */
struct recipients {
    const struct openpgp_key *keys[RECIPIENTS_WRITE_MAX];
    const char *origins[RECIPIENTS_WRITE_MAX];
    size_t count;
    uint8_t cipher; /* the strongest AES that every one of them prefers, or AES-128 */
};

/* Chooses from all certificates of box. False: ERROR_KEY, one of them can't be encrypted to (all
 * reasons are told), or there are too many. */
bool recipients_choose(const struct keybox *box, time_t now, bool allow_expired,
                       struct recipients *recipients, struct notes *notes, struct error *err);

/* Makes the session key and the packets that hold it. *head is malloc'ed. */
bool recipients_write(const struct recipients *recipients, bool hide, struct session_key *session,
                      unsigned char **head, size_t *head_len, struct error *err);

/* Session keys that a message's packets gave, in secret memory. */
struct session_candidates {
    bool is_passphrase_untried; /* the message asks for more than was done: see NOTE_PLAIN's */
    size_t count;
    struct session_candidate candidate[SESSION_CANDIDATES_MAX];
};

/* Reads packets up to the container, whose header is then stream's, and opens all that box and the
 * passphrases can; unlocked is shared by all messages of the run. Where a packet names a key and
 * yet isn't opened by it, there is a candidate of random octets behind the others, so that this
 * shows no sooner than damage would; likewise where a key matched otherwise and nothing opened.
 * False: ERROR_UNSUPPORTED (not encrypted, unknown packets, too much work), ERROR_DAMAGED,
 * ERROR_TRUNCATED, ERROR_NO_KEY_FITS, ERROR_KEY (a wrong or no passphrase, a secret part that isn't
 * here). */
bool recipients_read(const struct format_run *run, const struct keybox *box,
                     struct unlocked_keys *unlocked, struct packet_stream *stream,
                     struct session_candidates *candidates, struct error *err);

#endif
