/* Days as people write them. */
#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void assert_day(const char *text, int64_t expected)
{
    int64_t seconds = -1;
    assert_true(date_parse(text, &seconds));
    assert_true(seconds == expected);
}

/* By date -u -d DAY +%s. */
static void a_day_is_the_moment_in_which_it_begins(void **state)
{
    (void)state;
    assert_day("1970-01-01", 0);
    assert_day("1999-12-31", 946598400);
    assert_day("2000-02-29", 951782400);
    assert_day("2000-03-01", 951868800);
    assert_day("2024-02-29", 1709164800);
    assert_day("2026-11-24", 1795478400);
    assert_day("2038-01-20", 2147558400);
    assert_day("2100-02-28", 4107456000);
    assert_day("2100-03-01", 4107542400);
    assert_day("9999-12-31", 253402214400);
}

static void a_day_that_there_is_not_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "2023-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "2024-00-10",
        "2024-13-10", "2024-01-00", "2024-01-32", "1969-12-31", "0000-01-01",
    };
    int64_t seconds;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(date_parse(texts[i], &seconds));
}

static void another_form_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           "2024",        "2024-1-10",  "2024-01-1",  "20240110",   "2024/01/10",
        "24-01-2010", "2024-01-10 ", " 2024-1-10", "2024-01-1x", "-024-01-10", "2024-01-10T00",
    };
    int64_t seconds;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(date_parse(texts[i], &seconds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_the_moment_in_which_it_begins),
        cmocka_unit_test(a_day_that_there_is_not_is_none),
        cmocka_unit_test(another_form_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
