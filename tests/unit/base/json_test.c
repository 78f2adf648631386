/* One JSON object as a line. */
#define _GNU_SOURCE
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct json json;

static int setup(void **state)
{
    (void)state;
    json_begin(&json);
    return 0;
}

static void an_object_without_members_is_two_brackets(void **state)
{
    (void)state;
    assert_string_equal(json_end(&json), "{}\n");
}

static void members_of_every_kind_are_separated_by_commas(void **state)
{
    (void)state;
    json_string(&json, "a", "text");
    json_number(&json, "b", UINT64_MAX);
    json_bool(&json, "c", true);
    json_bool(&json, "d", false);
    json_null(&json, "e");
    assert_string_equal(json_end(&json), "{\"a\":\"text\",\"b\":18446744073709551615,\"c\":true,"
                                         "\"d\":false,\"e\":null}\n");
}

static void arrays_and_objects_nest(void **state)
{
    (void)state;
    json_open_array(&json, "list");
    json_string(&json, NULL, "x");
    json_open_object(&json, NULL);
    json_number(&json, "n", 1);
    json_close(&json);
    json_close(&json);
    json_bool(&json, "after", true);
    assert_string_equal(json_end(&json), "{\"list\":[\"x\",{\"n\":1}],\"after\":true}\n");
}

static void what_is_left_open_is_closed_at_the_end(void **state)
{
    (void)state;
    json_open_array(&json, "list");
    json_open_object(&json, NULL);
    assert_string_equal(json_end(&json), "{\"list\":[{}]}\n");
}

static void quotes_backslashes_and_controls_are_escaped(void **state)
{
    (void)state;
    json_string(&json, "a\"b", "\\ \n \x01 /");
    assert_string_equal(json_end(&json), "{\"a\\u0022b\":\"\\u005c \\u000a \\u0001 /\"}\n");
}

static void utf8_stays_and_other_octets_are_replaced(void **state)
{
    (void)state;
    json_string(&json, "a", "\xC3\xA4\xFFz");
    assert_string_equal(json_end(&json), "{\"a\":\"\xC3\xA4\xEF\xBF\xBDz\"}\n");
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    static char big[JSON_SIZE];
    memset(big, 'x', sizeof big - 1);
    json_string(&json, "small", "1");
    json_string(&json, "big", big);
    json_string(&json, "later", "1");
    assert_true(json.is_cut);
    assert_string_equal(json_end(&json), "{\"small\":\"1\"}\n");
}

static void any_number_of_small_members_stays_within_the_room(void **state)
{
    (void)state;
    json_open_array(&json, "list");
    for (size_t i = 0; i < JSON_SIZE; i++) {
        json_open_object(&json, NULL);
        json_close(&json);
    }
    assert_true(json.is_cut);
    const char *text = json_end(&json);
    assert_true(strlen(text) < JSON_SIZE);
    assert_string_equal(text + strlen(text) - 5, "{}]}\n");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_object_without_members_is_two_brackets),
        TEST(members_of_every_kind_are_separated_by_commas),
        TEST(arrays_and_objects_nest),
        TEST(what_is_left_open_is_closed_at_the_end),
        TEST(quotes_backslashes_and_controls_are_escaped),
        TEST(utf8_stays_and_other_octets_are_replaced),
        TEST(what_does_not_fit_is_left_out_whole),
        TEST(any_number_of_small_members_stays_within_the_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
