#include "formats/openpgp/recipients.h"

#include "base/secret.h"
#include "formats/openpgp/skesk.h"
#include "formats/openpgp/unlocker.h"
#include "io/wait.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PKESK_VERSION_MIN = 3,
    PKESK_VERSION_MAX = 6,
    SKESK_VERSION_MIN = 4,
    SKESK_VERSION_MAX = 6,
    NAMED_MAX = 8, /* IDs that a message names */
    IDS_SIZE = 256,
};

struct reading {
    const struct format_run *run;
    const struct keybox *box;
    const char *name;
    time_t now;
    struct session_candidates *candidates;
    struct unlocker unlocker;
    unsigned char *skesks[RECIPIENTS_PASSPHRASES_MAX]; /* malloc'ed bodies */
    size_t skesk_lens[RECIPIENTS_PASSPHRASES_MAX];
    size_t skesk_count;
    bool is_skesk_left_out; /* there were more */
    struct error refused;   /* why the first passphrase packet that opened nothing didn't */
    size_t esk_count;
    size_t attempts;
    bool matched;       /* the secret part of a key that may be meant was there */
    bool has_named_one; /* a key that was named gave a session key */
    bool is_too_much;   /* not all that might open it was tried */
    uint8_t matched_version;
    unsigned failed_versions; /* bit n: a packet of version n that named a key gave nothing */
    char wanted[IDS_SIZE];    /* who can open it */
    size_t wanted_count;
};

static void add_id(char *ids, size_t *count, const char *id)
{
    size_t used = strlen(ids);
    if (strstr(ids, id) != NULL)
        return;
    if ((*count)++ < NAMED_MAX)
        snprintf(ids + used, IDS_SIZE - used, "%s%s", used == 0 ? "" : ", ", id);
    else if (*count == NAMED_MAX + 1)
        snprintf(ids + used, IDS_SIZE - used, ", ..");
}

static void add_wanted(struct reading *reading, const struct pkesk *pkesk)
{
    char id[OPENPGP_KEY_ID_SIZE];
    if (pkesk->is_hidden) {
        add_id(reading->wanted, &reading->wanted_count, "a hidden key");
        return;
    }
    pkesk_write_key_id(pkesk, id);
    add_id(reading->wanted, &reading->wanted_count, id);
}

/* ---- session keys from public-key packets ---- */

/* An old backup is opened with an old key. */
static void note_age(const struct reading *reading, const struct certificate_key *key,
                     const char *origin)
{
    bool has_expired = key->has_expiry && key->expiry <= (uint64_t)reading->now;
    if (key->is_revoked || has_expired)
        notes_add(reading->run->notes, NOTE_PLAIN,
                  "%s: key %s %s: it opens what was encrypted to it, and encrypts no more", origin,
                  key->key.id_text, key->is_revoked ? "is revoked" : "has expired");
}

static void add_pkesk_candidate(struct reading *reading, const struct pkesk *pkesk,
                                const struct openpgp_key *key, const struct secret_key *secret)
{
    struct session_candidates *candidates = reading->candidates;
    if (candidates->count == SESSION_CANDIDATES_MAX ||
        reading->attempts++ >= RECIPIENTS_ATTEMPTS_MAX) {
        reading->is_too_much = true;
        return;
    }
    struct session_candidate *candidate = &candidates->candidate[candidates->count];
    reading->matched = true;
    reading->matched_version = pkesk->version;
    if (!pkesk_open(pkesk, key, secret_key_numbers(secret), &candidate->key)) {
        if (!pkesk->is_hidden)
            reading->failed_versions |= 1U << pkesk->version;
        return;
    }
    candidate->esk_version = pkesk->version;
    snprintf(candidate->opened_by, sizeof candidate->opened_by, "%s", key->id_text);
    candidate->is_unwrapped = pkesk_is_wrapped(key);
    candidate->is_passphrase = false;
    candidates->count++;
    reading->has_named_one = reading->has_named_one || !pkesk->is_hidden;
}

static bool try_key(struct reading *reading, const struct pkesk *pkesk,
                    const struct certificate_key *certified, const char *origin, struct error *err)
{
    const struct openpgp_key *key = &certified->key;
    const struct secret_key *secret;
    if (!key->has_secret) {
        if (!pkesk->is_hidden)
            unlocker_refuse(&reading->unlocker, origin, key,
                            "is the public key: the secret key is needed");
        return true;
    }
    if (!unlocker_secret(&reading->unlocker, key, origin, &secret, err))
        return false;
    if (wait_woken())
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    if (secret != NULL) {
        notes_add(reading->run->notes, NOTE_VERBOSE, "%s: trying %s, key %s", reading->name, origin,
                  key->id_text);
        if (!pkesk->is_hidden)
            note_age(reading, certified, origin);
        add_pkesk_candidate(reading, pkesk, key, secret);
    }
    return true;
}

static bool read_pkesk(struct reading *reading, struct bytes body, struct error *err)
{
    struct pkesk pkesk;
    struct error reason = {.kind = ERROR_NONE};
    if (!pkesk_parse(body, &pkesk, &reason)) {
        /* for somebody else, for all that can be known */
        if (reason.kind == ERROR_UNSUPPORTED)
            return true;
        return fail(err, reason.kind, "%s: damaged: a PKESK packet %s", reading->name, reason.text);
    }
    add_wanted(reading, &pkesk);
    for (size_t i = 0; i < keybox_count(reading->box); i++) {
        const struct certificate *certificate = keybox_certificate(reading->box, i);
        for (size_t k = 0; k < certificate->key_count; k++) {
            const struct certificate_key *key = &certificate->keys[k];
            if (key->key.is_known && pkesk_is_for(&pkesk, &key->key) &&
                !try_key(reading, &pkesk, key, keybox_origin(reading->box, i), err))
                return false;
        }
    }
    return true;
}

/* ---- session keys from passphrases ---- */

static bool keep_skesk(struct reading *reading, struct bytes body, struct error *err)
{
    struct skesk skesk;
    if (body.len > 0 && (body.at[0] < SKESK_VERSION_MIN || body.at[0] > SKESK_VERSION_MAX))
        return true;
    add_id(reading->wanted, &reading->wanted_count, "a passphrase");
    if (!skesk_parse(body, &skesk, &reading->refused))
        return true;
    if (reading->skesk_count == RECIPIENTS_PASSPHRASES_MAX) {
        reading->is_skesk_left_out = true;
        return true;
    }
    unsigned char *copy = malloc(body.len);
    if (copy == NULL)
        return fail_memory(err);
    memcpy(copy, body.at, body.len);
    reading->skesks[reading->skesk_count] = copy;
    reading->skesk_lens[reading->skesk_count++] = body.len;
    return true;
}

/* A passphrase that wasn't tried isn't told to be wrong. */
static void refuse_work(struct reading *reading, size_t passphrase_count)
{
    const char *hint = passphrase_count > 1 ? ": give fewer passphrases" : "";
    reading->candidates->is_passphrase_untried = true;
    if (reading->candidates->count > 0)
        notes_add(reading->run->notes, NOTE_PLAIN,
                  "%s: not every passphrase was tried, its packets ask for too much work%s",
                  reading->name, hint);
    if (passphrase_count > 1)
        error_clear(&reading->refused);
    fail(&reading->refused, ERROR_UNSUPPORTED,
         "its passphrase packets ask for more work than is done for one message%s", hint);
}

/* Nor one whose packet may be among those that were left out. */
static void refuse_left_out(struct reading *reading)
{
    reading->candidates->is_passphrase_untried = true;
    error_clear(&reading->refused);
    fail(&reading->refused, ERROR_UNSUPPORTED, "is for more passphrases than the %d that are tried",
         RECIPIENTS_PASSPHRASES_MAX);
    if (reading->candidates->count > 0)
        notes_add(reading->run->notes, NOTE_PLAIN, "%s: %s", reading->name, reading->refused.text);
}

static void try_skesk(struct reading *reading, const struct skesk *skesk, size_t passphrase_index,
                      size_t passphrase_count)
{
    struct session_candidates *candidates = reading->candidates;
    struct error why = {.kind = ERROR_NONE};
    struct session_candidate *candidate = &candidates->candidate[candidates->count];
    struct bytes passphrase = passphrase_text(reading->run->passphrase, passphrase_index);
    if (skesk_open(skesk, passphrase, &candidate->key, &why)) {
        candidate->esk_version = skesk->version;
        snprintf(candidate->opened_by, sizeof candidate->opened_by, "passphrase");
        candidate->is_unwrapped = false;
        candidate->is_passphrase = true;
        candidates->count++;
    } else if (why.kind == ERROR_NO_KEY_FITS && passphrase_count > 1) {
        fail(&reading->refused, why.kind, "none of the %zu passphrases opens it", passphrase_count);
    } else {
        fail(&reading->refused, why.kind, "%s", why.text);
    }
}

/* Each passphrase with every packet. Together they may cost no more than one packet and one
 * passphrase may. False: ERROR_INTERRUPTED. */
static bool try_skesks(struct reading *reading, size_t passphrase_count, struct error *err)
{
    uint64_t work = 0;
    for (size_t i = 0; i < passphrase_count * reading->skesk_count; i++) {
        size_t packet = i % reading->skesk_count;
        struct skesk skesk;
        if (reading->candidates->count == SESSION_CANDIDATES_MAX)
            return true;
        if (!skesk_parse((struct bytes){reading->skesks[packet], reading->skesk_lens[packet]},
                         &skesk, &reading->refused))
            continue;
        work += s2k_work(&skesk.s2k);
        if (work > S2K_WORK_MAX) {
            refuse_work(reading, passphrase_count);
            return true;
        }
        try_skesk(reading, &skesk, i / reading->skesk_count, passphrase_count);
        if (wait_woken())
            return fail(err, ERROR_INTERRUPTED, "%s", "");
    }
    if (reading->is_skesk_left_out)
        refuse_left_out(reading);
    return true;
}

/* A person is asked only where no key serves. */
static bool try_passphrases(struct reading *reading, struct error *err)
{
    struct passphrase *passphrase = reading->run->passphrase;
    size_t count;
    bool serves = reading->matched || reading->unlocker.reason.kind != ERROR_NONE;
    if (reading->skesk_count == 0 || reading->has_named_one ||
        (serves && !passphrase_is_given(passphrase)))
        return true;
    passphrase_hold(passphrase);
    bool good =
        passphrase_need(passphrase, reading->name, &count, err) && try_skesks(reading, count, err);
    passphrase_release(passphrase);
    return good;
}

/* ---- all packets up to the container ---- */

static bool fail_tag(const struct reading *reading, uint8_t tag, struct error *err)
{
    switch (tag) {
    case PACKET_LITERAL:
    case PACKET_COMPRESSED:
    case PACKET_SIGNATURE:
    case PACKET_ONE_PASS_SIGNATURE:
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: is an OpenPGP message that isn't encrypted: decrypt opens what is "
                    "encrypted and authenticated, and nothing else",
                    reading->name);
    case PACKET_SYMMETRIC:
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: is encrypted without integrity protection (packet 9): nobody can tell "
                    "whether it was changed",
                    reading->name);
    case PACKET_SECRET_KEY:
    case PACKET_PUBLIC_KEY:
    case PACKET_SECRET_SUBKEY:
    case PACKET_PUBLIC_SUBKEY:
        return fail(err, ERROR_UNSUPPORTED, "%s: is an OpenPGP key, not a message", reading->name);
    default:
        return fail(err, ERROR_UNSUPPORTED, "%s: holds a packet of the unknown type %u",
                    reading->name, tag);
    }
}

static bool read_esk(struct reading *reading, struct packet_stream *stream, unsigned char *body,
                     struct error *err)
{
    size_t len;
    if (!packet_stream_read(stream, body, ESK_PACKET_MAX, &len, err))
        return false;
    if (len == ESK_PACKET_MAX || ++reading->esk_count > ESK_COUNT_MAX)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: more than %d packets, or %d octets in one, before the encrypted data",
                    reading->name, ESK_COUNT_MAX, ESK_PACKET_MAX);
    struct bytes bytes = {body, len};
    return stream->header.tag == PACKET_PKESK ? read_pkesk(reading, bytes, err)
                                              : keep_skesk(reading, bytes, err);
}

static bool read_packets(struct reading *reading, struct packet_stream *stream, unsigned char *body,
                         struct error *err)
{
    for (;;) {
        bool more;
        if (!packet_stream_next(stream, &more, err))
            return false;
        if (!more)
            return fail(err, ERROR_TRUNCATED, "%s: truncated: ends before its encrypted data",
                        reading->name);
        uint8_t tag = stream->header.tag;
        bool good;
        if (tag == PACKET_SEIPD || tag == PACKET_AEAD)
            return true;
        if (tag == PACKET_PKESK || tag == PACKET_SKESK)
            good = read_esk(reading, stream, body, err);
        else if (tag == PACKET_MARKER || tag == PACKET_PADDING || tag >= PACKET_NOT_CRITICAL)
            good = packet_stream_skip(stream, err);
        else
            good = fail_tag(reading, tag, err);
        if (!good)
            return false;
    }
}

static bool fail_no_key(const struct reading *reading, struct error *err)
{
    char given[IDS_SIZE] = "";
    size_t given_count = 0;
    for (size_t i = 0; i < keybox_count(reading->box); i++) {
        const struct certificate *certificate = keybox_certificate(reading->box, i);
        for (size_t k = 0; k < certificate->key_count; k++)
            if (openpgp_key_encrypts(&certificate->keys[k].key))
                add_id(given, &given_count, certificate->keys[k].key.id_text);
    }
    if (given_count > 0 && strcmp(reading->wanted, given) == 0)
        return fail(err, ERROR_NO_KEY_FITS,
                    "%s: no key given opens it: it names key %s, but in a form that isn't this "
                    "key's: it may be damaged",
                    reading->name, given);
    return fail(err, ERROR_NO_KEY_FITS,
                "%s: no key given opens it: it is encrypted to %s; given: %s", reading->name,
                reading->wanted_count > 0 ? reading->wanted : "nobody that it names",
                given_count > 0 ? given : "no OpenPGP key that can decrypt");
}

/* What wasn't opened is to look like what was damaged. */
static void add_random_candidate(struct reading *reading, uint8_t version)
{
    if (reading->candidates->count == SESSION_CANDIDATES_MAX)
        return;
    struct session_candidate *candidate =
        &reading->candidates->candidate[reading->candidates->count++];
    candidate->esk_version = version;
    candidate->opened_by[0] = '\0';
    candidate->is_unwrapped = false;
    candidate->is_passphrase = false;
    candidate->key.cipher = OPENPGP_AES256;
    candidate->key.len = sizeof candidate->key.bytes;
    randombytes_buf(candidate->key.bytes, sizeof candidate->key.bytes);
}

static bool conclude(struct reading *reading, struct error *err)
{
    if (!try_passphrases(reading, err))
        return false;
    if (reading->is_too_much)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: more than %d session keys or %d attempts might be the right one: give "
                    "fewer keys",
                    reading->name, SESSION_CANDIDATES_MAX, RECIPIENTS_ATTEMPTS_MAX);
    /* behind all others: a damaged packet is to hide none that another key opens */
    for (uint8_t version = PKESK_VERSION_MIN; version <= PKESK_VERSION_MAX; version++)
        if ((reading->failed_versions & 1U << version) != 0)
            add_random_candidate(reading, version);
    if (reading->candidates->count == 0 && reading->matched)
        add_random_candidate(reading, reading->matched_version);
    if (reading->candidates->count > 0)
        return true;
    if (reading->unlocker.reason.kind != ERROR_NONE)
        return fail(err, reading->unlocker.reason.kind, "%s", reading->unlocker.reason.text);
    if (reading->refused.kind != ERROR_NONE)
        return fail(err, reading->refused.kind, "%s: %s", reading->name, reading->refused.text);
    return fail_no_key(reading, err);
}

bool recipients_read(const struct format_run *run, const struct keybox *box,
                     struct unlocked_keys *unlocked, struct packet_stream *stream,
                     struct session_candidates *candidates, struct error *err)
{
    struct reading *reading = calloc(1, sizeof *reading);
    unsigned char *body = malloc(ESK_PACKET_MAX);
    bool good = reading != NULL && body != NULL;
    if (!good)
        fail_memory(err);
    candidates->count = 0;
    candidates->is_passphrase_untried = false;
    if (good) {
        reading->run = run;
        reading->unlocker.passphrase = run->passphrase;
        reading->unlocker.keys = unlocked;
        reading->box = box;
        reading->name = octets_name(stream->octets);
        reading->candidates = candidates;
        reading->now = time(NULL);
        good = read_packets(reading, stream, body, err) && conclude(reading, err);
        for (size_t i = 0; i < reading->skesk_count; i++)
            free(reading->skesks[i]);
    }
    free(body);
    free(reading);
    return good;
}
