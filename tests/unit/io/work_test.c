/* Long work beside one who waits: done, woken before it is done, and with no thread to be had. */
#define _GNU_SOURCE
#include "io/work.h"

#include "io/wait.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>

struct job {
    int go_fd; /* read to its end before the work is done; -1: at once */
    int result;
    bool is_elsewhere; /* in another thread than caller */
    bool is_deaf;      /* to signals */
    pthread_t caller;
};

static void work(void *argument)
{
    struct job *job = argument;
    sigset_t blocked;
    char byte;
    job->is_elsewhere = !pthread_equal(pthread_self(), job->caller);
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    job->is_deaf = sigismember(&blocked, SIGTERM) == 1;
    if (job->go_fd >= 0)
        while (read(job->go_fd, &byte, 1) > 0)
            ;
    job->result = 42;
}

static int setup(void **state)
{
    (void)state;
    struct error err = {0};
    return wait_begin(&err) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    wait_end();
    return 0;
}

static void work_is_done_in_a_thread_that_is_deaf_to_signals(void **state)
{
    (void)state;
    struct job job = {.go_fd = -1, .caller = pthread_self()};
    assert_true(work_run(work, &job));
    assert_int_equal(job.result, 42);
    assert_true(job.is_elsewhere);
    assert_true(job.is_deaf);
}

static void *wake_main(void *argument)
{
    (void)argument;
    wait_wake();
    return NULL;
}

/* A job that is left alone lives as long as the process. */
static void one_who_is_woken_leaves_the_work(void **state)
{
    (void)state;
    static struct job job;
    int ends[2];
    pthread_t waker;
    assert_int_equal(pipe(ends), 0);
    job = (struct job){.go_fd = ends[0], .caller = pthread_self()};
    assert_int_equal(pthread_create(&waker, NULL, wake_main, NULL), 0);
    assert_false(work_run(work, &job));
    assert_int_equal(pthread_join(waker, NULL), 0);
    close(ends[1]);
}

static void who_was_woken_before_does_not_begin(void **state)
{
    (void)state;
    struct job job = {.go_fd = -1, .caller = pthread_self()};
    wait_wake();
    assert_false(work_run(work, &job));
    assert_int_equal(job.result, 0);
}

static void without_a_descriptor_for_it_the_caller_works(void **state)
{
    (void)state;
    struct rlimit before;
    struct rlimit none = {0, 0};
    struct job job = {.go_fd = -1, .caller = pthread_self()};
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    bool done = work_run(work, &job);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_true(done);
    assert_int_equal(job.result, 42);
    assert_false(job.is_elsewhere);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(work_is_done_in_a_thread_that_is_deaf_to_signals),
        TEST(one_who_is_woken_leaves_the_work),
        TEST(who_was_woken_before_does_not_begin),
        TEST(without_a_descriptor_for_it_the_caller_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
