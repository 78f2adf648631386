/* New sodium keys. */
#include "formats.h"

#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

static struct error err;
static struct new_key made;

static int begin(void **state)
{
    (void)state;
    return secret_begin(&err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    formats_free_key(&made);
    return 0;
}

static void make(enum key_transform transform)
{
    const struct key_wish wish = {.transform = transform};
    assert_true(formats_make_key(KEY_METHOD_SODIUM, &wish, &made, &err));
    assert_int_equal(err.kind, ERROR_NONE);
}

static void hex_is_one_line_of_64_digits(void **state)
{
    (void)state;
    make(KEY_TRANSFORM_HEX);
    assert_int_equal(strspn(made.secret, "0123456789abcdef"), 64);
    assert_string_equal(made.secret + 64, "\n");
    assert_null(made.public_text);
}

static void base64_is_one_line_of_44_characters(void **state)
{
    (void)state;
    unsigned char bytes[SODIUM_KEY_LEN];
    make(KEY_TRANSFORM_BASE64);
    assert_int_equal(strlen(made.secret), 45);
    assert_string_equal(made.secret + 43, "=\n");
    assert_true(key_text_read(made.secret, 45, KEY_TRANSFORM_BASE64, bytes, &err));
}

static void no_two_keys_are_alike(void **state)
{
    (void)state;
    char first[65] = "";
    make(KEY_TRANSFORM_HEX);
    memcpy(first, made.secret, 64);
    formats_free_key(&made);
    make(KEY_TRANSFORM_HEX);
    assert_memory_not_equal(made.secret, first, 64);
}

/* The one that encrypt -v shows, and nothing of the key. */
static void its_description_has_the_fingerprint(void **state)
{
    (void)state;
    unsigned char bytes[SODIUM_KEY_LEN];
    char fingerprint[KEY_FINGERPRINT_SIZE], start[9] = "";
    make(KEY_TRANSFORM_HEX);
    assert_true(key_text_read(made.secret, 65, KEY_TRANSFORM_HEX, bytes, &err));
    key_fingerprint(bytes, fingerprint);
    assert_non_null(strstr(made.description, fingerprint));
    memcpy(start, made.secret, 8);
    assert_null(strstr(made.description, start));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, end)
        TEST(hex_is_one_line_of_64_digits),
        TEST(base64_is_one_line_of_44_characters),
        TEST(no_two_keys_are_alike),
        TEST(its_description_has_the_fingerprint),
#undef TEST
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
