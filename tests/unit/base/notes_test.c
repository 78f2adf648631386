/* A bounded list of lines for the one who prints. */
#include "base/notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct notes notes;

static int empty(void **state)
{
    (void)state;
    memset(&notes, 0, sizeof notes);
    return 0;
}

static void notes_stay_in_order_with_their_levels(void **state)
{
    (void)state;
    notes_add(&notes, NOTE_WARNING, "%s: is cut to %d bytes", "file", 32);
    notes_add(&notes, NOTE_VERBOSE, "second");
    assert_int_equal(notes.count, 2);
    assert_int_equal(notes.note[0].level, NOTE_WARNING);
    assert_string_equal(notes.note[0].text, "file: is cut to 32 bytes");
    assert_int_equal(notes.note[1].level, NOTE_VERBOSE);
    assert_string_equal(notes.note[1].text, "second");
    assert_int_equal(notes.lost, 0);
}

static void notes_beyond_the_bound_are_counted_and_the_first_are_kept(void **state)
{
    (void)state;
    for (int i = 0; i < NOTES_MAX + 3; i++)
        notes_add(&notes, NOTE_PLAIN, "%d", i);
    assert_int_equal(notes.count, NOTES_MAX);
    assert_int_equal(notes.lost, 3);
    assert_string_equal(notes.note[0].text, "0");
    assert_string_equal(notes.note[NOTES_MAX - 1].text, "63");
}

static void what_matters_less_makes_room(void **state)
{
    (void)state;
    notes_add(&notes, NOTE_PLAIN, "first");
    for (int i = 0; i < NOTES_MAX + 5; i++)
        notes_add(&notes, NOTE_VERBOSE, "%d", i);
    assert_int_equal(notes.lost_verbose, 6);
    notes_add(&notes, NOTE_WARNING, "warning");
    notes_add(&notes, NOTE_PLAIN, "last");
    assert_int_equal(notes.count, NOTES_MAX);
    assert_int_equal(notes.lost, 0);
    assert_int_equal(notes.lost_verbose, 8);
    assert_string_equal(notes.note[0].text, "first");
    assert_string_equal(notes.note[1].text, "0");
    assert_string_equal(notes.note[NOTES_MAX - 3].text, "60");
    assert_string_equal(notes.note[NOTES_MAX - 2].text, "warning");
    assert_string_equal(notes.note[NOTES_MAX - 1].text, "last");
}

static void a_warning_takes_the_place_of_a_plain_note(void **state)
{
    (void)state;
    for (int i = 0; i < NOTES_MAX; i++)
        notes_add(&notes, NOTE_PLAIN, "%d", i);
    for (int i = 0; i < NOTES_MAX + 2; i++)
        notes_add(&notes, NOTE_WARNING, "w%d", i);
    assert_int_equal(notes.lost, NOTES_MAX + 2);
    assert_string_equal(notes.note[0].text, "w0");
    assert_string_equal(notes.note[NOTES_MAX - 1].text, "w63");
}

static void a_line_that_is_too_long_loses_its_middle(void **state)
{
    (void)state;
    char line[2 * NOTE_TEXT_SIZE];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    notes_add(&notes, NOTE_PLAIN, "%s: why", line);
    notes_add(&notes, NOTE_PLAIN, "next");
    assert_int_equal(strlen(notes.note[0].text), NOTE_TEXT_SIZE - 1);
    assert_non_null(strstr(notes.note[0].text, "xxx: why"));
    assert_string_equal(notes.note[1].text, "next");
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(notes_stay_in_order_with_their_levels, empty),
        cmocka_unit_test_setup(notes_beyond_the_bound_are_counted_and_the_first_are_kept, empty),
        cmocka_unit_test_setup(what_matters_less_makes_room, empty),
        cmocka_unit_test_setup(a_warning_takes_the_place_of_a_plain_note, empty),
        cmocka_unit_test_setup(a_line_that_is_too_long_loses_its_middle, empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
