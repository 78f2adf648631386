/* The sodium format against libsodium as oracle: what is written, what is read, what is refused.
 * The codecs run through the pipeline, with one worker and with four. */
#define _GNU_SOURCE
#include "formats/sodium/sodium.h"
#include "keys/keyring_add.h"

#include "base/secret.h"
#include "pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

#include "../../io/folder.h"

enum { RUN_LEN = SODIUM_RUN_CHUNKS * SODIUM_MESSAGE_LEN, PLAIN_MAX = 3 * RUN_LEN + 100 };
enum { HEADER = SECRETSTREAM_HEADER_LEN, STREAM_MAX = 2 * PLAIN_MAX };

static unsigned char plain[PLAIN_MAX];
static unsigned char stream[STREAM_MAX];
static unsigned char result[STREAM_MAX];
static size_t result_len;
static struct keyring *right_key;
static struct keyring *wrong_key;
static unsigned char key[SODIUM_KEY_LEN];

static void put_file(const char *name, const unsigned char *bytes, size_t len)
{
    FILE *file = fopen(in_folder(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static size_t get_file(const char *name, unsigned char *bytes, size_t room)
{
    FILE *file = fopen(in_folder(name), "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, room, file);
    fclose(file);
    return len;
}

/* Runs a codec from the file "in" to the file "out", through standard output, so that what a
 * failing run has written counts too. */
static bool run(bool encrypts, const struct keyring *ring, unsigned threads)
{
    static struct notes notes;
    struct codec codec;
    notes.count = 0;
    error_clear(&err);
    int out = open(in_folder("out"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(out >= 0 && dup2(out, STDOUT_FILENO) == STDOUT_FILENO);
    close(out);
    struct source *source =
        source_new_file(in_folder("in"), &(struct source_policy){.standby = false}, &err);
    struct sink *sink = sink_new_stdout(&err);
    assert_true(source != NULL && sink != NULL);
    const struct format_run formats = {.ring = ring, .notes = &notes};
    assert_true(encrypts ? sodium_encrypter(&formats, &codec, &err)
                         : sodium_decrypter(&formats, source, &codec, &err));
    bool good = codec.ops->begin(codec.state, source, sink, &notes, &err) &&
                pipeline_run(&codec, source, sink, threads, &err) && sink_finish(sink, &err);
    if (!good)
        sink_abandon(sink, &err);
    codec.ops->free(codec.state);
    sink_free(sink);
    source_free(source);
    result_len = get_file("out", result, sizeof result);
    wait_end(); /* a failing run has woken every wait */
    struct error again = {.kind = ERROR_NONE};
    assert_true(wait_begin(&again));
    return good;
}

struct oracle {
    crypto_secretstream_xchacha20poly1305_state state;
    size_t len;   /* of stream */
    size_t taken; /* of plain */
};

static void oracle_begin(struct oracle *oracle)
{
    crypto_secretstream_xchacha20poly1305_init_push(&oracle->state, stream, key);
    oracle->len = HEADER;
    oracle->taken = 0;
}

static void oracle_chunk(struct oracle *oracle, size_t len, unsigned char tag)
{
    crypto_secretstream_xchacha20poly1305_push(&oracle->state, stream + oracle->len, NULL,
                                               plain + oracle->taken, len, NULL, 0, tag);
    oracle->len += len + SECRETSTREAM_OVERHEAD;
    oracle->taken += len;
}

/* WAL-G's framing of the first plain_len bytes of plain. */
static size_t oracle_seal(size_t plain_len)
{
    struct oracle oracle;
    oracle_begin(&oracle);
    while (plain_len - oracle.taken >= SODIUM_MESSAGE_LEN)
        oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, SECRETSTREAM_TAG_MESSAGE);
    oracle_chunk(&oracle, plain_len - oracle.taken, SECRETSTREAM_TAG_FINAL);
    return oracle.len;
}

static void assert_opens(size_t stream_len, size_t plain_len)
{
    put_file("in", stream, stream_len);
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        assert_true(run(false, right_key, threads));
        assert_int_equal(result_len, plain_len);
        assert_memory_equal(result, plain, plain_len);
    }
}

/* The same reason, text and bytes with one worker and with four. */
static void assert_refused(size_t stream_len, enum error_kind kind, const char *text,
                           size_t plain_len)
{
    put_file("in", stream, stream_len);
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        assert_false(run(false, right_key, threads));
        assert_int_equal(err.kind, kind);
        assert_non_null(strstr(err.text, text));
        assert_int_equal(result_len, plain_len);
        assert_memory_equal(result, plain, plain_len);
    }
}

static const size_t lens[] = {
    0,       1,           8191,           8192,           8193,        16384,    RUN_LEN - 1,
    RUN_LEN, RUN_LEN + 1, RUN_LEN + 8191, RUN_LEN + 8192, 2 * RUN_LEN, PLAIN_MAX};

enum { LENS = sizeof lens / sizeof lens[0] };

static void what_the_oracle_sealed_opens(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENS; i++)
        assert_opens(oracle_seal(lens[i]), lens[i]);
}

/* Opens result as WAL-G frames it, with libsodium alone. */
static void assert_framed_like_walg(size_t plain_len)
{
    crypto_secretstream_xchacha20poly1305_state state;
    static unsigned char message[SODIUM_MESSAGE_LEN];
    assert_int_equal(crypto_secretstream_xchacha20poly1305_init_pull(&state, result, key), 0);
    size_t at = HEADER;
    for (size_t taken = 0;; taken += SODIUM_MESSAGE_LEN) {
        size_t left = plain_len - taken;
        size_t len = left < SODIUM_MESSAGE_LEN ? left : SODIUM_MESSAGE_LEN;
        unsigned char tag;
        assert_true(at + len + SECRETSTREAM_OVERHEAD <= result_len);
        assert_int_equal(
            crypto_secretstream_xchacha20poly1305_pull(&state, message, NULL, &tag, result + at,
                                                       len + SECRETSTREAM_OVERHEAD, NULL, 0),
            0);
        assert_memory_equal(message, plain + taken, len);
        at += len + SECRETSTREAM_OVERHEAD;
        assert_int_equal(tag, left < SODIUM_MESSAGE_LEN ? SECRETSTREAM_TAG_FINAL : 0);
        if (left < SODIUM_MESSAGE_LEN)
            break;
    }
    assert_int_equal(at, result_len);
}

static void what_is_sealed_is_framed_as_walg_frames_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENS; i++) {
        put_file("in", plain, lens[i]);
        for (unsigned threads = 1; threads <= 4; threads += 3) {
            assert_true(run(true, right_key, threads));
            assert_framed_like_walg(lens[i]);
        }
    }
}

static void a_full_final_chunk_is_read(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_begin(&oracle);
    oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, SECRETSTREAM_TAG_FINAL);
    assert_opens(oracle.len, oracle.taken);
}

static void an_authentic_chunk_with_an_unknown_tag_is_damage(void **state)
{
    (void)state;
    static const unsigned char tags[] = {4, 5, 6, 7, 128, 252, 255};
    for (size_t i = 0; i < sizeof tags; i++) {
        char wanted[128];
        struct oracle oracle;
        oracle_begin(&oracle);
        for (size_t chunk = 0; chunk < i * 25; chunk++)
            oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, SECRETSTREAM_TAG_MESSAGE);
        size_t good_len = oracle.taken;
        snprintf(wanted, sizeof wanted,
                 "chunk %zu, which begins at byte %zu, is authentic, but "
                 "its tag %u is unknown",
                 i * 25, oracle.len, tags[i]);
        oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, tags[i]);
        oracle_chunk(&oracle, 3, SECRETSTREAM_TAG_FINAL);
        assert_refused(oracle.len, ERROR_DAMAGED, wanted, good_len);
        /* as the last one, too: FINAL is 3 and nothing else */
        assert_refused(oracle.len - 3 - SECRETSTREAM_OVERHEAD, ERROR_DAMAGED, wanted, good_len);
    }
}

static void a_rekey_inside_the_stream_is_followed_in_every_later_run(void **state)
{
    (void)state;
    static const size_t at[] = {0, 5, SODIUM_RUN_CHUNKS - 1, SODIUM_RUN_CHUNKS};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct oracle oracle;
        oracle_begin(&oracle);
        for (size_t n = 0; n < 3 * SODIUM_RUN_CHUNKS; n++)
            oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, n == at[i] ? SECRETSTREAM_TAG_REKEY : 0);
        oracle_chunk(&oracle, 50, SECRETSTREAM_TAG_FINAL);
        assert_opens(oracle.len, oracle.taken);
    }
}

static void a_cut_between_chunks_is_truncation_wherever_it_is(void **state)
{
    (void)state;
    static const size_t chunks[] = {1, 2, SODIUM_RUN_CHUNKS, SODIUM_RUN_CHUNKS + 1};
    oracle_seal(PLAIN_MAX);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++)
        assert_refused(HEADER + chunks[i] * SODIUM_CHUNK_LEN, ERROR_TRUNCATED, "end mark",
                       chunks[i] * SODIUM_MESSAGE_LEN);
    assert_refused(HEADER, ERROR_TRUNCATED, "before its first chunk", 0);
}

static void a_cut_that_leaves_too_few_bytes_is_truncation(void **state)
{
    (void)state;
    oracle_seal(PLAIN_MAX);
    for (size_t tail = 1; tail < SECRETSTREAM_OVERHEAD; tail++)
        assert_refused(HEADER + 2 * SODIUM_CHUNK_LEN + tail, ERROR_TRUNCATED, "inside chunk 2",
                       2 * SODIUM_MESSAGE_LEN);
}

static void a_damaged_chunk_is_named_and_all_before_it_is_written(void **state)
{
    (void)state;
    static const size_t at[] = {1, SODIUM_RUN_CHUNKS - 1, SODIUM_RUN_CHUNKS,
                                2 * SODIUM_RUN_CHUNKS + 7};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        char text[64];
        size_t len = oracle_seal(PLAIN_MAX);
        snprintf(text, sizeof text, "damaged: chunk %zu, which begins at byte %zu", at[i],
                 HEADER + at[i] * SODIUM_CHUNK_LEN);
        stream[HEADER + at[i] * SODIUM_CHUNK_LEN + 100] ^= 1;
        assert_refused(len, ERROR_DAMAGED, text, at[i] * SODIUM_MESSAGE_LEN);
    }
}

static void bytes_behind_the_end_are_damage(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_begin(&oracle);
    oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, 0);
    oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, SECRETSTREAM_TAG_FINAL);
    for (size_t more = 1; more < 40; more++)
        assert_refused(oracle.len + more, ERROR_DAMAGED, "follow the end", oracle.taken);
}

static void bytes_in_the_run_behind_the_end_are_damage(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_begin(&oracle);
    for (size_t n = 1; n < SODIUM_RUN_CHUNKS; n++)
        oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, 0);
    oracle_chunk(&oracle, SODIUM_MESSAGE_LEN, SECRETSTREAM_TAG_FINAL);
    assert_opens(oracle.len, oracle.taken);
    assert_refused(oracle.len + 1, ERROR_DAMAGED, "follow the end", oracle.taken);
}

static void too_short_streams_are_told_apart(void **state)
{
    (void)state;
    oracle_seal(100);
    assert_refused(0, ERROR_TRUNCATED, "truncated", 0);
    assert_refused(16, ERROR_TRUNCATED, "truncated", 0);
    assert_refused(17, ERROR_UNSUPPORTED, "WAL-G leaves for an empty file", 0);
    assert_refused(18, ERROR_TRUNCATED, "truncated", 0);
    assert_refused(HEADER + 16, ERROR_TRUNCATED, "truncated", 0);
    assert_refused(HEADER + 17, ERROR_NO_KEY_FITS, "or it is cut short", 0);
}

static void a_wrong_key_writes_nothing(void **state)
{
    (void)state;
    put_file("in", stream, oracle_seal(PLAIN_MAX));
    assert_false(run(false, wrong_key, 4));
    assert_int_equal(err.kind, ERROR_NO_KEY_FITS);
    assert_null(strstr(err.text, "cut short"));
    assert_int_equal(result_len, 0);
}

static void what_it_looks_like_is_told_when_no_key_opens_it(void **state)
{
    (void)state;
    memset(stream, 0, 20000);
    memcpy(stream, "\x28\xB5\x2F\xFD", 4);
    assert_refused(20000, ERROR_NO_KEY_FITS, "zstd", 0);
}

static struct keyring *ring_of(const unsigned char bytes[SODIUM_KEY_LEN])
{
    static const char origin[] = "test";
    struct error bad = {.kind = ERROR_NONE};
    struct keyring *ring = keyring_new(KEY_FOR_DECRYPT);
    bool good = ring != NULL && keyring_insert(ring, bytes, KEY_TRANSFORM_HEX, false, origin, &bad);
    return good ? ring : NULL;
}

static enum format_claim claim_of(const struct keyring *ring, size_t len)
{
    enum format_claim claim;
    const struct format_run formats = {.ring = ring};
    FILE *file = fopen(in_folder("in"), "wb");
    assert_true(file != NULL && fwrite(stream, 1, len, file) == len);
    fclose(file);
    struct source *source =
        source_new_file(in_folder("in"), &(struct source_policy){.standby = false}, &err);
    assert_non_null(source);
    assert_true(sodium_claims(&formats, source, &claim, &err));
    source_free(source);
    return claim;
}

static void any_stream_may_be_sodium_and_a_key_that_opens_it_makes_it_sure(void **state)
{
    (void)state;
    struct keyring *right = ring_of(key);
    struct keyring *none = keyring_new(KEY_FOR_DECRYPT);
    size_t len = oracle_seal(20000);
    assert_int_equal(claim_of(right, len), FORMAT_SURE);
    assert_int_equal(claim_of(right, 30), FORMAT_PERHAPS);
    assert_int_equal(claim_of(none, len), FORMAT_NO);
    stream[100] ^= 1;
    assert_int_equal(claim_of(right, len), FORMAT_PERHAPS);
    keyring_free(right);
    keyring_free(none);
}

static int start(void **state)
{
    (void)state;
    if (!secret_begin(&err))
        return -1;
    unsigned char other[SODIUM_KEY_LEN];
    randombytes_buf(plain, sizeof plain);
    randombytes_buf(key, sizeof key);
    randombytes_buf(other, sizeof other);
    right_key = ring_of(key);
    wrong_key = ring_of(other);
    return right_key != NULL && wrong_key != NULL ? 0 : -1;
}

static int finish(void **state)
{
    (void)state;
    keyring_free(right_key);
    keyring_free(wrong_key);
    return 0;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_the_oracle_sealed_opens),
        IN_FOLDER(what_is_sealed_is_framed_as_walg_frames_it),
        IN_FOLDER(a_full_final_chunk_is_read),
        IN_FOLDER(an_authentic_chunk_with_an_unknown_tag_is_damage),
        IN_FOLDER(a_rekey_inside_the_stream_is_followed_in_every_later_run),
        IN_FOLDER(a_cut_between_chunks_is_truncation_wherever_it_is),
        IN_FOLDER(a_cut_that_leaves_too_few_bytes_is_truncation),
        IN_FOLDER(a_damaged_chunk_is_named_and_all_before_it_is_written),
        IN_FOLDER(bytes_behind_the_end_are_damage),
        IN_FOLDER(bytes_in_the_run_behind_the_end_are_damage),
        IN_FOLDER(too_short_streams_are_told_apart),
        IN_FOLDER(a_wrong_key_writes_nothing),
        IN_FOLDER(what_it_looks_like_is_told_when_no_key_opens_it),
        IN_FOLDER(any_stream_may_be_sodium_and_a_key_that_opens_it_makes_it_sure),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
