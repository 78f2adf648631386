#include "base/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct facts facts;

static void fill(void)
{
    facts_text(&facts, "kind", "a thing");
    facts_number(&facts, "count_of_things", 3);
    facts_bytes(&facts, "size", 1);
    facts_bytes(&facts, "larger", UINT64_MAX);
    facts_bool(&facts, "whole", true);
    facts_bool(&facts, "damaged", false);
    facts_date(&facts, "created", 86400);
    facts_none(&facts, "expires", "never");
}

static void lines_are_for_a_person(void **state)
{
    (void)state;
    facts_begin(&facts, FACTS_LINES);
    fill();
    assert_string_equal(facts_end(&facts), "kind: a thing\n"
                                           "count of things: 3\n"
                                           "size: 1 byte\n"
                                           "larger: 18446744073709551615 bytes\n"
                                           "whole: yes\n"
                                           "damaged: no\n"
                                           "created: 1970-01-02T00:00:00Z\n"
                                           "expires: never\n");
}

static void json_has_values_of_its_own_types(void **state)
{
    (void)state;
    facts_begin(&facts, FACTS_JSON);
    fill();
    assert_string_equal(facts_end(&facts),
                        "{\"kind\":\"a thing\",\"count_of_things\":3,\"size\":1,"
                        "\"larger\":18446744073709551615,\"whole\":true,\"damaged\":false,"
                        "\"created\":\"1970-01-02T00:00:00Z\",\"expires\":null}\n");
}

static void fill_lists(void)
{
    facts_open_list(&facts, "boxes");
    facts_open_block(&facts, "box");
    facts_text(&facts, "colour", "red");
    facts_open_list(&facts, "balls");
    for (uint64_t i = 1; i <= 2; i++) {
        facts_open_row(&facts, "ball");
        facts_number(&facts, "number", i);
        facts_bool(&facts, "is_round", true);
        facts_close_item(&facts);
    }
    facts_close_list(&facts);
    facts_close_item(&facts);
    facts_close_list(&facts);
    facts_text(&facts, "end", "here");
}

static void a_row_is_one_line_and_a_block_is_indented(void **state)
{
    (void)state;
    facts_begin(&facts, FACTS_LINES);
    fill_lists();
    assert_string_equal(facts_end(&facts), "box:\n"
                                           "  colour: red\n"
                                           "  ball: number 1, is round yes\n"
                                           "  ball: number 2, is round yes\n"
                                           "end: here\n");
}

static void lists_of_objects_nest_in_json(void **state)
{
    (void)state;
    facts_begin(&facts, FACTS_JSON);
    fill_lists();
    assert_string_equal(
        facts_end(&facts),
        "{\"boxes\":[{\"colour\":\"red\",\"balls\":[{\"number\":1,\"is_round\":true},"
        "{\"number\":2,\"is_round\":true}]}],\"end\":\"here\"}\n");
}

static void control_characters_are_shown_to_a_person(void **state)
{
    (void)state;
    facts_begin(&facts, FACTS_LINES);
    facts_text(&facts, "name", "a\033[31m\nb\xff\xc2\x85 \xc3\xa4");
    assert_string_equal(facts_end(&facts), "name: a\\x1b[31m\\x0ab\\xff\\xc2\\x85 \xc3\xa4\n");
}

static void there_is_room_until_there_is_not(void **state)
{
    (void)state;
    for (int form = FACTS_LINES; form <= FACTS_JSON; form++) {
        size_t count = 0;
        facts_begin(&facts, (enum facts_form)form);
        facts_open_list(&facts, "rows");
        for (; facts_have_room(&facts); count++) {
            facts_open_row(&facts, "row");
            facts_text(&facts, "text", "0123456789012345678901234567890123456789");
            facts_close_item(&facts);
        }
        facts_close_list(&facts);
        facts_number(&facts, "left_out", count);
        assert_in_range(count, 500, 2000);
        const char *text = facts_end(&facts);
        assert_non_null(strstr(text, form == FACTS_JSON ? "\"left_out\":" : "left out: "));
        assert_false(facts.json.is_cut);
    }
}

static void what_does_not_fit_at_all_is_left_out(void **state)
{
    (void)state;
    static char much[FACTS_TEXT_SIZE + 100];
    memset(much, 'x', sizeof much - 1);
    facts_begin(&facts, FACTS_LINES);
    facts_text(&facts, "much", much);
    assert_in_range(strlen(facts_end(&facts)), FACTS_TEXT_SIZE - 2, FACTS_TEXT_SIZE - 1);
}

static void a_date_beyond_all_clocks_is_a_far_day(void **state)
{
    (void)state;
    char date[FACTS_DATE_SIZE];
    facts_write_date(UINT64_MAX, date);
    assert_string_equal(date, "a far day");
    facts_write_date((uint64_t)UINT32_MAX * 2, date);
    assert_string_equal(date, "2242-03-16T12:56:30Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_for_a_person),
        cmocka_unit_test(json_has_values_of_its_own_types),
        cmocka_unit_test(a_row_is_one_line_and_a_block_is_indented),
        cmocka_unit_test(lists_of_objects_nest_in_json),
        cmocka_unit_test(control_characters_are_shown_to_a_person),
        cmocka_unit_test(there_is_room_until_there_is_not),
        cmocka_unit_test(what_does_not_fit_at_all_is_left_out),
        cmocka_unit_test(a_date_beyond_all_clocks_is_a_far_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
