#include "commands/verify.h"

#include "base/text.h"
#include "commands/commands.h"
#include "message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The worst first. */
static const struct {
    enum error_kind kind;
    const char *word;   /* in JSON */
    const char *phrase; /* behind a number */
} kinds[] = {
    {ERROR_IO, "io", "can't be read"},
    {ERROR_KEY, "key", "with a key or passphrase missing"},
    {ERROR_DAMAGED, "damaged", "damaged"},
    {ERROR_TRUNCATED, "truncated", "truncated"},
    {ERROR_NO_KEY_FITS, "no_key_opens", "no key opens"},
    {ERROR_UNSUPPORTED, "unsupported", "unsupported"},
    {ERROR_DIFFERS, "differs", "different"},
    {ERROR_ABSENT, "absent", "not there"},
};

enum { KINDS = sizeof kinds / sizeof kinds[0], SUMMARY_SIZE = 512 };

static const char *word_of(enum error_kind kind)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind)
            return kinds[i].word;
    return kind == ERROR_NONE ? "verified" : "io";
}

static void add_text(struct json *json, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0')
        json_string(json, name, value);
    else
        json_null(json, name);
}

static void add_count(struct json *json, const char *name, bool known, uint64_t value)
{
    if (known)
        json_number(json, name, value);
    else
        json_null(json, name);
}

static const char *write_json(struct json *json, const char *name, const struct verdict *verdict)
{
    enum error_kind kind = verdict->reason.kind;
    bool good = kind == ERROR_NONE;
    const char *format = verdict->method == KEY_METHOD_SODIUM    ? "sodium"
                         : verdict->method == KEY_METHOD_OPENPGP ? "openpgp"
                                                                 : NULL;
    json_begin(json);
    json_string(json, "input", name);
    json_number(json, "status", good ? 0 : (uint64_t)command_status(COMMAND_VERIFY, kind));
    json_string(json, "result", word_of(kind));
    add_count(json, "bytes", verdict->has_bytes, verdict->bytes);
    add_count(json, "plaintext_bytes", good, verdict->plain_bytes);
    add_text(json, "format", format);
    add_text(json, "key", verdict->key);
    add_text(json, "wal_name", verdict->wal_name);
    add_text(json, "error", verdict->reason.text);
    return json_end(json);
}

bool verify_report_add(struct verify_report *report, const char *name, struct verdict *verdict,
                       struct error *err)
{
    enum error_kind kind = verdict->reason.kind;
    message_notes(&verdict->notes);
    if (kind == ERROR_INTERRUPTED)
        return fail(err, kind, "%s", "");
    report->objects++;
    report->counts[kind]++;
    if (verdict->has_bytes)
        report->bytes += verdict->bytes;
    if (kind == ERROR_NONE)
        message_note(NOTE_VERBOSE,
                     "%s: verified: %" PRIu64 " bytes, plaintext of %" PRIu64
                     " bytes, opened by %s%s%s%s",
                     name, verdict->bytes, verdict->plain_bytes,
                     strcmp(verdict->key, "passphrase") == 0 ? "" : "key ", verdict->key,
                     verdict->wal_name != NULL ? ", WAL segment " : "",
                     verdict->wal_name != NULL ? verdict->wal_name : "");
    return !report->options->json || message_print(write_json(&report->json, name, verdict), err);
}

bool verify_report_end(const struct verify_report *report, struct error *err)
{
    char amount[32];
    char good[32] = "";
    char failures[SUMMARY_SIZE] = "";
    enum error_kind worst = ERROR_NONE;
    size_t used = 0;
    for (size_t i = 0; i < KINDS; i++) {
        size_t count = report->counts[kinds[i].kind];
        if (count == 0)
            continue;
        used += (size_t)snprintf(failures + used, sizeof failures - used, "%s%zu %s",
                                 used == 0 ? "" : ", ", count, kinds[i].phrase);
        if (worst == ERROR_NONE)
            worst = kinds[i].kind;
    }
    text_bytes((double)report->bytes, amount, sizeof amount);
    if (worst != ERROR_NONE)
        snprintf(good, sizeof good, "%zu of ", report->counts[ERROR_NONE]);
    message_note(NOTE_PLAIN, "verified %s%" PRIu64 " object%s, %s: %s", good, report->objects,
                 report->objects == 1 ? "" : "s", amount,
                 worst == ERROR_NONE ? "all good" : failures);
    if (report->counts[ERROR_ABSENT] == report->objects)
        return fail(err, ERROR_IO, "nothing was found to verify");
    return worst == ERROR_NONE || fail(err, worst, "%s", "");
}
