/* Two runs that are chained: the second one sees the end of the first one's stream if that was
 * whole, and never otherwise; one failure ends both, and the one that came first is told. */
#define _GNU_SOURCE
#include "pipeline.h"

#include "base/secret.h"
#include "io/conduit.h"
#include "io/wait.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

enum { ROOM = 64 * 1024, NEVER = 1000000, CHUNKS = 60, INPUT_LEN = ROOM * CHUNKS + 7 };

/* A codec that turns some bits round and fails where it is asked to. */
struct toy {
    uint64_t read_fails_at;
    uint64_t write_fails_at;
    bool end_fails;
    bool ended;
    const char *name;
};

static bool toy_read(void *codec, struct source *source, struct chunk *chunk, struct error *err)
{
    struct toy *toy = codec;
    if (chunk->index == toy->read_fails_at)
        return fail(err, ERROR_IO, "%s: read fault", toy->name);
    if (!source_read(source, chunk->in, ROOM, &chunk->in_len, err))
        return false;
    chunk->last = chunk->in_len < ROOM;
    return true;
}

static void *toy_worker(void *codec)
{
    (void)codec;
    return malloc(1);
}

static void toy_crypt(void *codec, void *worker, struct chunk *chunk)
{
    (void)codec;
    (void)worker;
    for (size_t i = 0; i < chunk->in_len; i++)
        chunk->out[i] = chunk->in[i] ^ 0x5A;
    chunk->out_len = chunk->in_len;
}

static bool toy_write(void *codec, struct sink *sink, struct chunk *chunk, struct error *err)
{
    struct toy *toy = codec;
    if (chunk->index == toy->write_fails_at)
        return fail(err, ERROR_DAMAGED, "%s: write fault", toy->name);
    return sink_write(sink, chunk->out, chunk->out_len, err);
}

static bool toy_end(void *codec, struct error *err)
{
    struct toy *toy = codec;
    toy->ended = true;
    return !toy->end_fails || fail(err, ERROR_TRUNCATED, "%s: no end mark", toy->name);
}

static const struct codec_ops toy_ops = {
    .in_room = ROOM,
    .out_room = ROOM,
    .note_size = 1,
    .read_chunk = toy_read,
    .worker_new = toy_worker,
    .worker_free = free,
    .crypt_chunk = toy_crypt,
    .write_chunk = toy_write,
    .end = toy_end,
};

static unsigned char input[INPUT_LEN];

struct outcome {
    bool good;
    struct error err;
    size_t written;
    bool same;
};

static void run_from(struct toy *first, struct toy *second, struct source *source, unsigned threads,
                     struct outcome *outcome)
{
    struct error err = {.kind = ERROR_NONE};
    struct conduit *conduit = conduit_new(&err);
    struct sink *into = sink_new_conduit(conduit, &err);
    struct source *out = source_new_conduit(conduit, &err);
    struct sink *sink = sink_new_memory(INPUT_LEN + 1, &err);
    assert_int_equal(err.kind, ERROR_NONE);
    const struct codec codecs[] = {{.ops = &toy_ops, .state = first},
                                   {.ops = &toy_ops, .state = second}};
    const struct pipeline_stage stages[] = {{&codecs[0], source, into}, {&codecs[1], out, sink}};
    *outcome = (struct outcome){.good = false};
    outcome->good = pipeline_run_pair(&stages[0], &stages[1], threads, &outcome->err);
    struct bytes written = sink_memory(sink);
    outcome->written = written.len;
    outcome->same = written.len == INPUT_LEN && memcmp(written.at, input, INPUT_LEN) == 0;
    source_free(out);
    sink_free(into);
    sink_free(sink);
    conduit_free(conduit);
}

static void run(struct toy *first, struct toy *second, unsigned threads, struct outcome *outcome)
{
    struct error err = {.kind = ERROR_NONE};
    assert_true(wait_begin(&err));
    struct source *source = source_new_memory("input", (struct bytes){input, INPUT_LEN}, &err);
    assert_non_null(source);
    run_from(first, second, source, threads, outcome);
    source_free(source);
    wait_end();
}

static const unsigned thread_numbers[] = {1, 2, 3, 4, 7, 64};

enum { NUMBERS = sizeof thread_numbers / sizeof thread_numbers[0] };

static const struct toy sound[] = {
    {NEVER, NEVER, false, false, "first"},
    {NEVER, NEVER, false, false, "second"},
};

static void assert_fails(struct toy first, struct toy second, enum error_kind kind,
                         const char *text, bool second_ends)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        struct toy one = first;
        struct toy two = second;
        static struct outcome outcome;
        run(&one, &two, thread_numbers[i], &outcome);
        assert_false(outcome.good);
        assert_int_equal(outcome.err.kind, kind);
        assert_string_equal(outcome.err.text, text);
        assert_int_equal(two.ended, second_ends);
        assert_true(outcome.written <= INPUT_LEN);
    }
}

static void what_goes_through_both_arrives_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUMBERS; i++) {
        struct toy first = sound[0];
        struct toy second = sound[1];
        static struct outcome outcome;
        run(&first, &second, thread_numbers[i], &outcome);
        assert_true(outcome.good);
        assert_true(outcome.same);
        assert_true(first.ended && second.ended);
    }
}

static void a_first_that_fails_anywhere_never_lets_the_second_end(void **state)
{
    (void)state;
    static const uint64_t places[] = {0, 1, CHUNKS / 2, CHUNKS};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct toy first = sound[0];
        first.write_fails_at = places[i];
        assert_fails(first, sound[1], ERROR_DAMAGED, "first: write fault", false);
        first = sound[0];
        first.read_fails_at = places[i];
        assert_fails(first, sound[1], ERROR_IO, "first: read fault", false);
    }
}

/* All its bytes were handed over already: only the end is missing. */
static void a_first_without_its_end_mark_never_lets_the_second_end(void **state)
{
    (void)state;
    struct toy first = sound[0];
    first.end_fails = true;
    assert_fails(first, sound[1], ERROR_TRUNCATED, "first: no end mark", false);
}

static void a_second_that_fails_ends_the_first_and_is_told(void **state)
{
    (void)state;
    static const uint64_t places[] = {0, 1, CHUNKS / 2};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct toy second = sound[1];
        second.write_fails_at = places[i];
        assert_fails(sound[0], second, ERROR_DAMAGED, "second: write fault", false);
    }
    struct toy second = sound[1];
    second.end_fails = true;
    assert_fails(sound[0], second, ERROR_TRUNCATED, "second: no end mark", true);
}

static void the_first_of_two_reasons_is_told(void **state)
{
    (void)state;
    struct toy first = sound[0];
    struct toy second = sound[1];
    first.read_fails_at = 0;
    second.read_fails_at = 0;
    assert_fails(first, second, ERROR_IO, "first: read fault", false);
}

static void *wake_main(void *argument)
{
    (void)argument;
    nanosleep(&(struct timespec){.tv_nsec = 30 * 1000000}, NULL);
    wait_wake();
    return NULL;
}

/* The first one waits for its source, the second one for the first. */
static void a_wake_ends_both(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUMBERS; i++) {
        struct error err = {.kind = ERROR_NONE};
        struct toy first = sound[0];
        struct toy second = sound[1];
        static struct outcome outcome;
        int ends[2];
        char path[64];
        assert_true(wait_begin(&err));
        assert_int_equal(pipe(ends), 0);
        snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
        struct source *source =
            source_new_file(path, &(struct source_policy){.standby = false}, &err);
        assert_non_null(source);
        pthread_t waker;
        assert_int_equal(pthread_create(&waker, NULL, wake_main, NULL), 0);
        run_from(&first, &second, source, thread_numbers[i], &outcome);
        pthread_join(waker, NULL);
        assert_false(outcome.good);
        assert_int_equal(outcome.err.kind, ERROR_INTERRUPTED);
        assert_false(second.ended);
        source_free(source);
        close(ends[0]);
        close(ends[1]);
        wait_end();
    }
}

static int begin(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    return secret_begin(&err) ? 0 : -1;
}

int main(void)
{
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (unsigned char)(i * 167 + i / 251);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_through_both_arrives_whole),
        cmocka_unit_test(a_first_that_fails_anywhere_never_lets_the_second_end),
        cmocka_unit_test(a_first_without_its_end_mark_never_lets_the_second_end),
        cmocka_unit_test(a_second_that_fails_ends_the_first_and_is_told),
        cmocka_unit_test(the_first_of_two_reasons_is_told),
        cmocka_unit_test(a_wake_ends_both),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
