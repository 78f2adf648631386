#include "formats.h"

#include "base/magic.h"
#include "base/secret.h"

#include "formats/openpgp/openpgp.h"
#include "formats/sodium/sodium.h"

#include <stdlib.h>

/* In the order in which they are taken where two claim a stream alike. */
static const struct format *const list[] = {
    &sodium_format,
    &openpgp_format,
};

enum {
    FORMAT_COUNT = sizeof list / sizeof list[0],
    UNMARKED = 0, /* that of the list which shows no mark at all */
    PREFIX_LEN = 64,
};

struct formats {
    bool owns_keys;
    struct format_run runs[FORMAT_COUNT];
    size_t chosen; /* for encrypting */
};

bool formats_prepare(struct error *err)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (!list[i]->prepare(err))
            return false;
    return true;
}

struct formats *formats_new(const struct keyring *ring, enum key_purpose purpose,
                            struct passphrase *passphrase, const struct format_settings *settings,
                            struct notes *notes, struct error *err)
{
    struct formats *formats = calloc(1, sizeof *formats);
    if (formats == NULL) {
        fail_memory(err);
        return NULL;
    }
    formats->owns_keys = true;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        formats->runs[i] = (struct format_run){
            .ring = ring, .passphrase = passphrase, .settings = *settings, .notes = notes};
        bool used = purpose == KEY_FOR_DECRYPT || list[i]->method == keyring_method(ring);
        if (!used)
            continue;
        formats->chosen = i;
        if (!list[i]->load_keys(&formats->runs[i], purpose, err)) {
            formats_free(formats);
            return NULL;
        }
    }
    return formats;
}

void formats_free(struct formats *formats)
{
    if (formats == NULL)
        return;
    for (size_t i = 0; formats->owns_keys && i < FORMAT_COUNT; i++)
        list[i]->free_keys(formats->runs[i].keys);
    free(formats);
}

struct formats *formats_share(const struct formats *formats, struct notes *notes, struct error *err)
{
    struct formats *shared = malloc(sizeof *shared);
    if (shared == NULL) {
        fail_memory(err);
        return NULL;
    }
    *shared = *formats;
    shared->owns_keys = false;
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        shared->runs[i].notes = notes;
    return shared;
}

bool formats_encrypter(const struct formats *formats, struct codec *codec, struct error *err)
{
    return list[formats->chosen]->encrypter(&formats->runs[formats->chosen], codec, err);
}

/* *best: the index of the format whose claim is the strongest, the first of them, and *claim. */
static bool find_best(const struct formats *formats, struct source *source, size_t *best,
                      enum format_claim *claim, struct error *err)
{
    *best = 0;
    *claim = FORMAT_NO;
    for (size_t i = 0; i < FORMAT_COUNT && *claim < FORMAT_SURE; i++) {
        enum format_claim one;
        if (!list[i]->claims(&formats->runs[i], source, &one, err))
            return false;
        if (one > *claim) {
            *claim = one;
            *best = i;
        }
    }
    return true;
}

bool formats_decrypter(const struct formats *formats, struct source *source, struct codec *codec,
                       struct error *err)
{
    const unsigned char *prefix;
    size_t prefix_len;
    *codec = (struct codec){.method = KEY_METHOD_ANY};
    if (!source_peek(source, PREFIX_LEN, &prefix, &prefix_len, err))
        return false;
    if (prefix_len == 0)
        return source_fail_empty(source, err);
    size_t best;
    enum format_claim claim;
    if (!find_best(formats, source, &best, &claim, err))
        return false;
    bool certain;
    /* again: a format may have peeked further */
    if (!source_peek(source, PREFIX_LEN, &prefix, &prefix_len, err))
        return false;
    const char *name = magic_name(prefix, prefix_len, &certain);
    if (name != NULL && claim <= FORMAT_PERHAPS && (certain || claim == FORMAT_NO))
        return fail(err, ERROR_UNSUPPORTED, "%s: is %s, which walseal doesn't open",
                    source_name(source), name);
    if (claim == FORMAT_NO && keyring_is_empty(formats->runs[0].ring))
        return fail(err, ERROR_KEY, "%s: no key is given: name a key file with -k",
                    source_name(source));
    if (claim == FORMAT_NO)
        return fail(
            err, ERROR_UNSUPPORTED,
            "%s: is no OpenPGP message, and no sodium key is given that could open anything "
            "else",
            source_name(source));
    bool good = list[best]->decrypter(&formats->runs[best], source, codec, err);
    codec->method = list[best]->method;
    codec->is_recognised = claim >= FORMAT_LIKELY;
    return good;
}

bool formats_make_key(enum key_method method, const struct key_wish *wish, struct new_key *key,
                      struct error *err)
{
    *key = (struct new_key){.secret = NULL};
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (list[i]->method == method)
            return list[i]->make_key(wish, key, err);
    return fail(err, ERROR_USAGE, "no method to make a key for");
}

void formats_free_key(struct new_key *key)
{
    secret_free(key->secret);
    free(key->public_text);
    *key = (struct new_key){.secret = NULL};
}

/* ---- without a key ---- */

/* What random octets never look like, not even once in a thousand million: text, or the same octet
 * over and over. */
static const char *name_unencrypted(const unsigned char *bytes, size_t len)
{
    enum { SAME_MIN = 10, TEXT_MIN = 12 };
    size_t text = 0;
    size_t counts[256] = {0};
    size_t most = 0;
    for (size_t i = 0; i < len; i++) {
        bool space = bytes[i] >= '\t' && bytes[i] <= '\r';
        text += space || (bytes[i] >= ' ' && bytes[i] < 0x7f);
        if (++counts[bytes[i]] > most)
            most = counts[bytes[i]];
    }
    if (text == len && len >= TEXT_MIN)
        return "text";
    return most >= SAME_MIN ? "data that isn't encrypted" : NULL;
}

static bool fail_other(const struct source *source, const char *what, struct facts *facts,
                       struct error *err)
{
    facts_text(facts, "kind", "other");
    facts_text(facts, "looks_like", what);
    return fail(err, ERROR_UNSUPPORTED, "%s: is %s, which walseal doesn't open",
                source_name(source), what);
}

/* What no format has taken. */
static bool inspect_unmarked(struct source *source, struct facts *facts, struct error *err)
{
    const unsigned char *prefix;
    size_t prefix_len;
    bool certain;
    bool taken;
    if (!source_peek(source, PREFIX_LEN, &prefix, &prefix_len, err))
        return false;
    const char *name = magic_name(prefix, prefix_len, &certain);
    if (name == NULL)
        name = name_unencrypted(prefix, prefix_len);
    if (name != NULL)
        return fail_other(source, name, facts, err);
    return list[UNMARKED]->inspect(source, &taken, facts, err);
}

bool formats_inspect(struct source *source, struct facts *facts, struct error *err)
{
    const unsigned char *prefix;
    size_t prefix_len;
    if (!source_peek(source, 1, &prefix, &prefix_len, err))
        return false;
    if (prefix_len == 0) {
        facts_text(facts, "kind", "empty");
        return fail(err, ERROR_TRUNCATED, "%s: is empty, as after a copy or an upload that broke",
                    source_name(source));
    }
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        bool taken;
        if (i == UNMARKED)
            continue;
        if (!list[i]->inspect(source, &taken, facts, err))
            return false;
        if (taken)
            return true;
    }
    return inspect_unmarked(source, facts, err);
}

bool formats_describe(const struct keyring *ring, struct notes *notes, struct facts *facts,
                      struct error *err)
{
    const struct format_run run = {.ring = ring, .notes = notes};
    enum key_method method = keyring_block_count(ring) > 0 ? KEY_METHOD_OPENPGP : KEY_METHOD_SODIUM;
    size_t i = 0;
    while (list[i]->method != method)
        i++;
    facts_text(facts, "kind", method == KEY_METHOD_OPENPGP ? "openpgp-key" : "sodium-key");
    return list[i]->describe(&run, facts, err);
}

bool formats_check(const struct keyring *encrypting, const struct keyring *decrypting,
                   struct passphrase *passphrase, struct notes *notes, struct findings *findings,
                   struct error *err)
{
    const struct format_run one = {.ring = encrypting, .passphrase = passphrase, .notes = notes};
    const struct format_run all = {.ring = decrypting, .passphrase = passphrase, .notes = notes};
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (!list[i]->check(&one, &all, findings, err))
            return false;
    return true;
}
