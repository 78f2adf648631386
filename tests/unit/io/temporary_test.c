/*
 * Who owns the temporary name, also when it changes hands at the worst moment: between the opening
 * of what it names and the lock.
 */
#define _GNU_SOURCE
#include "io/temporary.h"
#include "io/atomic_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/syscall.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "folder.h"

/* Called once, before the next lock is taken. */
static void (*before_lock)(void);

/* Stands in for the library's. */
int flock(int fd, int operation)
{
    void (*hook)(void) = before_lock;
    before_lock = NULL;
    if (hook)
        hook();
    return (int)syscall(SYS_flock, fd, operation);
}

static int other_fd = -1;

/* Another process takes the name, whatever it was. */
static void another_takes_it(void)
{
    unlink(in_folder(".file.walseal"));
    put(".file.walseal", 77);
    other_fd = open(in_folder(".file.walseal"), O_RDWR | O_CLOEXEC);
    assert_int_equal(syscall(SYS_flock, other_fd, LOCK_EX | LOCK_NB), 0);
}

static void assert_other_owns_it(void)
{
    assert_true(is_pattern(".file.walseal", 77));
    close(other_fd);
}

static struct temporary begin(int *dir_fd)
{
    struct temporary temporary;
    *dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    temporary_begin(&temporary, *dir_fd, "file", "some/file");
    assert_string_equal(temporary.name, ".file.walseal");
    return temporary;
}

static void a_name_that_is_free_stays_so(void **state)
{
    (void)state;
    int dir_fd;
    struct temporary temporary = begin(&dir_fd);
    assert_int_equal(temporary_reclaim(&temporary, &err), TEMPORARY_FREED);
    close(dir_fd);
}

static void a_name_that_is_held_is_left_alone(void **state)
{
    (void)state;
    int dir_fd;
    struct temporary temporary = begin(&dir_fd);
    another_takes_it();
    assert_int_equal(temporary_reclaim(&temporary, &err), TEMPORARY_OWNED_BY_OTHER);
    assert_int_equal(err.kind, ERROR_NONE);
    assert_other_owns_it();
    close(dir_fd);
}

static void a_name_that_changed_hands_before_the_lock_is_left_alone(void **state)
{
    (void)state;
    int dir_fd;
    struct temporary temporary = begin(&dir_fd);
    put(".file.walseal", 5);
    before_lock = another_takes_it;
    assert_int_equal(temporary_reclaim(&temporary, &err), TEMPORARY_FREED);
    assert_other_owns_it();
    close(dir_fd);
}

static void a_name_lost_between_making_and_locking_is_not_taken_for_ones_own(void **state)
{
    (void)state;
    before_lock = another_takes_it;
    assert_null(atomic_file_new_named(in_folder("file"), false, &err));
    assert_failed(ERROR_IO, "another process is writing it");
    assert_other_owns_it();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_that_is_free_stays_so),
        TEST(a_name_that_is_held_is_left_alone),
        TEST(a_name_that_changed_hands_before_the_lock_is_left_alone),
        TEST(a_name_lost_between_making_and_locking_is_not_taken_for_ones_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
