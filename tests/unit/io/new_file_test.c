/* Files under names that were free, and that go again unless they are kept. */
#define _GNU_SOURCE
#include "io/new_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "folder.h"

static mode_t mode_of(const char *name)
{
    struct stat status;
    assert_int_equal(lstat(in_folder(name), &status), 0);
    return status.st_mode & 07777;
}

static bool exists(const char *name)
{
    struct stat status;
    return lstat(in_folder(name), &status) == 0;
}

static struct new_file *prepare(const char *name, bool is_private)
{
    struct new_file *file = new_file_new(in_folder(name), is_private, &err);
    assert_non_null(file);
    assert_true(new_file_write(file, "text\n", 5, &err));
    return file;
}

static void a_kept_file_stays_with_its_text(void **state)
{
    (void)state;
    char text[16] = "";
    struct new_file *file = prepare("key", true);
    assert_false(exists("key"));
    assert_true(new_file_commit(file, &err));
    new_file_keep(file);
    new_file_free(file);
    FILE *stream = fopen(in_folder("key"), "r");
    assert_non_null(stream);
    assert_int_equal(fread(text, 1, sizeof text, stream), 5);
    fclose(stream);
    assert_string_equal(text, "text\n");
}

static void what_is_not_kept_goes_again(void **state)
{
    (void)state;
    new_file_free(prepare("key", true));
    assert_false(exists("key"));
    struct new_file *file = prepare("key", true);
    assert_true(new_file_commit(file, &err));
    assert_true(exists("key"));
    new_file_free(file);
    assert_false(exists("key"));
    new_file_free(NULL);
}

/* Somebody else's file under the name isn't ours to remove. */
static void what_took_its_place_stays(void **state)
{
    (void)state;
    struct new_file *file = prepare("key", true);
    assert_true(new_file_commit(file, &err));
    assert_int_equal(rename(in_folder("key"), in_folder("moved")), 0);
    assert_int_equal(symlink("moved", in_folder("key")), 0);
    new_file_free(file);
    assert_true(exists("key"));
    assert_true(exists("moved"));
}

static void a_private_file_has_no_other_mode_whatever_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 022, 077, 0177, 0277};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        umask(masks[i]);
        struct new_file *file = prepare("key", true);
        assert_true(new_file_commit(file, &err));
        assert_int_equal(mode_of("key"), 0600);
        new_file_free(file);
        assert_int_equal(umask(022), masks[i]);
    }
}

static void another_file_has_the_mode_of_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 022, 077};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        umask(masks[i]);
        struct new_file *file = prepare("public", false);
        assert_true(new_file_commit(file, &err));
        assert_int_equal(mode_of("public"), 0666 & ~masks[i]);
        new_file_free(file);
    }
}

static void assert_taken(const char *name)
{
    error_clear(&err);
    assert_null(new_file_new(in_folder(name), true, &err));
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.text, "exists already"));
}

static void a_name_that_is_taken_is_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("folder"), 0700), 0);
    assert_int_equal(symlink("nowhere", in_folder("link")), 0);
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    struct new_file *file = prepare("file", true);
    assert_true(new_file_commit(file, &err));
    new_file_keep(file);
    new_file_free(file);
    assert_taken("folder");
    assert_taken("link");
    assert_taken("pipe");
    assert_taken("file");
    assert_false(exists("nowhere"));
}

static void a_name_that_is_taken_meanwhile_is_refused(void **state)
{
    (void)state;
    struct new_file *file = prepare("key", true);
    assert_int_equal(mkdir(in_folder("key"), 0700), 0);
    assert_false(new_file_commit(file, &err));
    assert_int_equal(err.kind, ERROR_IO);
    new_file_free(file);
    assert_true(exists("key"));
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
    (void)state;
    assert_null(new_file_new(in_folder("missing/key"), true, &err));
    assert_int_equal(err.kind, ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
        TEST(a_kept_file_stays_with_its_text),
        TEST(what_is_not_kept_goes_again),
        TEST(what_took_its_place_stays),
        TEST(a_private_file_has_no_other_mode_whatever_the_umask),
        TEST(another_file_has_the_mode_of_the_umask),
        TEST(a_name_that_is_taken_is_refused),
        TEST(a_name_that_is_taken_meanwhile_is_refused),
        TEST(a_folder_that_is_not_there_is_refused),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
