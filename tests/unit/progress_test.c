/* The progress line: what it says, and when it keeps silent. */
#define _GNU_SOURCE
#include "progress.h"

#include "io/wait.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

enum { LEN = 3000 };

static const char clear[] = "\r\033[K";

static char said[4096];
static int reader;
static int saved;
static struct source *source;
static time_t now_s;
static long now_ms;

/* In the place of libc's: time passes only when a test says so. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = now_s, .tv_nsec = now_ms * 1000000};
    return 0;
}

static void pass(long ms)
{
    now_s += (now_ms + ms) / 1000;
    now_ms = (now_ms + ms) % 1000;
}

static void begin_on(int reader_end, int writer_end, enum progress_mode mode, uint64_t size)
{
    reader = reader_end;
    fflush(NULL);
    saved = dup(STDERR_FILENO);
    assert_int_equal(dup2(writer_end, STDERR_FILENO), STDERR_FILENO);
    close(writer_end);
    progress_begin(source, mode, size);
}

static void begin(enum progress_mode mode, uint64_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    begin_on(ends[0], ends[1], mode, size);
}

static void begin_on_terminal(enum progress_mode mode)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    begin_on(master, terminal, mode, 0);
}

static const char *end(void)
{
    progress_end();
    dup2(saved, STDERR_FILENO);
    close(saved);
    size_t len = 0;
    for (ssize_t got = 1; got > 0; len += got > 0 ? (size_t)got : 0)
        got = read(reader, said + len, sizeof said - 1 - len);
    said[len] = '\0';
    close(reader);
    return said;
}

static void take(size_t len)
{
    unsigned char bytes[LEN];
    size_t got;
    struct error err = {.kind = ERROR_NONE};
    assert_true(source_read(source, bytes, len, &got, &err));
    assert_int_equal(got, len);
}

static void auto_is_silent_where_there_is_no_terminal(void **state)
{
    (void)state;
    begin(PROGRESS_AUTO, 0);
    take(LEN);
    progress_tick();
    assert_string_equal(end(), "");
}

static void never_is_silent_but_for_a_request(void **state)
{
    (void)state;
    begin(PROGRESS_NEVER, 0);
    progress_request();
    progress_tick();
    progress_tick();
    const char *text = end();
    assert_non_null(strstr(text, "walseal: 0 B, "));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line for one request */
}

static void always_ends_with_a_line_of_bytes_time_and_percentage(void **state)
{
    (void)state;
    begin(PROGRESS_ALWAYS, 0); /* the source is a file: its size is known */
    take(LEN / 2);
    pass(3);
    const char *text = end();
    assert_non_null(strstr(text, "walseal: 1.5 KiB, "));
    assert_non_null(strstr(text, "/s, 0:00:00, 50 %, 0:00:00 left\n"));
}

static void the_size_given_counts_before_the_files(void **state)
{
    (void)state;
    begin(PROGRESS_ALWAYS, 4 * LEN);
    take(LEN);
    pass(3);
    assert_non_null(strstr(end(), ", 25 %, "));
}

static void more_bytes_than_were_announced_show_no_percentage(void **state)
{
    (void)state;
    begin(PROGRESS_ALWAYS, LEN - 1);
    take(LEN);
    pass(3);
    assert_null(strchr(end(), '%'));
}

static void always_tells_a_line_a_minute_where_there_is_no_terminal(void **state)
{
    (void)state;
    begin(PROGRESS_ALWAYS, 0);
    pass(59999);
    progress_tick();
    take(LEN / 2);
    pass(1);
    progress_tick();
    progress_tick();
    pass(3601 * 1000L);
    assert_string_equal(end(), "walseal: 1.5 KiB, 25 B/s, 0:01:00, 50 %, 0:01:00 left\n"
                               "walseal: 1.5 KiB, 0 B/s, 1:01:01, 50 %, 1:01:01 left\n");
}

static void a_terminal_shows_the_line_in_place_twice_a_second_and_none_at_the_end(void **state)
{
    (void)state;
    begin_on_terminal(PROGRESS_AUTO);
    pass(499);
    progress_tick();
    take(LEN / 2);
    pass(1);
    progress_tick();
    progress_tick();
    pass(500);
    progress_tick();
    char wanted[256];
    snprintf(wanted, sizeof wanted, "%s%s%s%s%s", clear,
             "walseal: 1.5 KiB, 2.9 KiB/s, 0:00:00, 50 %, 0:00:00 left", clear,
             "walseal: 1.5 KiB, 1.5 KiB/s, 0:00:01, 50 %, 0:00:01 left", clear);
    assert_string_equal(end(), wanted);
}

static void a_message_takes_the_place_of_the_line(void **state)
{
    (void)state;
    begin_on_terminal(PROGRESS_AUTO);
    progress_clear(); /* nothing is there yet */
    pass(500);
    progress_tick();
    progress_clear();
    progress_clear();
    char wanted[256];
    snprintf(wanted, sizeof wanted, "%swalseal: 0 B, 0 B/s, 0:00:00%s", clear, clear);
    assert_string_equal(end(), wanted);
}

static void a_request_leaves_a_line_on_the_terminal(void **state)
{
    (void)state;
    begin_on_terminal(PROGRESS_AUTO);
    pass(500);
    progress_tick();
    progress_request();
    progress_tick();
    char wanted[256];
    const char *line = "walseal: 0 B, 0 B/s, 0:00:00";
    snprintf(wanted, sizeof wanted, "%s%s%s%s\r\n", clear, line, clear, line);
    assert_string_equal(end(), wanted);
}

static void a_forecast_beyond_all_reason_still_fits_the_line(void **state)
{
    (void)state;
    begin(PROGRESS_ALWAYS, INT64_MAX);
    take(1);
    pass(1000L * 1000 * 1000);
    const char *text = end();
    assert_non_null(strstr(text, ", 9999:59:59 left\n"));
    assert_true(strlen(text) <= 80);
}

static void several_sources_count_as_one(void **state)
{
    (void)state;
    _Atomic uint64_t sum = LEN; /* of others, before */
    source_add_to(source, &sum);
    begin(PROGRESS_NEVER, 0);
    progress_end();
    progress_begin_sum(&sum, PROGRESS_ALWAYS, 4 * LEN);
    take(LEN);
    pass(3);
    assert_int_equal(sum, 2 * LEN);
    const char *text = end();
    assert_non_null(strstr(text, "walseal: 5.9 KiB, "));
    assert_non_null(strstr(text, ", 50 %, "));
}

static void without_a_watch_nothing_happens(void **state)
{
    (void)state;
    progress_tick();
    progress_clear();
    progress_end();
}

static int open_source(void **state)
{
    (void)state;
    const char *folder = getenv("TMPDIR");
    char path[4096];
    char bytes[LEN] = {0};
    struct error err = {.kind = ERROR_NONE};
    snprintf(path, sizeof path, "%s/walseal-progress.XXXXXX", folder != NULL ? folder : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, bytes, sizeof bytes) != LEN || close(fd) != 0 || !wait_begin(&err))
        return -1;
    source = source_new_file(path, &(struct source_policy){.standby = false}, &err);
    unlink(path);
    return source != NULL ? 0 : -1;
}

static int close_source(void **state)
{
    (void)state;
    source_free(source);
    wait_end();
    return 0;
}

#define WITH_SOURCE(test) cmocka_unit_test_setup_teardown(test, open_source, close_source)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SOURCE(auto_is_silent_where_there_is_no_terminal),
        WITH_SOURCE(never_is_silent_but_for_a_request),
        WITH_SOURCE(always_ends_with_a_line_of_bytes_time_and_percentage),
        WITH_SOURCE(the_size_given_counts_before_the_files),
        WITH_SOURCE(more_bytes_than_were_announced_show_no_percentage),
        WITH_SOURCE(always_tells_a_line_a_minute_where_there_is_no_terminal),
        WITH_SOURCE(a_terminal_shows_the_line_in_place_twice_a_second_and_none_at_the_end),
        WITH_SOURCE(a_message_takes_the_place_of_the_line),
        WITH_SOURCE(a_request_leaves_a_line_on_the_terminal),
        WITH_SOURCE(a_forecast_beyond_all_reason_still_fits_the_line),
        WITH_SOURCE(several_sources_count_as_one),
        cmocka_unit_test(without_a_watch_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
