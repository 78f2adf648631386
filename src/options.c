#define _GNU_SOURCE /* getopt_long */
#include "options.h"

#include "options_set.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct options *options;
    const char *seen[OPTION_COUNT]; /* the spelling used, for those that may come once */
    const char **operands;          /* where they are gathered: argv's own front */
};

/* A new key has one passphrase. */
static bool may_repeat(enum option_id id, enum command command)
{
    return (id == OPTION_PASSPHRASE_FILE && command != COMMAND_KEYGEN) || id == OPTION_KEY_FILE ||
           id == OPTION_NEW_KEY_FILE || id == OPTION_COMPARE_KEY || id == OPTION_FILTER ||
           id == OPTION_VERBOSE || id == OPTION_QUIET || id == OPTION_HELP;
}

static bool take_option(struct parser *parser, const struct option_row *row, const char *value,
                        struct error *err)
{
    if (!options_table_is_of(row, parser->options->command))
        return fail(err, ERROR_USAGE, "--%s is no option of %s: see walseal %s --help", row->name,
                    options_command_name(parser->options->command),
                    options_command_name(parser->options->command));
    if (parser->seen[row->id] != NULL && !may_repeat(row->id, parser->options->command))
        return fail(err, ERROR_USAGE, "--%s is given twice", row->name);
    if (value != NULL && value[0] == '\0')
        return fail(err, ERROR_USAGE, "--%s: its %s is empty", row->name, row->argument);
    parser->seen[row->id] = row->name;
    return options_set(parser->options, row->id, value, err);
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

static bool take_keygen_operand(struct options *options, const char *operand, struct error *err)
{
    options->keygen_openpgp = strcmp(operand, "openpgp") == 0;
    if (!options->keygen_openpgp && strcmp(operand, "sodium") != 0)
        return fail(err, ERROR_USAGE, "%s: is no kind of key: sodium or openpgp", operand);
    return true;
}

static bool take_operand(struct parser *parser, const char *operand, struct error *err)
{
    struct options *options = parser->options;
    bool may_be_many = options->command == COMMAND_VERIFY || options->command == COMMAND_INSPECT;
    if (options->command == COMMAND_CHECK)
        return fail(err, ERROR_USAGE, "%s: check takes no INPUT, only keys (-k)", operand);
    if (operand[0] == '\0')
        return fail(err, ERROR_USAGE, "INPUT is an empty name");
    if (options->input_count > 0 && options->command == COMMAND_KEYGEN)
        return fail(err, ERROR_USAGE, "%s: one kind of key at a time", operand);
    if (options->input_count > 0 && !may_be_many)
        return fail(err, ERROR_USAGE, "%s: a second INPUT: there can be one", operand);
    parser->operands[options->input_count++] = operand;
    if (options->command == COMMAND_KEYGEN)
        return take_keygen_operand(options, operand, err);
    options->inputs = parser->operands;
    options->input = parser->operands[0];
    return true;
}

/* What getopt_long found in word. *help: it was --help, to the last letter. */
static bool take_word(struct parser *parser, const char *word, int found, bool *help,
                      struct error *err)
{
    if (found == '?' || found == ':')
        return fail_option(word, found, options_command_name(parser->options->command), err);
    if (found == 1)
        return take_operand(parser, optarg, err);
    const struct option_row *row = options_table_find(found, parser->options->command);
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
    /* an operand is kept in front of where the next one can stand */
    parser->operands = (const char **)argv;
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
        good = take_operand(parser, argv[optind++], err) && good;
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
    if (options->missing == NULL || options->from != NULL)
        return true;
    if (options->input != NULL)
        return fail(err, ERROR_USAGE,
                    "--missing speaks of --from's command or of standard input, not of an INPUT");
    if (strpbrk(options->missing, "0123456789") != NULL)
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

static bool judge_source_and_sink(struct options *options, struct error *err)
{
    if (options->input != NULL && options->from != NULL)
        return fail(err, ERROR_USAGE, "%s: an INPUT and --from: there can be one source",
                    options->input);
    if (options->output != NULL && options->to != NULL)
        return fail(err, ERROR_USAGE, "-o and --to: there can be one sink");
    if (options->input_count == 1 && options->input != NULL && strcmp(options->input, "-") == 0)
        options->input = NULL;
    if (options->output != NULL && strcmp(options->output, "-") == 0)
        options->output = NULL;
    if (options->no_clobber && options->output == NULL)
        return fail(err, ERROR_USAGE, "--no-clobber needs -o FILE");
    if (options->compare_key_path_count > 0 && !options->no_clobber)
        return fail(err, ERROR_USAGE, "--compare-key needs --no-clobber");
    return true;
}

static bool judge_keygen(const struct parser *parser, struct error *err)
{
    static const enum option_id openpgp_ids[] = {OPTION_PASSPHRASE_FILE, OPTION_PUBLIC, OPTION_RSA,
                                                 OPTION_USER_ID, OPTION_EXPIRES};
    const struct options *options = parser->options;
    if (options->keygen_openpgp && options->transform_given)
        return fail(err, ERROR_USAGE, "-t is for sodium keys: an OpenPGP key is armored text");
    for (size_t i = 0; i < sizeof openpgp_ids / sizeof openpgp_ids[0]; i++)
        if (!options->keygen_openpgp && parser->seen[openpgp_ids[i]] != NULL)
            return fail(err, ERROR_USAGE, "--%s is for OpenPGP keys: walseal keygen openpgp",
                        parser->seen[openpgp_ids[i]]);
    const char *public_path = options->public_path;
    if (public_path == NULL)
        return true;
    if (strcmp(public_path, "-") == 0 && options->output == NULL)
        return fail(err, ERROR_USAGE,
                    "--public -: the secret key goes to standard output: give it -o FILE");
    if (options->output != NULL && strcmp(public_path, options->output) == 0)
        return fail(err, ERROR_USAGE, "%s: can't be both the secret key and the public one",
                    public_path);
    return true;
}

static bool judge(struct parser *parser, struct error *err)
{
    struct options *options = parser->options;
    if (parser->seen[OPTION_QUIET] != NULL && parser->seen[OPTION_VERBOSE] != NULL)
        return fail(err, ERROR_USAGE, "-q and -v contradict each other");
    /* the line that nobody asked for; --progress=always still does, and SIGUSR1 */
    if (parser->seen[OPTION_QUIET] != NULL && parser->seen[OPTION_PROGRESS] == NULL)
        options->progress = PROGRESS_NEVER;
    if (!judge_source_and_sink(options, err))
        return false;
    if (options->command == COMMAND_ENCRYPT && options->passphrase_path_count > 0 &&
        !options->no_clobber)
        return fail(err, ERROR_USAGE,
                    "-p: encrypt needs no passphrase, but to compare (--no-clobber)");
    if (options->verify_first && options->input == NULL)
        return fail(err, ERROR_USAGE, "--verify-first reads twice: it needs an INPUT file");
    if (options->system_id_given && options->wal_name == NULL &&
        (options->command != COMMAND_VERIFY || options->input == NULL))
        return fail(err, ERROR_USAGE, "--system-id needs --wal-name");
    if (options->command == COMMAND_REKEY && options->new_key_path_count == 0)
        return fail(err, ERROR_USAGE, "rekey needs a new key: name its file with -n");
    note_openpgp_option(parser);
    if (options->command == COMMAND_KEYGEN)
        return judge_keygen(parser, err);
    return judge_missing(parser, err);
}

static bool parse_command(struct parser *parser, int argc, char **argv, struct error *err)
{
    struct options *options = parser->options;
    options->transform =
        options_decrypt_keys(options->command) ? KEY_TRANSFORM_AUTO : KEY_TRANSFORM_HEX;
    options->new_transform = KEY_TRANSFORM_HEX;
    options->policy.absent_file = options->command != COMMAND_ENCRYPT;
    options->policy.unchanged = options->command == COMMAND_ENCRYPT;
    if (!parse_words(parser, argc, argv, err))
        return false;
    return options->command == COMMAND_HELP || judge(parser, err);
}

static bool find_command(const char *word, enum command *command)
{
    static const struct {
        const char *word;
        enum command command;
    } commands[] = {
        {"encrypt", COMMAND_ENCRYPT}, {"decrypt", COMMAND_DECRYPT},   {"verify", COMMAND_VERIFY},
        {"rekey", COMMAND_REKEY},     {"inspect", COMMAND_INSPECT},   {"check", COMMAND_CHECK},
        {"keygen", COMMAND_KEYGEN},   {"--help", COMMAND_HELP},       {"-h", COMMAND_HELP},
        {"help", COMMAND_HELP},       {"--version", COMMAND_VERSION},
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
        if (find_command(argv[i], &command) && command <= COMMAND_CHECK && meant == NULL) {
            meant = argv[i];
            options->command = command;
        }
    }
    if (argc < 2)
        return fail(err, ERROR_USAGE, "no command: see walseal --help");
    if (meant != NULL && argv[1][0] == '-')
        return fail(err, ERROR_USAGE, "%s: stands before the command: as in walseal %s %s", argv[1],
                    meant, argv[1]);
    return fail(err, ERROR_USAGE, "%s: is no command: see walseal --help", argv[1]);
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
    if (options->command > COMMAND_CHECK)
        return parse_alone(argc, argv, options, err);
    return parse_command(&parser, argc - 1, argv + 1, err);
}
