/*
 * Feeds: a plan of a stream, for mutations never pass its authentication: a count, that many records
 * of tag, length and repetition, and octets that follow what libsodium makes of them as they are.
 * A count of zero makes those octets the whole stream, header and all.
 * Holds: what comes out is what libsodium opens one chunk after another, and it ends alike, in one
 * thread and in several.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "formats/sodium/sodium.h"
#include "keys/keyring_add.h"
#include "run.h"

#include <sodium.h>

#define KEY_PATH "tests/vectors/sodium/keys/hex.key"

enum {
    CHUNKS_MAX = 3 * SODIUM_RUN_CHUNKS,
    STREAM_ROOM = SECRETSTREAM_HEADER_LEN + CHUNKS_MAX * SODIUM_CHUNK_LEN + 1024 * 1024,
    THREADS = 3,
};

static unsigned char stream[STREAM_ROOM];
static size_t stream_len;
static unsigned char plain[STREAM_ROOM];
static size_t plain_len;
static struct notes notes;

static const struct format_run *the_run(void)
{
    static struct format_run run;
    struct error err = {.kind = ERROR_NONE};
    if (run.ring != NULL)
        return &run;
    run_start();
    struct keyring *ring = keyring_new(KEY_FOR_DECRYPT);
    must(keyring_add_path(ring, KEY_PATH, KEY_TRANSFORM_HEX, &notes, &err));
    run = (struct format_run){.ring = ring, .notes = &notes};
    return &run;
}

static const unsigned char *the_key(void)
{
    return keyring_get(the_run()->ring, 0)->bytes;
}

/* Adds the chunks of one record. */
static void push(crypto_secretstream_xchacha20poly1305_state *state, struct bytes record,
                 size_t *chunks)
{
    static const unsigned char message[SODIUM_MESSAGE_LEN];
    size_t len = ((size_t)record.at[1] << 8 | record.at[2]) % (SODIUM_MESSAGE_LEN + 1);
    for (unsigned i = 0; i <= record.at[3] && *chunks < CHUNKS_MAX; i++, (*chunks)++) {
        crypto_secretstream_xchacha20poly1305_push(state, stream + stream_len, NULL, message, len,
                                                   NULL, 0, record.at[0]);
        stream_len += len + SECRETSTREAM_OVERHEAD;
    }
}

static void make_stream(struct bytes plan)
{
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t records = 0;
    struct bytes record;
    size_t chunks = 0;
    stream_len = 0;
    (void)bytes_take_u8(&plan, &records);
    if (records > 0) {
        static const unsigned char header[SECRETSTREAM_HEADER_LEN] = {1, 2, 3};
        memcpy(stream, header, sizeof header);
        stream_len = sizeof header;
        /* a header of our choosing, so that each input makes the same stream every time */
        crypto_secretstream_xchacha20poly1305_init_pull(&state, header, the_key());
    }
    while (records-- > 0 && bytes_take(&plan, 4, &record))
        push(&state, record, &chunks);
    size_t rest = plan.len < STREAM_ROOM - stream_len ? plan.len : STREAM_ROOM - stream_len;
    if (rest > 0)
        memcpy(stream + stream_len, plan.at, rest);
    stream_len += rest;
}

/* What libsodium makes of it. Returns whether the stream is whole. */
static bool open_stream(void)
{
    crypto_secretstream_xchacha20poly1305_state state;
    size_t at = SECRETSTREAM_HEADER_LEN;
    unsigned char tag = 0;
    plain_len = 0;
    if (stream_len < at ||
        crypto_secretstream_xchacha20poly1305_init_pull(&state, stream, the_key()) != 0)
        return false;
    while (at < stream_len && tag != SECRETSTREAM_TAG_FINAL) {
        size_t len = stream_len - at < SODIUM_CHUNK_LEN ? stream_len - at : SODIUM_CHUNK_LEN;
        unsigned long long opened = 0;
        if (len < SECRETSTREAM_OVERHEAD ||
            crypto_secretstream_xchacha20poly1305_pull(&state, plain + plain_len, &opened, &tag,
                                                       stream + at, len, NULL, 0) != 0 ||
            tag > SECRETSTREAM_TAG_FINAL)
            return false;
        plain_len += (size_t)opened;
        at += len;
    }
    return at == stream_len && tag == SECRETSTREAM_TAG_FINAL;
}

static void decrypt(unsigned threads, bool is_whole, struct error *err)
{
    struct codec codec;
    uint64_t written = 0;
    struct source *source = run_source(0, stream, stream_len);
    struct source *expected = run_source(1, plain, plain_len);
    struct sink *sink = sink_new_compare(expected, err);
    must(sink != NULL && sodium_decrypter(the_run(), source, &codec, err));
    notes.count = 0;
    bool good = run_codec(&codec, source, sink, &notes, threads, &written, err);
    must_tell(good, err);
    must(err->kind != ERROR_IO && err->kind != ERROR_INTERRUPTED && err->kind != ERROR_DIFFERS);
    must(good == is_whole && written == plain_len);
    sink_free(sink);
    source_free(expected);
    source_free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error one = {.kind = ERROR_NONE};
    struct error several = {.kind = ERROR_NONE};
    the_run();
    make_stream((struct bytes){data, size});
    bool is_whole = open_stream();
    decrypt(1, is_whole, &one);
    decrypt(THREADS, is_whole, &several);
    must_be_same(&one, &several);
    return 0;
}
