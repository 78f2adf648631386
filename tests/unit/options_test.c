/* The command line as one struct, judged as a whole. tests/cli/options.bats has the words of each
 * refusal; here is what a good line becomes, and that a bad one is a usage error. */
#include "options.h"

#include "options_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

enum { WORDS_MAX = 32 };

static struct options options;
static struct error err;
static char line[4096];

/* Parses "walseal " and words, split at spaces. */
static bool parse(const char *words)
{
    static char *argv[WORDS_MAX + 1];
    int argc = 0;
    strcpy(line, "walseal ");
    strcat(line, words);
    for (char *word = strtok(line, " "); word != NULL && argc < WORDS_MAX; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    error_clear(&err);
    return options_parse(argc, argv, &options, &err);
}

static void assert_refused(const char *words, enum command command)
{
    assert_false(parse(words));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_true(err.text[0] != '\0');
    assert_int_equal(options.command, command);
}

static void encrypt_has_its_defaults(void **state)
{
    (void)state;
    assert_true(parse("encrypt"));
    assert_int_equal(options.command, COMMAND_ENCRYPT);
    assert_int_equal(options.transform, KEY_TRANSFORM_HEX);
    assert_false(options.transform_given);
    assert_false(options.policy.absent_file);
    assert_true(options.policy.unchanged);
    assert_null(options.input);
    assert_null(options.output);
    assert_int_equal(options.threads, 0);
    assert_int_equal(options.verbosity, MESSAGE_NORMAL);
    assert_int_equal(options.progress, PROGRESS_AUTO);
}

static void decrypt_tries_every_reading_and_knows_absent_files(void **state)
{
    (void)state;
    assert_true(parse("decrypt"));
    assert_int_equal(options.command, COMMAND_DECRYPT);
    assert_int_equal(options.transform, KEY_TRANSFORM_AUTO);
    assert_true(options.policy.absent_file);
    assert_false(options.policy.unchanged);
    assert_false(options.policy.standby);
}

static void every_option_reaches_its_field(void **state)
{
    (void)state;
    assert_true(parse("encrypt -k a -m sodium -t none -o out --no-clobber --compare-key b "
                      "--compare-key c -T 3 --size 99 --progress=never -v in"));
    assert_int_equal(options.key_path_count, 1);
    assert_string_equal(options.key_paths[0], "a");
    assert_int_equal(options.method, KEY_METHOD_SODIUM);
    assert_true(options.transform_given);
    assert_int_equal(options.transform, KEY_TRANSFORM_NONE);
    assert_string_equal(options.output, "out");
    assert_true(options.no_clobber);
    assert_int_equal(options.compare_key_path_count, 2);
    assert_string_equal(options.compare_key_paths[1], "c");
    assert_int_equal(options.threads, 3);
    assert_int_equal(options.size, 99);
    assert_int_equal(options.progress, PROGRESS_NEVER);
    assert_int_equal(options.verbosity, MESSAGE_VERBOSE);
    assert_string_equal(options.input, "in");
}

/* A new one that is in the table alone would be taken, and do nothing. */
static void no_option_is_taken_for_nothing(void **state)
{
    (void)state;
    static const char *const values[] = {"1", "2048", "openpgp", "base64", "always", "off"};
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        /* help is for options.c, and of profiles there is one */
        bool changed = id == OPTION_HELP || id == OPTION_PROFILE;
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            struct options before;
            assert_true(parse("encrypt"));
            memcpy(&before, &options, sizeof before);
            error_clear(&err);
            changed |= options_set(&options, id, values[i], &err) &&
                       memcmp(&before, &options, sizeof before) != 0;
        }
        if (!changed)
            print_error("option %d\n", (int)id);
        assert_true(changed);
    }
}

static void keygen_takes_a_kind_and_its_options(void **state)
{
    (void)state;
    assert_true(parse("keygen"));
    assert_int_equal(options.command, COMMAND_KEYGEN);
    assert_false(options.keygen_openpgp);
    assert_int_equal(options.transform, KEY_TRANSFORM_HEX);
    assert_null(options.input);
    assert_true(parse("keygen sodium -t base64 -o key"));
    assert_int_equal(options.transform, KEY_TRANSFORM_BASE64);
    assert_true(parse("keygen --rsa 3072 openpgp --user-id a --expires 9 -p b -o c --public d"));
    assert_true(options.keygen_openpgp);
    assert_int_equal(options.rsa_bits, 3072);
    assert_string_equal(options.user_id, "a");
    assert_string_equal(options.expires, "9");
    assert_string_equal(options.passphrase_paths[0], "b");
    assert_string_equal(options.output, "c");
    assert_string_equal(options.public_path, "d");
    assert_null(options.input);
}

static void keygen_refuses_what_its_kind_of_key_does_not_have(void **state)
{
    (void)state;
    assert_refused("keygen --rsa 2048", COMMAND_KEYGEN);
    assert_refused("keygen sodium --public a", COMMAND_KEYGEN);
    assert_refused("keygen openpgp -t hex", COMMAND_KEYGEN);
    assert_refused("keygen openpgp --public -", COMMAND_KEYGEN);
    assert_refused("keygen openpgp -o a --public a", COMMAND_KEYGEN);
    assert_refused("keygen rsa", COMMAND_KEYGEN);
    assert_refused("keygen sodium openpgp", COMMAND_KEYGEN);
    assert_true(parse("keygen openpgp -o a --public -"));
}

static void missing_becomes_statuses_and_a_word(void **state)
{
    (void)state;
    assert_true(parse("decrypt --from x --missing 1,empty,125 --standby"));
    for (size_t status = 0; status <= 125; status++)
        assert_int_equal(options.policy.missing_status[status], status == 1 || status == 125);
    assert_true(options.policy.missing_empty);
    assert_true(options.policy.standby);
    assert_true(parse("decrypt --missing empty"));
    assert_refused("decrypt --missing 0 --from x", COMMAND_DECRYPT);
    assert_refused("decrypt --missing 126 --from x", COMMAND_DECRYPT);
    assert_refused("decrypt --missing 3, --from x", COMMAND_DECRYPT);
    assert_refused("decrypt --missing 3", COMMAND_DECRYPT);
    assert_refused("decrypt --missing empty in", COMMAND_DECRYPT);
}

static void a_dash_is_standard_input_and_output(void **state)
{
    (void)state;
    assert_true(parse("decrypt -o - -"));
    assert_null(options.input);
    assert_null(options.output);
}

static void words_behind_the_double_dash_are_operands(void **state)
{
    (void)state;
    assert_true(parse("decrypt -- -k"));
    assert_string_equal(options.input, "-k");
    assert_int_equal(options.key_path_count, 0);
    assert_refused("decrypt -- a b", COMMAND_DECRYPT);
}

static void help_wins_over_what_is_wrong(void **state)
{
    (void)state;
    assert_true(parse("decrypt --nonsense --help"));
    assert_int_equal(options.command, COMMAND_HELP);
    assert_int_equal(options.topic, COMMAND_DECRYPT);
    assert_int_equal(err.kind, ERROR_NONE);
    assert_true(parse("--help"));
    assert_int_equal(options.topic, COMMAND_HELP);
    assert_true(parse("--version"));
    assert_int_equal(options.command, COMMAND_VERSION);
}

static void the_command_is_known_also_when_its_line_is_refused(void **state)
{
    (void)state;
    assert_refused("decrypt --foo", COMMAND_DECRYPT);
    assert_refused("encrypt --foo", COMMAND_ENCRYPT);
    assert_refused("verify --foo", COMMAND_VERIFY);
    assert_refused("prove", COMMAND_NONE);
    assert_refused("", COMMAND_NONE);
    assert_refused("-k key decrypt", COMMAND_DECRYPT);
    assert_refused("Encrypt -k encrypt", COMMAND_ENCRYPT);
}

static void contradictions_and_repetitions_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "encrypt -q -v",          "encrypt -o a -o b",    "encrypt -o a --to b",
        "encrypt --from a in",    "encrypt --no-clobber", "encrypt --compare-key a -o b",
        "encrypt -p a",           "encrypt a b",          "encrypt -t auto",
        "encrypt --profile auto", "encrypt -m x",         "encrypt -t x",
        "encrypt -T 0",           "encrypt -T 65",        "encrypt --size 0",
        "encrypt --progress=x",   "encrypt --standby",    "encrypt --outp a",
        "encrypt --no-clobber=1", "encrypt -k",           "encrypt -o a --no-clobber -o a",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_refused(lines[i], COMMAND_ENCRYPT);
}

static void more_keys_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    static char *argv[2 * OPTIONS_KEYS_MAX + 8];
    int argc = 0;
    argv[argc++] = "walseal";
    argv[argc++] = "decrypt";
    for (int i = 0; i < OPTIONS_KEYS_MAX; i++) {
        argv[argc++] = "-k";
        argv[argc++] = "key";
    }
    error_clear(&err);
    assert_true(options_parse(argc, argv, &options, &err));
    assert_int_equal(options.key_path_count, OPTIONS_KEYS_MAX);
    argv[argc++] = "-k";
    argv[argc++] = "key";
    assert_false(options_parse(argc, argv, &options, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

static void quiet_asks_for_no_progress_unless_it_was_asked_for(void **state)
{
    (void)state;
    assert_true(parse("encrypt -q"));
    assert_int_equal(options.progress, PROGRESS_NEVER);
    assert_true(parse("encrypt -q --progress"));
    assert_int_equal(options.progress, PROGRESS_ALWAYS);
}

static void help_names_the_options_that_the_command_knows_and_no_other(void **state)
{
    (void)state;
    assert_non_null(strstr(options_help(COMMAND_ENCRYPT), "--compare-key"));
    assert_null(strstr(options_help(COMMAND_ENCRYPT), "--standby"));
    assert_non_null(strstr(options_help(COMMAND_DECRYPT), "--standby"));
    assert_null(strstr(options_help(COMMAND_DECRYPT), "--compare-key"));
    assert_non_null(strstr(options_help(COMMAND_HELP), "usage: walseal"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encrypt_has_its_defaults),
        cmocka_unit_test(decrypt_tries_every_reading_and_knows_absent_files),
        cmocka_unit_test(every_option_reaches_its_field),
        cmocka_unit_test(no_option_is_taken_for_nothing),
        cmocka_unit_test(keygen_takes_a_kind_and_its_options),
        cmocka_unit_test(keygen_refuses_what_its_kind_of_key_does_not_have),
        cmocka_unit_test(missing_becomes_statuses_and_a_word),
        cmocka_unit_test(a_dash_is_standard_input_and_output),
        cmocka_unit_test(words_behind_the_double_dash_are_operands),
        cmocka_unit_test(help_wins_over_what_is_wrong),
        cmocka_unit_test(the_command_is_known_also_when_its_line_is_refused),
        cmocka_unit_test(contradictions_and_repetitions_are_refused),
        cmocka_unit_test(more_keys_than_there_is_room_for_are_refused),
        cmocka_unit_test(quiet_asks_for_no_progress_unless_it_was_asked_for),
        cmocka_unit_test(help_names_the_options_that_the_command_knows_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
