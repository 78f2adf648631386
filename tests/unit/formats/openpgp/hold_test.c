/* What is held back, until when, and that all of it goes out in order. */
#define _GNU_SOURCE
#include "container_headers.h"
#include "formats/openpgp/hold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "container_run.h"

enum { ROOM = 10000 };

static struct sink *sink;
static struct hold *hold;

/* The next len octets of plain; what has come out must be written of them. */
static void add(size_t at, size_t len, size_t written)
{
    assert_true(hold_add(hold, sink, plain + at, len, &err));
    assert_int_equal(sink_bytes(sink), written);
}

static void assert_all_out(size_t len)
{
    assert_int_equal(read_result(), len);
    assert_memory_equal(result, plain, len);
}

static void nothing_leaves_within_the_bound(void **state)
{
    (void)state;
    add(0, 1, 0);
    add(1, ROOM - 2, 0);
    add(ROOM - 1, 1, 0);
    add(ROOM, 0, 0);
    assert_true(hold_release(hold, sink, &err));
    assert_all_out(ROOM);
}

static void all_leaves_beyond_it(void **state)
{
    (void)state;
    add(0, ROOM, 0);
    add(ROOM, 1, ROOM + 1);
    add(ROOM + 1, 5, ROOM + 6);
    assert_true(hold_release(hold, sink, &err));
    assert_all_out(ROOM + 6);
}

static void one_piece_may_be_beyond_it(void **state)
{
    (void)state;
    add(0, 10, 0);
    add(10, 3 * ROOM, 3 * ROOM + 10);
    assert_all_out(3 * ROOM + 10);
}

static void what_is_released_flows_on(void **state)
{
    (void)state;
    add(0, 100, 0);
    assert_true(hold_release(hold, sink, &err));
    add(100, 50, 150);
    assert_true(hold_release(hold, sink, &err));
    assert_all_out(150);
}

static void what_is_freed_never_leaves(void **state)
{
    (void)state;
    add(0, ROOM, 0);
    hold_free(hold);
    hold = NULL;
    assert_all_out(0);
}

static void a_failing_sink_fails_the_hold(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    assert_true(dup2(full, STDOUT_FILENO) == STDOUT_FILENO);
    close(full);
    assert_true(hold_add(hold, sink, plain, ROOM, &err));
    assert_false(hold_add(hold, sink, plain, 1, &err));
    assert_failed(ERROR_IO, strerror(ENOSPC));
}

static int setup(void **state)
{
    if (container_setup(state) != 0)
        return -1;
    sink = open_out();
    hold = hold_new(ROOM);
    return hold == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    hold_free(hold);
    sink_free(sink);
    return folder_teardown(state);
}

#define HOLDING(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOLDING(nothing_leaves_within_the_bound), HOLDING(all_leaves_beyond_it),
        HOLDING(one_piece_may_be_beyond_it),      HOLDING(what_is_released_flows_on),
        HOLDING(what_is_freed_never_leaves),      HOLDING(a_failing_sink_fails_the_hold),
    };
    return cmocka_run_group_tests(tests, container_start, container_finish);
}
