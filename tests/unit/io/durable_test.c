/*
 * What is on the disk when: the order of fsync and of names. fsync is this program's own here.
 */
#define _GNU_SOURCE
#include "io/atomic_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "folder.h"

enum { LEN = 1000, OLD_LEN = 10, SYNCS_MAX = 8 };

static int fail_at; /* which fsync fails, from 1; 0: none */
static int move_at; /* before which fsync "dir" is moved away; 0: none */
static int sync_count;
static struct {
    mode_t type; /* what was synced */
    bool whole;  /* whether "file" was under its name and whole then */
} syncs[SYNCS_MAX];

int fsync(int fd)
{
    struct stat status;
    if (sync_count == SYNCS_MAX || fstat(fd, &status) != 0)
        return -1;
    syncs[sync_count].type = status.st_mode & S_IFMT;
    syncs[sync_count].whole = is_pattern("file", LEN);
    if (sync_count + 1 == move_at)
        rename(in_folder("dir"), in_folder("moved"));
    if (++sync_count != fail_at)
        return 0;
    errno = EIO;
    return -1;
}

typedef struct atomic_file *make(const char *path, bool no_clobber, struct error *reason);

static make *const ways[] = {atomic_file_new, atomic_file_new_named};

enum { WAYS = 2 };

static bool make_file(make *way, bool no_clobber, int failing)
{
    fail_at = failing;
    sync_count = 0;
    error_clear(&err);
    struct atomic_file *file = way(in_folder("file"), no_clobber, &err);
    assert_non_null(file);
    assert_int_equal(write(atomic_file_fd(file), pattern(), LEN), LEN);
    bool committed = atomic_file_commit(file, &err);
    atomic_file_free(file);
    return committed;
}

static void assert_data_then_directory(void)
{
    assert_int_equal(sync_count, 2);
    assert_int_equal(syncs[0].type, S_IFREG);
    assert_false(syncs[0].whole);
    assert_int_equal(syncs[1].type, S_IFDIR);
    assert_true(syncs[1].whole);
}

static void the_data_is_synced_before_a_new_name_and_the_directory_after_it(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * WAYS; i++) {
        assert_true(make_file(ways[i / 2], i % 2 == 1, 0));
        assert_data_then_directory();
        assert_int_equal(unlink(in_folder("file")), 0);
    }
}

static void the_data_is_synced_before_it_replaces_and_the_directory_after_it(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        put("file", OLD_LEN);
        assert_true(make_file(ways[i], false, 0));
        assert_data_then_directory();
    }
}

static void data_that_cannot_be_synced_makes_no_file(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        assert_false(make_file(ways[i], false, 1));
        assert_failed(ERROR_IO, "file: cannot be synced: Input/output error");
        assert_false(is_there("file"));
    }
}

static void data_that_cannot_be_synced_replaces_nothing(void **state)
{
    (void)state;
    put("file", OLD_LEN);
    for (int i = 0; i < WAYS; i++) {
        assert_false(make_file(ways[i], false, 1));
        assert_true(is_pattern("file", OLD_LEN));
    }
}

static void a_new_name_that_cannot_be_synced_is_taken_back(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++) {
        assert_false(make_file(ways[i], false, 2));
        assert_failed(ERROR_IO, "file: its directory cannot be synced: Input/output error");
        assert_false(is_there("file"));
    }
}

static void a_name_in_a_directory_that_is_moved_away_is_taken_back(void **state)
{
    (void)state;
    fail_at = 0;
    for (int i = 0; i < WAYS; i++)
        for (move_at = 1; move_at <= 2; move_at++) {
            sync_count = 0;
            error_clear(&err);
            assert_int_equal(mkdir(in_folder("dir"), 0700), 0);
            struct atomic_file *file = ways[i](in_folder("dir/file"), false, &err);
            assert_non_null(file);
            assert_false(atomic_file_commit(file, &err));
            atomic_file_free(file);
            assert_failed(ERROR_IO,
                          "dir/file: its directory, or a link on the way to it, was moved");
            assert_int_equal(sync_count, move_at);
            assert_int_equal(rmdir(in_folder("moved")), 0);
        }
    move_at = 0;
}

static void nothing_else_is_left_when_a_sync_fails(void **state)
{
    (void)state;
    for (int i = 0; i < WAYS; i++)
        for (int failing = 1; failing <= 2; failing++)
            assert_false(make_file(ways[i], true, failing));
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
}

static void what_exists_is_made_durable_with_its_directory(void **state)
{
    (void)state;
    put("file", LEN);
    fail_at = 0;
    sync_count = 0;
    assert_true(atomic_file_sync_existing(in_folder("file"), &err));
    assert_int_equal(sync_count, 2);
    assert_int_equal(syncs[0].type, S_IFREG);
    assert_int_equal(syncs[1].type, S_IFDIR);
}

static void what_exists_and_cannot_be_synced_is_a_failure_and_stays(void **state)
{
    (void)state;
    put("file", LEN);
    for (int failing = 1; failing <= 2; failing++) {
        fail_at = failing;
        sync_count = 0;
        error_clear(&err);
        assert_false(atomic_file_sync_existing(in_folder("file"), &err));
        assert_failed(ERROR_IO, "cannot be synced: Input/output error");
        assert_true(is_pattern("file", LEN));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_data_is_synced_before_a_new_name_and_the_directory_after_it),
        TEST(the_data_is_synced_before_it_replaces_and_the_directory_after_it),
        TEST(data_that_cannot_be_synced_makes_no_file),
        TEST(data_that_cannot_be_synced_replaces_nothing),
        TEST(a_new_name_that_cannot_be_synced_is_taken_back),
        TEST(a_name_in_a_directory_that_is_moved_away_is_taken_back),
        TEST(nothing_else_is_left_when_a_sync_fails),
        TEST(what_exists_is_made_durable_with_its_directory),
        TEST(what_exists_and_cannot_be_synced_is_a_failure_and_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
