/* What a process can still do inside. Each try is in a process of its own. */
#define _GNU_SOURCE
#include "sandbox.h"

#include "../tools/deeds.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

#include "io/folder.h"

enum { KILLED = 200, CAN_TRY = 250 };

struct plan {
    int make_fd;
    const char *read_path;
    pid_t group;
};

static const struct plan nothing = {.make_fd = -1};

static struct sandbox_state enter(const struct plan *plan)
{
    struct sandbox_state state;
    struct sandbox *sandbox = sandbox_new(&err);
    if (sandbox == NULL)
        _exit(CAN_TRY);
    sandbox_let_make(sandbox, plan->make_fd);
    if (plan->read_path != NULL)
        sandbox_let_read(sandbox, plan->read_path);
    if (plan->group != 0)
        sandbox_let_kill(sandbox, plan->group);
    sandbox_close(sandbox, &state);
    sandbox_free(sandbox);
    return state;
}

static int status_of(pid_t pid)
{
    int status = 0;
    assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : CAN_TRY;
    return WEXITSTATUS(status);
}

/* What becomes of act inside: 0, errno, or KILLED. */
static int try_in(const struct plan *plan, int (*act)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        enter(plan);
        _exit(act());
    }
    return status_of(pid);
}

/* Whether this kernel can. *files: Landlock, too. */
static bool kernel_can(bool *files)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct sandbox_state state = enter(&nothing);
        _exit(state.limits_calls + 2 * state.limits_files);
    }
    int can = status_of(pid);
    *files = (can & 2) != 0;
    return (can & 1) != 0;
}

/* Prints why, if a test can't run here. */
static bool can_test(bool needs_files)
{
    bool files;
    bool calls = kernel_can(&files);
#ifdef WALSEAL_INSTRUMENTED
    print_message("# skipped: instruments need more system calls\n");
    return false;
#endif
    if (!calls || (needs_files && !files))
        print_message("# skipped: the kernel refuses %s\n", calls ? "Landlock" : "seccomp");
    return calls && (!needs_files || files);
}

static int index_of(const char *name)
{
    for (int i = 0; i < DEEDS; i++)
        if (strcmp(deeds[i].name, name) == 0)
            return i;
    return -1;
}

static int try_deed(const struct plan *plan, const char *name)
{
    int index = index_of(name);
    assert_true(index >= 0);
    return try_in(plan, deeds[index].act);
}

static void nothing_that_an_intruder_would_do_is_survived(void **state)
{
    (void)state;
    if (!can_test(false))
        return;
    for (size_t i = 0; i < DEEDS; i++) {
        int result = try_in(&nothing, deeds[i].act);
        if (result != (strcmp(deeds[i].name, "clone3") == 0 ? ENOSYS : KILLED))
            print_error("%s: %d\n", deeds[i].name, result);
        assert_int_equal(result, strcmp(deeds[i].name, "clone3") == 0 ? ENOSYS : KILLED);
    }
}

/* ---- what is still to be done ---- */

static void *add_one(void *number)
{
    ++*(int *)number;
    return NULL;
}

static int work(void)
{
    pthread_t thread;
    int number = 0;
    unsigned char random[16];
    if (pthread_create(&thread, NULL, add_one, &number) != 0 || pthread_join(thread, NULL) != 0)
        return 1;
    if (number != 1 || syscall(SYS_getrandom, random, sizeof random, 0) != sizeof random)
        return 2;
    free(malloc(100 * 1000 * 1000));
    return raise(0);
}

static void threads_memory_and_random_octets_are_left(void **state)
{
    (void)state;
    assert_int_equal(try_in(&nothing, work), 0);
}

static int die(void)
{
    return raise(SIGTERM);
}

static void a_process_can_end_itself_by_a_signal(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        enter(&nothing);
        _exit(die());
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static int kill_group_of_parent(void)
{
    return deed_result(kill(-deed_victim, 0));
}

static void only_the_groups_that_are_named_can_be_sent_signals(void **state)
{
    (void)state;
    if (!can_test(false))
        return;
    setpgid(0, 0);
    const struct plan plan = {.make_fd = -1, .group = getpid()};
    assert_int_equal(try_in(&plan, kill_group_of_parent), 0);
    assert_int_equal(try_in(&nothing, kill_group_of_parent), KILLED);
    assert_int_equal(try_deed(&plan, "signal-parent"), KILLED);
}

static int make_fd;

/* As atomic_file.c does. */
static int link_and_rename(void)
{
    char proc[64];
    int fd = openat(make_fd, "wanted", O_RDWR);
    if (fd < 0 || fsync(fd) != 0)
        return errno;
    snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
    if (linkat(AT_FDCWD, proc, make_fd, "linked", AT_SYMLINK_FOLLOW) != 0 ||
        renameat(make_fd, "linked", make_fd, "renamed") != 0 ||
        unlinkat(make_fd, "renamed", 0) != 0)
        return errno;
    return deed_result(fsync(make_fd));
}

static int remove_outside(void)
{
    return deed_result(unlinkat(AT_FDCWD, in_folder("outside"), 0));
}

static int rename_into(void)
{
    return deed_result(renameat(AT_FDCWD, in_folder("outside"), make_fd, "stolen"));
}

static void touch(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void where_files_are_made_they_get_and_lose_their_names(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("output"), 0700), 0);
    make_fd = open(in_folder("output"), O_RDONLY | O_DIRECTORY);
    touch(in_folder("output/wanted"));
    touch(in_folder("outside"));
    const struct plan plan = {.make_fd = make_fd};
    assert_int_equal(try_in(&plan, link_and_rename), 0);
    if (!can_test(true))
        return;
    assert_int_equal(try_deed(&plan, "read-file"), EACCES);
    assert_int_equal(try_in(&plan, remove_outside), EACCES);
    int result = try_in(&plan, rename_into);
    assert_true(result == EACCES || result == EXDEV);
    const char *const killing[] = {
        "make-file", "make-unnamed", "make-directory", "change-mode", "socket", "exec", "fork"};
    for (size_t i = 0; i < sizeof killing / sizeof killing[0]; i++)
        assert_int_equal(try_deed(&plan, killing[i]), KILLED);
}

static const char *path_to_open;

static int open_it(void)
{
    return deed_result(openat(AT_FDCWD, path_to_open, O_RDONLY));
}

static int try_to_open(const struct plan *plan, const char *name)
{
    path_to_open = name[0] == '/' ? name : in_folder(name);
    return try_in(plan, open_it);
}

static void files_to_be_read_are_read_and_those_beside_them(void **state)
{
    (void)state;
    static char link[4096];
    assert_int_equal(mkdir(in_folder("archive"), 0700) + mkdir(in_folder("elsewhere"), 0700), 0);
    touch(in_folder("archive/one"));
    touch(in_folder("archive/two"));
    touch(in_folder("elsewhere/three"));
    touch(in_folder("private"));
    snprintf(link, sizeof link, "%s", in_folder("archive/link"));
    assert_int_equal(symlink("../elsewhere/three", link), 0);
    const struct plan plan = {.make_fd = -1, .read_path = link};
    assert_int_equal(try_to_open(&plan, "archive/link"), 0);
    assert_int_equal(try_to_open(&plan, "archive/two"), 0);
    assert_int_equal(try_to_open(&plan, "archive/nowhere"), ENOENT);
    if (!can_test(true))
        return;
    assert_int_equal(try_to_open(&plan, "private"), EACCES);
    assert_int_equal(try_to_open(&plan, "/etc/passwd"), EACCES);
    const char *const killing[] = {"write-file", "make-file", "remove", "socket", "exec", "fork"};
    for (size_t i = 0; i < sizeof killing / sizeof killing[0]; i++)
        assert_int_equal(try_deed(&plan, killing[i]), KILLED);
}

static void a_device_that_is_read_opens_no_other(void **state)
{
    (void)state;
    const struct plan plan = {.make_fd = -1, .read_path = "/dev/null"};
    assert_int_equal(try_to_open(&plan, "/dev/null"), 0);
    if (can_test(true))
        assert_int_equal(try_to_open(&plan, "/dev/zero"), EACCES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_that_an_intruder_would_do_is_survived),
        cmocka_unit_test(threads_memory_and_random_octets_are_left),
        cmocka_unit_test(a_process_can_end_itself_by_a_signal),
        cmocka_unit_test(only_the_groups_that_are_named_can_be_sent_signals),
        cmocka_unit_test_setup_teardown(where_files_are_made_they_get_and_lose_their_names,
                                        folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(files_to_be_read_are_read_and_those_beside_them,
                                        folder_setup, folder_teardown),
        cmocka_unit_test(a_device_that_is_read_opens_no_other),
    };
    deed_victim = getpid();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
