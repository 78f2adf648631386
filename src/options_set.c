#include "options_set.h"

#include "pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool options_decrypt_keys(enum command command)
{
    return command == COMMAND_DECRYPT || command == COMMAND_VERIFY || command == COMMAND_REKEY;
}

static bool parse_number(const char *text, uint64_t max, uint64_t *number)
{
    if (text[0] < '0' || text[0] > '9')
        return false;
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    *number = value;
    return errno == 0 && *end == '\0' && value >= 1 && value <= max;
}

static bool add_path(const char **paths, size_t *count, const char *path, struct error *err)
{
    if (*count == OPTIONS_KEYS_MAX)
        return fail(err, ERROR_USAGE, "%s: more than %d keys: name their directory", path,
                    OPTIONS_KEYS_MAX);
    paths[(*count)++] = path;
    return true;
}

static bool add_passphrase(struct options *options, const char *path, struct error *err)
{
    if (options->passphrase_path_count == PASSPHRASES_MAX)
        return fail(err, ERROR_USAGE, "-p: more than %d passphrases", PASSPHRASES_MAX);
    options->passphrase_paths[options->passphrase_path_count++] = path;
    return true;
}

static bool set_missing(struct source_policy *policy, const char *list, struct error *err)
{
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        char item[16] = "";
        uint64_t status;
        if (len < sizeof item)
            memcpy(item, list, len);
        if (strcmp(item, "empty") == 0)
            policy->missing_empty = true;
        else if (parse_number(item, 125, &status))
            policy->missing_status[status] = true;
        else
            return fail(err, ERROR_USAGE,
                        "--missing: \"%.*s\" is neither an exit status from 1 to 125 nor \"empty\"",
                        (int)len, list);
        list += len + (list[len] == ',' && list[len + 1] != '\0');
        if (*list == ',')
            return fail(err, ERROR_USAGE, "--missing: an element of the list is empty");
    }
    return true;
}

static bool parse_transform(const char *option, const char *name, bool may_be_auto,
                            enum key_transform *transform, struct error *err)
{
    if (!key_transform_parse(name, transform))
        return fail(err, ERROR_USAGE, "%s: \"%s\" is no key transform: hex, base64, none or auto",
                    option, name);
    if (*transform == KEY_TRANSFORM_AUTO && !may_be_auto)
        return fail(err, ERROR_USAGE, "%s: auto is for decrypting: say hex, base64 or none",
                    option);
    return true;
}

static bool set_transform(struct options *options, const char *name, struct error *err)
{
    options->transform_given = true;
    if (!parse_transform("-t", name, options_decrypt_keys(options->command), &options->transform,
                         err))
        return false;
    if (options->command == COMMAND_KEYGEN && options->transform == KEY_TRANSFORM_NONE)
        return fail(err, ERROR_USAGE, "-t: a new key is written as hex or base64");
    return true;
}

static bool set_rsa(struct options *options, const char *bits, struct error *err)
{
    static const char *const sizes[] = {"2048", "3072", "4096"};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (strcmp(bits, sizes[i]) == 0)
            options->rsa_bits = 2048 + 1024 * (unsigned)i;
    return options->rsa_bits != 0 ||
           fail(err, ERROR_USAGE, "--rsa: \"%s\" is none of 2048, 3072 and 4096", bits);
}

static bool add_filter(struct options *options, const char *command, struct error *err)
{
    if (options->filter_count == OPTIONS_FILTERS_MAX)
        return fail(err, ERROR_USAGE, "--filter: more than %d", OPTIONS_FILTERS_MAX);
    options->filters[options->filter_count++] = command;
    return true;
}

static bool set_method(struct options *options, const char *name, struct error *err)
{
    if (strcmp(name, "openpgp") == 0)
        options->method = KEY_METHOD_OPENPGP;
    else if (strcmp(name, "sodium") == 0)
        options->method = KEY_METHOD_SODIUM;
    else
        return fail(err, ERROR_USAGE, "-m: \"%s\" is no method: sodium or openpgp", name);
    return true;
}

static bool check_profile(const char *name, struct error *err)
{
    if (strcmp(name, "rfc4880") == 0)
        return true;
    if (strcmp(name, "rfc9580") == 0 || strcmp(name, "auto") == 0)
        return fail(err, ERROR_USAGE, "--profile: this version can't write %s yet: use rfc4880",
                    name);
    return fail(err, ERROR_USAGE, "--profile: \"%s\" is no profile: rfc4880", name);
}

static bool set_progress(struct options *options, const char *when, struct error *err)
{
    static const char *const names[] = {"auto", "always", "never"};
    options->progress = PROGRESS_ALWAYS;
    if (when == NULL)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(when, names[i]) == 0) {
            options->progress = (enum progress_mode)i;
            return true;
        }
    }
    return fail(err, ERROR_USAGE, "--progress: \"%s\" is neither auto, always nor never", when);
}

static bool set_sandbox(struct options *options, const char *when, struct error *err)
{
    static const char *const names[] = {
        [SANDBOX_AUTO] = "auto", [SANDBOX_REQUIRE] = "require", [SANDBOX_OFF] = "off"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(when, names[i]) == 0) {
            options->sandbox = (enum sandbox_mode)i;
            return true;
        }
    }
    return fail(err, ERROR_USAGE, "--sandbox: \"%s\" is neither auto, require nor off", when);
}

static bool set_number(const char *name, const char *text, uint64_t max, uint64_t *number,
                       struct error *err)
{
    return parse_number(text, max, number) ||
           fail(err, ERROR_USAGE, "%s: \"%s\" is no whole number from 1 to %llu", name, text,
                (unsigned long long)max);
}

/* Where the value of an option stays as it was given; NULL: it is looked at. */
static const char **text_of(struct options *options, enum option_id id)
{
    switch (id) {
    case OPTION_PUBLIC:
        return &options->public_path;
    case OPTION_AGAINST:
        return &options->against;
    case OPTION_WAL_NAME:
        return &options->wal_name;
    case OPTION_USER_ID:
        return &options->user_id;
    case OPTION_EXPIRES:
        return &options->expires;
    case OPTION_OUTPUT:
        return &options->output;
    case OPTION_FROM:
        return &options->from;
    case OPTION_TO:
        return &options->to;
    default:
        return NULL;
    }
}

/* What an option without a value turns on. */
static bool *flag_of(struct options *options, enum option_id id)
{
    switch (id) {
    case OPTION_JSON:
        return &options->json;
    case OPTION_VERIFY_FIRST:
        return &options->verify_first;
    case OPTION_HIDE_RECIPIENTS:
        return &options->hide_recipients;
    case OPTION_ALLOW_EXPIRED:
        return &options->allow_expired;
    case OPTION_NO_CLOBBER:
        return &options->no_clobber;
    case OPTION_STANDBY:
        return &options->policy.standby;
    default:
        return NULL;
    }
}

bool options_set(struct options *options, enum option_id id, const char *value, struct error *err)
{
    uint64_t number = 0;
    const char **text = text_of(options, id);
    bool *flag = flag_of(options, id);
    if (text != NULL)
        *text = value;
    if (flag != NULL)
        *flag = true;
    switch (id) {
    case OPTION_KEY_FILE:
        return add_path(options->key_paths, &options->key_path_count, value, err);
    case OPTION_NEW_KEY_FILE:
        return add_path(options->new_key_paths, &options->new_key_path_count, value, err);
    case OPTION_COMPARE_KEY:
        return add_path(options->compare_key_paths, &options->compare_key_path_count, value, err);
    case OPTION_METHOD:
        return set_method(options, value, err);
    case OPTION_KEY_TRANSFORM:
        return set_transform(options, value, err);
    case OPTION_NEW_KEY_TRANSFORM:
        return parse_transform("--new-key-transform", value, false, &options->new_transform, err);
    case OPTION_PASSPHRASE_FILE:
        return add_passphrase(options, value, err);
    case OPTION_FILTER:
        return add_filter(options, value, err);
    case OPTION_SYSTEM_ID:
        options->system_id_given = true;
        return set_number("--system-id", value, UINT64_MAX, &options->system_id, err);
    case OPTION_RSA:
        return set_rsa(options, value, err);
    case OPTION_PROFILE:
        return check_profile(value, err);
    case OPTION_MISSING:
        options->missing = value;
        return set_missing(&options->policy, value, err);
    case OPTION_THREADS:
        if (!set_number("-T", value, PIPELINE_THREADS_MAX, &number, err))
            return false;
        options->threads = (unsigned)number;
        return true;
    case OPTION_PROGRESS:
        return set_progress(options, value, err);
    case OPTION_SIZE:
        return set_number("--size", value, INT64_MAX, &options->size, err);
    case OPTION_SANDBOX:
        return set_sandbox(options, value, err);
    case OPTION_QUIET:
        options->verbosity = MESSAGE_QUIET;
        return true;
    case OPTION_VERBOSE:
        options->verbosity = MESSAGE_VERBOSE;
        return true;
    default:
        return true;
    }
}
