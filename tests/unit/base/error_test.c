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

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    char name[2 * ERROR_TEXT_SIZE];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    fail(&err, ERROR_IO, "%s", name);
    assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
    error_append(&err, "%s", name);
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
        cmocka_unit_test(what_is_too_long_is_cut),
        cmocka_unit_test(a_cleared_error_takes_a_first_reason_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
