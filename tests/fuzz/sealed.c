/*
 * Feeds: what is inside an encrypted container, sealed by this target as version 1 with a right
 * integrity check, in parts whose length the input's first octet chooses.
 * Holds: the decrypter says and gives what the unpacker does that is fed with the same octets; of
 * what fails, nothing comes out unless there was more than is held back.
 */
#define _GNU_SOURCE /* memfd_create in run.h */
#include "crypto/cfb.h"
#include "formats/openpgp/container.h"
#include "formats/openpgp/unpack.h"
#include "run.h"

enum {
    BLOCK_LEN = 16,
    MDC_LEN = 22,
    PREFIX_LEN = 1 + BLOCK_LEN + 2, /* the version, random octets, two of them again */
    INSIDE_MAX = 256 * 1024,
    PARTS_MIN =
        9, /* the first part of several is of 512 octets at least (RFC 9580 section 4.2.1.4) */
    ROOM = 2 * (PREFIX_LEN + INSIDE_MAX + MDC_LEN),
    PLAIN_MAX = 4 * 1024 * 1024, /* what is more isn't unpacked: it takes its time */
};

static unsigned char body[ROOM];
static unsigned char stream[ROOM];
static unsigned char plain[PLAIN_MAX];
static size_t plain_len;
static struct notes notes;

static bool keep(void *context, const unsigned char *bytes, size_t len, struct error *err)
{
    (void)context;
    if (len > PLAIN_MAX - plain_len)
        return fail(err, ERROR_IO, "too much");
    memcpy(plain + plain_len, bytes, len);
    plain_len += len;
    return true;
}

static void unpack(struct bytes inside, struct error *err)
{
    plain_len = 0;
    struct unpacker *unpacker = unpacker_new(FUZZ_NAME, keep, NULL);
    must(unpacker != NULL);
    if (unpacker_add(unpacker, inside.at, inside.len, err))
        unpacker_end(unpacker, err);
    unpacker_free(unpacker);
}

/* The body of the container; returns its length. */
static size_t seal(const struct session_key *session, struct bytes inside)
{
    struct cfb *cfb = cfb_new(GCRY_CIPHER_AES256, session->bytes, session->len);
    unsigned char *at = body + PREFIX_LEN;
    must(cfb != NULL);
    memset(body, 0, PREFIX_LEN);
    body[0] = 1;
    if (inside.len > 0)
        memcpy(at, inside.at, inside.len);
    at += inside.len;
    *at++ = 0xC0 | PACKET_MDC;
    *at++ = MDC_LEN - 2;
    size_t len = (size_t)(at - body);
    must(digest_of(DIGEST_SHA1, body + 1, len - 1, at));
    len += MDC_LEN - 2;
    must(cfb_encrypt(cfb, body + 1, body + 1, len - 1));
    cfb_free(cfb);
    return len;
}

/* Writes the packet to stream, as one part or as several of 2^exponent octets; returns its length. */
static size_t put_packet(size_t body_len, unsigned exponent)
{
    size_t at = 0;
    size_t done = 0;
    if (exponent < PARTS_MIN) {
        at = packet_write_header(stream, PACKET_SEIPD, body_len);
    } else {
        stream[at++] = 0xC0 | PACKET_SEIPD;
        for (size_t part = (size_t)1 << exponent; body_len - done >= part; done += part) {
            stream[at++] = (unsigned char)(0xE0 | exponent);
            memcpy(stream + at, body + done, part);
            at += part;
        }
        at += packet_write_length(stream + at, body_len - done);
    }
    memcpy(stream + at, body + done, body_len - done);
    return at + body_len - done;
}

static bool decrypt(const struct session_candidate *candidate, size_t stream_len, uint64_t *written,
                    struct error *err)
{
    struct codec codec;
    bool more;
    struct source *source = run_source(0, stream, stream_len);
    struct source *expected = run_source(1, plain, plain_len);
    struct sink *sink = sink_new_compare(expected, err);
    struct octets *octets = octets_new(source, err);
    must(sink != NULL && octets != NULL);
    struct container container = {.stream = {.octets = octets},
                                  .octets = octets,
                                  .candidates = candidate,
                                  .candidate_count = 1,
                                  .notes = &notes};
    must(packet_stream_next(&container.stream, &more, err) && more);
    notes.count = 0;
    *written = 0;
    bool good = container_decrypter(&container, &codec, err) &&
                run_codec(&codec, source, sink, &notes, 1, written, err);
    must_tell(good, err);
    sink_free(sink);
    source_free(expected);
    source_free(source);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct session_candidate candidate = {.key = {.cipher = OPENPGP_AES256, .len = 32},
                                                 .esk_version = 3};
    struct bytes inside = {data, size};
    struct error expected = {.kind = ERROR_NONE};
    struct error err = {.kind = ERROR_NONE};
    uint8_t exponent;
    uint64_t written;
    run_start();
    if (!bytes_take_u8(&inside, &exponent) || inside.len > INSIDE_MAX)
        return 0;
    unpack(inside, &expected);
    if (expected.kind == ERROR_IO)
        return 0;
    bool good = decrypt(&candidate, put_packet(seal(&candidate.key, inside), exponent % 14),
                        &written, &err);
    must(good == (expected.kind == ERROR_NONE));
    must(err.kind != ERROR_IO && err.kind != ERROR_INTERRUPTED && err.kind != ERROR_DIFFERS);
    must(written == (good ? plain_len : 0));
    return 0;
}
