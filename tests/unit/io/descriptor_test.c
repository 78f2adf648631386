/*
 * The names of commands in messages, and where text is cut. What reads and writes do is asked of
 * sources and sinks.
 */
#include "io/descriptor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>

static void text_that_fits_is_not_cut(void **state)
{
    (void)state;
    assert_int_equal(descriptor_cut_len("", 5), 0);
    assert_int_equal(descriptor_cut_len("abcde", 5), 5);
    assert_int_equal(descriptor_cut_len("abcdef", 5), 5);
    assert_int_equal(descriptor_cut_len("abcdef", 0), 0);
}

static void no_character_is_torn(void **state)
{
    (void)state;
    const char *text = "a\xe2\x82\xac\xc3\xa9z"; /* a, euro sign, e acute, z */
    const size_t cut[] = {0, 1, 1, 1, 4, 4, 6, 7, 7};
    for (size_t most = 0; most < sizeof cut / sizeof cut[0]; most++)
        assert_int_equal(descriptor_cut_len(text, most), cut[most]);
}

static void a_command_is_named_in_quotes(void **state)
{
    (void)state;
    char *name = descriptor_command_name("rclone cat x");
    assert_string_equal(name, "command \"rclone cat x\"");
    free(name);
}

static void a_long_command_is_cut_and_says_so(void **state)
{
    (void)state;
    char command[1000];
    memset(command, 'x', sizeof command - 1);
    command[sizeof command - 1] = '\0';
    char *name = descriptor_command_name(command);
    assert_in_range(strlen(name), 100, 300);
    assert_string_equal(name + strlen(name) - 5, "x...\"");
    free(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_fits_is_not_cut),
        cmocka_unit_test(no_character_is_torn),
        cmocka_unit_test(a_command_is_named_in_quotes),
        cmocka_unit_test(a_long_command_is_cut_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
