#include "commands/commands.h"

#include "base/magic.h"
#include "base/secret.h"
#include "base/text.h"
#include "commands/confine.h"
#include "formats.h"
#include "keys/keyring_add.h"
#include "message.h"

#include <stdlib.h>
#include <string.h>

enum {
    TEXT_KEY_MAX = 4096,    /* of a sodium key's text, with all its white space */
    SENTENCE_KEY_MAX = 256, /* .. where only none reads it */
};

struct inspection {
    const struct options *options;
    struct facts facts;
    struct notes notes;
    size_t told;
    enum error_kind worst;
};

/* ---- is it a key? ---- */

/* UTF-8 without control characters. Were any octet from 0x80 on a letter, one in 300 of the
 * shortest streams would be a text by chance. */
static bool is_printable(const char *text, size_t len)
{
    size_t i = 0;
    size_t step = 1;
    while (i < len && step > 0) {
        bool is_control = (unsigned char)text[i] < ' ' || text[i] == 0x7f;
        step = is_control ? 0 : text_utf8_len((const unsigned char *)text + i, len - i);
        i += step;
    }
    return i == len;
}

/* Hex and base64 are known by their looks. Behind none may be anything: one line of text, or just
 * as many octets as a key has and no stream. */
static bool is_sodium_key(const char *text, size_t len)
{
    size_t start;
    size_t trimmed_len;
    bool certain;
    if (len > TEXT_KEY_MAX)
        return false;
    if (key_text_fits(text, len, KEY_TRANSFORM_HEX) ||
        key_text_fits(text, len, KEY_TRANSFORM_BASE64))
        return true;
    if (key_text_misplaced(text, len) != NULL || key_text_is_message(text, len) ||
        magic_name((const unsigned char *)text, len, &certain) != NULL)
        return false;
    key_text_trim(text, len, &start, &trimmed_len);
    return len == SODIUM_KEY_LEN ||
           (trimmed_len <= SENTENCE_KEY_MAX && is_printable(text + start, trimmed_len) &&
            key_text_fits(text + start, trimmed_len, KEY_TRANSFORM_NONE));
}

/* Looks at the front of source; all of it where that is short. */
static bool is_key(struct source *source, bool *is_key, struct error *err)
{
    const unsigned char *bytes;
    size_t len;
    if (!source_peek(source, SOURCE_PEEK_MAX, &bytes, &len, err))
        return false;
    const char *text = (const char *)bytes;
    *is_key = key_text_is_openpgp(text, len) || is_sodium_key(text, len);
    return true;
}

/* ---- what it is ---- */

static bool read_key(struct source *source, char *text, size_t *len, struct error *err)
{
    if (!source_read(source, text, KEY_FILE_MAX + 1, len, err))
        return false;
    return *len <= KEY_FILE_MAX ||
           fail(err, ERROR_KEY, "%s: is longer than a key file may be (%d bytes)",
                source_name(source), KEY_FILE_MAX);
}

static bool inspect_key(struct inspection *inspection, struct source *source, struct error *err)
{
    size_t len;
    char *text = secret_new(KEY_FILE_MAX + 1);
    struct keyring *ring = keyring_new(KEY_FOR_DECRYPT);
    bool good = text != NULL && ring != NULL;
    if (!good)
        fail_memory(err);
    good =
        good && read_key(source, text, &len, err) &&
        keyring_add_text(ring, &(struct key_source){source_name(source), text, len, false, false},
                         KEY_TRANSFORM_AUTO, &inspection->notes, err) &&
        formats_describe(ring, &inspection->notes, &inspection->facts, err);
    keyring_free(ring);
    secret_free(text);
    return good;
}

static bool inspect_source(struct inspection *inspection, struct source *source, struct error *err)
{
    bool key;
    if (!is_key(source, &key, err))
        return false;
    return key ? inspect_key(inspection, source, err)
               : formats_inspect(source, &inspection->facts, err);
}

/* Where it is known in advance, or has been read to its end. */
static void add_size(struct source *source, struct facts *facts)
{
    struct error ignored = {.kind = ERROR_NONE};
    const unsigned char *next;
    size_t left;
    uint64_t size;
    if (source_size(source, &size) || (source_peek(source, 1, &next, &left, &ignored) && left == 0))
        facts_bytes(facts, "size", source_size(source, &size) ? size : source_bytes(source));
}

/* What was found before a failure is told, too: it may say why. */
static void inspect_input(struct inspection *inspection, const char *input, struct error *reason)
{
    const struct source_policy strict = {.standby = false};
    struct facts *facts = &inspection->facts;
    bool is_stdin = strcmp(input, "-") == 0;
    facts_begin(facts, inspection->options->json ? FACTS_JSON : FACTS_LINES);
    facts_text(facts, "input", is_stdin ? "standard input" : input);
    struct source *source =
        is_stdin ? source_new_stdin(&strict, reason) : source_new_file(input, &strict, reason);
    bool good = source != NULL && inspect_source(inspection, source, reason);
    if (source != NULL)
        add_size(source, facts);
    if (reason->kind == ERROR_DAMAGED || reason->kind == ERROR_TRUNCATED)
        facts_bool(facts, "whole", false);
    /* a person has it on standard error */
    if (!good && inspection->options->json)
        facts_text(facts, "error", reason->text);
    source_free(source);
}

/* As main's statuses: the later, the worse. */
static int badness(enum error_kind kind)
{
    static const enum error_kind order[] = {ERROR_NONE,    ERROR_UNSUPPORTED, ERROR_TRUNCATED,
                                            ERROR_DAMAGED, ERROR_KEY,         ERROR_IO};
    int last = (int)(sizeof order / sizeof order[0]) - 1;
    int i = 0;
    while (i < last && order[i] != kind)
        i++;
    return i;
}

/* Each input's failure is told when it comes. False: standard output takes nothing any more. */
static bool inspect_next(struct inspection *inspection, const char *input, struct error *err)
{
    struct error reason = {.kind = ERROR_NONE};
    inspect_input(inspection, input, &reason);
    bool separate = inspection->told++ > 0 && !inspection->options->json;
    if (!message_print(separate ? "\n" : "", err) ||
        !message_print(facts_end(&inspection->facts), err))
        return false;
    message_notes(&inspection->notes);
    message_error(&reason);
    if (badness(reason.kind) > badness(inspection->worst))
        inspection->worst = reason.kind;
    return true;
}

static bool inspect_all(struct inspection *inspection, struct error *err)
{
    const struct options *options = inspection->options;
    if (options->input_count == 0 && !inspect_next(inspection, "-", err))
        return false;
    for (size_t i = 0; i < options->input_count; i++)
        if (!inspect_next(inspection, options->inputs[i], err))
            return false;
    return inspection->worst == ERROR_NONE || fail(err, inspection->worst, "%s", "");
}

bool command_inspect(const struct options *options, struct error *err)
{
    struct inspection *inspection = calloc(1, sizeof *inspection);
    if (inspection == NULL)
        return fail_memory(err);
    inspection->options = options;
    const struct confinement what = {.options = options,
                                     .output_directory_fd = -1,
                                     .paths = options->inputs,
                                     .path_count = options->input_count};
    /* what isn't used isn't to be found either, by what a stream may do */
    struct key_environment *unused = key_environment_take(err);
    key_environment_free(unused);
    bool good = unused != NULL && formats_prepare(err) && confine(&what, NULL, err) &&
                inspect_all(inspection, err);
    free(inspection);
    return good;
}
