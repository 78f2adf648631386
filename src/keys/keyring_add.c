#include "keys/keyring_add.h"
#include "base/secret.h"

#include <sodium.h>

/* A part of the text that is to be read as a key. */
struct part {
    const char *text;
    size_t len;
};

static struct part whole_part(const struct key_source *source)
{
    return (struct part){source->text, source->len};
}

static struct part trimmed_part(const struct key_source *source)
{
    size_t start;
    size_t len;
    key_text_trim(source->text, source->len, &start, &len);
    return (struct part){source->text + start, len};
}

/* The part that WAL-G would take for none. hex and base64 trim for themselves. */
static struct part own_part(const struct key_source *source, enum key_transform transform)
{
    bool trim = transform == KEY_TRANSFORM_NONE && !source->is_inline;
    return trim ? trimmed_part(source) : whole_part(source);
}

static bool insert_part(struct keyring *ring, const struct key_source *source, struct part part,
                        enum key_transform transform, bool hint_only, struct error *err)
{
    unsigned char *bytes = secret_new(SODIUM_KEY_LEN);
    if (bytes == NULL)
        return fail_memory(err);
    struct error reason = {.kind = ERROR_NONE};
    bool inserted = key_text_read(part.text, part.len, transform, bytes, &reason)
                        ? keyring_insert(ring, bytes, transform, hint_only, source->origin, err)
                        : fail(err, reason.kind, "%s: %s", source->origin, reason.text);
    secret_free(bytes);
    return inserted;
}

/* Whether a file and a variable with the same text for none would be different keys. */
static bool space_matters(const struct key_source *source)
{
    struct part whole = whole_part(source);
    struct part trimmed = trimmed_part(source);
    size_t used = whole.len < SODIUM_KEY_LEN ? whole.len : SODIUM_KEY_LEN;
    return whole.len != trimmed.len &&
           (trimmed.len < used || sodium_memcmp(whole.text, trimmed.text, used) != 0);
}

static void warn_of_none(const struct key_source *source, struct notes *notes)
{
    struct part own = own_part(source, KEY_TRANSFORM_NONE);
    const char *half = "as none it has half the strength";
    if (key_text_fits(own.text, own.len, KEY_TRANSFORM_HEX))
        notes_add(notes, NOTE_WARNING, "%s: reads as 64 hexadecimal digits: a forgotten -t hex? %s",
                  source->origin, half);
    if (key_text_fits(own.text, own.len, KEY_TRANSFORM_BASE64))
        notes_add(notes, NOTE_WARNING, "%s: reads as base64 of 32 bytes: a forgotten -t base64? %s",
                  source->origin, half);
    if (own.len > SODIUM_KEY_LEN)
        notes_add(notes, NOTE_WARNING, "%s: is cut to the first %d of %zu bytes, as WAL-G does",
                  source->origin, SODIUM_KEY_LEN, own.len);
    if (space_matters(source))
        notes_add(notes, NOTE_WARNING,
                  "%s: has white space around it, which is %s: with the same text in a %s the key "
                  "would be another",
                  source->origin, source->is_inline ? "a part of the key" : "cut off",
                  source->is_inline ? "file" : "variable");
}

static bool add_for_encrypting(struct keyring *ring, const struct key_source *source,
                               enum key_transform transform, struct notes *notes, struct error *err)
{
    if (transform == KEY_TRANSFORM_AUTO)
        return fail(err, ERROR_USAGE,
                    "-t auto is for decrypting: encrypt needs to know how to read the key");
    const char *misplaced = key_text_misplaced(source->text, source->len);
    if (transform == KEY_TRANSFORM_NONE && misplaced != NULL)
        return fail(err, ERROR_KEY,
                    "%s: looks like %s: cut to %d bytes it would be a key that everybody knows",
                    source->origin, misplaced, SODIUM_KEY_LEN);
    if (!insert_part(ring, source, own_part(source, transform), transform, false, err))
        return false;
    if (transform == KEY_TRANSFORM_NONE)
        warn_of_none(source, notes);
    return true;
}

/* Adds what transform makes of the text: nothing where it doesn't fit, and two keys for none where
 * a file and a variable would differ. */
static bool add_readings(struct keyring *ring, const struct key_source *source,
                         enum key_transform transform, bool hint_only, struct error *err)
{
    struct part parts[2] = {own_part(source, transform), whole_part(source)};
    if (parts[0].len == source->len)
        parts[1] = trimmed_part(source);
    size_t count = transform == KEY_TRANSFORM_NONE ? 2 : 1;
    for (size_t i = 0; i < count; i++)
        if (key_text_fits(parts[i].text, parts[i].len, transform) &&
            !insert_part(ring, source, parts[i], transform, hint_only, err))
            return false;
    return true;
}

/* Fails where not even the reading that was asked for fits. */
static bool check_fit(const struct key_source *source, enum key_transform transform,
                      struct error *err)
{
    bool any = transform == KEY_TRANSFORM_AUTO;
    /* what fits hex or base64 is long enough for none */
    enum key_transform asked = any ? KEY_TRANSFORM_NONE : transform;
    if (key_text_fits(source->text, source->len, asked))
        return true;
    unsigned char *bytes = secret_new(SODIUM_KEY_LEN);
    if (bytes == NULL)
        return fail_memory(err);
    struct error reason = {.kind = ERROR_NONE};
    key_text_read(source->text, source->len, asked, bytes, &reason);
    secret_free(bytes);
    fail(err, reason.kind, "%s: %s", source->origin, reason.text);
    if (any && trimmed_part(source).len > 0)
        error_append(err, " (hex has 64 digits, base64 44)");
    return false;
}

/* A text that is neither hex nor base64 may be a key for none; a mistyped one opens nothing, and
 * without this the only thing told would be that no key opens the stream. */
static void tell_taken_as_none(const struct key_source *source, struct notes *notes)
{
    if (key_text_resembles(source->text, source->len, KEY_TRANSFORM_HEX))
        notes_add(notes, NOTE_WARNING,
                  "%s: looks like hex with a mistake (%zu characters, where hex has 64 digits): "
                  "taken as none",
                  source->origin, trimmed_part(source).len);
    else
        notes_add(notes, NOTE_VERBOSE, "%s: is neither hex nor base64: taken as none",
                  source->origin);
}

static bool add_for_decrypting(struct keyring *ring, const struct key_source *source,
                               enum key_transform transform, struct notes *notes, struct error *err)
{
    bool any = transform == KEY_TRANSFORM_AUTO;
    if (!check_fit(source, transform, err))
        return false;
    for (int t = KEY_TRANSFORM_HEX; t <= KEY_TRANSFORM_NONE; t++)
        if ((any || t == (int)transform) &&
            !add_readings(ring, source, (enum key_transform)t, false, err))
            return false;
    for (int t = KEY_TRANSFORM_HEX; t <= KEY_TRANSFORM_NONE; t++)
        if (!any && t != (int)transform &&
            !add_readings(ring, source, (enum key_transform)t, true, err))
            return false;
    if (any && !key_text_fits(source->text, source->len, KEY_TRANSFORM_HEX) &&
        !key_text_fits(source->text, source->len, KEY_TRANSFORM_BASE64))
        tell_taken_as_none(source, notes);
    return true;
}

bool keyring_add_text(struct keyring *ring, const struct key_source *source,
                      enum key_transform transform, struct notes *notes, struct error *err)
{
    bool encrypting = keyring_purpose(ring) == KEY_FOR_ENCRYPT;
    size_t before = keyring_candidates(ring);
    bool added;
    if (key_text_is_openpgp(source->text, source->len))
        added = keyring_insert_block(ring, source, err);
    else if (key_text_is_message(source->text, source->len))
        added = fail(err, ERROR_KEY, "%s: is an OpenPGP message, not a key", source->origin);
    else
        added = encrypting ? add_for_encrypting(ring, source, transform, notes, err)
                           : add_for_decrypting(ring, source, transform, notes, err);
    if (keyring_candidates(ring) > before)
        keyring_count_origin(ring);
    return added;
}
