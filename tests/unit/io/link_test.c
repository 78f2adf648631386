/* Where the links at the end of a path lead. */
#define _GNU_SOURCE
#include "io/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "folder.h"

static void assert_leads(const char *name, const char *wanted)
{
    char path[512];
    snprintf(path, sizeof path, "%s", in_folder(name));
    char *end = link_resolve(path, &err);
    assert_non_null(end);
    assert_string_equal(end, in_folder(wanted));
    free(end);
}

static void assert_refused(const char *path, const char *reason)
{
    error_clear(&err);
    assert_null(link_resolve(path, &err));
    assert_failed(ERROR_IO, path);
    assert_failed(ERROR_IO, reason);
}

static void make_link(const char *target, const char *name)
{
    assert_int_equal(symlink(target, in_folder(name)), 0);
}

static void links_are_followed_to_what_need_not_exist(void **state)
{
    (void)state;
    assert_leads("file", "file");
    make_link("second", "first");
    make_link("free", "second");
    assert_leads("first", "free");
    assert_leads("second", "free");
}

static void a_loop_is_refused(void **state)
{
    (void)state;
    make_link("two", "one");
    make_link("one", "two");
    assert_refused(in_folder("one"), "Too many levels of symbolic links");
}

static void an_open_file_is_refused_with_and_without_a_name(void **state)
{
    (void)state;
    char path[64];
    int fd = open(in_folder("file"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    make_link(path, "link");
    for (int named = 1; named >= 0; named--) {
        assert_refused(path, "leads to an open file");
        assert_refused(in_folder("link"), "leads to an open file");
        if (named)
            assert_int_equal(unlink(in_folder("file")), 0);
    }
    close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        TEST(links_are_followed_to_what_need_not_exist),
        TEST(a_loop_is_refused),
        TEST(an_open_file_is_refused_with_and_without_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
