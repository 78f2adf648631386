/* Reading a key file: to its end, into secret memory alone, of which nothing is left behind. */
#define _GNU_SOURCE /* secrets_held.h */
#include "keys/key_file.h"

#include "base/secret.h"
#include "keys/keyring.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../secrets_held.h"

static struct error err;
static struct key_file file;
static FILE *stored;

static int begin(void **state)
{
    (void)state;
    return secret_begin(&err) ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    error_clear(&err);
    stored = tmpfile();
    return stored != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    key_file_free(&file);
    return fclose(stored) != 0 || secrets_held > 0 ? -1 : 0;
}

/* A file of so many bytes, each another one than its neighbours. */
static bool read_of(size_t len, int *errno_value)
{
    for (size_t i = 0; i < len; i++)
        assert_true(putc((int)(i * 7 % 251), stored) != EOF);
    assert_int_equal(fflush(stored), 0);
    rewind(stored);
    return key_file_read(fileno(stored), "key", &file, errno_value, &err);
}

static void a_file_is_read_to_its_end_however_long(void **state)
{
    (void)state;
    const size_t lens[] = {0, 1, 4095, 4096, 4097, 8192, 100000, KEY_FILE_MAX};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        int errno_value = -1;
        assert_true(read_of(lens[i], &errno_value));
        assert_int_equal(errno_value, 0);
        assert_int_equal(file.len, lens[i]);
        for (size_t at = 0; at < file.len; at++)
            assert_int_equal((unsigned char)file.text[at], at * 7 % 251);
        key_file_free(&file);
        rewind(stored);
    }
}

static void one_piece_of_secret_memory_holds_it_whatever_it_took(void **state)
{
    (void)state;
    int errno_value;
    assert_true(read_of(100000, &errno_value));
    assert_int_equal(secrets_held, 1);
    key_file_free(&file);
    assert_int_equal(secrets_held, 0);
    assert_null(file.text);
}

static void a_key_in_place_of_a_name_is_not_shown(void **state)
{
    (void)state;
    const char *keys[] = {
        "000102030405060708090A0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgE",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        error_clear(&err);
        assert_int_equal(key_file_open(keys[i], &err), -1);
        assert_int_equal(err.kind, ERROR_KEY);
        assert_string_equal(err.text, "a key is given where the name of its file belongs");
    }
    error_clear(&err);
    assert_int_equal(key_file_open(&keys[0][1], &err), -1);
    assert_non_null(strstr(err.text, &keys[0][1]));
}

static void a_file_that_is_too_long_leaves_nothing(void **state)
{
    (void)state;
    int errno_value = -1;
    assert_false(read_of(KEY_FILE_MAX + 1, &errno_value));
    assert_int_equal(errno_value, 0);
    assert_int_equal(err.kind, ERROR_KEY);
    assert_string_equal(err.text, "key: is longer than a key file may be (1048576 bytes)");
    assert_int_equal(secrets_held, 0);
}

static void what_can_not_be_read_says_why_and_leaves_nothing(void **state)
{
    (void)state;
    int errno_value = 0;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_false(key_file_read(ends[1], "key", &file, &errno_value, &err));
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(errno_value, EBADF);
    assert_int_equal(err.kind, ERROR_KEY);
    assert_string_equal(err.text, "key: Bad file descriptor");
    assert_int_equal(secrets_held, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_to_its_end_however_long),
        TEST(one_piece_of_secret_memory_holds_it_whatever_it_took),
        TEST(a_key_in_place_of_a_name_is_not_shown),
        TEST(a_file_that_is_too_long_leaves_nothing),
        TEST(what_can_not_be_read_says_why_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
