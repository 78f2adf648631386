/* secretstream against libsodium's own functions as the oracle, both ways, and the two engines
 * against each other. */
#include "crypto/secretstream.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEN_MAX = (1 << 20) + 8192 + 300 };

static unsigned char message[LEN_MAX];
static unsigned char opened[LEN_MAX];
static unsigned char chunk[LEN_MAX + SECRETSTREAM_OVERHEAD];
static unsigned char oracle_chunk[LEN_MAX + SECRETSTREAM_OVERHEAD];

static const unsigned char all_tags[] = {SECRETSTREAM_TAG_MESSAGE, SECRETSTREAM_TAG_PUSH,
                                         SECRETSTREAM_TAG_REKEY, SECRETSTREAM_TAG_FINAL};

/* One engine's context, or NULL (and a line why) where this machine's OpenSSL can't serve. */
static struct secretstream *engine_or_skip(enum secretstream_engine engine)
{
    struct secretstream *stream = secretstream_new(engine);
    if (stream == NULL) {
        assert_int_equal(engine, SECRETSTREAM_OPENSSL);
        assert_int_equal(secretstream_best_engine(), SECRETSTREAM_LIBSODIUM);
        print_message("# skipped: OpenSSL's ChaCha20 and Poly1305 are not here\n");
    }
    return stream;
}

static void for_each_engine(void (*check)(struct secretstream *stream))
{
    for (int engine = SECRETSTREAM_LIBSODIUM; engine <= SECRETSTREAM_OPENSSL; engine++) {
        struct secretstream *stream = engine_or_skip((enum secretstream_engine)engine);
        if (stream != NULL)
            check(stream);
        secretstream_free(stream);
    }
}

static secretstream_state random_state(void)
{
    unsigned char key[SECRETSTREAM_KEY_LEN];
    unsigned char header[SECRETSTREAM_HEADER_LEN];
    secretstream_state state;
    randombytes_buf(key, sizeof key);
    randombytes_buf(header, sizeof header);
    secretstream_begin(&state, key, header);
    return state;
}

static void assert_same_state(const secretstream_state *one, const secretstream_state *other)
{
    assert_memory_equal(one->k, other->k, sizeof one->k);
    assert_memory_equal(one->nonce, other->nonce, sizeof one->nonce);
}

/* Pushes len bytes with stream and with libsodium from the same state, then pulls them. All three
 * states must end the same. */
static void check_chunk(struct secretstream *stream, secretstream_state *state, size_t len,
                        unsigned char tag)
{
    secretstream_state oracle = *state;
    secretstream_state puller = *state;
    size_t chunk_len = len + SECRETSTREAM_OVERHEAD;
    unsigned char opened_tag = 0x55;
    crypto_secretstream_xchacha20poly1305_push(&oracle, oracle_chunk, NULL, message, len, NULL, 0,
                                               tag);
    assert_true(secretstream_push(stream, state, chunk, message, len, tag));
    assert_memory_equal(chunk, oracle_chunk, chunk_len);
    assert_same_state(state, &oracle);
    memset(opened, 0x55, len);
    assert_true(secretstream_pull(stream, &puller, opened, &opened_tag, oracle_chunk, chunk_len));
    assert_memory_equal(opened, message, len);
    assert_int_equal(opened_tag, tag);
    assert_same_state(&puller, &oracle);
}

static void check_small_lengths(struct secretstream *stream)
{
    secretstream_state state = random_state();
    for (size_t len = 0; len <= 300; len++)
        check_chunk(stream, &state, len, all_tags[len % 4]);
}

static void both_engines_make_and_open_libsodiums_bytes_at_every_length_to_300(void **unused)
{
    (void)unused;
    for_each_engine(check_small_lengths);
}

static void check_large_lengths(struct secretstream *stream)
{
    static const size_t around[] = {1024, 4096, 8192, 65536, 1 << 20, (1 << 20) + 8192};
    secretstream_state state = random_state();
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        for (size_t len = around[i] - 18; len <= around[i] + 18; len += i < 3 ? 1 : 6)
            check_chunk(stream, &state, len, SECRETSTREAM_TAG_MESSAGE);
    for (int i = 0; i < 100; i++)
        check_chunk(stream, &state, randombytes_uniform(20000), SECRETSTREAM_TAG_MESSAGE);
    for (int i = 0; i < 5; i++)
        check_chunk(stream, &state, randombytes_uniform(LEN_MAX), SECRETSTREAM_TAG_MESSAGE);
}

static void both_engines_make_and_open_libsodiums_bytes_around_chunk_sizes(void **unused)
{
    (void)unused;
    for_each_engine(check_large_lengths);
}

static void check_tags(struct secretstream *stream)
{
    secretstream_state state = random_state();
    for (int tag = 0; tag <= 255; tag++)
        check_chunk(stream, &state, (size_t)tag % 70, (unsigned char)tag);
}

static void every_tag_value_travels_and_the_rekey_bit_changes_the_key(void **unused)
{
    (void)unused;
    for_each_engine(check_tags);
    secretstream_state state = random_state();
    struct secretstream *stream = secretstream_new(SECRETSTREAM_LIBSODIUM);
    for (size_t i = 0; i < sizeof all_tags; i++) {
        secretstream_state before = state;
        check_chunk(stream, &state, 5, all_tags[i]);
        bool changed = memcmp(before.k, state.k, sizeof state.k) != 0;
        assert_int_equal(changed, (all_tags[i] & SECRETSTREAM_TAG_REKEY) != 0);
    }
    secretstream_free(stream);
}

static void check_wrap(struct secretstream *stream)
{
    for (size_t i = 0; i < sizeof all_tags; i++) {
        secretstream_state state = random_state();
        secretstream_state before = state;
        memset(state.nonce, 0xff, 4);
        check_chunk(stream, &state, 100, all_tags[i]);
        assert_memory_not_equal(state.k, before.k, sizeof state.k);
        assert_memory_equal(state.nonce, "\1\0\0\0", 4);
        check_chunk(stream, &state, 100, SECRETSTREAM_TAG_MESSAGE);
    }
    secretstream_state state = random_state();
    memcpy(state.nonce, "\xff\xff\xff\xfe", 4);
    check_chunk(stream, &state, 100, SECRETSTREAM_TAG_MESSAGE);
    assert_memory_equal(state.nonce, "\0\0\0\xff", 4);
}

static void the_counters_wrap_rekeys_once_with_every_tag(void **unused)
{
    (void)unused;
    for_each_engine(check_wrap);
}

static void check_header(struct secretstream *stream)
{
    unsigned char key[SECRETSTREAM_KEY_LEN];
    unsigned char header[SECRETSTREAM_HEADER_LEN];
    unsigned char tag;
    secretstream_state oracle;
    secretstream_state state;
    crypto_secretstream_xchacha20poly1305_keygen(key);
    crypto_secretstream_xchacha20poly1305_init_push(&oracle, header, key);
    secretstream_begin(&state, key, header);
    crypto_secretstream_xchacha20poly1305_push(&oracle, chunk, NULL, message, 50, NULL, 0, 3);
    assert_true(secretstream_pull(stream, &state, opened, &tag, chunk, 50 + SECRETSTREAM_OVERHEAD));
    assert_memory_equal(opened, message, 50);
}

static void a_stream_that_libsodium_began_opens_with_its_key_and_header(void **unused)
{
    (void)unused;
    for_each_engine(check_header);
}

static void assert_refused(struct secretstream *stream, const secretstream_state *state,
                           const unsigned char *forged, size_t forged_len)
{
    secretstream_state used = *state;
    unsigned char tag = 0x5a;
    unsigned char untouched[300];
    memset(opened, 0x5a, sizeof untouched);
    memset(untouched, 0x5a, sizeof untouched);
    assert_false(secretstream_pull(stream, &used, opened, &tag, forged, forged_len));
    assert_memory_equal(opened, untouched, sizeof untouched);
    assert_int_equal(tag, 0x5a);
    assert_memory_equal(&used, state, sizeof used);
}

static void check_flips(struct secretstream *stream)
{
    enum { LEN = 75, CHUNK_LEN = LEN + SECRETSTREAM_OVERHEAD };
    secretstream_state state = random_state();
    secretstream_state puller = state;
    unsigned char tag;
    assert_true(secretstream_push(stream, &state, chunk, message, LEN, SECRETSTREAM_TAG_MESSAGE));
    for (size_t bit = 0; bit < CHUNK_LEN * 8; bit++) {
        chunk[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        assert_refused(stream, &puller, chunk, CHUNK_LEN);
        chunk[bit / 8] ^= (unsigned char)(1U << (bit % 8));
    }
    assert_true(secretstream_pull(stream, &puller, opened, &tag, chunk, CHUNK_LEN));
}

static void every_flipped_bit_is_refused_with_nothing_written(void **unused)
{
    (void)unused;
    for_each_engine(check_flips);
}

static void check_cuts(struct secretstream *stream)
{
    enum { LEN = 75, CHUNK_LEN = LEN + SECRETSTREAM_OVERHEAD };
    secretstream_state state = random_state();
    secretstream_state puller = state;
    assert_true(secretstream_push(stream, &state, chunk, message, LEN, SECRETSTREAM_TAG_MESSAGE));
    for (size_t len = 0; len < CHUNK_LEN; len++)
        assert_refused(stream, &puller, chunk, len);
    chunk[CHUNK_LEN] = 0;
    assert_refused(stream, &puller, chunk, CHUNK_LEN + 1);
}

static void a_chunk_cut_short_or_too_long_is_refused(void **unused)
{
    (void)unused;
    for_each_engine(check_cuts);
}

static void check_order(struct secretstream *stream)
{
    enum { CHUNK_LEN = 40 + SECRETSTREAM_OVERHEAD };
    secretstream_state state = random_state();
    secretstream_state first = state;
    secretstream_state other = random_state();
    unsigned char tag;
    assert_true(secretstream_push(stream, &state, oracle_chunk, message, 40, 0));
    assert_true(secretstream_push(stream, &state, chunk, message, 40, 0));
    assert_refused(stream, &first, chunk, CHUNK_LEN);
    assert_refused(stream, &other, oracle_chunk, CHUNK_LEN);
    assert_true(secretstream_pull(stream, &first, opened, &tag, oracle_chunk, CHUNK_LEN));
    assert_refused(stream, &first, oracle_chunk, CHUNK_LEN);
    assert_true(secretstream_pull(stream, &first, opened, &tag, chunk, CHUNK_LEN));
}

static void a_chunk_out_of_order_repeated_or_of_another_key_is_refused(void **unused)
{
    (void)unused;
    for_each_engine(check_order);
}

static void check_skip(struct secretstream *stream)
{
    secretstream_state state = random_state();
    for (int i = 0; i < 40; i++) {
        secretstream_state skipped = state;
        size_t len = randombytes_uniform(400);
        if (i % 10 == 5) {
            memset(state.nonce, 0xff, 4);
            skipped = state;
        }
        check_chunk(stream, &state, len, i % 2 == 0 ? SECRETSTREAM_TAG_MESSAGE : 0xfd);
        secretstream_skip(&skipped, chunk + 1 + len);
        assert_same_state(&skipped, &state);
    }
}

static void skipping_a_chunk_by_its_mac_agrees_with_opening_it(void **unused)
{
    (void)unused;
    for_each_engine(check_skip);
}

static void the_engines_take_turns_in_one_stream(void **unused)
{
    (void)unused;
    struct secretstream *stream[2] = {engine_or_skip(SECRETSTREAM_LIBSODIUM),
                                      engine_or_skip(SECRETSTREAM_OPENSSL)};
    secretstream_state pusher = random_state();
    secretstream_state puller = pusher;
    for (int i = 0; stream[1] != NULL && i < 400; i++) {
        size_t len = randombytes_uniform(3000);
        unsigned char tag = all_tags[randombytes_uniform(4)];
        unsigned char opened_tag;
        assert_true(
            secretstream_push(stream[randombytes_uniform(2)], &pusher, chunk, message, len, tag));
        assert_true(secretstream_pull(stream[randombytes_uniform(2)], &puller, opened, &opened_tag,
                                      chunk, len + SECRETSTREAM_OVERHEAD));
        assert_memory_equal(opened, message, len);
        assert_int_equal(opened_tag, tag);
        assert_same_state(&pusher, &puller);
    }
    secretstream_free(stream[0]);
    secretstream_free(stream[1]);
}

static void a_refused_chunk_does_no_harm_to_the_next_one(void **unused)
{
    (void)unused;
    struct secretstream *stream = engine_or_skip(SECRETSTREAM_OPENSSL);
    secretstream_state state = random_state();
    memset(oracle_chunk, 0x33, 200);
    for (size_t len = 0; stream != NULL && len < 130; len++) {
        assert_refused(stream, &state, oracle_chunk, len + SECRETSTREAM_OVERHEAD);
        check_chunk(stream, &state, 129 - len, SECRETSTREAM_TAG_MESSAGE);
        memset(oracle_chunk, 0x33, 200);
    }
    secretstream_free(stream);
}

static void a_message_longer_than_the_format_allows_fails_instead_of_aborting(void **unused)
{
    (void)unused;
    size_t most = crypto_secretstream_xchacha20poly1305_messagebytes_max();
    secretstream_state state = random_state();
    secretstream_state before = state;
    struct secretstream *stream = secretstream_new(SECRETSTREAM_LIBSODIUM);
    unsigned char tag;
    if (most >= SIZE_MAX - SECRETSTREAM_OVERHEAD) {
        print_message("# skipped: a size can't be too large on this machine\n");
    } else {
        assert_false(secretstream_push(stream, &state, chunk, message, most + 1, 0));
        assert_false(secretstream_pull(stream, &state, opened, &tag, chunk,
                                       most + 1 + SECRETSTREAM_OVERHEAD));
        assert_memory_equal(&state, &before, sizeof state);
    }
    secretstream_free(stream);
}

static void the_best_engine_stays_the_same_exists_and_has_a_name(void **unused)
{
    (void)unused;
    enum secretstream_engine best = secretstream_best_engine();
    assert_int_equal(secretstream_best_engine(), best);
    struct secretstream *stream = secretstream_new(best);
    assert_non_null(stream);
    secretstream_free(stream);
    assert_string_equal(secretstream_engine_name(SECRETSTREAM_LIBSODIUM), "libsodium");
    assert_string_equal(secretstream_engine_name(SECRETSTREAM_OPENSSL), "openssl");
}

/* Without this, an OpenSSL engine that makes wrong bytes would turn itself off, and the other tests
 * would pass it over. */
static void the_best_engine_is_openssl_wherever_it_has_both_primitives(void **unused)
{
    (void)unused;
    EVP_CIPHER *chacha20 = EVP_CIPHER_fetch(NULL, "ChaCha20", NULL);
    EVP_MAC *poly1305 = EVP_MAC_fetch(NULL, "POLY1305", NULL);
    if (chacha20 != NULL && poly1305 != NULL)
        assert_int_equal(secretstream_best_engine(), SECRETSTREAM_OPENSSL);
    else
        assert_int_equal(secretstream_best_engine(), SECRETSTREAM_LIBSODIUM);
    EVP_CIPHER_free(chacha20);
    EVP_MAC_free(poly1305);
}

static void beginning_leaves_no_byte_of_the_state_as_it_was(void **unused)
{
    (void)unused;
    static const unsigned char secret[SECRETSTREAM_KEY_LEN] = "a key that is only for the tests";
    secretstream_state one;
    secretstream_state other;
    memset(&one, 0x11, sizeof one);
    memset(&other, 0x22, sizeof other);
    secretstream_begin(&one, secret, secret);
    secretstream_begin(&other, secret, secret);
    assert_memory_equal(&one, &other, sizeof one);
}

static void freeing_nothing_is_allowed(void **unused)
{
    (void)unused;
    secretstream_free(NULL);
}

static int start(void **unused)
{
    (void)unused;
    if (sodium_init() < 0)
        return -1;
    secretstream_best_engine();
    randombytes_buf(message, sizeof message);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_engines_make_and_open_libsodiums_bytes_at_every_length_to_300),
        cmocka_unit_test(both_engines_make_and_open_libsodiums_bytes_around_chunk_sizes),
        cmocka_unit_test(every_tag_value_travels_and_the_rekey_bit_changes_the_key),
        cmocka_unit_test(the_counters_wrap_rekeys_once_with_every_tag),
        cmocka_unit_test(a_stream_that_libsodium_began_opens_with_its_key_and_header),
        cmocka_unit_test(every_flipped_bit_is_refused_with_nothing_written),
        cmocka_unit_test(a_chunk_cut_short_or_too_long_is_refused),
        cmocka_unit_test(a_chunk_out_of_order_repeated_or_of_another_key_is_refused),
        cmocka_unit_test(skipping_a_chunk_by_its_mac_agrees_with_opening_it),
        cmocka_unit_test(the_engines_take_turns_in_one_stream),
        cmocka_unit_test(a_refused_chunk_does_no_harm_to_the_next_one),
        cmocka_unit_test(a_message_longer_than_the_format_allows_fails_instead_of_aborting),
        cmocka_unit_test(the_best_engine_stays_the_same_exists_and_has_a_name),
        cmocka_unit_test(the_best_engine_is_openssl_wherever_it_has_both_primitives),
        cmocka_unit_test(beginning_leaves_no_byte_of_the_state_as_it_was),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
