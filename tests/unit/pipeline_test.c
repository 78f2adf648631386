/* The pipeline with a codec of the test's own: small chunks, steps that take uneven time,
 * faults where they are asked for. Whatever the number of threads, the outcome must be the
 * same. */
#define _GNU_SOURCE
#include "pipeline.h"

#include "base/secret.h"
#include "io/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

enum { ROOM = 64, NEVER = 1000000, CHUNKS = 100, INPUT_LEN = ROOM * CHUNKS + 7 };

struct plan {
    uint64_t read_fails_at;
    uint64_t crypt_fails_at;
    uint64_t write_fails_at;
    bool end_fails;
    bool chained;
};

struct toy {
    struct plan plan;
    uint64_t crypted; /* how many crypt_chunk calls have returned, for the chained codec */
    bool out_of_order;
    unsigned char written[INPUT_LEN + ROOM];
    size_t written_len;
};

static bool toy_read(void *codec, struct source *source, struct chunk *chunk, struct error *err)
{
    struct toy *toy = codec;
    if (chunk->index == toy->plan.read_fails_at)
        return fail(err, ERROR_IO, "read fault at %d", (int)chunk->index);
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
    struct toy *toy = codec;
    (void)worker;
    if (chunk->index % 3 == 0)
        usleep(200);
    for (size_t i = 0; i < chunk->in_len; i++)
        chunk->out[i] = chunk->in[i] ^ 0x5A;
    chunk->out_len = chunk->in_len;
    *(bool *)chunk->note = chunk->index == toy->plan.crypt_fails_at;
    if (toy->plan.chained) {
        toy->out_of_order = toy->out_of_order || toy->crypted != chunk->index;
        toy->crypted++;
    }
}

static bool toy_write(void *codec, struct sink *sink, struct chunk *chunk, struct error *err)
{
    struct toy *toy = codec;
    (void)sink;
    if (*(bool *)chunk->note)
        return fail(err, ERROR_DAMAGED, "crypt fault at %d", (int)chunk->index);
    if (chunk->index == toy->plan.write_fails_at)
        return fail(err, ERROR_IO, "write fault at %d", (int)chunk->index);
    assert_true(toy->written_len + chunk->out_len <= sizeof toy->written);
    memcpy(toy->written + toy->written_len, chunk->out, chunk->out_len);
    toy->written_len += chunk->out_len;
    return true;
}

static bool toy_end(void *codec, struct error *err)
{
    struct toy *toy = codec;
    return !toy->plan.end_fails || fail(err, ERROR_TRUNCATED, "no end mark");
}

static const struct codec_ops free_ops = {
    .in_room = ROOM,
    .out_room = ROOM,
    .note_size = sizeof(bool),
    .read_chunk = toy_read,
    .worker_new = toy_worker,
    .worker_free = free,
    .crypt_chunk = toy_crypt,
    .write_chunk = toy_write,
    .end = toy_end,
};

struct outcome {
    bool good;
    struct error err;
    struct toy toy;
};

static unsigned char input[INPUT_LEN];

static struct source *file_source(size_t len)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/walseal-pipeline.XXXXXX", folder != NULL ? folder : "/tmp");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, input, len), (ssize_t)len);
    close(fd);
    struct error err = {.kind = ERROR_NONE};
    struct source *source = source_new_file(path, &(struct source_policy){.standby = false}, &err);
    unlink(path);
    assert_non_null(source);
    return source;
}

static void run(struct plan plan, unsigned threads, size_t len, struct outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    outcome->toy.plan = plan;
    struct error err = {.kind = ERROR_NONE};
    assert_true(wait_begin(&err));
    struct codec_ops ops = free_ops;
    ops.chained = plan.chained;
    struct codec codec = {.ops = &ops, .state = &outcome->toy};
    struct source *source = file_source(len);
    outcome->good = pipeline_run(&codec, source, NULL, threads, &outcome->err);
    source_free(source);
    wait_end();
}

static const struct plan no_faults = {NEVER, NEVER, NEVER, false, false};

static void assert_same_outcome(struct plan plan, size_t len, const char *text, size_t written)
{
    static const unsigned threads[] = {1, 2, 3, 4, 16, 64};
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
        static struct outcome outcome;
        run(plan, threads[t], len, &outcome);
        assert_int_equal(outcome.good, text == NULL);
        assert_string_equal(outcome.err.text, text == NULL ? "" : text);
        assert_int_equal(outcome.toy.written_len, written);
        assert_false(outcome.toy.out_of_order);
        for (size_t i = 0; i < written; i++)
            assert_int_equal(outcome.toy.written[i], input[i] ^ 0x5A);
    }
}

static void every_byte_arrives_in_order_with_any_number_of_threads(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++)
        assert_same_outcome(no_faults, INPUT_LEN, NULL, INPUT_LEN);
}

static void lengths_around_the_chunk_and_the_ring_are_right(void **state)
{
    (void)state;
    static const size_t lens[] = {0,        1,        ROOM - 1,     ROOM,         ROOM + 1,
                                  2 * ROOM, 4 * ROOM, 4 * ROOM + 1, 5 * ROOM - 1, 66 * ROOM};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++)
        assert_same_outcome(no_faults, lens[i], NULL, lens[i]);
}

static void a_chained_codec_crypts_in_order(void **state)
{
    (void)state;
    struct plan plan = no_faults;
    plan.chained = true;
    assert_same_outcome(plan, INPUT_LEN, NULL, INPUT_LEN);
}

static void a_read_fault_is_told_after_what_was_read_before_it(void **state)
{
    (void)state;
    struct plan plan = no_faults;
    plan.read_fails_at = 41;
    assert_same_outcome(plan, INPUT_LEN, "read fault at 41", 41 * ROOM);
    plan.read_fails_at = 0;
    assert_same_outcome(plan, INPUT_LEN, "read fault at 0", 0);
    plan.read_fails_at = 1;
    assert_same_outcome(plan, INPUT_LEN, "read fault at 1", ROOM);
}

static void a_crypt_fault_stays_in_its_place_in_the_stream(void **state)
{
    (void)state;
    struct plan plan = no_faults;
    for (uint64_t at = 0; at < 9; at++) {
        char text[64];
        snprintf(text, sizeof text, "crypt fault at %d", (int)at);
        plan.crypt_fails_at = at;
        assert_same_outcome(plan, INPUT_LEN, text, (size_t)at * ROOM);
    }
}

static void the_first_fault_in_the_stream_is_the_one_that_is_told(void **state)
{
    (void)state;
    struct plan plan = no_faults;
    plan.crypt_fails_at = 20;
    plan.read_fails_at = 21;
    plan.write_fails_at = 22;
    assert_same_outcome(plan, INPUT_LEN, "crypt fault at 20", 20 * ROOM);
    plan.write_fails_at = 19;
    assert_same_outcome(plan, INPUT_LEN, "write fault at 19", 19 * ROOM);
}

static void the_codec_has_the_last_word(void **state)
{
    (void)state;
    struct plan plan = no_faults;
    plan.end_fails = true;
    assert_same_outcome(plan, INPUT_LEN, "no end mark", INPUT_LEN);
}

static void a_failing_writer_wakes_a_reader_that_waits_for_input(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int saved = dup(STDIN_FILENO);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    assert_int_equal(write(ends[1], input, 3 * ROOM), 3 * ROOM); /* and no end of input */
    static struct toy toy;
    toy = (struct toy){.plan = no_faults};
    toy.plan.write_fails_at = 1;
    struct codec codec = {.ops = &free_ops, .state = &toy};
    struct error err = {.kind = ERROR_NONE};
    assert_true(wait_begin(&err));
    struct source *source = source_new_stdin(&(struct source_policy){.standby = false}, &err);
    assert_non_null(source);
    assert_false(pipeline_run(&codec, source, NULL, 2, &err));
    assert_string_equal(err.text, "write fault at 1");
    source_free(source);
    wait_end();
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(ends[1]);
}

static void there_is_at_least_one_processor(void **state)
{
    (void)state;
    assert_true(pipeline_processors() >= 1);
}

static unsigned quota_of(const char *text)
{
    char path[] = "/tmp/walseal-quota-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    unsigned processors = pipeline_quota(path, 8);
    unlink(path);
    return processors;
}

static void a_quota_is_rounded_up_to_whole_processors(void **state)
{
    (void)state;
    assert_int_equal(quota_of("100000 100000\n"), 1);
    assert_int_equal(quota_of("100001 100000\n"), 2);
    assert_int_equal(quota_of("150000 100000\n"), 2);
    assert_int_equal(quota_of("200000 100000\n"), 2);
    assert_int_equal(quota_of("10000 100000\n"), 1);
    assert_int_equal(quota_of("700000 100000\n"), 7);
    assert_int_equal(quota_of("800001 100000\n"), 8);
}

static void no_quota_is_no_limit(void **state)
{
    (void)state;
    assert_int_equal(quota_of("max 100000\n"), 8);
    assert_int_equal(quota_of("200000\n"), 8);
    assert_int_equal(quota_of("200000 0\n"), 8);
    assert_int_equal(quota_of("0 100000\n"), 1);
    assert_int_equal(pipeline_quota("/nowhere/cpu.max", 8), 8);
}

static int start(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (unsigned char)(i * 7 + i / 251);
    return secret_begin(&err) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_arrives_in_order_with_any_number_of_threads),
        cmocka_unit_test(lengths_around_the_chunk_and_the_ring_are_right),
        cmocka_unit_test(a_chained_codec_crypts_in_order),
        cmocka_unit_test(a_read_fault_is_told_after_what_was_read_before_it),
        cmocka_unit_test(a_crypt_fault_stays_in_its_place_in_the_stream),
        cmocka_unit_test(the_first_fault_in_the_stream_is_the_one_that_is_told),
        cmocka_unit_test(the_codec_has_the_last_word),
        cmocka_unit_test(a_failing_writer_wakes_a_reader_that_waits_for_input),
        cmocka_unit_test(there_is_at_least_one_processor),
        cmocka_unit_test(a_quota_is_rounded_up_to_whole_processors),
        cmocka_unit_test(no_quota_is_no_limit),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
