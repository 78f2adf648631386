/* The names in a directory of keys. */
#define _GNU_SOURCE
#include "keys/key_directory.h"

#include "keys/keyring.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/walseal-keys-XXXXXX";
static struct error err;

static int setup(void **state)
{
    (void)state;
    error_clear(&err);
    strcpy(strrchr(folder, '-'), "-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name)
{
    int fd = open(in_folder(name), O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static bool read_folder(struct key_directory *directory)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    return key_directory_read(fd, "keys", directory, &err);
}

static void names_are_sorted_and_dots_are_left_out(void **state)
{
    (void)state;
    put("b");
    put(".hidden");
    put("a");
    put("B");
    struct key_directory directory;
    assert_true(read_folder(&directory));
    assert_int_equal(directory.count, 3);
    assert_string_equal(directory.names[0], "B");
    assert_string_equal(directory.names[1], "a");
    assert_string_equal(directory.names[2], "b");
    key_directory_close(&directory);
}

static void the_version_of_a_mount_is_read_through_its_link(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("..2026"), 0700), 0);
    put("..2026/key");
    put("outside");
    assert_int_equal(symlink("..2026", in_folder("..data")), 0);
    struct key_directory directory;
    assert_true(read_folder(&directory));
    assert_int_equal(directory.count, 1);
    assert_string_equal(directory.names[0], "key");
    key_directory_close(&directory);
}

static void an_empty_directory_has_no_names(void **state)
{
    (void)state;
    struct key_directory directory;
    assert_true(read_folder(&directory));
    assert_int_equal(directory.count, 0);
    key_directory_close(&directory);
}

static void a_directory_of_dot_files_alone_is_not_called_empty(void **state)
{
    (void)state;
    put(".key");
    struct key_directory directory;
    assert_false(read_folder(&directory));
    assert_int_equal(err.kind, ERROR_KEY);
    assert_string_equal(err.text,
                        "keys: holds no key: it has no entry that doesn't start with a dot");
}

static void a_directory_of_more_files_than_keys_is_refused(void **state)
{
    (void)state;
    char name[16];
    struct key_directory directory;
    for (int i = 0; i < KEYRING_MAX; i++) {
        snprintf(name, sizeof name, "%04d", i);
        put(name);
    }
    assert_true(read_folder(&directory));
    assert_int_equal(directory.count, KEYRING_MAX);
    assert_string_equal(directory.names[KEYRING_MAX - 1], name);
    key_directory_close(&directory);
    put("one more");
    assert_false(read_folder(&directory));
    assert_int_equal(err.kind, ERROR_KEY);
    assert_string_equal(err.text, "keys: holds more than 4096 files");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_are_sorted_and_dots_are_left_out),
        TEST(the_version_of_a_mount_is_read_through_its_link),
        TEST(an_empty_directory_has_no_names),
        TEST(a_directory_of_dot_files_alone_is_not_called_empty),
        TEST(a_directory_of_more_files_than_keys_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
