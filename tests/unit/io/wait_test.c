/* Waiting for a descriptor: ready, out of time, woken; and the tick in between. */
#define _GNU_SOURCE
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>

static int ends[2];

static int setup(void **state)
{
    (void)state;
    struct error err = {0};
    return wait_begin(&err) && pipe(ends) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    wait_set_tick(NULL);
    close(ends[0]);
    if (ends[1] >= 0)
        close(ends[1]);
    wait_end();
    return 0;
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static void a_descriptor_with_bytes_is_ready(void **state)
{
    (void)state;
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(wait_ready(ends[0], POLLIN, -1), 1);
}

static void an_empty_pipe_takes_bytes_at_once(void **state)
{
    (void)state;
    assert_int_equal(wait_ready(ends[1], POLLOUT, -1), 1);
}

static void an_end_of_input_is_ready(void **state)
{
    (void)state;
    close(ends[1]);
    ends[1] = -1;
    assert_int_equal(wait_ready(ends[0], POLLIN, -1), 1);
}

static void a_bad_descriptor_is_left_to_the_next_call_to_tell(void **state)
{
    (void)state;
    int fd = dup(ends[0]);
    close(fd);
    assert_int_equal(wait_ready(fd, POLLIN, -1), 1);
}

static void no_events_waits_for_the_reader_to_go(void **state)
{
    (void)state;
    assert_int_equal(wait_ready(ends[1], 0, 0), 0);
    close(ends[0]);
    assert_int_equal(wait_ready(ends[1], 0, -1), 1);
    ends[0] = dup(ends[1]);
}

static void time_runs_out(void **state)
{
    (void)state;
    long long start = now_ms();
    assert_int_equal(wait_ready(ends[0], POLLIN, 30), 0);
    assert_true(now_ms() - start >= 30);
    assert_int_equal(wait_ready(ends[0], POLLIN, 0), 0);
}

static void waking_ends_this_wait_and_all_later_ones(void **state)
{
    (void)state;
    assert_false(wait_woken());
    wait_wake();
    wait_wake();
    assert_true(wait_woken());
    assert_int_equal(write(ends[1], "x", 1), 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(wait_ready(ends[0], POLLIN, -1), -1);
}

static void waking_leaves_errno_alone(void **state)
{
    (void)state;
    errno = ERANGE;
    wait_wake();
    assert_int_equal(errno, ERANGE);
}

static void *wait_without_end(void *result)
{
    *(int *)result = wait_ready(ends[0], POLLIN, -1);
    return NULL;
}

static void waking_ends_the_waits_of_every_thread(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    int results[THREADS] = {0};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wait_without_end, &results[i]), 0);
    sleep_ms(20);
    wait_wake();
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(results[i], -1);
    }
}

static void wake_on_alarm(int signal_number)
{
    (void)signal_number;
    wait_wake();
}

static void alarm_after_ms(void (*handler)(int), long ms)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    timer_t timer;
    assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
    struct itimerspec when = {.it_value = {.tv_nsec = ms * 1000000}};
    assert_int_equal(timer_settime(timer, 0, &when, NULL), 0);
}

static void a_handler_may_wake(void **state)
{
    (void)state;
    alarm_after_ms(wake_on_alarm, 20);
    assert_int_equal(wait_ready(ends[0], POLLIN, -1), -1);
}

static void ignore_alarm(int signal_number)
{
    (void)signal_number;
}

static int ticks;
static long long first_tick;

static void count_tick(void)
{
    if (ticks++ == 0)
        first_tick = now_ms();
}

static void a_signal_alone_does_not_end_a_wait_but_ticks(void **state)
{
    (void)state;
    ticks = 0;
    wait_set_tick(count_tick);
    alarm_after_ms(ignore_alarm, 20);
    long long start = now_ms();
    assert_int_equal(wait_ready(ends[0], POLLIN, 200), 0);
    assert_true(now_ms() - start >= 200);
    assert_true(ticks >= 1);
    assert_in_range(first_tick - start, 15, 150);
}

static void a_long_wait_ticks_each_quarter_of_a_second(void **state)
{
    (void)state;
    ticks = 0;
    wait_set_tick(count_tick);
    assert_int_equal(wait_ready(ends[0], POLLIN, 600), 0);
    assert_in_range(ticks, 2, 3);
    ticks = 0;
    wait_set_tick(NULL);
    assert_int_equal(wait_ready(ends[0], POLLIN, 300), 0);
    assert_int_equal(ticks, 0);
}

static void the_tick_belongs_to_the_thread_that_set_it(void **state)
{
    (void)state;
    ticks = 0;
    wait_set_tick(count_tick);
    pthread_t thread;
    int result = 0;
    assert_int_equal(pthread_create(&thread, NULL, wait_without_end, &result), 0);
    sleep_ms(350);
    wait_wake();
    pthread_join(thread, NULL);
    assert_int_equal(ticks, 0);
}

static void what_began_again_is_not_woken(void **state)
{
    (void)state;
    struct error err = {0};
    wait_wake();
    wait_end();
    assert_true(wait_begin(&err));
    assert_false(wait_woken());
    assert_int_equal(wait_ready(ends[0], POLLIN, 1), 0);
}

static void without_a_free_descriptor_it_says_what_limits_them(void **state)
{
    (void)state;
    struct error err = {0};
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit none = {0, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    bool good = wait_begin(&err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_false(good);
    assert_int_equal(err.kind, ERROR_IO);
    assert_string_equal(err.text, "a pipe cannot be made: Too many open files: raise the limit of "
                                  "open files (ulimit -n, RLIMIT_NOFILE)");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_descriptor_with_bytes_is_ready),
        TEST(an_empty_pipe_takes_bytes_at_once),
        TEST(an_end_of_input_is_ready),
        TEST(a_bad_descriptor_is_left_to_the_next_call_to_tell),
        TEST(no_events_waits_for_the_reader_to_go),
        TEST(time_runs_out),
        TEST(waking_ends_this_wait_and_all_later_ones),
        TEST(waking_leaves_errno_alone),
        TEST(waking_ends_the_waits_of_every_thread),
        TEST(a_handler_may_wake),
        TEST(a_signal_alone_does_not_end_a_wait_but_ticks),
        TEST(a_long_wait_ticks_each_quarter_of_a_second),
        TEST(the_tick_belongs_to_the_thread_that_set_it),
        TEST(what_began_again_is_not_woken),
        TEST(without_a_free_descriptor_it_says_what_limits_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
