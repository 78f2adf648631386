/*
 * What shows without a key: nothing but the length. The header is random, and so looks all the
 * rest.
 */
#include "formats/sodium/sodium.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_LEN = 64 * 1024 };

static bool count(struct source *source, uint64_t *size, struct error *err)
{
    unsigned char *buffer = malloc(BUFFER_LEN);
    size_t got = BUFFER_LEN;
    bool good = buffer != NULL || fail_memory(err);
    *size = 0;
    while (good && got == BUFFER_LEN) {
        good = source_read(source, buffer, BUFFER_LEN, &got, err);
        *size += got;
    }
    free(buffer);
    return good;
}

static bool fail_cut(const struct source *source, const char *where, struct error *err)
{
    return fail(err, ERROR_TRUNCATED,
                "%s: truncated, if it is a sodium stream: its size is that of "
                "one that ends %s",
                source_name(source), where);
}

/* Anything may be one. */
bool sodium_inspect(struct source *source, bool *taken, struct facts *facts, struct error *err)
{
    uint64_t size;
    *taken = true;
    if (!count(source, &size, err))
        return false;
    if (size == SECRETSTREAM_OVERHEAD) {
        facts_text(facts, "kind", "wal-g-empty");
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: is the 17-byte object that WAL-G leaves for an empty file, which no key "
                    "opens",
                    source_name(source));
    }
    facts_text(facts, "kind", "sodium-or-random");
    facts_text(facts, "note", "only a key tells a sodium stream from random bytes");
    if (size < SECRETSTREAM_HEADER_LEN + SECRETSTREAM_OVERHEAD)
        return fail_cut(source, "before its first chunk", err);
    uint64_t full = (size - SECRETSTREAM_HEADER_LEN) / SODIUM_CHUNK_LEN;
    uint64_t rest = (size - SECRETSTREAM_HEADER_LEN) % SODIUM_CHUNK_LEN;
    /* nobody writes a last chunk that is full */
    if (rest == 0)
        return fail_cut(source, "between two chunks", err);
    if (rest < SECRETSTREAM_OVERHEAD)
        return fail_cut(source, "inside a chunk", err);
    facts_number(facts, "chunks_if_sodium", full + 1);
    facts_bytes(facts, "plaintext_size_if_sodium",
                full * SODIUM_MESSAGE_LEN + rest - SECRETSTREAM_OVERHEAD);
    facts_none(facts, "whole", "can't be seen: the end mark shows with the key only");
    return true;
}

/* Of what was cut off by none's white space rules, one reading is enough to know a key by. */
bool sodium_describe(const struct format_run *run, struct facts *facts, struct error *err)
{
    (void)err;
    bool has_none = false;
    bool has_other = false;
    facts_open_list(facts, "readings");
    for (size_t i = 0; i < keyring_count(run->ring); i++) {
        const struct key *key = keyring_get(run->ring, i);
        bool is_none = key->transform == KEY_TRANSFORM_NONE;
        if (is_none && has_none)
            continue;
        has_none = has_none || is_none;
        has_other = has_other || !is_none;
        facts_open_row(facts, "reading");
        facts_text(facts, "transform", key_transform_name(key->transform));
        facts_text(facts, "fingerprint", key->fingerprint);
        facts_close_item(facts);
    }
    facts_close_list(facts);
    if (!has_other)
        facts_text(facts, "note", "anything of 25 bytes or more can be such a key");
    return true;
}

/* ---- checking ---- */

static bool is_among(const struct keyring *ring, const struct key *key)
{
    for (size_t i = 0; i < keyring_count(ring); i++)
        if (strcmp(keyring_get(ring, i)->fingerprint, key->fingerprint) == 0)
            return true;
    return false;
}

static void check_key(const struct key *key, bool encrypts, struct findings *findings)
{
    const char *transform = key_transform_name(key->transform);
    struct facts *facts = findings_open(findings, "key");
    facts_text(facts, "method", "sodium");
    facts_text(facts, "origin", key->origin);
    facts_text(facts, "transform", transform);
    facts_text(facts, "fingerprint", key->fingerprint);
    facts_bool(facts, "encrypts", encrypts);
    facts_bool(facts, "decrypts", true);
    findings_close(findings, FINDING_OK, "%s: sodium key, read as %s, fingerprint %s: %sdecrypts",
                   key->origin, transform, key->fingerprint, encrypts ? "encrypts and " : "");
}

/* The readings of a file that stands for decrypting alone come one after the other, the likeliest
 * first. */
bool sodium_check(const struct format_run *encrypting, const struct format_run *decrypting,
                  struct findings *findings, struct error *err)
{
    (void)err;
    const char *last = "";
    for (size_t i = 0; i < keyring_count(encrypting->ring); i++)
        check_key(keyring_get(encrypting->ring, i), true, findings);
    for (size_t i = 0; i < keyring_count(decrypting->ring); i++) {
        const struct key *key = keyring_get(decrypting->ring, i);
        if (key->hint_only || is_among(encrypting->ring, key) || strcmp(last, key->origin) == 0)
            continue;
        check_key(key, false, findings);
        last = key->origin;
    }
    return true;
}
