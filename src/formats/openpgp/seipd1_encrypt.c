/*
 * SEIPD version 1 around a literal packet (RFC 9580 sections 5.13.1, 5.9). Three framings lie in
 * one another, and all are made of parts of 2^19 octets:
 *
 *     outer packet  D2, [part length, octets of the body].., the body being 01 and the ciphertext
 *     ciphertext    CFB over prefix, literal packet, MDC packet
 *     literal       CB, [part length, octets].., the octets being the head 'b' 0 0000, and the data
 *
 * A run is what one part of the literal makes, so it isn't as long as a part of the outer packet:
 * what is left over waits for the next run, octets less than a cipher block before the cipher,
 * octets less than a small part before the sink. Everything happens where the source's bytes were
 * read to: what goes before them is put in front of them.
 */
#include "formats/openpgp/container_codecs.h"

#include "base/secret.h"
#include "crypto/cfb.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART_BITS = 19,
    PART_LEN = 1 << PART_BITS, /* as CONTAINER_RUN_LEN: a run is one part */
    /* Sent beside a full part when so much waits: each run adds an octet or more. */
    SMALL_PART_BITS = 6,
    SMALL_PART_LEN = 1 << SMALL_PART_BITS,
    PARTIAL = 0xE0, /* a part length octet, with the number of bits below */
    SEIPD_VERSION = 1,
    PREFIX_MAX = CFB_BLOCK_MAX + 2,
    LITERAL_HEAD_LEN = 6,
    INNER_HEAD_MAX = PREFIX_MAX + PACKET_HEADER_MAX + LITERAL_HEAD_LEN,
    SHA1_LEN = 20,
    MDC_LEN = 2 + SHA1_LEN,
    /* In front of the data: the outer header, what waits for the sink, what waits for the cipher,
     * the inner head. */
    FRONT_LEN = 128,
};

_Static_assert(FRONT_LEN >= PACKET_HEADER_MAX + SMALL_PART_LEN + CFB_BLOCK_MAX + INNER_HEAD_MAX,
               "front");

struct seipd1_encrypter {
    unsigned char *head; /* begin's: the packets before */
    size_t head_len;
    size_t block_len;
    struct digest *sha1; /* read_chunk's */
    /* crypt_chunk's */
    struct cfb *cfb;
    unsigned char uncrypted[CFB_BLOCK_MAX];
    size_t uncrypted_len;
    /* write_chunk's */
    bool began;
    unsigned char unwritten[SMALL_PART_LEN];
    size_t unwritten_len;
};

struct encrypt_note {
    size_t start; /* in chunk->in, of in_len octets of plaintext, then of out_len of ciphertext */
    bool failed;
};

static bool begin(void *codec, struct source *source, struct sink *sink, struct notes *notes,
                  struct error *err)
{
    (void)source;
    (void)notes;
    const struct seipd1_encrypter *encrypter = codec;
    return sink_write(sink, encrypter->head, encrypter->head_len, err);
}

/* Writes what goes before len bytes of data. The length is that of a part, or the last one. */
static size_t put_inner_head(const struct seipd1_encrypter *encrypter, unsigned char *out,
                             const struct chunk *chunk, size_t len)
{
    static const unsigned char literal_head[LITERAL_HEAD_LEN] = {'b', 0, 0, 0, 0, 0};
    bool is_first = chunk->index == 0;
    size_t at = 0;
    if (is_first) {
        size_t block_len = encrypter->block_len;
        randombytes_buf(out, block_len);
        memcpy(out + block_len, out + block_len - 2, 2);
        at = block_len + 2;
        out[at++] = 0xC0 | PACKET_LITERAL;
        len += LITERAL_HEAD_LEN;
    }
    if (chunk->last)
        at += packet_write_length(out + at, len);
    else
        out[at++] = PARTIAL | PART_BITS;
    if (is_first) {
        memcpy(out + at, literal_head, LITERAL_HEAD_LEN);
        at += LITERAL_HEAD_LEN;
    }
    return at;
}

/* The hash covers the MDC packet's own header. */
static bool put_mdc(struct digest *sha1, unsigned char *out)
{
    out[0] = 0xC0 | PACKET_MDC;
    out[1] = SHA1_LEN;
    return digest_add(sha1, out, 2) && digest_take(sha1, out + 2);
}

static bool read_chunk(void *codec, struct source *source, struct chunk *chunk, struct error *err)
{
    struct seipd1_encrypter *encrypter = codec;
    struct encrypt_note *note = chunk->note;
    size_t room = chunk->index == 0 ? PART_LEN - LITERAL_HEAD_LEN : PART_LEN;
    unsigned char *data = chunk->in + FRONT_LEN;
    size_t got;
    if (!source_read(source, data, room, &got, err))
        return false;
    chunk->last = got < room;
    unsigned char head[INNER_HEAD_MAX];
    size_t head_len = put_inner_head(encrypter, head, chunk, got);
    note->start = FRONT_LEN - head_len;
    memcpy(chunk->in + note->start, head, head_len);
    chunk->in_len = head_len + got;
    if (!digest_add(encrypter->sha1, chunk->in + note->start, chunk->in_len))
        return container_fail_library(err);
    if (!chunk->last)
        return true;
    if (!put_mdc(encrypter->sha1, data + got))
        return container_fail_library(err);
    chunk->in_len += MDC_LEN;
    return true;
}

static void *worker_new(void *codec)
{
    return codec;
}

static void worker_free(void *worker)
{
    (void)worker;
}

static void crypt_chunk(void *codec, void *worker, struct chunk *chunk)
{
    (void)worker;
    struct seipd1_encrypter *encrypter = codec;
    struct encrypt_note *note = chunk->note;
    note->start -= encrypter->uncrypted_len;
    unsigned char *text = chunk->in + note->start;
    memcpy(text, encrypter->uncrypted, encrypter->uncrypted_len);
    size_t len = encrypter->uncrypted_len + chunk->in_len;
    chunk->out_len = chunk->last ? len : len - len % CFB_BLOCK_MAX;
    encrypter->uncrypted_len = len - chunk->out_len;
    memcpy(encrypter->uncrypted, text + chunk->out_len, encrypter->uncrypted_len);
    note->failed = !cfb_encrypt(encrypter->cfb, text, text, chunk->out_len);
}

/* One part: length octets (the first time with the packet's tag) in front of len octets of the body
 * at body. The octets in front were written already. */
static bool write_part(struct seipd1_encrypter *encrypter, struct sink *sink, unsigned char *body,
                       size_t len, const unsigned char *length, size_t length_len,
                       struct error *err)
{
    unsigned char *at = body - length_len;
    memcpy(at, length, length_len);
    if (!encrypter->began)
        *--at = 0xC0 | PACKET_SEIPD;
    encrypter->began = true;
    return sink_write(sink, at, (size_t)(body - at) + len, err);
}

static bool write_chunk(void *codec, struct sink *sink, struct chunk *chunk, struct error *err)
{
    static const unsigned char part = PARTIAL | PART_BITS;
    static const unsigned char small_part = PARTIAL | SMALL_PART_BITS;
    struct seipd1_encrypter *encrypter = codec;
    const struct encrypt_note *note = chunk->note;
    if (note->failed)
        return container_fail_library(err);
    unsigned char *body = chunk->in + note->start - encrypter->unwritten_len;
    memcpy(body, encrypter->unwritten, encrypter->unwritten_len);
    size_t len = encrypter->unwritten_len + chunk->out_len;
    if (chunk->last) {
        unsigned char length[PACKET_HEADER_MAX];
        return write_part(encrypter, sink, body, len, length, packet_write_length(length, len),
                          err);
    }
    /* The first run is longer than a part by its prefix, any other by its part length: there is
     * always a whole one. */
    if (!write_part(encrypter, sink, body, PART_LEN, &part, 1, err))
        return false;
    body += PART_LEN;
    len -= PART_LEN;
    if (len >= SMALL_PART_LEN) {
        if (!write_part(encrypter, sink, body, SMALL_PART_LEN, &small_part, 1, err))
            return false;
        body += SMALL_PART_LEN;
        len -= SMALL_PART_LEN;
    }
    memcpy(encrypter->unwritten, body, len);
    encrypter->unwritten_len = len;
    return true;
}

static void encrypter_free(void *codec)
{
    struct seipd1_encrypter *encrypter = codec;
    if (encrypter == NULL)
        return;
    digest_free(encrypter->sha1);
    cfb_free(encrypter->cfb);
    free(encrypter->head);
    secret_free(encrypter);
}

static const struct codec_ops encrypt_ops = {
    .in_room = FRONT_LEN + PART_LEN + MDC_LEN,
    .out_room = 0,
    .note_size = sizeof(struct encrypt_note),
    .chained = true,
    .workers_max = 2,
    .begin = begin,
    .read_chunk = read_chunk,
    .worker_new = worker_new,
    .worker_free = worker_free,
    .crypt_chunk = crypt_chunk,
    .write_chunk = write_chunk,
    .end = container_end,
    .free = encrypter_free,
};

bool seipd1_encrypter(const struct session_key *session, struct bytes head, struct codec *codec,
                      struct error *err)
{
    struct seipd1_encrypter *encrypter = secret_new(sizeof *encrypter);
    if (encrypter == NULL)
        return fail_memory(err);
    encrypter->block_len = openpgp_cipher_block_len(session->cipher);
    encrypter->unwritten[0] = SEIPD_VERSION;
    encrypter->unwritten_len = 1;
    encrypter->sha1 = digest_new(DIGEST_SHA1);
    encrypter->cfb = cfb_new(openpgp_cipher_gcrypt(session->cipher), session->bytes, session->len);
    encrypter->head_len = head.len;
    encrypter->head = malloc(head.len + 1); /* never of nothing */
    if (encrypter->sha1 == NULL || encrypter->cfb == NULL || encrypter->head == NULL) {
        encrypter_free(encrypter);
        return fail_memory(err);
    }
    memcpy(encrypter->head, head.at, head.len);
    *codec = (struct codec){.ops = &encrypt_ops, .state = encrypter};
    return true;
}
