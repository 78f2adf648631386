#include "formats/openpgp/check.h"

#include "base/secret.h"
#include "base/text.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/describe.h"
#include "formats/openpgp/keybox.h"
#include "formats/openpgp/packet.h"
#include "formats/openpgp/pkesk.h"
#include "formats/openpgp/unlocker.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_SECONDS = 24 * 3600, TEXT_SIZE = 1536 };

struct check {
    struct keybox *encrypting;
    struct keybox *all;
    struct passphrase *passphrase;
    time_t now;
    struct findings *findings;
    struct notes *warnings; /* of the certificate at hand */
    bool has_secret;        /* some secret part is here, be it unlocked or not */
    size_t opened_count;    /* recipients whose secret part opens what is encrypted to them */
};

/* One finding in the making: of a certificate. */
struct finding {
    const char *origin;
    enum finding_level level;
    char text[TEXT_SIZE];
};

static void say(struct finding *finding, enum finding_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct finding *finding, enum finding_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_append(finding->text, sizeof finding->text, format, args);
    va_end(args);
    if (level > finding->level)
        finding->level = level;
}

/* What others say begins with the origin, as this finding does already. */
static const char *without_origin(const struct finding *finding, const char *text)
{
    size_t len = strlen(finding->origin);
    return strncmp(text, finding->origin, len) == 0 && strncmp(text + len, ": ", 2) == 0
               ? text + len + 2
               : text;
}

static const struct certificate *find(const struct keybox *box, const struct openpgp_key *primary)
{
    for (size_t i = 0; i < keybox_count(box); i++)
        if (openpgp_key_is_same(&keybox_certificate(box, i)->keys[0].key, primary))
            return keybox_certificate(box, i);
    return NULL;
}

/* ---- the secret part ---- */

/* Whether what is encrypted to key now, secret opens. */
static bool opens(const struct openpgp_key *key, const struct secret_key *secret)
{
    struct error ignored = {.kind = ERROR_NONE};
    unsigned char *packet = malloc(ESK_PACKET_MAX);
    struct session_key *sessions = secret_new(2 * sizeof *sessions);
    size_t len;
    bool good = packet != NULL && sessions != NULL;
    if (good) {
        sessions[0].cipher = OPENPGP_AES256;
        sessions[0].len = sizeof sessions[0].bytes;
        randombytes_buf(sessions[0].bytes, sizeof sessions[0].bytes);
        good = pkesk_write(key, false, &sessions[0], packet, &len, &ignored);
    }
    struct pkesk pkesk;
    struct bytes from = {packet, good ? len : 0};
    struct bytes body;
    uint8_t tag;
    good = good && packet_take(&from, &tag, &body, &ignored) &&
           pkesk_parse(body, &pkesk, &ignored) && pkesk_is_for(&pkesk, key) &&
           pkesk_open(&pkesk, key, secret_key_numbers(secret), &sessions[1]) &&
           sessions[1].len == sessions[0].len &&
           sodium_memcmp(sessions[0].bytes, sessions[1].bytes, sessions[0].len) == 0;
    secret_free(sessions);
    free(packet);
    return good;
}

/* Whether the secret part of key is here and can be unlocked; says why it isn't. */
static bool unlocks(struct check *check, const struct openpgp_key *key, struct finding *finding,
                    bool *usable, struct error *err)
{
    struct unlocked_keys keys = {.first = NULL};
    struct unlocker unlocker = {.passphrase = check->passphrase, .keys = &keys};
    struct error why = {.kind = ERROR_NONE};
    const struct secret_key *secret;
    enum secret_key_state state = secret_key_state(key, &why);
    bool elsewhere = state == SECRET_KEY_ABSENT || state == SECRET_KEY_ON_CARD;
    *usable = false;
    check->has_secret = check->has_secret || !elsewhere;
    bool good = unlocker_secret(&unlocker, key, finding->origin, &secret, err);
    if (good && secret == NULL)
        say(finding, elsewhere ? FINDING_WARNING : FINDING_CRITICAL, "; %s",
            without_origin(finding, unlocker.reason.text));
    if (good && secret != NULL) {
        *usable = opens(key, secret);
        if (!*usable)
            say(finding, FINDING_CRITICAL,
                "; key %s: its secret part doesn't open what it encrypts", key->id_text);
    }
    unlocked_keys_free(&keys);
    return good;
}

/* ---- keys that encrypt ---- */

static void say_expiry(const struct check *check, const struct certificate *certificate,
                       const struct openpgp_key *key, struct finding *finding, struct facts *facts)
{
    size_t index = 0;
    uint64_t expiry;
    while (&certificate->keys[index].key != key)
        index++;
    if (!certificate_key_expiry(certificate, index, &expiry)) {
        facts_none(facts, "days_to_expiry", "");
        say(finding, FINDING_OK, ", and doesn't expire");
        return;
    }
    uint64_t days = (expiry - (uint64_t)check->now) / DAY_SECONDS;
    facts_date(facts, "expires", expiry);
    facts_number(facts, "days_to_expiry", days);
    say(finding, FINDING_OK, ", and expires in %" PRIu64 " day%s", days, days == 1 ? "" : "s");
}

/* Which key encrypts to certificate, or NULL: it is said why none does. */
static const struct openpgp_key *choose(const struct check *check,
                                        const struct certificate *certificate,
                                        struct finding *finding, struct facts *facts)
{
    struct error why = {.kind = ERROR_NONE};
    char algorithm[DESCRIBE_SIZE];
    check->warnings->count = 0;
    const struct openpgp_key *key = certificate_encryption_key(
        certificate, finding->origin, check->now, false, check->warnings, &why);
    facts_bool(facts, "encrypts", key != NULL);
    if (key == NULL) {
        say(finding, FINDING_CRITICAL, "%s", without_origin(finding, why.text));
        return NULL;
    }
    describe_algorithm(key, algorithm);
    facts_text(facts, "encryption_key", key->id_text);
    facts_text(facts, "algorithm", algorithm);
    say(finding, FINDING_OK, "encrypts with key %s (%s)", key->id_text, algorithm);
    say_expiry(check, certificate, key, finding, facts);
    for (size_t i = 0; i < check->warnings->count; i++)
        say(finding, FINDING_WARNING, "; %s",
            without_origin(finding, check->warnings->note[i].text));
    return key;
}

/* The copy of key that has its secret part, or NULL. */
static const struct openpgp_key *find_secret(const struct check *check,
                                             const struct certificate *certificate,
                                             const struct openpgp_key *key)
{
    const struct certificate *best = find(check->all, &certificate->keys[0].key);
    for (size_t i = 0; best != NULL && i < best->key_count; i++)
        if (best->keys[i].key.has_secret && openpgp_key_is_same(&best->keys[i].key, key))
            return &best->keys[i].key;
    return NULL;
}

static void begin(struct finding *finding, const char *origin,
                  const struct certificate *certificate, struct facts *facts)
{
    char fingerprint[DESCRIBE_FINGERPRINT_SIZE];
    *finding = (struct finding){.origin = origin};
    describe_fingerprint(&certificate->keys[0].key, fingerprint);
    facts_text(facts, "method", "openpgp");
    facts_text(facts, "origin", origin);
    describe_owner(certificate, facts);
    say(finding, FINDING_OK, "%s: OpenPGP key %s: ", origin, fingerprint);
}

static bool check_recipient(struct check *check, size_t index, struct error *err)
{
    const struct certificate *certificate = keybox_certificate(check->encrypting, index);
    struct facts *facts = findings_open(check->findings, "key");
    struct finding finding;
    bool usable = false;
    begin(&finding, keybox_origin(check->encrypting, index), certificate, facts);
    const struct openpgp_key *key = choose(check, certificate, &finding, facts);
    if (key != NULL) {
        const struct openpgp_key *secret = find_secret(check, certificate, key);
        /* as it should be with the key of a safe, or on a server that can't read its own backups */
        if (secret == NULL)
            say(&finding, FINDING_OK, "; no key given decrypts that");
        else if (!unlocks(check, secret, &finding, &usable, err))
            return false;
        if (usable)
            say(&finding, FINDING_OK, "; its secret part decrypts that");
    }
    check->opened_count += usable;
    facts_bool(facts, "decrypts", usable);
    findings_close(check->findings, finding.level, "%s", finding.text);
    return true;
}

/* ---- keys that only decrypt ---- */

static bool check_decrypting(struct check *check, size_t index, struct error *err)
{
    const struct certificate *certificate = keybox_certificate(check->all, index);
    struct facts *facts = findings_open(check->findings, "key");
    struct finding finding;
    size_t usable_count = 0;
    begin(&finding, keybox_origin(check->all, index), certificate, facts);
    say(&finding, FINDING_OK, "for decrypting");
    for (size_t i = 0; i < certificate->key_count; i++) {
        const struct openpgp_key *key = &certificate->keys[i].key;
        bool usable;
        if (!openpgp_key_encrypts(key) || !key->has_secret)
            continue;
        if (!unlocks(check, key, &finding, &usable, err))
            return false;
        usable_count += usable;
    }
    if (usable_count > 0)
        say(&finding, FINDING_OK, "; %zu secret key%s decrypt%s", usable_count,
            usable_count == 1 ? "" : "s", usable_count == 1 ? "s" : "");
    else
        say(&finding, FINDING_WARNING, "; it decrypts nothing");
    facts_bool(facts, "encrypts", false);
    facts_bool(facts, "decrypts", usable_count > 0);
    findings_close(check->findings, finding.level, "%s", finding.text);
    return true;
}

static bool check_all(struct check *check, struct error *err)
{
    for (size_t i = 0; i < keybox_count(check->encrypting); i++)
        if (!check_recipient(check, i, err))
            return false;
    for (size_t i = 0; i < keybox_count(check->all); i++) {
        const struct openpgp_key *primary = &keybox_certificate(check->all, i)->keys[0].key;
        if (find(check->encrypting, primary) == NULL && !check_decrypting(check, i, err))
            return false;
    }
    if (keybox_count(check->encrypting) > 0 && check->has_secret && check->opened_count == 0) {
        findings_open(check->findings, "secret-keys");
        findings_close(check->findings, FINDING_CRITICAL,
                       "openpgp: none of the secret keys given opens what is written");
    }
    return true;
}

bool openpgp_check(const struct format_run *encrypting, const struct format_run *decrypting,
                   struct findings *findings, struct error *err)
{
    struct check check = {.passphrase = decrypting->passphrase,
                          .now = time(NULL),
                          .findings = findings,
                          .warnings = calloc(1, sizeof *check.warnings)};
    bool good = check.warnings != NULL || fail_memory(err);
    good = good && libgcrypt_begin(err) &&
           (check.encrypting = keybox_new(encrypting->ring, check.now, encrypting->notes, err)) !=
               NULL &&
           (check.all = keybox_new(decrypting->ring, check.now, decrypting->notes, err)) != NULL &&
           check_all(&check, err);
    keybox_free(check.encrypting);
    keybox_free(check.all);
    free(check.warnings);
    return good;
}
