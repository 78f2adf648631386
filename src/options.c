#define _GNU_SOURCE /* getopt_long */
#include "options.h"

#include "options_table.h"
#include "pipeline.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct options *options;
    unsigned command;               /* OPTION_ENCRYPT or OPTION_DECRYPT */
    const char *seen[OPTION_COUNT]; /* the spelling used, for those that may come once */
    const char *missing;            /* --missing's list */
};

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

static bool set_transform(struct options *options, const char *name, struct error *err)
{
    if (!key_transform_parse(name, &options->transform))
        return fail(err, ERROR_USAGE, "-t: \"%s\" is no key transform: hex, base64, none or auto",
                    name);
    if (options->transform == KEY_TRANSFORM_AUTO && options->command == COMMAND_ENCRYPT)
        return fail(err, ERROR_USAGE, "-t: auto is for decrypting: say hex, base64 or none");
    options->transform_given = true;
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

static bool set_number(const char *name, const char *text, uint64_t max, uint64_t *number,
                       struct error *err)
{
    return parse_number(text, max, number) ||
           fail(err, ERROR_USAGE, "%s: \"%s\" is no whole number from 1 to %llu", name, text,
                (unsigned long long)max);
}

static bool set_option(struct parser *parser, enum option_id id, const char *value,
                       struct error *err)
{
    struct options *options = parser->options;
    uint64_t number = 0;
    switch (id) {
    case OPTION_KEY_FILE:
        return add_path(options->key_paths, &options->key_path_count, value, err);
    case OPTION_COMPARE_KEY:
        return add_path(options->compare_key_paths, &options->compare_key_path_count, value, err);
    case OPTION_METHOD:
        return set_method(options, value, err);
    case OPTION_KEY_TRANSFORM:
        return set_transform(options, value, err);
    case OPTION_PASSPHRASE_FILE:
        options->passphrase_path = value;
        return true;
    case OPTION_VERIFY_FIRST:
        return options->verify_first = true;
    case OPTION_PROFILE:
        return check_profile(value, err);
    case OPTION_HIDE_RECIPIENTS:
        return options->hide_recipients = true;
    case OPTION_ALLOW_EXPIRED:
        return options->allow_expired = true;
    case OPTION_OUTPUT:
        options->output = value;
        return true;
    case OPTION_FROM:
        options->from = value;
        return true;
    case OPTION_TO:
        options->to = value;
        return true;
    case OPTION_NO_CLOBBER:
        return options->no_clobber = true;
    case OPTION_MISSING:
        parser->missing = value;
        return set_missing(&options->policy, value, err);
    case OPTION_STANDBY:
        return options->policy.standby = true;
    case OPTION_THREADS:
        if (!set_number("-T", value, PIPELINE_THREADS_MAX, &number, err))
            return false;
        options->threads = (unsigned)number;
        return true;
    case OPTION_PROGRESS:
        return set_progress(options, value, err);
    case OPTION_SIZE:
        return set_number("--size", value, INT64_MAX, &options->size, err);
    case OPTION_QUIET:
        options->verbosity = MESSAGE_QUIET;
        return true;
    case OPTION_VERBOSE:
        options->verbosity = MESSAGE_VERBOSE;
        return true;
    case OPTION_HELP:
    case OPTION_COUNT:
        break;
    }
    return true;
}

static bool may_repeat(enum option_id id)
{
    return id == OPTION_KEY_FILE || id == OPTION_COMPARE_KEY || id == OPTION_VERBOSE ||
           id == OPTION_QUIET || id == OPTION_HELP;
}

static bool take_option(struct parser *parser, const struct option_row *row, const char *value,
                        struct error *err)
{
    if ((row->commands & parser->command) == 0)
        return fail(err, ERROR_USAGE, "--%s belongs to %s", row->name,
                    parser->command == OPTION_ENCRYPT ? "decrypt" : "encrypt");
    if (parser->seen[row->id] != NULL && !may_repeat(row->id))
        return fail(err, ERROR_USAGE, "--%s is given twice", row->name);
    if (value != NULL && value[0] == '\0')
        return fail(err, ERROR_USAGE, "--%s: its %s is empty", row->name, row->argument);
    parser->seen[row->id] = row->name;
    return set_option(parser, row->id, value, err);
}

/* An abbreviation that works today would mean something else once there is another option. */
static bool is_abbreviated(const char *word, const char *name)
{
    return strncmp(word, "--", 2) == 0 && strcspn(word + 2, "=") != strlen(name);
}

/* word: the one that getopt_long refused something in. */
static bool fail_option(const char *word, int found, const char *command, struct error *err)
{
    if (strncmp(word, "--", 2) != 0) {
        if (found == ':')
            return fail(err, ERROR_USAGE, "-%c needs an argument", optopt);
        return fail(err, ERROR_USAGE, "-%c is no option: see walseal %s --help", optopt, command);
    }
    int len = (int)strcspn(word, "=");
    if (found == ':')
        return fail(err, ERROR_USAGE, "%.*s needs an argument", len, word);
    if (optopt != 0)
        return fail(err, ERROR_USAGE, "%.*s takes no argument", len, word);
    return fail(err, ERROR_USAGE, "%.*s is no option: see walseal %s --help", len, word, command);
}

static bool take_operand(struct options *options, const char *operand, struct error *err)
{
    if (operand[0] == '\0')
        return fail(err, ERROR_USAGE, "INPUT is an empty name");
    if (options->input != NULL)
        return fail(err, ERROR_USAGE, "%s: a second INPUT: there can be one", operand);
    options->input = operand;
    return true;
}

/* What getopt_long found in word. *help: it was --help, to the last letter. */
static bool take_word(struct parser *parser, const char *word, int found, bool *help,
                      struct error *err)
{
    if (found == '?' || found == ':')
        return fail_option(word, found, parser->command == OPTION_ENCRYPT ? "encrypt" : "decrypt",
                           err);
    if (found == 1)
        return take_operand(parser->options, optarg, err);
    const struct option_row *row = options_table_find(found);
    if (is_abbreviated(word, row->name))
        return fail(err, ERROR_USAGE, "%.*s is no option: did you mean --%s",
                    (int)strcspn(word, "="), word, row->name);
    *help = *help || row->id == OPTION_HELP;
    return take_option(parser, row, optarg, err);
}

/* Goes on behind a failure, of which err keeps the first: there may be a --help. */
static bool parse_words(struct parser *parser, int argc, char **argv, struct error *err)
{
    struct option longs[OPTION_COUNT + 1];
    char shorts[2 * OPTION_COUNT + 3];
    options_table_for_getopt(longs, shorts);
    optind = 0; /* start anew, also in a second parse of the same process (tests) */
    opterr = 0;
    bool good = true;
    bool help = false;
    for (;;) {
        /* Where getopt_long goes on; it stays in a word until its last letter (-vk key) is taken.
         */
        const char *word = argv[optind > 0 ? optind : 1];
        int found = getopt_long(argc, argv, shorts, longs, NULL);
        if (found == -1)
            break;
        good = take_word(parser, word, found, &help, err) && good;
    }
    while (optind < argc)
        good = take_operand(parser->options, argv[optind++], err) && good;
    if (!help)
        return good;
    error_clear(err);
    parser->options->topic = parser->options->command;
    parser->options->command = COMMAND_HELP;
    return true;
}

static bool judge_missing(const struct parser *parser, struct error *err)
{
    const struct options *options = parser->options;
    if (parser->missing == NULL || options->from != NULL)
        return true;
    if (options->input != NULL)
        return fail(err, ERROR_USAGE,
                    "--missing speaks of --from's command or of standard input, not of an INPUT");
    if (strpbrk(parser->missing, "0123456789") != NULL)
        return fail(err, ERROR_USAGE,
                    "--missing: exit statuses are those of a command: it needs --from");
    return true;
}

static void note_openpgp_option(struct parser *parser)
{
    static const enum option_id ids[] = {OPTION_PROFILE, OPTION_HIDE_RECIPIENTS,
                                         OPTION_ALLOW_EXPIRED};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (parser->seen[ids[i]] != NULL && parser->options->openpgp_option == NULL)
            parser->options->openpgp_option = parser->seen[ids[i]];
}

static bool judge(struct parser *parser, struct error *err)
{
    struct options *options = parser->options;
    if (parser->seen[OPTION_QUIET] != NULL && parser->seen[OPTION_VERBOSE] != NULL)
        return fail(err, ERROR_USAGE, "-q and -v contradict each other");
    /* the line that nobody asked for; --progress=always still does, and SIGUSR1 */
    if (parser->seen[OPTION_QUIET] != NULL && parser->seen[OPTION_PROGRESS] == NULL)
        options->progress = PROGRESS_NEVER;
    if (options->input != NULL && options->from != NULL)
        return fail(err, ERROR_USAGE, "%s: an INPUT and --from: there can be one source",
                    options->input);
    if (options->output != NULL && options->to != NULL)
        return fail(err, ERROR_USAGE, "-o and --to: there can be one sink");
    if (options->input != NULL && strcmp(options->input, "-") == 0)
        options->input = NULL;
    if (options->output != NULL && strcmp(options->output, "-") == 0)
        options->output = NULL;
    if (options->no_clobber && options->output == NULL)
        return fail(err, ERROR_USAGE, "--no-clobber needs -o FILE");
    if (options->compare_key_path_count > 0 && !options->no_clobber)
        return fail(err, ERROR_USAGE, "--compare-key needs --no-clobber");
    if (options->command == COMMAND_ENCRYPT && options->passphrase_path != NULL &&
        !options->no_clobber)
        return fail(err, ERROR_USAGE,
                    "-p: encrypt needs no passphrase, but to compare (--no-clobber)");
    if (options->verify_first && options->input == NULL)
        return fail(err, ERROR_USAGE, "--verify-first reads twice: it needs an INPUT file");
    note_openpgp_option(parser);
    return judge_missing(parser, err);
}

static bool parse_command(struct parser *parser, int argc, char **argv, struct error *err)
{
    bool encrypts = parser->options->command == COMMAND_ENCRYPT;
    parser->command = encrypts ? OPTION_ENCRYPT : OPTION_DECRYPT;
    parser->options->transform = encrypts ? KEY_TRANSFORM_HEX : KEY_TRANSFORM_AUTO;
    parser->options->policy.absent_file = !encrypts;
    if (!parse_words(parser, argc, argv, err))
        return false;
    return parser->options->command == COMMAND_HELP || judge(parser, err);
}

static bool find_command(const char *word, enum command *command)
{
    static const struct {
        const char *word;
        enum command command;
    } commands[] = {
        {"encrypt", COMMAND_ENCRYPT}, {"decrypt", COMMAND_DECRYPT}, {"--help", COMMAND_HELP},
        {"-h", COMMAND_HELP},         {"help", COMMAND_HELP},       {"--version", COMMAND_VERSION},
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(word, commands[i].word) == 0) {
            *command = commands[i].command;
            return true;
        }
    }
    return false;
}

/* To a restore_command, decrypt's status is the one that can't be taken for the end of the archive;
 * so it is only where encrypt stands among the words that the status is encrypt's. */
static bool fail_command(int argc, char **argv, struct options *options, struct error *err)
{
    const char *meant = NULL;
    options->command = COMMAND_NONE;
    for (int i = 1; i < argc; i++) {
        enum command command;
        if (find_command(argv[i], &command) && command <= COMMAND_DECRYPT && meant == NULL) {
            meant = argv[i];
            options->command = command;
        }
    }
    if (argc < 2)
        return fail(err, ERROR_USAGE, "no command: encrypt or decrypt, see walseal --help");
    if (meant != NULL && argv[1][0] == '-')
        return fail(err, ERROR_USAGE, "%s: stands before the command: as in walseal %s %s", argv[1],
                    meant, argv[1]);
    return fail(err, ERROR_USAGE, "%s: is no command: encrypt or decrypt, see walseal --help",
                argv[1]);
}

/* --help may be of a command. */
static bool parse_alone(int argc, char **argv, struct options *options, struct error *err)
{
    int taken = 2;
    if (options->command == COMMAND_HELP && argc > 2 && find_command(argv[2], &options->topic))
        taken = 3;
    if (argc > taken)
        return fail(err, ERROR_USAGE, "%s: %s takes nothing behind it", argv[taken],
                    argv[taken - 1]);
    return true;
}

bool options_parse(int argc, char **argv, struct options *options, struct error *err)
{
    *options = (struct options){.command = COMMAND_NONE,
                                .topic = COMMAND_HELP,
                                .verbosity = MESSAGE_NORMAL,
                                .progress = PROGRESS_AUTO};
    struct parser parser = {.options = options};
    if (argc < 2 || !find_command(argv[1], &options->command))
        return fail_command(argc, argv, options, err);
    if (options->command > COMMAND_DECRYPT)
        return parse_alone(argc, argv, options, err);
    return parse_command(&parser, argc - 1, argv + 1, err);
}
