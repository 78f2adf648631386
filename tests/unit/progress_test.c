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
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

enum { LEN = 3000 };

static char said[4096];
static int ends[2];
static int saved;
static struct source *source;

static void begin(enum progress_mode mode, uint64_t size)
{
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    saved = dup(STDERR_FILENO);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
    progress_begin(source, mode, size);
}

static const char *end(void)
{
    progress_end();
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t len = read(ends[0], said, sizeof said - 1);
    said[len < 0 ? 0 : len] = '\0';
    close(ends[0]);
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
    usleep(3000);
    const char *text = end();
    assert_non_null(strstr(text, "walseal: 1.5 KiB, "));
    assert_non_null(strstr(text, "/s, 0:00:00, 50 %, 0:00:00 left\n"));
}

static void the_size_given_counts_before_the_files(void **state)
{
    (void)state;
    begin(PROGRESS_ALWAYS, 4 * LEN);
    take(LEN);
    usleep(3000);
    assert_non_null(strstr(end(), ", 25 %, "));
}

static void more_bytes_than_were_announced_show_no_percentage(void **state)
{
    (void)state;
    begin(PROGRESS_ALWAYS, LEN - 1);
    take(LEN);
    usleep(3000);
    assert_null(strchr(end(), '%'));
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
        cmocka_unit_test(without_a_watch_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
