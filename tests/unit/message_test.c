/* Messages: one harmless line each, as loud as was asked for. */
#define _GNU_SOURCE
#include "message.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

static char said[16384];
static int saved[2] = {-1, -1};
static int ends[2];

/* Standard error (2) or output (1) goes into a pipe until released. */
static void capture(int fd)
{
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    saved[fd - 1] = dup(fd);
    assert_int_equal(dup2(ends[1], fd), fd);
    close(ends[1]);
}

static const char *release(int fd)
{
    dup2(saved[fd - 1], fd);
    close(saved[fd - 1]);
    ssize_t len = read(ends[0], said, sizeof said - 1);
    said[len < 0 ? 0 : len] = '\0';
    close(ends[0]);
    return said;
}

static const char *error_line(enum error_kind kind, const char *text)
{
    struct error err = {.kind = ERROR_NONE};
    fail(&err, kind, "%s", text);
    capture(2);
    message_error(&err);
    return release(2);
}

static void an_error_is_one_line_with_the_programs_name(void **state)
{
    (void)state;
    assert_string_equal(error_line(ERROR_IO, "x: is broken"), "walseal: x: is broken\n");
}

static void an_interruption_has_nothing_to_say(void **state)
{
    (void)state;
    assert_string_equal(error_line(ERROR_INTERRUPTED, "x"), "");
}

static void an_error_that_was_told_already_is_not_told_again(void **state)
{
    (void)state;
    assert_string_equal(error_line(ERROR_DAMAGED, ""), "");
}

static void control_characters_and_broken_utf8_are_shown_as_numbers(void **state)
{
    (void)state;
    assert_string_equal(error_line(ERROR_IO, "a\nb\x1b[m\x7f"), "walseal: a\\x0ab\\x1b[m\\x7f\n");
    assert_string_equal(error_line(ERROR_IO, "\xff\xc3"), "walseal: \\xff\\xc3\n");
    assert_string_equal(error_line(ERROR_IO, "\xc2\x85"), "walseal: \\xc2\\x85\n");
    assert_string_equal(error_line(ERROR_IO, "\xe2\x80\xae"), "walseal: \\xe2\\x80\\xae\n");
    assert_string_equal(error_line(ERROR_IO, "\xe2\x80\xa8"), "walseal: \\xe2\\x80\\xa8\n");
    assert_string_equal(error_line(ERROR_IO, "\xe2\x81\xa6"), "walseal: \\xe2\\x81\\xa6\n");
    assert_string_equal(error_line(ERROR_IO, "\xe2\x82\xac"), "walseal: \xe2\x82\xac\n");
    assert_string_equal(error_line(ERROR_IO, "\xed\xa0\x80"), "walseal: \\xed\\xa0\\x80\n");
}

static void whole_utf8_is_left_as_it_is(void **state)
{
    (void)state;
    assert_string_equal(error_line(ERROR_IO, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91"),
                        "walseal: \xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91\n");
}

static void a_line_that_is_too_long_is_cut_and_still_ends(void **state)
{
    (void)state;
    char text[ERROR_TEXT_SIZE];
    memset(text, '\n', sizeof text - 1); /* four bytes each when shown */
    text[sizeof text - 1] = '\0';
    const char *line = error_line(ERROR_IO, text);
    size_t len = strlen(line);
    assert_true(len <= 4096 && len > 4000);
    assert_int_equal(line[len - 1], '\n');
    assert_ptr_equal(strchr(line, '\n'), line + len - 1);
}

static const char *note_line(enum message_verbosity verbosity, enum note_level level)
{
    message_set_verbosity(verbosity);
    capture(2);
    message_note(level, "%d", 7);
    message_set_verbosity(MESSAGE_NORMAL);
    return release(2);
}

static void notes_are_as_loud_as_was_asked_for(void **state)
{
    (void)state;
    assert_string_equal(note_line(MESSAGE_QUIET, NOTE_WARNING), "");
    assert_string_equal(note_line(MESSAGE_QUIET, NOTE_PLAIN), "");
    assert_string_equal(note_line(MESSAGE_QUIET, NOTE_VERBOSE), "");
    assert_string_equal(note_line(MESSAGE_NORMAL, NOTE_WARNING), "walseal: warning: 7\n");
    assert_string_equal(note_line(MESSAGE_NORMAL, NOTE_PLAIN), "walseal: 7\n");
    assert_string_equal(note_line(MESSAGE_NORMAL, NOTE_VERBOSE), "");
    assert_string_equal(note_line(MESSAGE_VERBOSE, NOTE_VERBOSE), "walseal: 7\n");
}

static void an_error_is_told_also_when_quiet(void **state)
{
    (void)state;
    message_set_verbosity(MESSAGE_QUIET);
    assert_string_equal(error_line(ERROR_KEY, "x"), "walseal: x\n");
    message_set_verbosity(MESSAGE_NORMAL);
}

static void notes_are_told_once_and_the_lost_are_counted(void **state)
{
    (void)state;
    static struct notes notes;
    notes_add(&notes, NOTE_PLAIN, "one");
    notes_add(&notes, NOTE_VERBOSE, "two");
    notes.lost = 3;
    capture(2);
    message_notes(&notes);
    assert_string_equal(release(2), "walseal: one\nwalseal: 3 more notes were left out\n");
    capture(2);
    message_notes(&notes);
    assert_string_equal(release(2), "");
}

static void lost_notes_are_counted_for_those_who_would_have_read_them(void **state)
{
    (void)state;
    static struct notes notes;
    notes.lost_verbose = 3;
    capture(2);
    message_notes(&notes);
    assert_string_equal(release(2), "");
    notes.lost = 1;
    notes.lost_verbose = 3;
    message_set_verbosity(MESSAGE_QUIET);
    capture(2);
    message_notes(&notes);
    assert_string_equal(release(2), "");
    notes.lost = 1;
    message_set_verbosity(MESSAGE_VERBOSE);
    capture(2);
    message_notes(&notes);
    assert_string_equal(release(2), "walseal: 1 more note was left out\n");
    notes.lost = 1;
    notes.lost_verbose = 3;
    capture(2);
    message_notes(&notes);
    assert_string_equal(release(2), "walseal: 4 more notes were left out\n");
    message_set_verbosity(MESSAGE_NORMAL);
}

static void text_for_standard_output_is_left_as_it_is(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    capture(1);
    bool good = message_print("a\nb\n", &err);
    assert_string_equal(release(1), "a\nb\n");
    assert_true(good);
}

static void text_that_is_not_accepted_is_a_failure(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    fflush(NULL);
    int kept = dup(1);
    int full = open("/dev/full", O_WRONLY);
    dup2(full, 1);
    bool good = message_print("text", &err);
    dup2(kept, 1);
    close(full);
    close(kept);
    assert_false(good);
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.text, "standard output"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_is_one_line_with_the_programs_name),
        cmocka_unit_test(an_interruption_has_nothing_to_say),
        cmocka_unit_test(an_error_that_was_told_already_is_not_told_again),
        cmocka_unit_test(control_characters_and_broken_utf8_are_shown_as_numbers),
        cmocka_unit_test(whole_utf8_is_left_as_it_is),
        cmocka_unit_test(a_line_that_is_too_long_is_cut_and_still_ends),
        cmocka_unit_test(notes_are_as_loud_as_was_asked_for),
        cmocka_unit_test(an_error_is_told_also_when_quiet),
        cmocka_unit_test(notes_are_told_once_and_the_lost_are_counted),
        cmocka_unit_test(lost_notes_are_counted_for_those_who_would_have_read_them),
        cmocka_unit_test(text_for_standard_output_is_left_as_it_is),
        cmocka_unit_test(text_that_is_not_accepted_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
