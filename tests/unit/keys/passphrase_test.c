/* Where a run's passphrase comes from. */
#define _GNU_SOURCE
#include "keys/passphrase.h"

#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

#include "../io/folder.h"
#include "../secrets_held.h"

static struct passphrase *passphrase;
static unsigned asked;
static char prompt_seen[256];
static bool nobody_is_there;

static bool ask(const char *prompt, char *text, size_t *len, struct error *reason)
{
    asked++;
    snprintf(prompt_seen, sizeof prompt_seen, "%s", prompt);
    if (nobody_is_there)
        return fail(reason, ERROR_KEY, "nobody is there");
    memcpy(text, "typed", 5);
    *len = 5;
    return true;
}

static const char *file_of(const char *text, size_t len)
{
    const char *path = in_folder("pass");
    FILE *file = fopen(path, "wb");
    assert_true(file != NULL && fwrite(text, 1, len, file) == len && fclose(file) == 0);
    return path;
}

static void assert_text(size_t index, const char *expected)
{
    struct bytes text = passphrase_text(passphrase, index);
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.at, expected, text.len);
}

static void assert_count(size_t expected)
{
    size_t count;
    assert_true(passphrase_need(passphrase, "key", &count, &err));
    assert_int_equal(count, expected);
    assert_int_equal(asked, 0);
}

static void assert_is(const char *expected)
{
    assert_count(1);
    assert_text(0, expected);
}

static void one_newline_at_the_end_of_a_file_is_dropped(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"secret", "secret"},
        {"secret\n", "secret"},
        {"secret\n\n", "secret\n"},
        {" two words \n", " two words "},
        {"\n", ""},
        {"", ""},
        {"secret\r\n", "secret\r"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        passphrase_free(passphrase);
        passphrase = passphrase_new(ask);
        assert_true(
            passphrase_add_file(passphrase, file_of(cases[i][0], strlen(cases[i][0])), &err));
        assert_is(cases[i][1]);
        assert_true(passphrase_is_given(passphrase));
    }
}

static void a_pipe_serves_as_a_file(void **state)
{
    (void)state;
    int ends[2];
    char path[32];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "secret\n", 7), 7);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_true(passphrase_add_file(passphrase, path, &err));
    assert_is("secret");
    /* it has ended: read again, it would be the empty passphrase */
    assert_true(passphrase_add_file(passphrase, path, &err));
    close(ends[0]);
    assert_is("secret");
}

static void several_are_kept_in_the_order_in_which_they_were_given(void **state)
{
    (void)state;
    assert_true(passphrase_add(passphrase, "p", "second thought", 14, &err));
    assert_true(passphrase_add_file(passphrase, file_of("first\n", 6), &err));
    assert_true(passphrase_add(passphrase, "p", "", 0, &err));
    assert_count(3);
    assert_text(0, "second thought");
    assert_text(1, "first");
    assert_text(2, "");
}

static void the_same_text_or_file_again_is_no_further_passphrase(void **state)
{
    (void)state;
    assert_true(passphrase_add(passphrase, "p", "secret", 6, &err));
    assert_true(passphrase_add(passphrase, "p", "secret", 6, &err));
    const char *path = file_of("secret\n", 7);
    assert_true(passphrase_add_file(passphrase, path, &err));
    assert_true(passphrase_add_file(passphrase, path, &err));
    assert_count(1);
    assert_true(passphrase_add(passphrase, "p", "secreT", 6, &err));
    assert_count(2);
}

static void as_many_as_there_may_be_are_taken_and_no_more(void **state)
{
    (void)state;
    char text[2] = "a";
    for (size_t i = 0; i < PASSPHRASES_MAX; i++, text[0]++)
        assert_true(passphrase_add(passphrase, "p", text, 1, &err));
    assert_true(passphrase_add(passphrase, "p", "a", 1, &err));
    assert_false(passphrase_add(passphrase, "p", text, 1, &err));
    assert_int_equal(err.kind, ERROR_KEY);
    assert_non_null(strstr(err.text, "p: more than 8 passphrases"));
    assert_count(PASSPHRASES_MAX);
}

static void the_longest_passphrase_is_taken_and_a_longer_one_refused(void **state)
{
    (void)state;
    char text[PASSPHRASE_MAX + 1];
    memset(text, 'x', sizeof text);
    assert_true(passphrase_add_file(passphrase, file_of(text, PASSPHRASE_MAX), &err));
    passphrase_free(passphrase);
    passphrase = passphrase_new(ask);
    assert_false(passphrase_add_file(passphrase, file_of(text, sizeof text), &err));
    assert_int_equal(err.kind, ERROR_KEY);
    assert_non_null(strstr(err.text, "pass: is longer than 4096 bytes"));
}

static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    assert_false(passphrase_add_file(passphrase, in_folder("absent"), &err));
    assert_int_equal(err.kind, ERROR_KEY);
    assert_non_null(strstr(err.text, "absent: No such file"));
    error_clear(&err);
    assert_false(passphrase_add_file(passphrase, folder, &err));
    assert_non_null(strstr(err.text, "is a directory"));
    assert_false(passphrase_is_given(passphrase));
}

static void its_file_is_known(void **state)
{
    (void)state;
    struct stat status;
    const char *path = file_of("secret", 6);
    assert_int_equal(stat(path, &status), 0);
    assert_false(passphrase_was_read_from(passphrase, &status));
    assert_true(passphrase_add_file(passphrase, path, &err));
    assert_true(passphrase_was_read_from(passphrase, &status));
    assert_int_equal(stat(folder, &status), 0);
    assert_false(passphrase_was_read_from(passphrase, &status));
}

static void a_person_is_asked_once_and_only_where_none_was_given(void **state)
{
    (void)state;
    size_t count;
    for (int i = 0; i < 2; i++) {
        assert_true(passphrase_need(passphrase, "key.asc: key 1234", &count, &err));
        assert_int_equal(count, 1);
        assert_text(0, "typed");
    }
    assert_int_equal(asked, 1);
    assert_string_equal(prompt_seen, "key.asc: key 1234: passphrase: ");
    assert_false(passphrase_is_given(passphrase));
}

static void what_a_stranger_named_moves_no_cursor_while_a_secret_is_typed(void **state)
{
    (void)state;
    size_t count;
    char name[400];
    assert_true(passphrase_need(passphrase, "a\x1b]0;b\ac", &count, &err));
    assert_string_equal(prompt_seen, "a\\x1b]0;b\\x07c: passphrase: ");
    memset(name, '\x1b', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    passphrase_free(passphrase);
    passphrase = passphrase_new(ask);
    assert_true(passphrase_need(passphrase, name, &count, &err));
    assert_non_null(strstr(prompt_seen, "\\x1b: passphrase: "));
}

static void nobody_to_ask_is_an_error_each_time(void **state)
{
    (void)state;
    size_t count;
    nobody_is_there = true;
    for (int i = 0; i < 2; i++) {
        error_clear(&err);
        assert_false(passphrase_need(passphrase, "key", &count, &err));
        assert_string_equal(err.text, "nobody is there");
    }
    struct passphrase *mute = passphrase_new(NULL);
    error_clear(&err);
    assert_false(passphrase_need(mute, "key", &count, &err));
    assert_non_null(strstr(err.text, "key: needs a passphrase"));
    passphrase_free(mute);
}

static int setup(void **state)
{
    asked = 0;
    nobody_is_there = false;
    passphrase = passphrase_new(ask);
    return passphrase != NULL ? folder_setup(state) : -1;
}

static int teardown(void **state)
{
    passphrase_free(passphrase);
    return folder_teardown(state) != 0 || secrets_held > 0 ? -1 : 0;
}

static int start(void **state)
{
    (void)state;
    return secret_begin(&err) ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_newline_at_the_end_of_a_file_is_dropped),
        TEST(a_pipe_serves_as_a_file),
        TEST(several_are_kept_in_the_order_in_which_they_were_given),
        TEST(the_same_text_or_file_again_is_no_further_passphrase),
        TEST(as_many_as_there_may_be_are_taken_and_no_more),
        TEST(the_longest_passphrase_is_taken_and_a_longer_one_refused),
        TEST(what_cannot_be_read_is_refused),
        TEST(its_file_is_known),
        TEST(a_person_is_asked_once_and_only_where_none_was_given),
        TEST(what_a_stranger_named_moves_no_cursor_while_a_secret_is_typed),
        TEST(nobody_to_ask_is_an_error_each_time),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
