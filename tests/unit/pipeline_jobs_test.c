#include "pipeline.h"

#include "io/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#undef fail

enum { COUNT = 200, WINDOW = 5, THREADS = 4 };

struct state {
    atomic_uint runs[COUNT];
    atomic_uint at_once; /* begun and not yet told of */
    atomic_uint most_at_once;
    size_t told;
    size_t fails_at;
    bool meets; /* the first two wait for each other */
    atomic_uint met;
};

static void run(void *argument, size_t index)
{
    struct state *state = argument;
    unsigned now = atomic_fetch_add(&state->at_once, 1) + 1;
    unsigned most = atomic_load(&state->most_at_once);
    while (now > most && !atomic_compare_exchange_weak(&state->most_at_once, &most, now))
        ;
    atomic_fetch_add(&state->runs[index], 1);
    /* early ones take longer than late ones */
    if (index % WINDOW == 0)
        nanosleep(&(struct timespec){.tv_nsec = 200 * 1000}, NULL);
    if (state->meets && index < 2)
        for (atomic_fetch_add(&state->met, 1); atomic_load(&state->met) < 2;)
            nanosleep(&(struct timespec){.tv_nsec = 100 * 1000}, NULL);
}

static bool done(void *argument, size_t index, struct error *err)
{
    struct state *state = argument;
    assert_int_equal(index, state->told);
    assert_int_equal(atomic_load(&state->runs[index]), 1);
    state->told++;
    atomic_fetch_sub(&state->at_once, 1);
    return index != state->fails_at || fail(err, ERROR_IO, "job %zu", index);
}

static bool run_all(struct state *state, size_t count, unsigned threads, struct error *err)
{
    const struct pipeline_jobs jobs = {
        .count = count, .window = WINDOW, .state = state, .run = run, .done = done};
    error_clear(err);
    assert_true(wait_begin(err));
    bool good = pipeline_run_jobs(&jobs, threads, err);
    wait_end();
    return good;
}

static void every_job_is_done_once_and_told_of_in_order(void **unused)
{
    (void)unused;
    struct error err;
    for (unsigned threads = 1; threads <= 2 * WINDOW; threads++) {
        struct state state = {.fails_at = SIZE_MAX};
        assert_true(run_all(&state, COUNT, threads, &err));
        assert_int_equal(state.told, COUNT);
        assert_true(state.most_at_once <= WINDOW);
    }
}

static void fewer_jobs_than_threads_are_done(void **unused)
{
    (void)unused;
    struct error err;
    for (size_t count = 0; count <= THREADS; count++) {
        struct state state = {.fails_at = SIZE_MAX};
        assert_true(run_all(&state, count, THREADS, &err));
        assert_int_equal(state.told, count);
    }
}

static void jobs_are_done_side_by_side(void **unused)
{
    (void)unused;
    struct error err;
    struct state state = {.fails_at = SIZE_MAX, .meets = true};
    assert_true(run_all(&state, 2, 2, &err));
}

static void a_failure_is_the_last_that_is_told(void **unused)
{
    (void)unused;
    struct error err;
    for (unsigned threads = 1; threads <= THREADS; threads++) {
        struct state state = {.fails_at = 7};
        assert_false(run_all(&state, COUNT, threads, &err));
        assert_int_equal(err.kind, ERROR_IO);
        assert_string_equal(err.text, "job 7");
        assert_int_equal(state.told, 8);
        assert_int_equal(state.runs[7 + WINDOW + 1], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_is_done_once_and_told_of_in_order),
        cmocka_unit_test(fewer_jobs_than_threads_are_done),
        cmocka_unit_test(jobs_are_done_side_by_side),
        cmocka_unit_test(a_failure_is_the_last_that_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
