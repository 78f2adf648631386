/*
 * Runs the codecs of container.h through the pipeline, from a container that a test has built.
 * Included after cmocka.h, and container_headers.h before that.
 */
#ifndef WALSEAL_TESTS_CONTAINER_RUN_H
#define WALSEAL_TESTS_CONTAINER_RUN_H

#include "container_headers.h"

#include <sodium.h>

#include "../../io/folder.h"

enum { STREAM_ROOM = 40 * 1024 * 1024 };

static unsigned char *plain; /* random, STREAM_ROOM octets as all three */
static unsigned char *stream;
static size_t stream_len;
static unsigned char *result;
static size_t result_len;
static struct notes notes;
static struct session_candidate *candidates; /* in secret memory */
static size_t candidate_count;

enum { CANDIDATES_MAX = 4 };

static inline void put_octets(const void *octets, size_t len)
{
    assert_true(len <= STREAM_ROOM - stream_len);
    memcpy(stream + stream_len, octets, len);
    stream_len += len;
}

static inline void put_octet(unsigned octet)
{
    unsigned char one = (unsigned char)octet;
    put_octets(&one, 1);
}

/* A header and a body of len octets at body. */
static inline void put_packet(uint8_t tag, const void *body, size_t len)
{
    unsigned char header[PACKET_HEADER_MAX];
    put_octets(header, packet_write_header(header, tag, len));
    put_octets(body, len);
}

static inline void write_file(const char *name, const unsigned char *octets, size_t len)
{
    FILE *file = fopen(in_folder(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(octets, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static inline size_t read_result(void)
{
    FILE *file = fopen(in_folder("out"), "rb");
    assert_non_null(file);
    size_t len = fread(result, 1, STREAM_ROOM, file);
    fclose(file);
    return len;
}

static inline struct source *open_in(void)
{
    struct source *source =
        source_new_file(in_folder("in"), &(struct source_policy){.standby = false}, &err);
    assert_non_null(source);
    return source;
}

/* Through standard output, so that what a failing run has written counts too. */
static inline struct sink *open_out(void)
{
    int out = open(in_folder("out"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(out >= 0 && dup2(out, STDOUT_FILENO) == STDOUT_FILENO);
    close(out);
    struct sink *sink = sink_new_stdout(&err);
    assert_non_null(sink);
    return sink;
}

static inline bool flow(struct codec *codec, struct source *source, struct sink *sink,
                        unsigned threads)
{
    bool good = codec->ops->begin(codec->state, source, sink, &notes, &err) &&
                pipeline_run(codec, source, sink, threads, &err) && sink_finish(sink, &err);
    if (!good)
        sink_abandon(sink, &err);
    codec->ops->free(codec->state);
    result_len = read_result();
    wait_end(); /* a failing run has woken every wait */
    struct error again = {.kind = ERROR_NONE};
    assert_true(wait_begin(&again));
    return good;
}

/* Decrypts stream, a container and what follows it, with candidates, into result. */
static inline bool decrypt(unsigned threads)
{
    error_clear(&err);
    notes.count = 0;
    result_len = 0;
    write_file("in", stream, stream_len);
    struct source *source = open_in();
    struct sink *sink = open_out();
    struct octets *octets = octets_new(source, &err);
    assert_non_null(octets);
    struct container container = {.stream = {.octets = octets},
                                  .octets = octets,
                                  .candidates = candidates,
                                  .candidate_count = candidate_count,
                                  .notes = &notes};
    bool more;
    struct codec codec;
    bool good = packet_stream_next(&container.stream, &more, &err);
    if (!good || !more)
        octets_free(octets);
    else
        good = container_decrypter(&container, &codec, &err) && flow(&codec, source, sink, threads);
    sink_free(sink);
    source_free(source);
    return good && more;
}

/* Encrypts the first len octets of plain into result. */
static inline bool encrypt(const struct session_key *session, struct bytes head, size_t len,
                           unsigned threads)
{
    error_clear(&err);
    write_file("in", plain, len);
    struct source *source = open_in();
    struct sink *sink = open_out();
    struct codec codec;
    bool good =
        container_encrypter(session, head, &codec, &err) && flow(&codec, source, sink, threads);
    sink_free(sink);
    source_free(source);
    return good;
}

static inline void assert_opens(size_t plain_len)
{
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        if (!decrypt(threads))
            fail_msg("%zu octets with %u threads: %s", plain_len, threads, err.text);
        assert_int_equal(result_len, plain_len);
        assert_memory_equal(result, plain, plain_len);
    }
}

/* Fails so, having written written octets of plain. */
static inline void assert_refused(enum error_kind kind, const char *text, size_t written)
{
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        assert_false(decrypt(threads));
        assert_failed(kind, text);
        assert_int_equal(result_len, written);
        assert_memory_equal(result, plain, written);
    }
}

/* A candidate with a random key. */
static inline struct session_candidate *add_candidate(uint8_t cipher, uint8_t esk_version)
{
    assert_true(candidate_count < CANDIDATES_MAX);
    struct session_candidate *candidate = &candidates[candidate_count++];
    *candidate = (struct session_candidate){.esk_version = esk_version};
    candidate->key.cipher = cipher;
    candidate->key.len = openpgp_cipher_key_len(cipher);
    randombytes_buf(candidate->key.bytes, candidate->key.len);
    return candidate;
}

static inline int container_start(void **state)
{
    (void)state;
    if (!secret_begin(&err) || !libgcrypt_begin(&err))
        return -1;
    plain = malloc(STREAM_ROOM);
    stream = malloc(STREAM_ROOM);
    result = malloc(STREAM_ROOM);
    candidates = secret_new(CANDIDATES_MAX * sizeof *candidates);
    if (plain == NULL || stream == NULL || result == NULL || candidates == NULL)
        return -1;
    randombytes_buf(plain, STREAM_ROOM);
    return 0;
}

static inline int container_finish(void **state)
{
    (void)state;
    free(plain);
    free(stream);
    free(result);
    secret_free(candidates);
    return 0;
}

static inline int container_setup(void **state)
{
    stream_len = 0;
    candidate_count = 0;
    return folder_setup(state);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, container_setup, folder_teardown)

#endif
