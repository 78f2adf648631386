/* What a stream that no key opens may be. */
#include "base/magic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void long_marks_are_certain(void **state)
{
    (void)state;
    bool certain;
    const char armored[] = "-----BEGIN PGP MESSAGE-----\n";
    assert_non_null(magic_name((const unsigned char *)armored, strlen(armored), &certain));
    assert_true(certain);
    const char age[] = "age-encryption.org/v1\n";
    assert_string_equal(magic_name((const unsigned char *)age, strlen(age), &certain),
                        "an age file");
    assert_true(certain);
}

static void short_marks_are_a_hint_only(void **state)
{
    (void)state;
    bool certain;
    const unsigned char zstd[] = {0x28, 0xB5, 0x2F, 0xFD, 0, 0};
    assert_non_null(magic_name(zstd, sizeof zstd, &certain));
    assert_false(certain);
}

static void compressions_are_known_by_name(void **state)
{
    (void)state;
    const unsigned char gzip[] = {0x1F, 0x8B, 0x08, 0};
    const char dump[] = "PGDMP";
    assert_string_equal(magic_compression(gzip, sizeof gzip), "gzip");
    assert_null(magic_compression(gzip, 2));
    assert_null(magic_compression((const unsigned char *)dump, strlen(dump)));
}

static void a_mark_that_is_cut_is_none(void **state)
{
    (void)state;
    bool certain;
    const unsigned char zstd[] = {0x28, 0xB5, 0x2F};
    assert_null(magic_name(zstd, sizeof zstd, &certain));
    assert_null(magic_name(zstd, 0, &certain));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_marks_are_certain),
        cmocka_unit_test(short_marks_are_a_hint_only),
        cmocka_unit_test(compressions_are_known_by_name),
        cmocka_unit_test(a_mark_that_is_cut_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
