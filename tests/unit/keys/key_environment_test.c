/* The key variables: WAL-G's rules, and that nothing of them stays behind. */
#define _GNU_SOURCE
#include "base/secret.h"
#include "keys/keyring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define PHRASE "correct horse battery staple"

static struct notes notes;
static struct error err;
static struct keyring *ring;
static struct key_environment *environment;
static char temporary[200] = "/tmp";
static char key_path[256];

static int begin(void **state)
{
    (void)state;
    /* every test empties the environment */
    if (getenv("TMPDIR") != NULL)
        snprintf(temporary, sizeof temporary, "%s", getenv("TMPDIR"));
    return secret_begin(&err) ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    clearenv();
    memset(&notes, 0, sizeof notes);
    error_clear(&err);
    environment = NULL;
    key_path[0] = '\0';
    ring = keyring_new(KEY_FOR_DECRYPT);
    return ring != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    keyring_free(ring);
    key_environment_free(environment);
    if (key_path[0] != '\0')
        unlink(key_path);
    return 0;
}

static void for_encrypting(void)
{
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_ENCRYPT);
    assert_non_null(ring);
}

/* The path of a new file with this text. */
static const char *file_with(const char *text)
{
    snprintf(key_path, sizeof key_path, "%s/walseal-environment-XXXXXX", temporary);
    int fd = mkstemp(key_path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return key_path;
}

static bool add_with(const enum key_transform *override, enum key_method method)
{
    key_environment_free(environment);
    environment = key_environment_take(&err);
    assert_non_null(environment);
    return keyring_add_environment(ring, environment, override, method, &notes, &err);
}

static bool add(void)
{
    return add_with(NULL, KEY_METHOD_ANY);
}

static void assert_fails_with(const char *text)
{
    assert_int_equal(err.kind, ERROR_KEY);
    if (strstr(err.text, text) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", err.text, text);
}

static void assert_first_key(const void *bytes, enum key_transform transform)
{
    assert_true(keyring_count(ring) > 0);
    assert_memory_equal(keyring_get(ring, 0)->bytes, bytes, SODIUM_KEY_LEN);
    assert_int_equal(keyring_get(ring, 0)->transform, transform);
    assert_false(keyring_get(ring, 0)->hint_only);
}

static void assert_first_counting_key(enum key_transform transform)
{
    unsigned char bytes[SODIUM_KEY_LEN];
    for (unsigned char i = 0; i < sizeof bytes; i++)
        bytes[i] = i;
    assert_first_key(bytes, transform);
}

static void no_variable_adds_nothing_and_is_no_error(void **state)
{
    (void)state;
    assert_true(add());
    assert_int_equal(keyring_count(ring), 0);
}

static void every_key_variable_is_taken_and_wiped_in_place(void **state)
{
    (void)state;
    static const char *const names[] = {
        "WALG_LIBSODIUM_KEY",   "WALG_LIBSODIUM_KEY_PATH", "WALG_LIBSODIUM_KEY_TRANSFORM",
        "WALG_PGP_KEY",         "WALG_PGP_KEY_PATH",       "WALG_PGP_KEY_PASSPHRASE",
        "WALG_ENVELOPE_PGP_KEY"};
    enum { COUNT = sizeof names / sizeof names[0] };
    char *values[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        setenv(names[i], "swordfish", 1);
        values[i] = getenv(names[i]);
    }
    setenv("WALG_S3_PREFIX", "kept", 1);
    environment = key_environment_take(&err);
    assert_non_null(environment);
    for (size_t i = 0; i < COUNT; i++) {
        assert_null(getenv(names[i]));
        assert_memory_equal(values[i], "\0\0\0\0\0\0\0\0\0", 9);
    }
    assert_string_equal(getenv("WALG_S3_PREFIX"), "kept");
}

static void a_name_that_is_there_twice_is_wiped_twice_and_the_first_counts(void **state)
{
    (void)state;
    char first[] = "WALG_LIBSODIUM_KEY=" PHRASE;
    char second[] = "WALG_LIBSODIUM_KEY=another phrase that is long";
    char other[] = "WALG_LIBSODIUM_KEYS=kept";
    char *entries[] = {first, other, second, NULL};
    char **saved = environ;
    environ = entries;
    environment = key_environment_take(&err);
    assert_non_null(environment);
    assert_null(getenv("WALG_LIBSODIUM_KEY"));
    assert_string_equal(getenv("WALG_LIBSODIUM_KEYS"), "kept");
    environ = saved;
    assert_null(memmem(first, sizeof first, "horse", 5));
    assert_null(memmem(second, sizeof second, "phrase", 6));
    assert_true(keyring_add_environment(ring, environment, NULL, KEY_METHOD_ANY, &notes, &err));
    assert_first_key(PHRASE "\0\0\0", KEY_TRANSFORM_NONE);
}

static void the_default_transform_is_none(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY", HEX, 1);
    assert_true(add());
    assert_first_key(HEX, KEY_TRANSFORM_NONE);
    assert_string_equal(keyring_get(ring, 0)->origin, "WALG_LIBSODIUM_KEY");
}

static void the_transform_variable_is_obeyed(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY", HEX, 1);
    setenv("WALG_LIBSODIUM_KEY_TRANSFORM", "hex", 1);
    assert_true(add());
    assert_first_counting_key(KEY_TRANSFORM_HEX);
}

static void an_empty_transform_is_none_as_to_walg(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY", PHRASE, 1);
    setenv("WALG_LIBSODIUM_KEY_TRANSFORM", "", 1);
    assert_true(add());
    assert_first_key(PHRASE "\0\0\0", KEY_TRANSFORM_NONE);
}

static void an_unknown_transform_is_refused_with_the_choices(void **state)
{
    (void)state;
    const char *const names[] = {"rot13", "auto", "HEX"};
    setenv("WALG_LIBSODIUM_KEY", HEX, 1);
    for (size_t i = 0; i < 3; i++) {
        error_clear(&err);
        setenv("WALG_LIBSODIUM_KEY", HEX, 1);
        setenv("WALG_LIBSODIUM_KEY_TRANSFORM", names[i], 1);
        assert_false(add());
        assert_fails_with("WALG_LIBSODIUM_KEY_TRANSFORM: is none of hex, base64 and none");
    }
}

static void an_override_beats_even_an_unknown_transform(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY", HEX, 1);
    setenv("WALG_LIBSODIUM_KEY_TRANSFORM", "rot13", 1);
    enum key_transform hex = KEY_TRANSFORM_HEX;
    assert_true(add_with(&hex, KEY_METHOD_ANY));
    assert_first_counting_key(KEY_TRANSFORM_HEX);
}

static void white_space_in_an_inline_none_key_counts(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY", PHRASE "\n", 1);
    assert_true(add());
    assert_first_key(PHRASE "\n\0\0", KEY_TRANSFORM_NONE);
    assert_int_equal(notes.count, 1);
    assert_int_equal(notes.note[0].level, NOTE_WARNING);
    assert_non_null(strstr(notes.note[0].text, "which is a part of the key: with the same text in "
                                               "a file the key would be another"));
}

static void decrypting_tries_inline_none_untrimmed_first_then_trimmed(void **state)
{
    (void)state;
    setenv("WALG_LIBSODIUM_KEY", PHRASE "\n", 1);
    assert_true(add());
    assert_int_equal(keyring_count(ring), 2);
    assert_memory_equal(keyring_get(ring, 0)->bytes, PHRASE "\n\0\0", 32);
    assert_memory_equal(keyring_get(ring, 1)->bytes, PHRASE "\0\0\0", 32);
    assert_false(keyring_get(ring, 1)->hint_only);
}

static void a_forgotten_transform_is_a_hint_when_decrypting(void **state)
{
    (void)state;
    setenv("WALG_LIBSODIUM_KEY", HEX, 1);
    assert_true(add());
    assert_int_equal(keyring_count(ring), 2);
    assert_int_equal(keyring_get(ring, 1)->transform, KEY_TRANSFORM_HEX);
    assert_true(keyring_get(ring, 1)->hint_only);
}

static void a_key_path_is_read_and_trimmed(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY_PATH", file_with("\n" PHRASE "\n"), 1);
    assert_true(add());
    assert_first_key(PHRASE "\0\0\0", KEY_TRANSFORM_NONE);
    assert_string_equal(keyring_get(ring, 0)->origin, key_path);
}

static void a_key_path_that_fails_names_its_variable(void **state)
{
    (void)state;
    setenv("WALG_LIBSODIUM_KEY_PATH", "/nonexistent/key", 1);
    assert_false(add());
    assert_fails_with(
        "/nonexistent/key: No such file or directory (named by WALG_LIBSODIUM_KEY_PATH)");
}

static void an_inline_key_beats_a_path(void **state)
{
    (void)state;
    setenv("WALG_LIBSODIUM_KEY", PHRASE, 1);
    setenv("WALG_LIBSODIUM_KEY_PATH", "/nonexistent/key", 1);
    assert_true(add());
    assert_first_key(PHRASE "\0\0\0", KEY_TRANSFORM_NONE);
    assert_int_equal(keyring_origins(ring), 1);
}

static void an_empty_key_variable_is_refused_by_name(void **state)
{
    (void)state;
    const char *const names[] = {"WALG_LIBSODIUM_KEY", "WALG_LIBSODIUM_KEY_PATH", "WALG_PGP_KEY",
                                 "WALG_PGP_KEY_PATH"};
    for (size_t i = 0; i < 4; i++) {
        char expected[64];
        error_clear(&err);
        setenv(names[i], "", 1);
        assert_false(add());
        snprintf(expected, sizeof expected, "%s: is set but empty", names[i]);
        assert_fails_with(expected);
    }
}

static void variables_that_cannot_be_served_are_refused_by_name(void **state)
{
    (void)state;
    const char *const names[] = {
        "WALG_CSE_KMS_ID",
        "YC_CSE_KMS_KEY_ID",
        "WALG_YC_CSE_KMS_KEY_ID",
        "WALG_ENVELOPE_PGP_KEY",
        "WALG_ENVELOPE_PGP_KEY_PATH",
        "WALG_ENVELOPE_PGP_YC_CSE_KMS_KEY_ID",
        "GPG_KEY_ID",
        "WALE_GPG_KEY_ID",
        "WALG_GPG_KEY_ID",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char expected[128];
        clearenv();
        error_clear(&err);
        setenv(names[i], "value", 1);
        setenv("WALG_LIBSODIUM_KEY", PHRASE, 1);
        assert_false(add());
        snprintf(expected, sizeof expected, "%s: walseal can't use WAL-G's KMS", names[i]);
        assert_fails_with(expected);
        assert_fails_with("unset it or give a key with -k");
    }
}

static void several_that_cannot_be_served_are_all_named(void **state)
{
    (void)state;
    setenv("WALG_CSE_KMS_ID", "id", 1);
    setenv("WALG_CSE_KMS_REGION", "region", 1);
    setenv("GPG_KEY_ID", "id", 1);
    assert_false(add());
    assert_fails_with("WALG_CSE_KMS_ID, WALG_CSE_KMS_REGION, GPG_KEY_ID: walseal can't use");
    assert_fails_with("unset them or");
}

static void a_kms_region_alone_and_empty_ones_are_nothing(void **state)
{
    (void)state;
    setenv("WALG_CSE_KMS_REGION", "region", 1);
    setenv("WALG_CSE_KMS_ID", "", 1);
    setenv("GPG_KEY_ID", "", 1);
    assert_true(add());
}

#define BLOCK "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n"

static void assert_block(const char *origin, const char *text)
{
    assert_int_equal(keyring_block_count(ring), 1);
    const struct key_block *block = keyring_block(ring, 0);
    assert_string_equal(block->origin, origin);
    assert_int_equal(block->len, strlen(text));
    assert_memory_equal(block->text, text, block->len);
}

static void an_inline_openpgp_key_has_line_ends_or_two_characters_for_them(void **state)
{
    (void)state;
    setenv("WALG_PGP_KEY", "-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\nmDMEZ\n", 1);
    assert_true(add());
    assert_block("WALG_PGP_KEY", BLOCK);
}

static void an_inline_openpgp_key_beats_a_path(void **state)
{
    (void)state;
    setenv("WALG_PGP_KEY", BLOCK, 1);
    setenv("WALG_PGP_KEY_PATH", "/absent", 1);
    assert_true(add());
    assert_block("WALG_PGP_KEY", BLOCK);
}

static void an_openpgp_key_is_read_from_its_path(void **state)
{
    (void)state;
    const char *path = file_with(BLOCK);
    setenv("WALG_PGP_KEY_PATH", path, 1);
    assert_true(add());
    assert_block(path, BLOCK);
}

static void what_is_no_openpgp_key_in_its_variables_is_refused(void **state)
{
    (void)state;
    setenv("WALG_PGP_KEY", "block", 1);
    assert_false(add());
    assert_fails_with("WALG_PGP_KEY: holds no armored OpenPGP key");
    error_clear(&err);
    setenv("WALG_PGP_KEY_PATH", file_with(PHRASE), 1);
    assert_false(add());
    assert_fails_with("holds no OpenPGP key (named by WALG_PGP_KEY_PATH)");
}

static void an_empty_passphrase_variable_is_none(void **state)
{
    (void)state;
    setenv("WALG_PGP_KEY_PASSPHRASE", "", 1);
    assert_true(add());
    assert_null(key_environment_passphrase(environment));
    setenv("WALG_PGP_KEY_PASSPHRASE", "open sesame", 1);
    assert_true(add());
    assert_string_equal(key_environment_passphrase(environment), "open sesame");
}

static void encrypting_with_both_kinds_must_choose(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY", PHRASE, 1);
    setenv("WALG_PGP_KEY", "block", 1);
    assert_false(add());
    assert_fails_with("both WALG_LIBSODIUM_KEY and WALG_PGP_KEY are set: choose with -m");
}

static void sodium_only_does_not_look_at_openpgp_variables(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY", PHRASE, 1);
    setenv("WALG_PGP_KEY", "", 1);
    setenv("WALG_PGP_KEY_PATH", "/etc/key.asc", 1);
    assert_true(add_with(NULL, KEY_METHOD_SODIUM));
    assert_int_equal(keyring_count(ring), 1);
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_int_equal(notes.count, 0);
}

static void openpgp_only_does_not_look_at_sodium_variables(void **state)
{
    (void)state;
    for_encrypting();
    setenv("WALG_LIBSODIUM_KEY", "", 1);
    setenv("WALG_PGP_KEY", BLOCK, 1);
    assert_true(add_with(NULL, KEY_METHOD_OPENPGP));
    assert_int_equal(keyring_count(ring), 0);
    assert_block("WALG_PGP_KEY", BLOCK);
}

static void decrypting_takes_both_kinds(void **state)
{
    (void)state;
    setenv("WALG_LIBSODIUM_KEY", PHRASE, 1);
    setenv("WALG_PGP_KEY", BLOCK, 1);
    assert_true(add());
    assert_true(keyring_complete(ring, KEY_METHOD_ANY, false, &err));
    assert_true(keyring_count(ring) > 0);
    assert_block("WALG_PGP_KEY", BLOCK);
    assert_int_equal(notes.count, 0);
}

static void no_message_shows_the_key(void **state)
{
    (void)state;
    setenv("WALG_LIBSODIUM_KEY", "swordfish", 1);
    assert_false(add());
    assert_fails_with("WALG_LIBSODIUM_KEY: has 9 bytes where none needs at least 25");
    assert_null(strstr(err.text, "sword"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(no_variable_adds_nothing_and_is_no_error),
        TEST(every_key_variable_is_taken_and_wiped_in_place),
        TEST(a_name_that_is_there_twice_is_wiped_twice_and_the_first_counts),
        TEST(the_default_transform_is_none),
        TEST(the_transform_variable_is_obeyed),
        TEST(an_empty_transform_is_none_as_to_walg),
        TEST(an_unknown_transform_is_refused_with_the_choices),
        TEST(an_override_beats_even_an_unknown_transform),
        TEST(white_space_in_an_inline_none_key_counts),
        TEST(decrypting_tries_inline_none_untrimmed_first_then_trimmed),
        TEST(a_forgotten_transform_is_a_hint_when_decrypting),
        TEST(a_key_path_is_read_and_trimmed),
        TEST(a_key_path_that_fails_names_its_variable),
        TEST(an_inline_key_beats_a_path),
        TEST(an_empty_key_variable_is_refused_by_name),
        TEST(variables_that_cannot_be_served_are_refused_by_name),
        TEST(several_that_cannot_be_served_are_all_named),
        TEST(a_kms_region_alone_and_empty_ones_are_nothing),
        TEST(an_inline_openpgp_key_has_line_ends_or_two_characters_for_them),
        TEST(an_inline_openpgp_key_beats_a_path),
        TEST(an_openpgp_key_is_read_from_its_path),
        TEST(what_is_no_openpgp_key_in_its_variables_is_refused),
        TEST(an_empty_passphrase_variable_is_none),
        TEST(encrypting_with_both_kinds_must_choose),
        TEST(sodium_only_does_not_look_at_openpgp_variables),
        TEST(openpgp_only_does_not_look_at_sodium_variables),
        TEST(decrypting_takes_both_kinds),
        TEST(no_message_shows_the_key),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
