/* A ring of bytes between two threads: in order, bounded, and its end as the writer tells it. */
#define _GNU_SOURCE
#include "io/conduit.h"

#include "io/sink.h"
#include "io/source.h"
#include "io/wait.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

enum { STREAM_LEN = 5 * CONDUIT_LEN + 12345 };

static struct conduit *conduit;

static int setup(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    return wait_begin(&err) && (conduit = conduit_new(&err)) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    conduit_free(conduit);
    wait_end();
    return 0;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static unsigned char byte_at(size_t position)
{
    return (unsigned char)(position * 167 + position / 251);
}

/* What one thread writes: pieces of piece_len, then the end, after a pause. */
struct writing {
    size_t len;
    size_t piece_len;
    bool pauses;
    bool abandons;
    size_t written;
    bool interrupted;
};

static void *write_main(void *argument)
{
    struct writing *writing = argument;
    unsigned char *piece = malloc(writing->piece_len);
    while (writing->written < writing->len) {
        size_t len = writing->len - writing->written;
        if (len > writing->piece_len)
            len = writing->piece_len;
        for (size_t i = 0; i < len; i++)
            piece[i] = byte_at(writing->written + i);
        if (conduit_write(conduit, piece, len) != IO_DONE) {
            writing->interrupted = true;
            break;
        }
        writing->written += len;
    }
    free(piece);
    if (writing->pauses)
        sleep_ms(30);
    if (writing->abandons)
        conduit_abandon(conduit);
    else if (!writing->interrupted)
        conduit_finish(conduit);
    return NULL;
}

static pthread_t start(struct writing *writing)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_main, writing), 0);
    return thread;
}

/* Reads to the end in pieces of piece_len, and compares. */
static size_t read_all(size_t piece_len, enum io_outcome expected)
{
    unsigned char *piece = malloc(piece_len);
    size_t position = 0;
    size_t got;
    enum io_outcome outcome;
    while ((outcome = conduit_read(conduit, piece, piece_len, &got)) == IO_DONE && got > 0) {
        assert_true(got <= piece_len);
        for (size_t i = 0; i < got; i++)
            assert_int_equal(piece[i], byte_at(position + i));
        position += got;
    }
    assert_int_equal(outcome, expected);
    free(piece);
    return position;
}

static void bytes_arrive_in_order_whatever_the_pieces(void **state)
{
    (void)state;
    static const size_t pieces[][2] = {
        {CONDUIT_LEN / 2, CONDUIT_LEN / 2}, {8192, CONDUIT_LEN}, {3 * CONDUIT_LEN, 4096},
        {CONDUIT_LEN + 1, 100003},          {997, 1009},
    };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct writing writing = {.len = STREAM_LEN, .piece_len = pieces[i][0]};
        pthread_t thread = start(&writing);
        assert_int_equal(read_all(pieces[i][1], IO_DONE), STREAM_LEN);
        pthread_join(thread, NULL);
        teardown(NULL);
        assert_int_equal(setup(NULL), 0);
    }
}

static void the_end_comes_when_the_writer_says_so(void **state)
{
    (void)state;
    struct writing writing = {.len = 10, .piece_len = 10, .pauses = true};
    pthread_t thread = start(&writing);
    assert_int_equal(read_all(4096, IO_DONE), 10);
    pthread_join(thread, NULL);
    size_t got = 1;
    assert_int_equal(conduit_read(conduit, &got, 1, &got), IO_DONE);
    assert_int_equal(got, 0);
}

static void an_empty_stream_ends_at_once(void **state)
{
    (void)state;
    conduit_finish(conduit);
    assert_int_equal(read_all(100, IO_DONE), 0);
}

static void a_writer_that_fails_is_never_the_end(void **state)
{
    (void)state;
    struct writing writing = {.len = 100000, .piece_len = 100, .pauses = true, .abandons = true};
    pthread_t thread = start(&writing);
    read_all(CONDUIT_LEN, IO_INTERRUPTED);
    pthread_join(thread, NULL);
}

static void what_is_left_of_a_writer_that_failed_is_not_read(void **state)
{
    (void)state;
    assert_int_equal(conduit_write(conduit, "half", 4), IO_DONE);
    conduit_abandon(conduit);
    assert_int_equal(read_all(100, IO_INTERRUPTED), 0);
}

static void a_writer_without_a_reader_waits_and_can_be_woken(void **state)
{
    (void)state;
    struct writing writing = {.len = STREAM_LEN, .piece_len = 65536};
    pthread_t thread = start(&writing);
    sleep_ms(30);
    wait_wake();
    pthread_join(thread, NULL);
    assert_true(writing.interrupted);
    assert_true(writing.written <= CONDUIT_LEN);
}

static void *wake_main(void *argument)
{
    (void)argument;
    sleep_ms(30);
    wait_wake();
    return NULL;
}

static void a_reader_without_a_writer_waits_and_can_be_woken(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_main, NULL), 0);
    assert_int_equal(read_all(100, IO_INTERRUPTED), 0);
    pthread_join(thread, NULL);
}

static void *hesitate_main(void *argument)
{
    (void)argument;
    sleep_ms(50);
    conduit_write(conduit, "", 1);
    sleep_ms(500);
    conduit_finish(conduit);
    return NULL;
}

static long processor_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (long)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void who_was_called_once_sleeps_until_called_again(void **state)
{
    (void)state;
    unsigned char byte;
    size_t got;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, hesitate_main, NULL), 0);
    assert_int_equal(conduit_read(conduit, &byte, 1, &got), IO_DONE);
    assert_int_equal(got, 1);
    long before = processor_ms();
    assert_int_equal(conduit_read(conduit, &byte, 1, &got), IO_DONE);
    assert_int_equal(got, 0);
    assert_true(processor_ms() - before < 100);
    pthread_join(thread, NULL);
}

static void the_sink_and_the_source_are_its_sides(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    struct sink *sink = sink_new_conduit(conduit, &err);
    struct source *source = source_new_conduit(conduit, &err);
    const unsigned char *peeked;
    char text[8];
    size_t got;
    assert_true(sink_write(sink, "abc", 3, &err) && sink_write(sink, "def", 3, &err));
    assert_true(sink_finish(sink, &err));
    assert_int_equal(sink_bytes(sink), 6);
    assert_true(source_peek(source, 4, &peeked, &got, &err));
    assert_int_equal(got, 4);
    assert_true(source_read(source, text, sizeof text, &got, &err));
    assert_int_equal(got, 6);
    assert_memory_equal(text, "abcdef", 6);
    assert_int_equal(source_bytes(source), 6);
    assert_false(source_can_rewind(source));
    source_free(source);
    sink_free(sink);
}

static void a_sink_that_is_only_freed_has_failed(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    struct sink *sink = sink_new_conduit(conduit, &err);
    struct source *source = source_new_conduit(conduit, &err);
    char text[8];
    size_t got;
    assert_true(sink_write(sink, "abc", 3, &err));
    sink_free(sink);
    assert_false(source_read(source, text, sizeof text, &got, &err));
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
    source_free(source);
}

static void none_is_freed_safely(void **state)
{
    (void)state;
    conduit_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bytes_arrive_in_order_whatever_the_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(the_end_comes_when_the_writer_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_stream_ends_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_writer_that_fails_is_never_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_left_of_a_writer_that_failed_is_not_read, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_writer_without_a_reader_waits_and_can_be_woken, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_reader_without_a_writer_waits_and_can_be_woken, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_was_called_once_sleeps_until_called_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_sink_and_the_source_are_its_sides, setup, teardown),
        cmocka_unit_test_setup_teardown(a_sink_that_is_only_freed_has_failed, setup, teardown),
        cmocka_unit_test(none_is_freed_safely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
