#define _POSIX_C_SOURCE 200809L

#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/certificate.h"
#include "formats/openpgp/self_signatures.h"

#include <stdio.h>

enum {
    DAY_SECONDS = 24 * 3600,
    EXPIRY_WARNING_DAYS = 30,
    BITS_MIN = 2048, /* of RSA and ElGamal */
    REASONS_MAX = 8, /* told one by one: more than that, nobody reads */
    REASON_SIZE = 128,
    DATE_SIZE = 16,
    NAME_SIZE = sizeof "primary key " + OPENPGP_KEY_ID_SIZE,
};

enum fitness {
    FIT,
    SIGNS_ONLY,
    OF_THE_FUTURE,
    UNBOUND,
    REVOKED,
    NOT_FOR_ENCRYPTION,
    WEAK_DERIVATION,
    TOO_WEAK,
    EXPIRED,
};

static void write_date(uint64_t seconds, char date[DATE_SIZE])
{
    struct tm parts;
    time_t when = (time_t)seconds;
    if (gmtime_r(&when, &parts) == NULL || strftime(date, DATE_SIZE, "%Y-%m-%d", &parts) == 0)
        snprintf(date, DATE_SIZE, "a far day");
}

static void write_name(const struct openpgp_key *key, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%s %s", key->is_subkey ? "subkey" : "primary key", key->id_text);
}

static bool has_expired(const struct certificate_key *key, uint64_t now)
{
    return key->has_expiry && key->expiry <= now;
}

static bool is_too_weak(const struct openpgp_key *key)
{
    return (key->numbers.kind == PUBLIC_KEY_RSA || key->numbers.kind == PUBLIC_KEY_ELGAMAL) &&
           public_key_bits(&key->numbers) < BITS_MIN;
}

/* Whether a key for ECDH asks for a weak hash on the way to its session keys. */
static bool has_weak_derivation(const struct openpgp_key *key)
{
    enum digest_kind digest;
    return key->algorithm == OPENPGP_ECDH &&
           (!openpgp_hash_digest(key->kdf_hash, &digest) || digest == DIGEST_MD5 ||
            digest == DIGEST_SHA1 || digest == DIGEST_RIPEMD160);
}

/* What keeps a key from speaking for anything, whatever it is for. */
static enum fitness judge_life(const struct certificate_key *key, uint64_t now)
{
    /* before the signatures, which a clock that is wrong makes invalid as well */
    if (key->key.created > now + CLOCK_SKEW_SECONDS)
        return OF_THE_FUTURE;
    if (!key->is_bound)
        return UNBOUND;
    if (key->is_revoked)
        return REVOKED;
    return has_expired(key, now) ? EXPIRED : FIT;
}

/* The reason against encrypting to a key that is hardest to get over. */
static enum fitness judge(const struct certificate_key *key, uint64_t now)
{
    if (!openpgp_key_encrypts(&key->key))
        return SIGNS_ONLY;
    enum fitness life = judge_life(key, now);
    if (life != FIT && life != EXPIRED)
        return life;
    if ((key->flags & (KEY_FLAG_ENCRYPT_TRANSPORT | KEY_FLAG_ENCRYPT_STORAGE)) == 0)
        return NOT_FOR_ENCRYPTION;
    if (has_weak_derivation(&key->key))
        return WEAK_DERIVATION;
    return is_too_weak(&key->key) ? TOO_WEAK : life;
}

static void write_reason(const struct certificate_key *key, enum fitness fitness,
                         char reason[REASON_SIZE])
{
    char date[DATE_SIZE];
    switch (fitness) {
    case SIGNS_ONLY:
        snprintf(reason, REASON_SIZE, "can only sign (%s)",
                 openpgp_public_key_name(key->key.algorithm));
        break;
    case OF_THE_FUTURE:
        write_date(key->key.created, date);
        snprintf(reason, REASON_SIZE, "was made on %s, which is yet to come", date);
        break;
    case UNBOUND:
        snprintf(reason, REASON_SIZE, "has no valid signature by %s",
                 key->key.is_subkey ? "the primary key" : "itself");
        break;
    case REVOKED:
        snprintf(reason, REASON_SIZE, "is revoked");
        break;
    case NOT_FOR_ENCRYPTION:
        snprintf(reason, REASON_SIZE, "is not meant for encryption, by its key flags");
        break;
    case WEAK_DERIVATION:
        snprintf(reason, REASON_SIZE, "derives its keys by a hash that is too weak");
        break;
    case TOO_WEAK:
        snprintf(reason, REASON_SIZE, "is too weak: %s of %u bits, below %d",
                 openpgp_public_key_name(key->key.algorithm), public_key_bits(&key->key.numbers),
                 BITS_MIN);
        break;
    case EXPIRED:
        write_date(key->expiry, date);
        snprintf(reason, REASON_SIZE, "expired on %s", date);
        break;
    case FIT:
        snprintf(reason, REASON_SIZE, "is valid");
        break;
    }
}

static void append_reason(const struct certificate_key *key, enum fitness fitness,
                          const char *before, struct error *err)
{
    char reason[REASON_SIZE];
    char name[NAME_SIZE];
    write_reason(key, fitness, reason);
    write_name(&key->key, name);
    error_append(err, "%s%s %s", before, name, reason);
}

/* Subkeys first: they are what was made for encrypting. */
static const struct openpgp_key *refuse(const struct certificate *certificate, const char *origin,
                                        uint64_t now, struct error *err)
{
    const struct certificate_key *primary = &certificate->keys[0];
    enum fitness life = judge_life(primary, now);
    bool expired = life == EXPIRED;
    bool early = life == OF_THE_FUTURE;
    fail(err, ERROR_KEY, "%s: no key can encrypt: ", origin);
    if (life != FIT) {
        append_reason(primary, life, "", err);
        if (certificate->key_count > 1)
            error_append(err, ", and no subkey %s it", early ? "comes before" : "outlives");
    }
    for (size_t i = 1; life == FIT && i <= certificate->key_count && i <= REASONS_MAX; i++) {
        const struct certificate_key *key = &certificate->keys[i % certificate->key_count];
        enum fitness fitness = judge(key, now);
        expired = expired || fitness == EXPIRED;
        early = early || fitness == OF_THE_FUTURE;
        append_reason(key, fitness, i == 1 ? "" : "; ", err);
    }
    if (life == FIT && certificate->key_count > REASONS_MAX)
        error_append(err, "; and %zu more", certificate->key_count - REASONS_MAX);
    if (life == FIT && certificate->passed_over_count > 0)
        error_append(err, "; subkeys of a kind that isn't served are passed over (-v tells)");
    if (expired)
        error_append(err, "; renew it, or use it all the same with --allow-expired");
    if (early)
        error_append(err, "; is this machine's clock right?");
    return NULL;
}

/* The newest that is fit, or, where expired ones are asked for, expired and nothing worse. */
static const struct certificate_key *choose(const struct certificate *certificate, uint64_t now,
                                            enum fitness wanted)
{
    const struct certificate_key *chosen = NULL;
    for (size_t i = 1; i < certificate->key_count; i++) {
        const struct certificate_key *key = &certificate->keys[i];
        if (judge(key, now) == wanted &&
            (chosen == NULL || key->key.created >= chosen->key.created))
            chosen = key;
    }
    if (chosen == NULL && judge(&certificate->keys[0], now) == wanted)
        chosen = &certificate->keys[0];
    return chosen;
}

static void warn_of_expiry(const struct certificate_key *key, const char *origin, uint64_t now,
                           struct notes *notes)
{
    char date[DATE_SIZE];
    char name[NAME_SIZE];
    if (!key->has_expiry)
        return;
    write_date(key->expiry, date);
    write_name(&key->key, name);
    if (has_expired(key, now))
        notes_add(notes, NOTE_WARNING, "%s: %s expired on %s and is used all the same", origin,
                  name, date);
    else if (key->expiry - now < (uint64_t)EXPIRY_WARNING_DAYS * DAY_SECONDS)
        notes_add(notes, NOTE_WARNING,
                  "%s: %s expires on %s, after which it won't encrypt: renew it before", origin,
                  name, date);
}

static void warn_of_sha1(const struct certificate_key *key, const char *origin, struct notes *notes)
{
    char name[NAME_SIZE];
    if (!key->by_sha1)
        return;
    write_name(&key->key, name);
    notes_add(notes, NOTE_WARNING,
              "%s: what %s is for was signed with SHA-1 after 2023-02-01, which may be forged: "
              "sign it anew with SHA-256",
              origin, name);
}

static void warn_of_revoker(const struct certificate *certificate, const char *origin,
                            struct notes *notes)
{
    char name[NAME_SIZE];
    if (!certificate->names_revoker)
        return;
    write_name(&certificate->keys[0].key, name);
    notes_add(notes, NOTE_WARNING,
              "%s: %s lets another key revoke it, and whether that was done isn't looked at: gpg "
              "tells",
              origin, name);
}

const struct openpgp_key *certificate_encryption_key(const struct certificate *certificate,
                                                     const char *origin, time_t now,
                                                     bool allow_expired, struct notes *notes,
                                                     struct error *err)
{
    const struct certificate_key *primary = &certificate->keys[0];
    uint64_t seconds = now > 0 ? (uint64_t)now : 0;
    enum fitness life = judge_life(primary, seconds);
    if (life != FIT && (life != EXPIRED || !allow_expired))
        return refuse(certificate, origin, seconds, err);
    const struct certificate_key *key = choose(certificate, seconds, FIT);
    if (key == NULL && allow_expired)
        key = choose(certificate, seconds, EXPIRED);
    if (key == NULL)
        return refuse(certificate, origin, seconds, err);
    warn_of_expiry(primary, origin, seconds, notes);
    warn_of_sha1(primary, origin, notes);
    warn_of_revoker(certificate, origin, notes);
    if (key != primary) {
        warn_of_expiry(key, origin, seconds, notes);
        warn_of_sha1(key, origin, notes);
    }
    return &key->key;
}

bool certificate_key_encrypts(const struct certificate *certificate, size_t index, time_t now,
                              char reason[CERTIFICATE_REASON_SIZE])
{
    uint64_t seconds = now > 0 ? (uint64_t)now : 0;
    const struct certificate_key *key = &certificate->keys[index];
    char own[REASON_SIZE];
    enum fitness fitness = judge(key, seconds);
    write_reason(key, fitness, own);
    snprintf(reason, CERTIFICATE_REASON_SIZE, "%s", own);
    enum fitness life = judge_life(&certificate->keys[0], seconds);
    if (fitness != FIT || life == FIT)
        return fitness == FIT;
    write_reason(&certificate->keys[0], life, own);
    snprintf(reason, CERTIFICATE_REASON_SIZE, "has a primary key that %s", own);
    return false;
}

bool certificate_key_expiry(const struct certificate *certificate, size_t index, uint64_t *expiry)
{
    const struct certificate_key *primary = &certificate->keys[0];
    const struct certificate_key *key = &certificate->keys[index];
    if (!primary->has_expiry && !key->has_expiry)
        return false;
    *expiry = key->has_expiry ? key->expiry : primary->expiry;
    if (primary->has_expiry && primary->expiry < *expiry)
        *expiry = primary->expiry;
    return true;
}
