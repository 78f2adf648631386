/* The two engines of the secretstream against libsodium's own functions, which are the oracle. */
#include "crypto/secretstream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEN_MAX = 1024 * 1024 + 100, SMALL = 300 };

static const unsigned char key[SECRETSTREAM_KEY_LEN] = "a key that is only for the tests";
static const unsigned char header[SECRETSTREAM_HEADER_LEN] = "and a header, too";
static unsigned char *message;
static unsigned char *chunk;
static unsigned char *oracle_chunk;
static unsigned char *opened;
static struct secretstream *streams[2];

static const enum secretstream_engine engines[] = {SECRETSTREAM_LIBSODIUM, SECRETSTREAM_OPENSSL};

static void assert_same_state(const secretstream_state *one, const secretstream_state *other)
{
    assert_memory_equal(one->k, other->k, sizeof one->k);
    assert_memory_equal(one->nonce, other->nonce, sizeof one->nonce);
}

static void oracle_push(secretstream_state *state, size_t len, unsigned char tag)
{
    assert_int_equal(crypto_secretstream_xchacha20poly1305_push(state, oracle_chunk, NULL, message,
                                                                len, NULL, 0, tag),
                     0);
}

/* One chunk from the given state by every engine, there and back, all states and bytes compared. */
static void assert_chunk_is_right(secretstream_state *state, size_t len, unsigned char tag)
{
    secretstream_state before = *state;
    oracle_push(state, len, tag);
    for (size_t e = 0; e < 2; e++) {
        secretstream_state pushed = before;
        secretstream_state pulled = before;
        unsigned char found = 0xAA;
        assert_true(secretstream_push(streams[e], &pushed, chunk, message, len, tag));
        assert_memory_equal(chunk, oracle_chunk, len + SECRETSTREAM_OVERHEAD);
        assert_same_state(&pushed, state);
        memset(opened, 0xEE, len);
        assert_true(secretstream_pull(streams[e], &pulled, opened, &found, chunk,
                                      len + SECRETSTREAM_OVERHEAD));
        assert_int_equal(found, tag);
        assert_memory_equal(opened, message, len);
        assert_same_state(&pulled, state);
    }
}

static void begin_equals_libsodiums_own(void **test)
{
    (void)test;
    secretstream_state ours;
    secretstream_state oracle;
    secretstream_begin(&ours, key, header);
    crypto_secretstream_xchacha20poly1305_init_pull(&oracle, header, key);
    assert_same_state(&ours, &oracle);
}

static void every_length_makes_libsodiums_bytes(void **test)
{
    (void)test;
    static const size_t lens[] = {8191,  8192,  8193,  16383,           16384,       65535,
                                  65536, 65537, 99999, 1024 * 1024 - 1, 1024 * 1024, LEN_MAX};
    secretstream_state state;
    secretstream_begin(&state, key, header);
    for (size_t len = 0; len <= SMALL; len++)
        assert_chunk_is_right(&state, len, SECRETSTREAM_TAG_MESSAGE);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++)
        assert_chunk_is_right(&state, lens[i], SECRETSTREAM_TAG_MESSAGE);
}

static void every_tag_makes_libsodiums_bytes(void **test)
{
    (void)test;
    secretstream_state state;
    secretstream_begin(&state, key, header);
    for (unsigned tag = 0; tag <= 255; tag++)
        assert_chunk_is_right(&state, tag, (unsigned char)tag);
}

static void the_counters_wrap_rekeys_once(void **test)
{
    (void)test;
    static const unsigned char tags[] = {SECRETSTREAM_TAG_MESSAGE, SECRETSTREAM_TAG_REKEY};
    for (size_t i = 0; i < 2; i++) {
        secretstream_state state;
        secretstream_begin(&state, key, header);
        memset(state.nonce, 0xff, 4);
        assert_chunk_is_right(&state, 100, tags[i]);
        assert_chunk_is_right(&state, 8192, SECRETSTREAM_TAG_FINAL);
    }
}

static void the_engines_may_take_turns_in_one_stream(void **test)
{
    (void)test;
    secretstream_state sender;
    secretstream_state receiver;
    secretstream_begin(&sender, key, header);
    receiver = sender;
    for (uint32_t i = 0; i < 500; i++) {
        size_t len = randombytes_uniform(9000);
        unsigned char tag = randombytes_uniform(5) == 0 ? SECRETSTREAM_TAG_REKEY : 0;
        unsigned char found;
        assert_true(secretstream_push(streams[i % 2], &sender, chunk, message, len, tag));
        assert_true(secretstream_pull(streams[i / 2 % 2], &receiver, opened, &found, chunk,
                                      len + SECRETSTREAM_OVERHEAD));
        assert_int_equal(found, tag);
        assert_memory_equal(opened, message, len);
        assert_same_state(&sender, &receiver);
    }
}

static void a_flipped_bit_is_refused_and_nothing_is_touched(void **test)
{
    (void)test;
    enum { LEN = 100, CHUNK_LEN = LEN + SECRETSTREAM_OVERHEAD };
    secretstream_state start;
    secretstream_begin(&start, key, header);
    secretstream_state state = start;
    unsigned char untouched[LEN];
    memset(untouched, 0x77, sizeof untouched);
    oracle_push(&state, LEN, 0);
    for (size_t e = 0; e < 2; e++) {
        for (size_t bit = 0; bit < CHUNK_LEN * 8; bit++) {
            unsigned char tag = 0x55;
            secretstream_state tried = start;
            memcpy(chunk, oracle_chunk, CHUNK_LEN);
            memset(opened, 0x77, LEN);
            chunk[bit / 8] ^= (unsigned char)(1 << (bit % 8));
            assert_false(secretstream_pull(streams[e], &tried, opened, &tag, chunk, CHUNK_LEN));
            assert_same_state(&tried, &start);
            if (engines[e] == SECRETSTREAM_OPENSSL)
                assert_memory_equal(opened, untouched, LEN);
        }
    }
}

static void too_few_bytes_for_a_chunk_are_refused(void **test)
{
    (void)test;
    secretstream_state state;
    unsigned char tag;
    secretstream_begin(&state, key, header);
    for (size_t e = 0; e < 2; e++)
        for (size_t len = 0; len < SECRETSTREAM_OVERHEAD; len++)
            assert_false(secretstream_pull(streams[e], &state, opened, &tag, chunk, len));
}

static void skipping_a_chunk_agrees_with_opening_it(void **test)
{
    (void)test;
    secretstream_state state;
    secretstream_begin(&state, key, header);
    memset(state.nonce + 1, 0xff, 3); /* so that the counter wraps on the way */
    for (size_t i = 0; i < 600; i++) {
        secretstream_state skipped = state;
        oracle_push(&state, i, SECRETSTREAM_TAG_MESSAGE);
        secretstream_skip(&skipped, oracle_chunk + 1 + i);
        assert_same_state(&skipped, &state);
    }
}

static void the_best_engine_is_there(void **test)
{
    (void)test;
    struct secretstream *stream = secretstream_new(secretstream_best_engine());
    assert_non_null(stream);
    secretstream_free(stream);
    secretstream_free(NULL);
    assert_string_equal(secretstream_engine_name(SECRETSTREAM_LIBSODIUM), "libsodium");
    assert_string_equal(secretstream_engine_name(SECRETSTREAM_OPENSSL), "openssl");
}

static int start(void **test)
{
    (void)test;
    if (sodium_init() < 0 || secretstream_best_engine() != SECRETSTREAM_OPENSSL)
        return -1;
    message = malloc(LEN_MAX);
    opened = malloc(LEN_MAX);
    chunk = malloc(LEN_MAX + SECRETSTREAM_OVERHEAD);
    oracle_chunk = malloc(LEN_MAX + SECRETSTREAM_OVERHEAD);
    for (size_t e = 0; e < 2; e++)
        streams[e] = secretstream_new(engines[e]);
    if (!message || !opened || !chunk || !oracle_chunk || !streams[0] || !streams[1])
        return -1;
    randombytes_buf(message, LEN_MAX);
    return 0;
}

static int finish(void **test)
{
    (void)test;
    for (size_t e = 0; e < 2; e++)
        secretstream_free(streams[e]);
    free(message);
    free(opened);
    free(chunk);
    free(oracle_chunk);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begin_equals_libsodiums_own),
        cmocka_unit_test(every_length_makes_libsodiums_bytes),
        cmocka_unit_test(every_tag_makes_libsodiums_bytes),
        cmocka_unit_test(the_counters_wrap_rekeys_once),
        cmocka_unit_test(the_engines_may_take_turns_in_one_stream),
        cmocka_unit_test(a_flipped_bit_is_refused_and_nothing_is_touched),
        cmocka_unit_test(too_few_bytes_for_a_chunk_are_refused),
        cmocka_unit_test(skipping_a_chunk_agrees_with_opening_it),
        cmocka_unit_test(the_best_engine_is_there),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
