/* The first reason stays, in one line of bounded text. */
#include "base/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
/* cmocka's macro of the same name */
#undef fail

static void failing_is_false_and_leaves_kind_and_text(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    assert_false(fail(&err, ERROR_KEY, "%s: has %d bytes", "file", 3));
    assert_int_equal(err.kind, ERROR_KEY);
    assert_string_equal(err.text, "file: has 3 bytes");
}

static void the_first_reason_stays(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    fail(&err, ERROR_DAMAGED, "chunk 3");
    assert_false(fail(&err, ERROR_IO, "close"));
    assert_false(fail_errno(&err, ERROR_IO, EIO, "sync"));
    assert_false(fail_memory(&err));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_string_equal(err.text, "chunk 3");
}

static void the_text_of_errno_comes_last(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    assert_false(fail_errno(&err, ERROR_IO, ENOENT, "%s", "file"));
    assert_int_equal(err.kind, ERROR_IO);
    assert_string_equal(err.text, "file: No such file or directory");
}

static void no_memory_is_a_failure_of_io(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    assert_false(fail_memory(&err));
    assert_int_equal(err.kind, ERROR_IO);
    assert_string_equal(err.text, "out of memory");
}

static void a_hint_is_added_behind_the_reason(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    fail(&err, ERROR_KEY, "file: is empty");
    error_append(&err, ": try %s", "-t hex");
    assert_string_equal(err.text, "file: is empty: try -t hex");
    assert_int_equal(err.kind, ERROR_KEY);
}

static void a_hint_without_a_reason_is_nothing(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    error_append(&err, "try again");
    assert_int_equal(err.kind, ERROR_NONE);
    assert_string_equal(err.text, "");
}

static void a_long_name_leaves_room_for_the_reason(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    char name[5 * ERROR_TEXT_SIZE];
    memset(name, 'n', sizeof name - 1);
    memcpy(name, "begin/", 6);
    memcpy(name + sizeof name - 5, "/end", 5);
    fail_errno(&err, ERROR_IO, ENOSPC, "%s: can't be written", name);
    assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
    assert_memory_equal(err.text, "begin/nnn", 9);
    assert_non_null(strstr(err.text, "nnn/end: can't be written: No space left on device"));
    assert_non_null(strstr(err.text, "n...n"));
    error_append(&err, ": a hint");
    assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
    assert_non_null(strstr(err.text, "/end: can't be written: No space left on device: a hint"));
}

static void no_character_is_torn_where_the_middle_goes(void **state)
{
    (void)state;
    char name[2 * ERROR_TEXT_SIZE];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(name, 'n', shift);
        for (size_t i = shift; i + 3 < sizeof name; i += 3)
            memcpy(name + i, "\xe2\x82\xac", 4);
        struct error err = {.kind = ERROR_NONE};
        fail(&err, ERROR_IO, "%s: why", name);
        const char *gap = strstr(err.text, "...");
        assert_non_null(gap);
        assert_memory_equal(gap - 3, "\xe2\x82\xac", 3);
        assert_memory_equal(gap + 3, "\xe2\x82\xac", 3);
        assert_in_range(strlen(err.text), ERROR_TEXT_SIZE - 6, ERROR_TEXT_SIZE - 1);
    }
}

static void what_is_longer_than_anything_is_cut(void **state)
{
    (void)state;
    static char endless[64 * ERROR_TEXT_SIZE];
    struct error err = {.kind = ERROR_NONE};
    memset(endless, 'n', sizeof endless - 1);
    fail(&err, ERROR_IO, "%s", endless);
    error_append(&err, "%s", endless);
    assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
}

static void a_cleared_error_takes_a_first_reason_again(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    fail(&err, ERROR_IO, "one");
    error_clear(&err);
    assert_int_equal(err.kind, ERROR_NONE);
    assert_string_equal(err.text, "");
    fail(&err, ERROR_KEY, "two");
    assert_int_equal(err.kind, ERROR_KEY);
    assert_string_equal(err.text, "two");
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_is_false_and_leaves_kind_and_text),
        cmocka_unit_test(the_first_reason_stays),
        cmocka_unit_test(the_text_of_errno_comes_last),
        cmocka_unit_test(no_memory_is_a_failure_of_io),
        cmocka_unit_test(a_hint_is_added_behind_the_reason),
        cmocka_unit_test(a_hint_without_a_reason_is_nothing),
        cmocka_unit_test(a_long_name_leaves_room_for_the_reason),
        cmocka_unit_test(no_character_is_torn_where_the_middle_goes),
        cmocka_unit_test(what_is_longer_than_anything_is_cut),
        cmocka_unit_test(a_cleared_error_takes_a_first_reason_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
