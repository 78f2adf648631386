/*
 * Calls that are interrupted, the names of commands in messages, and where text is cut. What else
 * reads and writes do is asked of sources and sinks.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "io/descriptor.h"

#include "io/wait.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#undef fail

static unsigned interruptions; /* how many calls still are */

static bool is_interrupted(void)
{
    if (interruptions == 0)
        return false;
    interruptions--;
    errno = EINTR;
    return true;
}

/* In front of the C library's. */
ssize_t read(int fd, void *bytes, size_t len)
{
    ssize_t (*next)(int, void *, size_t);
    *(void **)&next = dlsym(RTLD_NEXT, "read");
    return is_interrupted() ? -1 : next(fd, bytes, len);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    ssize_t (*next)(int, const void *, size_t);
    *(void **)&next = dlsym(RTLD_NEXT, "write");
    return is_interrupted() ? -1 : next(fd, bytes, len);
}

int fsync(int fd)
{
    (void)fd;
    return is_interrupted() ? -1 : 0;
}

static void a_call_that_was_interrupted_is_made_again(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    int ends[2];
    char bytes[8];
    size_t count;
    assert_true(wait_begin(&err));
    assert_int_equal(pipe(ends), 0);
    interruptions = 2;
    assert_int_equal(descriptor_write(ends[1], "words", 5, 0, &count), IO_DONE);
    assert_int_equal(count, 5);
    assert_int_equal(interruptions, 0);
    interruptions = 2;
    assert_int_equal(descriptor_read(ends[0], bytes, sizeof bytes, &count), IO_DONE);
    assert_int_equal(count, 5);
    assert_memory_equal(bytes, "words", 5);
    assert_int_equal(interruptions, 0);
    interruptions = 2;
    assert_int_equal(descriptor_sync(ends[1]), IO_DONE);
    assert_int_equal(interruptions, 0);
    close(ends[0]);
    close(ends[1]);
    wait_end();
}

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
        cmocka_unit_test(a_call_that_was_interrupted_is_made_again),
        cmocka_unit_test(text_that_fits_is_not_cut),
        cmocka_unit_test(no_character_is_torn),
        cmocka_unit_test(a_command_is_named_in_quotes),
        cmocka_unit_test(a_long_command_is_cut_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
