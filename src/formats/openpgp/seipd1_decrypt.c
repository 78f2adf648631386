/*
 * SEIPD version 1 (RFC 9580 section 5.13.1). Nothing in it is proven before its end, where the hash
 * of all its plaintext is, so until then a wrong session key, damage and malformed content must
 * look alike: what the unpacker finds wrong is kept, the rest is hashed all the same, and it is
 * told only if the hash is right. The plaintext is held back meanwhile, as far as memory goes.
 */
#include "formats/openpgp/container_codecs.h"

#include "base/secret.h"
#include "crypto/cfb.h"
#include "formats/openpgp/hold.h"
#include "formats/openpgp/unpack.h"

#include <sodium.h>
#include <string.h>

enum {
    SHA1_LEN = 20,
    MDC_LEN = 2 + SHA1_LEN,
    /* In front of a run: the end of the run before it, which may be the MDC packet. */
    FRONT_LEN = 32,
    FIRST_LEN = 256, /* octets that candidates are tried on */
};

/* A run begins with a block, so that the cipher can begin there too. */
_Static_assert(CONTAINER_RUN_LEN % CFB_BLOCK_MAX == 0, "whole blocks");
_Static_assert(FRONT_LEN >= MDC_LEN, "front");

struct seipd1_decrypter {
    struct octets *octets;
    const char *name;
    struct notes *notes;
    struct session_key key;
    char opened_by[CODEC_KEY_SIZE];
    size_t block_len;
    /* read_chunk's */
    struct packet_stream stream;
    unsigned char first[FIRST_LEN];
    size_t first_len;
    unsigned char previous[CFB_BLOCK_MAX]; /* the end of the run before */
    /* write_chunk's */
    struct digest *sha1;
    struct unpacker *unpacker;
    struct hold *hold;
    struct sink *sink;
    size_t prefix_left;
    unsigned char tail[MDC_LEN];
    size_t tail_len;
    struct error failure; /* the unpacker's, until the hash is judged */
    bool sink_failed;     /* then it is the sink's, and is told at once */
};

struct decrypt_note {
    unsigned char iv[CFB_BLOCK_MAX]; /* the last block_len octets count */
    bool failed;
};

/* ---- which session key ---- */

static struct cfb *cfb_of(const struct session_key *key)
{
    return cfb_new(openpgp_cipher_gcrypt(key->cipher), key->bytes, key->len);
}

static bool is_usable(const struct session_key *key)
{
    size_t len = openpgp_cipher_key_len(key->cipher);
    return len > 0 && key->len == len;
}

/* A wrong key passes one time in a million: 65536 for the repeated octets, and a packet must begin
 * behind them. */
static bool fits(struct seipd1_decrypter *decrypter, const struct session_key *key,
                 unsigned char *text)
{
    size_t block_len = openpgp_cipher_block_len(key->cipher);
    size_t prefix_len = block_len + 2;
    struct cfb *cfb = cfb_of(key);
    bool good = cfb != NULL && decrypter->first_len >= prefix_len &&
                cfb_decrypt(cfb, text, decrypter->first, decrypter->first_len) &&
                sodium_memcmp(text + block_len - 2, text + block_len, 2) == 0 &&
                unpacker_may_begin((struct bytes){.at = text + prefix_len,
                                                  .len = decrypter->first_len - prefix_len});
    cfb_free(cfb);
    return good;
}

static bool may_be_it(const struct container *container, const struct session_candidate *candidate)
{
    return container_goes_with(container, 1, candidate) && is_usable(&candidate->key);
}

/* The first that was unwrapped. An honest message has the same session key in all its packets; the
 * quick check, choosing between two, would tell whoever knows one of them about the other. */
static const struct session_candidate *find_unwrapped(const struct container *container)
{
    for (size_t i = 0; i < container->candidate_count; i++)
        if (container->candidates[i].is_unwrapped &&
            may_be_it(container, &container->candidates[i]))
            return &container->candidates[i];
    return NULL;
}

/* The first that fits, or else the first of a public key, whose failure is then found at the end,
 * as damage is. So one of a public key that is alone is taken whether it fits or not: that must
 * tell an attacker nothing. NULL: only passphrases, and none fits; or nothing at all. */
static const struct session_candidate *find_fitting(struct seipd1_decrypter *decrypter,
                                                    const struct container *container,
                                                    unsigned char *text)
{
    const struct session_candidate *fallback = NULL;
    for (size_t i = 0; i < container->candidate_count; i++) {
        const struct session_candidate *candidate = &container->candidates[i];
        if (!may_be_it(container, candidate))
            continue;
        if (fits(decrypter, &candidate->key, text))
            return candidate;
        if (fallback == NULL && !candidate->is_passphrase)
            fallback = candidate;
    }
    return fallback;
}

static bool any_public(const struct container *container)
{
    for (size_t i = 0; i < container->candidate_count; i++)
        if (container_goes_with(container, 1, &container->candidates[i]) &&
            !container->candidates[i].is_passphrase)
            return true;
    return false;
}

static bool choose_key(struct seipd1_decrypter *decrypter, const struct container *container,
                       struct error *err)
{
    unsigned char *text = secret_new(FIRST_LEN);
    if (text == NULL)
        return fail_memory(err);
    const struct session_candidate *candidate = find_unwrapped(container);
    if (candidate == NULL)
        candidate = find_fitting(decrypter, container, text);
    secret_free(text);
    if (candidate != NULL) {
        decrypter->key = candidate->key;
        memcpy(decrypter->opened_by, candidate->opened_by, sizeof decrypter->opened_by);
    } else if (any_public(container)) {
        /* A session key that couldn't be had must look like one that is wrong. */
        decrypter->key = (struct session_key){.cipher = OPENPGP_AES256, .len = 32};
        randombytes_buf(decrypter->key.bytes, decrypter->key.len);
    } else {
        return container_fail_passphrase(container, decrypter->name, err);
    }
    decrypter->block_len = openpgp_cipher_block_len(decrypter->key.cipher);
    decrypter->prefix_left = decrypter->block_len + 2;
    return true;
}

/* ---- the codec ---- */

static bool read_run(struct seipd1_decrypter *decrypter, unsigned char *run, size_t *len,
                     struct error *err)
{
    memcpy(run, decrypter->first, decrypter->first_len);
    *len = decrypter->first_len;
    decrypter->first_len = 0;
    size_t got;
    if (!packet_stream_read(&decrypter->stream, run + *len, CONTAINER_RUN_LEN - *len, &got, err))
        return false;
    *len += got;
    return true;
}

static bool read_chunk(void *codec, struct source *source, struct chunk *chunk, struct error *err)
{
    (void)source;
    struct seipd1_decrypter *decrypter = codec;
    struct decrypt_note *note = chunk->note;
    unsigned char *run = chunk->in + FRONT_LEN;
    if (!read_run(decrypter, run, &chunk->in_len, err))
        return false;
    memcpy(note->iv, decrypter->previous, sizeof note->iv);
    chunk->last = chunk->in_len < CONTAINER_RUN_LEN;
    if (chunk->last)
        return container_read_end(&decrypter->stream, err);
    memcpy(decrypter->previous, run + CONTAINER_RUN_LEN - CFB_BLOCK_MAX, CFB_BLOCK_MAX);
    return true;
}

static void *worker_new(void *codec)
{
    const struct seipd1_decrypter *decrypter = codec;
    return cfb_of(&decrypter->key);
}

static void worker_free(void *worker)
{
    cfb_free(worker);
}

static void crypt_chunk(void *codec, void *worker, struct chunk *chunk)
{
    const struct seipd1_decrypter *decrypter = codec;
    struct decrypt_note *note = chunk->note;
    size_t block_len = decrypter->block_len;
    unsigned char *run = chunk->in + FRONT_LEN;
    note->failed = !cfb_set_iv(worker, note->iv + CFB_BLOCK_MAX - block_len, block_len) ||
                   !cfb_decrypt(worker, run, run, chunk->in_len);
}

static bool deliver(void *context, const unsigned char *bytes, size_t len, struct error *err)
{
    struct seipd1_decrypter *decrypter = context;
    if (hold_add(decrypter->hold, decrypter->sink, bytes, len, err))
        return true;
    decrypter->sink_failed = true;
    return false;
}

/* False: the sink failed. */
static bool unpack(struct seipd1_decrypter *decrypter, const unsigned char *text, size_t len,
                   struct error *err)
{
    size_t skipped = len < decrypter->prefix_left ? len : decrypter->prefix_left;
    decrypter->prefix_left -= skipped;
    if (decrypter->failure.kind != ERROR_NONE ||
        unpacker_add(decrypter->unpacker, text + skipped, len - skipped, &decrypter->failure) ||
        !decrypter->sink_failed)
        return true;
    *err = decrypter->failure;
    return false;
}

static bool judge(struct seipd1_decrypter *decrypter, struct error *err)
{
    unsigned char mdc[MDC_LEN] = {0xC0 | PACKET_MDC, SHA1_LEN};
    if (!digest_add(decrypter->sha1, mdc, 2) || !digest_take(decrypter->sha1, mdc + 2))
        return container_fail_library(err);
    if (decrypter->tail_len < MDC_LEN || sodium_memcmp(decrypter->tail, mdc, MDC_LEN) != 0)
        return fail(err, ERROR_DAMAGED, "%s: damaged: its integrity check fails", decrypter->name);
    if (decrypter->failure.kind != ERROR_NONE) {
        *err = decrypter->failure;
        return false;
    }
    if (!unpacker_end(decrypter->unpacker, err))
        return false;
    if (unpacker_was_signed(decrypter->unpacker))
        container_note_signed(decrypter->name, decrypter->notes);
    return hold_release(decrypter->hold, decrypter->sink, err);
}

static bool write_chunk(void *codec, struct sink *sink, struct chunk *chunk, struct error *err)
{
    struct seipd1_decrypter *decrypter = codec;
    const struct decrypt_note *note = chunk->note;
    if (note->failed)
        return container_fail_library(err);
    decrypter->sink = sink;
    unsigned char *text = chunk->in + FRONT_LEN - decrypter->tail_len;
    memcpy(text, decrypter->tail, decrypter->tail_len);
    size_t len = decrypter->tail_len + chunk->in_len;
    size_t content_len = len < MDC_LEN ? 0 : len - MDC_LEN;
    decrypter->tail_len = len - content_len;
    memcpy(decrypter->tail, text + content_len, decrypter->tail_len);
    if (!digest_add(decrypter->sha1, text, content_len))
        return container_fail_library(err);
    return unpack(decrypter, text, content_len, err) && (!chunk->last || judge(decrypter, err));
}

static const char *opened_by(const void *codec)
{
    const struct seipd1_decrypter *decrypter = codec;
    return decrypter->opened_by;
}

static void decrypter_free(void *codec)
{
    struct seipd1_decrypter *decrypter = codec;
    if (decrypter == NULL)
        return;
    digest_free(decrypter->sha1);
    unpacker_free(decrypter->unpacker);
    hold_free(decrypter->hold);
    octets_free(decrypter->octets);
    secret_free(decrypter);
}

static const struct codec_ops decrypt_ops = {
    .in_room = FRONT_LEN + CONTAINER_RUN_LEN,
    .out_room = 0,
    .note_size = sizeof(struct decrypt_note),
    .chained = false,
    .workers_max = 1, /* it is SHA-1, the writer's, that takes the time */
    .begin = container_begin,
    .read_chunk = read_chunk,
    .worker_new = worker_new,
    .worker_free = worker_free,
    .crypt_chunk = crypt_chunk,
    .write_chunk = write_chunk,
    .end = container_end,
    .opened_by = opened_by,
    .free = decrypter_free,
};

static bool start(struct seipd1_decrypter *decrypter, const struct container *container,
                  struct error *err)
{
    decrypter->stream = container->stream;
    decrypter->name = octets_name(container->octets);
    decrypter->notes = container->notes;
    decrypter->sha1 = digest_new(DIGEST_SHA1);
    decrypter->unpacker = unpacker_new(decrypter->name, deliver, decrypter);
    decrypter->hold = hold_new(CONTAINER_HOLD_LEN);
    if (decrypter->sha1 == NULL || decrypter->unpacker == NULL || decrypter->hold == NULL)
        return fail_memory(err);
    return packet_stream_read(&decrypter->stream, decrypter->first, FIRST_LEN,
                              &decrypter->first_len, err) &&
           choose_key(decrypter, container, err);
}

bool seipd1_decrypter(const struct container *container, struct codec *codec, struct error *err)
{
    struct seipd1_decrypter *decrypter = secret_new(sizeof *decrypter);
    if (decrypter == NULL)
        return fail_memory(err);
    if (!start(decrypter, container, err)) {
        decrypter_free(decrypter);
        return false;
    }
    decrypter->octets = container->octets;
    notes_add(decrypter->notes, NOTE_VERBOSE,
              "%s: its encrypted data are of version 1, proven at their end", decrypter->name);
    *codec = (struct codec){.ops = &decrypt_ops, .state = decrypter};
    return true;
}
