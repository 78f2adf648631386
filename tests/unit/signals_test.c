/* Signals: a flag, a wake-up, and an end by the same signal. Each test runs in a process of its
 * own. */
#define _GNU_SOURCE
#include "signals.h"

#include "io/wait.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM, SIGXCPU};

enum { ENDINGS = sizeof ending / sizeof ending[0], GOOD = 42 };

/* What a child that runs body with signal_number ends with. */
static int status_of(void (*body)(int), int signal_number)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct error err = {.kind = ERROR_NONE};
        for (size_t i = 0; i < ENDINGS; i++)
            signal(ending[i], SIG_DFL);
        if (!wait_begin(&err))
            _exit(1);
        body(signal_number);
        _exit(1);
    }
    int status = 0;
    assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
    return status;
}

static void catch_it(int signal_number)
{
    signals_begin();
    if (signals_caught() != 0 || wait_woken())
        _exit(2);
    raise(signal_number);
    _exit(signals_caught() == signal_number && wait_woken() ? GOOD : 3);
}

static void each_ending_signal_sets_the_flag_and_wakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENDINGS; i++) {
        int status = status_of(catch_it, ending[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), GOOD);
    }
}

static void catch_two(int signal_number)
{
    signals_begin();
    raise(signal_number);
    raise(signal_number == SIGTERM ? SIGINT : SIGTERM);
    _exit(signals_caught() == signal_number ? GOOD : 3);
}

static void the_first_signal_is_the_one_that_counts(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(status_of(catch_two, SIGTERM)), GOOD);
    assert_int_equal(WEXITSTATUS(status_of(catch_two, SIGHUP)), GOOD);
}

static void ignore_it(int signal_number)
{
    signal(signal_number, SIG_IGN);
    signals_begin();
    raise(signal_number);
    _exit(signals_caught() == 0 && !wait_woken() ? GOOD : 3);
}

static void what_was_ignored_stays_ignored(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENDINGS; i++)
        assert_int_equal(WEXITSTATUS(status_of(ignore_it, ending[i])), GOOD);
}

static void end_by_it(int signal_number)
{
    sigset_t all;
    sigfillset(&all);
    signals_begin();
    sigprocmask(SIG_BLOCK, &all, NULL); /* blocked or not */
    signals_reraise(signal_number);
}

static void the_process_ends_by_the_signal_without_a_core(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENDINGS; i++) {
        int status = status_of(end_by_it, ending[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), ending[i]);
        assert_false(WCOREDUMP(status));
    }
}

static void write_to_nobody(int signal_number)
{
    int ends[2];
    (void)signal_number;
    signals_boot();
    if (pipe(ends) != 0 || close(ends[0]) != 0)
        _exit(2);
    _exit(write(ends[1], "x", 1) == -1 && errno == EPIPE && signals_caught() == 0 ? GOOD : 3);
}

static void a_reader_that_is_gone_is_an_error_and_no_signal(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(status_of(write_to_nobody, 0)), GOOD);
}

static void stay_alive(int signal_number)
{
    signals_begin();
    raise(signal_number);
    _exit(signals_caught() == 0 && !wait_woken() ? GOOD : 3);
}

static void a_question_for_progress_ends_nothing(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(status_of(stay_alive, SIGUSR1)), GOOD);
    assert_int_equal(WEXITSTATUS(status_of(stay_alive, SIGCONT)), GOOD);
}

static void boot_and_raise(int signal_number)
{
    int ends[2];
    char byte;
    signals_boot();
    raise(signal_number);
    if (pipe(ends) != 0)
        _exit(2);
    pid_t other = fork();
    if (other == 0) {
        kill(getppid(), signal_number);
        usleep(20000);
        _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
    }
    /* reading a key from a pipe goes on */
    _exit(read(ends[0], &byte, 1) == 1 && signals_caught() == 0 ? GOOD : 3);
}

static void a_question_for_progress_that_comes_early_ends_nothing(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(status_of(boot_and_raise, SIGUSR1)), GOOD);
}

static void boot_without_children(int disposition)
{
    signal(SIGCHLD, disposition ? SIG_IGN : SIG_DFL);
    signals_boot();
    pid_t pid = fork();
    if (pid == 0)
        _exit(7);
    int status = 0;
    _exit(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7 ? GOOD : 3);
}

static void the_end_of_a_child_is_told_also_to_who_was_to_ignore_it(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(status_of(boot_without_children, 0)), GOOD);
    assert_int_equal(WEXITSTATUS(status_of(boot_without_children, 1)), GOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_ending_signal_sets_the_flag_and_wakes),
        cmocka_unit_test(the_first_signal_is_the_one_that_counts),
        cmocka_unit_test(what_was_ignored_stays_ignored),
        cmocka_unit_test(the_process_ends_by_the_signal_without_a_core),
        cmocka_unit_test(a_reader_that_is_gone_is_an_error_and_no_signal),
        cmocka_unit_test(a_question_for_progress_ends_nothing),
        cmocka_unit_test(a_question_for_progress_that_comes_early_ends_nothing),
        cmocka_unit_test(the_end_of_a_child_is_told_also_to_who_was_to_ignore_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
