/*
 * Feeds: words of a command line and entries of an environment, each with an octet in front: its
 * lowest bit says which of the two, the others an option's or a variable's name to begin with.
 * Holds: it is parsed alike twice, or tells why not in one line; what it points to are words that
 * were given; no text of a key is left in the environment.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "base/date.h"
#include "io/wal_segment.h"
#include "options_table.h"
#include "run.h"

#include <unistd.h>

extern char **environ;

enum { WORDS_MAX = 600, TEXT_MAX = 64 * 1024 };

struct words {
    size_t count;
    char *word[WORDS_MAX + 1];
    size_t used;
    char text[TEXT_MAX];
};

static struct words line;
static struct words environment;

/* An option as the table has it: mutations of letters alone seldom make one. */
static size_t put_option(char *text, size_t room, unsigned number)
{
    const struct option_row *row = &options_table[number % options_table_len];
    int len = snprintf(text, room, number & 1 ? "--%s=" : "--%s", row->name);
    return (size_t)len < room ? (size_t)len : 0;
}

static size_t put_variable(char *text, size_t room, unsigned number)
{
    static const char *const starts[] = {
        "WALG_LIBSODIUM_KEY=",
        "WALG_LIBSODIUM_KEY_PATH=tests/vectors/sodium/keys/hex.key",
        "WALG_LIBSODIUM_KEY_PATH=tests/vectors/nothing",
        "WALG_LIBSODIUM_KEY_TRANSFORM=",
        "WALG_PGP_KEY=",
        "WALG_PGP_KEY_PATH=tests/vectors/openpgp/good/cv25519-gpg/key",
        "WALG_PGP_KEY_PASSPHRASE=",
        "GPG_KEY_ID=",
        "WALG_CSE_KMS_ID=",
        "WALG_CSE_KMS_REGION=",
        "",
    };
    int len = snprintf(text, room, "%s", starts[number % (sizeof starts / sizeof starts[0])]);
    return (size_t)len < room ? (size_t)len : 0;
}

static void add_word(struct words *words, unsigned kind, struct bytes rest)
{
    char *text = words->text + words->used;
    size_t room = TEXT_MAX - words->used;
    if (words->count == WORDS_MAX || room < 2)
        return;
    size_t len = 0;
    if (words == &environment)
        len = put_variable(text, room, kind);
    else if (kind > 0)
        len = put_option(text, room, kind);
    /* a path would be opened: those are the table's */
    bool is_path = memmem(text, len, "_PATH=", 6) != NULL;
    if (is_path || rest.len > room - len - 1)
        rest.len = 0;
    if (rest.len > 0)
        memcpy(text + len, rest.at, rest.len);
    len += rest.len;
    text[len] = '\0';
    if (words == &environment && !is_path && strstr(text, "_PATH=") != NULL)
        return;
    words->word[words->count++] = text;
    words->word[words->count] = NULL;
    words->used += len + 1;
}

static void take_words(const uint8_t *data, size_t size)
{
    static char name[] = "walseal";
    line.count = line.used = environment.count = environment.used = 0;
    line.word[line.count++] = name;
    line.word[line.count] = NULL;
    environment.word[0] = NULL;
    while (size > 0) {
        const uint8_t *end = memchr(data + 1, '\0', size - 1);
        size_t len = end != NULL ? (size_t)(end - data) : size;
        struct bytes rest = {data + 1, len - 1};
        add_word(data[0] & 1 ? &environment : &line, data[0] >> 1, rest);
        size -= end != NULL ? len + 1 : len;
        data += end != NULL ? len + 1 : len;
    }
}

static bool is_word(const char *text)
{
    return text == NULL || (text >= line.text && text < line.text + line.used);
}

static void judge_options(const struct options *options)
{
    must(is_word(options->input) && is_word(options->from) && is_word(options->output) &&
         is_word(options->to) && is_word(options->against) && is_word(options->user_id) &&
         is_word(options->expires));
    must(options->key_path_count <= OPTIONS_KEYS_MAX &&
         options->filter_count <= OPTIONS_FILTERS_MAX && options->input_count < line.count);
    for (size_t i = 0; i < options->key_path_count; i++)
        must(is_word(options->key_paths[i]) && options->key_paths[i][0] != '\0');
    must(options->passphrase_path_count <= PASSPHRASES_MAX);
    for (size_t i = 0; i < options->passphrase_path_count; i++)
        must(is_word(options->passphrase_paths[i]) && options->passphrase_paths[i][0] != '\0');
    must(options->input == NULL || options->from == NULL);
    must(options->output == NULL || options->to == NULL);
}

/* getopt_long moves words: each parse has an array of its own. */
static void parse(struct options *options, struct error *err)
{
    static char *argv[WORDS_MAX + 1];
    memcpy(argv, line.word, (line.count + 1) * sizeof argv[0]);
    must_tell(options_parse((int)line.count, argv, options, err), err);
    must(err->kind == ERROR_NONE || err->kind == ERROR_USAGE);
    must(options->command <= COMMAND_NONE);
    must(options->command != COMMAND_HELP || options_help(options->topic)[0] != '\0');
    if (err->kind == ERROR_NONE && options->command <= COMMAND_CHECK)
        judge_options(options);
}

static void read_keys(const struct key_environment *taken, enum key_purpose purpose,
                      const enum key_transform *transform, enum key_method method)
{
    static struct notes notes;
    struct error err = {.kind = ERROR_NONE};
    struct keyring *ring = keyring_new(purpose);
    must(ring != NULL);
    notes.count = 0;
    must_tell(keyring_add_environment(ring, taken, transform, method, &notes, &err), &err);
    if (err.kind == ERROR_NONE)
        must_tell(keyring_complete(ring, method, key_environment_passphrase(taken) != NULL, &err),
                  &err);
    must(err.kind == ERROR_NONE || err.kind == ERROR_KEY || err.kind == ERROR_USAGE);
    keyring_free(ring);
}

static void take_environment(const struct options *options)
{
    struct error err = {.kind = ERROR_NONE};
    char **before = environ;
    environ = environment.word;
    struct key_environment *taken = key_environment_take(&err);
    must(taken != NULL);
    for (char **entry = environ; *entry != NULL; entry++)
        must(strncmp(*entry, "WALG_LIBSODIUM_KEY=", 19) != 0 &&
             strncmp(*entry, "WALG_PGP_KEY=", 13) != 0);
    const enum key_transform *transform = options->transform_given ? &options->transform : NULL;
    enum key_transform encrypting =
        options->transform == KEY_TRANSFORM_AUTO ? KEY_TRANSFORM_HEX : options->transform;
    read_keys(taken, KEY_FOR_ENCRYPT, transform != NULL ? &encrypting : NULL, options->method);
    read_keys(taken, KEY_FOR_DECRYPT, transform, options->method);
    key_environment_free(taken);
    environ = before;
}

/* The readers of options' values that the commands call later. */
static void read_values(const struct options *options)
{
    struct wal_segment wal;
    int64_t seconds;
    if (options->wal_name != NULL)
        (void)wal_segment_parse(options->wal_name, &wal);
    if (options->expires != NULL)
        must(!date_parse(options->expires, &seconds) || seconds >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct options options;
    static struct options again;
    struct error err = {.kind = ERROR_NONE};
    struct error err_again = {.kind = ERROR_NONE};
    run_start();
    take_words(data, size);
    parse(&options, &err);
    parse(&again, &err_again);
    must_be_same(&err, &err_again);
    must(options.command == again.command && options.key_path_count == again.key_path_count);
    read_values(&options);
    take_environment(&options);
    return 0;
}
