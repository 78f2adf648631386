#define _GNU_SOURCE
#include "io/file_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

#include "folder.h"

static struct file_list list;
static struct notes notes;

static void make_directory(const char *name)
{
    assert_int_equal(mkdir(in_folder(name), 0700), 0);
}

static void make_link(const char *to, const char *name)
{
    assert_int_equal(symlink(to, in_folder(name)), 0);
}

static void add(const char *name)
{
    assert_true(file_list_add(&list, in_folder(name), &notes, &err));
}

static void assert_entry(size_t index, const char *name, enum file_kind kind)
{
    assert_true(index < list.count);
    assert_string_equal(list.entries[index].path, in_folder(name));
    assert_int_equal(list.entries[index].kind, kind);
}

static void a_file_stands_for_itself(void **state)
{
    (void)state;
    put("file", 3);
    add("file");
    assert_true(file_list_add(&list, "-", &notes, &err));
    add("absent");
    add("file");
    assert_int_equal(list.count, 4);
    assert_entry(0, "file", FILE_REGULAR);
    assert_int_equal(list.entries[0].size, 3);
    assert_false(list.entries[0].in_directory);
    assert_string_equal(list.entries[1].path, "-");
    assert_int_equal(list.entries[1].kind, FILE_OTHER);
    assert_entry(2, "absent", FILE_UNKNOWN);
    assert_entry(3, "file", FILE_REGULAR);
}

static void a_directory_stands_for_all_below_it_in_order(void **state)
{
    (void)state;
    make_directory("d");
    make_directory("d/b");
    make_directory("d/b/b");
    put("d/b/b/x", 1);
    put("d/b/a", 2);
    put("d/b.1", 3);
    put("d/.a", 4);
    put("d/a", 5);
    add("d");
    assert_int_equal(list.count, 5);
    static const char *const names[] = {"d/.a", "d/a", "d/b/a", "d/b/b/x", "d/b.1"};
    for (size_t i = 0; i < 5; i++) {
        assert_entry(i, names[i], FILE_REGULAR);
        assert_true(list.entries[i].in_directory);
    }
}

static void links_are_followed_and_no_directory_is_walked_twice(void **state)
{
    (void)state;
    make_directory("d");
    make_directory("other");
    put("d/file", 1);
    put("other/file", 2);
    make_link("..", "other/up");
    make_link("../other", "d/z");
    make_link("../d", "d/again");
    make_link("file", "d/link");
    make_link("nowhere", "d/dangling");
    add("d");
    assert_int_equal(list.count, 4);
    assert_entry(0, "d/dangling", FILE_UNKNOWN);
    assert_entry(1, "d/file", FILE_REGULAR);
    assert_entry(2, "d/link", FILE_REGULAR);
    assert_entry(3, "d/z/file", FILE_REGULAR);
    add("d");
    assert_int_equal(list.count, 8);
}

static void what_is_no_file_is_passed_over(void **state)
{
    (void)state;
    make_directory("d");
    put("d/a", 1);
    put("d/.a.walseal", 1);
    put("d/.walseal", 1);
    put("d/a.walseal", 1);
    assert_int_equal(mkfifo(in_folder("d/pipe"), 0600), 0);
    add("d");
    assert_int_equal(list.count, 3);
    assert_int_equal(notes.count, 2);
    add("d/pipe");
    assert_entry(3, "d/pipe", FILE_OTHER);
}

static void a_directory_without_a_file_is_a_problem(void **state)
{
    (void)state;
    make_directory("d");
    make_directory("d/e");
    add("d");
    assert_int_equal(list.count, 1);
    assert_entry(0, "d", FILE_PROBLEM);
    assert_int_equal(list.entries[0].problem->kind, ERROR_IO);
    assert_non_null(
        strstr(list.entries[0].problem->text, ": holds no file: is the archive mounted?"));
    assert_null(strstr(list.entries[0].problem->text, strerror(0)));
}

static void directories_without_end_are_a_problem(void **state)
{
    (void)state;
    char path[4096] = "d";
    make_directory(path);
    for (int i = 0; i < 70; i++) {
        strcat(path, "/d");
        make_directory(path);
    }
    put("d/z", 1);
    add("d");
    assert_int_equal(list.count, 2);
    assert_int_equal(list.entries[0].kind, FILE_PROBLEM);
    assert_non_null(strstr(list.entries[0].problem->text, "is nested too deep"));
    assert_entry(1, "d/z", FILE_REGULAR);
}

static int setup(void **state)
{
    notes.count = 0;
    return folder_setup(state);
}

static int teardown(void **state)
{
    file_list_free(&list);
    return folder_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_stands_for_itself),
        TEST(a_directory_stands_for_all_below_it_in_order),
        TEST(links_are_followed_and_no_directory_is_walked_twice),
        TEST(what_is_no_file_is_passed_over),
        TEST(a_directory_without_a_file_is_a_problem),
        TEST(directories_without_end_are_a_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
