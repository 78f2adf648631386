/*
 * The codec of the containers whose chunks prove themselves. A run holds whole chunks, as many as
 * fill CONTAINER_RUN_LEN, and is opened where it lies; what is opened goes on at once. The last 16
 * octets of the packet are the final tag, so that many are read ahead of each run.
 */
#include "formats/openpgp/container_codecs.h"

#include "base/secret.h"
#include "formats/openpgp/aead_chunks.h"
#include "formats/openpgp/pages.h"
#include "formats/openpgp/unpack.h"

#include <inttypes.h>
#include <string.h>

struct aead_decrypter {
    struct codec_ops ops; /* the rooms depend on the size of the chunks */
    struct octets *octets;
    const char *name;
    struct notes *notes;
    char opened_by[CODEC_KEY_SIZE];
    struct aead_chunks chunks;
    size_t sealed_len; /* a chunk with its tag */
    size_t run_len;    /* sealed octets in a full run */
    /* read_chunk's */
    struct packet_stream stream;
    unsigned char *first; /* read_room octets: the first run, where keys are tried; then NULL */
    size_t first_len;
    unsigned char ahead[AEAD_TAG_LEN];
    size_t ahead_len;
    uint64_t next_index;
    uint64_t total; /* octets of plaintext so far */
    /* write_chunk's */
    struct unpacker *unpacker;
    struct sink *sink;
};

struct decrypt_note {
    uint64_t index;  /* of the first chunk */
    uint64_t total;  /* octets of plaintext up to the end of this run */
    size_t opened;   /* chunks, up to the first that doesn't open */
    size_t text_len; /* of them, now at the front of the run */
    bool is_whole;   /* all opened, and the final tag, where this is the last run, is right */
};

/* ---- reading ---- */

static size_t read_room(const struct aead_decrypter *decrypter)
{
    return decrypter->run_len + AEAD_TAG_LEN;
}

/* Octets of run that chunks are in; the rest is the final tag. */
static size_t chunks_len(const struct chunk *chunk)
{
    if (!chunk->last)
        return chunk->in_len;
    return chunk->in_len < AEAD_TAG_LEN ? 0 : chunk->in_len - AEAD_TAG_LEN;
}

static bool read_run(struct aead_decrypter *decrypter, unsigned char *run, size_t *len,
                     struct error *err)
{
    if (decrypter->first != NULL) {
        *len = decrypter->first_len;
        memcpy(run, decrypter->first, *len);
        pages_free(decrypter->first, read_room(decrypter));
        decrypter->first = NULL;
        return true;
    }
    size_t got;
    memcpy(run, decrypter->ahead, decrypter->ahead_len);
    if (!packet_stream_read(&decrypter->stream, run + decrypter->ahead_len,
                            read_room(decrypter) - decrypter->ahead_len, &got, err))
        return false;
    *len = decrypter->ahead_len + got;
    return true;
}

static bool read_chunk(void *codec, struct source *source, struct chunk *chunk, struct error *err)
{
    (void)source;
    struct aead_decrypter *decrypter = codec;
    struct decrypt_note *note = chunk->note;
    if (!read_run(decrypter, chunk->in, &chunk->in_len, err))
        return false;
    chunk->last = chunk->in_len < read_room(decrypter);
    if (!chunk->last) {
        chunk->in_len = decrypter->run_len;
        memcpy(decrypter->ahead, chunk->in + chunk->in_len, AEAD_TAG_LEN);
        decrypter->ahead_len = AEAD_TAG_LEN;
    }
    size_t len = chunks_len(chunk);
    size_t count = (len + decrypter->sealed_len - 1) / decrypter->sealed_len;
    note->index = decrypter->next_index;
    decrypter->next_index += count;
    /* A last chunk that is shorter than its tag never opens, so what it does to the total is
     * never looked at. */
    decrypter->total += len - count * AEAD_TAG_LEN;
    note->total = decrypter->total;
    return !chunk->last || container_read_end(&decrypter->stream, err);
}

/* ---- opening ---- */

static struct bytes chunk_at(const struct aead_decrypter *decrypter, const unsigned char *run,
                             size_t run_len, size_t offset)
{
    size_t left = run_len - offset;
    return (struct bytes){.at = run + offset,
                          .len = left < decrypter->sealed_len ? left : decrypter->sealed_len};
}

/* Opens each chunk where it lies and moves it up to the one before. */
static void crypt_chunk(void *codec, void *worker, struct chunk *chunk)
{
    const struct aead_decrypter *decrypter = codec;
    struct decrypt_note *note = chunk->note;
    size_t len = chunks_len(chunk);
    note->opened = 0;
    note->text_len = 0;
    note->is_whole = false;
    for (size_t offset = 0; offset < len; offset += decrypter->sealed_len) {
        struct bytes sealed = chunk_at(decrypter, chunk->in, len, offset);
        if (!aead_chunks_open(&decrypter->chunks, worker, note->index + note->opened, sealed,
                              chunk->in + offset))
            return;
        memmove(chunk->in + note->text_len, chunk->in + offset, sealed.len - AEAD_TAG_LEN);
        note->text_len += sealed.len - AEAD_TAG_LEN;
        note->opened++;
    }
    note->is_whole = !chunk->last ||
                     (chunk->in_len >= AEAD_TAG_LEN &&
                      aead_chunks_end_with(&decrypter->chunks, worker, note->index + note->opened,
                                           note->total, chunk->in + len));
}

static void *worker_new(void *codec)
{
    const struct aead_decrypter *decrypter = codec;
    return aead_chunks_cipher(&decrypter->chunks);
}

static void worker_free(void *worker)
{
    aead_free(worker);
}

/* ---- writing ---- */

static bool deliver(void *context, const unsigned char *bytes, size_t len, struct error *err)
{
    const struct aead_decrypter *decrypter = context;
    return sink_write(decrypter->sink, bytes, len, err);
}

static bool fail_chunk(const struct aead_decrypter *decrypter, uint64_t index, struct error *err)
{
    return fail(err, ERROR_DAMAGED, "%s: damaged: chunk %" PRIu64 " fails its authentication",
                decrypter->name, index);
}

static bool fail_run(const struct aead_decrypter *decrypter, const struct chunk *chunk,
                     struct error *err)
{
    const struct decrypt_note *note = chunk->note;
    size_t len = chunks_len(chunk);
    if (note->opened * decrypter->sealed_len < len)
        return fail_chunk(decrypter, note->index + note->opened, err);
    if (chunk->in_len < AEAD_TAG_LEN)
        return fail(err, ERROR_TRUNCATED,
                    "%s: truncated: its encrypted data end after %" PRIu64
                    " chunks, without their end mark",
                    decrypter->name, note->index + note->opened);
    return fail(err, ERROR_DAMAGED,
                "%s: damaged, or chunks are missing: the end mark behind %" PRIu64
                " chunks fails its authentication",
                decrypter->name, note->index + note->opened);
}

static bool write_chunk(void *codec, struct sink *sink, struct chunk *chunk, struct error *err)
{
    struct aead_decrypter *decrypter = codec;
    const struct decrypt_note *note = chunk->note;
    decrypter->sink = sink;
    if (!unpacker_add(decrypter->unpacker, chunk->in, note->text_len, err))
        return false;
    if (!note->is_whole)
        return fail_run(decrypter, chunk, err);
    if (!chunk->last)
        return true;
    if (!unpacker_end(decrypter->unpacker, err))
        return false;
    if (unpacker_was_signed(decrypter->unpacker))
        container_note_signed(decrypter->name, decrypter->notes);
    return true;
}

/* ---- which session key ---- */

/* scratch has room for a chunk. */
static bool opens(struct aead_decrypter *decrypter, const struct session_key *key,
                  unsigned char *scratch)
{
    size_t room = read_room(decrypter);
    struct chunk run = {.last = decrypter->first_len < room, .in_len = decrypter->first_len};
    if (!run.last)
        run.in_len = decrypter->run_len;
    size_t len = chunks_len(&run);
    struct aead *aead = aead_chunks_set_key(&decrypter->chunks, key)
                            ? aead_chunks_cipher(&decrypter->chunks)
                            : NULL;
    bool good = false;
    if (aead != NULL && len > 0)
        good = aead_chunks_open(&decrypter->chunks, aead, 0,
                                chunk_at(decrypter, decrypter->first, len, 0), scratch);
    else if (aead != NULL && run.in_len >= AEAD_TAG_LEN)
        good = aead_chunks_end_with(&decrypter->chunks, aead, 0, 0, decrypter->first);
    aead_free(aead);
    return good;
}

/* A session key that proved itself when it was unwrapped, or may not be told to be wrong, fails as
 * damage does. */
static bool is_proven(const struct session_candidate *candidate)
{
    return !candidate->is_passphrase || candidate->esk_version >= 5;
}

static bool choose_key(struct aead_decrypter *decrypter, const struct container *container,
                       unsigned char *scratch, struct error *err)
{
    bool any_proven = false;
    for (size_t i = 0; i < container->candidate_count; i++) {
        const struct session_candidate *candidate = &container->candidates[i];
        if (!container_goes_with(container, decrypter->chunks.prefix[1], candidate))
            continue;
        if (opens(decrypter, &candidate->key, scratch)) {
            memcpy(decrypter->opened_by, candidate->opened_by, sizeof decrypter->opened_by);
            return true;
        }
        any_proven = any_proven || is_proven(candidate);
    }
    if (!any_proven)
        return container_fail_passphrase(container, decrypter->name, err);
    return fail_chunk(decrypter, 0, err);
}

/* ---- making it ---- */

static const char *opened_by(const void *codec)
{
    const struct aead_decrypter *decrypter = codec;
    return decrypter->opened_by;
}

static void decrypter_free(void *codec)
{
    struct aead_decrypter *decrypter = codec;
    if (decrypter == NULL)
        return;
    pages_free(decrypter->first, read_room(decrypter));
    unpacker_free(decrypter->unpacker);
    octets_free(decrypter->octets);
    secret_free(decrypter);
}

static const struct codec_ops decrypt_ops = {
    .out_room = 0,
    .note_size = sizeof(struct decrypt_note),
    .chained = false,
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

/* The first run is read whole: the first chunk may be all of it, and proves the session key. */
static bool read_first(struct aead_decrypter *decrypter, const struct container *container,
                       struct error *err)
{
    size_t room = read_room(decrypter);
    decrypter->first = pages_new(room);
    if (decrypter->first == NULL)
        return fail_memory(err);
    if (!packet_stream_read(&decrypter->stream, decrypter->first, room, &decrypter->first_len, err))
        return false;
    unsigned char *scratch = pages_new(decrypter->sealed_len);
    if (scratch == NULL)
        return fail_memory(err);
    bool good = choose_key(decrypter, container, scratch, err);
    pages_free(scratch, decrypter->sealed_len);
    return good;
}

static bool start(struct aead_decrypter *decrypter, const struct container *container,
                  uint8_t version, struct error *err)
{
    decrypter->stream = container->stream;
    decrypter->name = octets_name(container->octets);
    decrypter->notes = container->notes;
    decrypter->unpacker = unpacker_new(decrypter->name, deliver, decrypter);
    if (decrypter->unpacker == NULL)
        return fail_memory(err);
    if (!aead_chunks_read(&decrypter->chunks, version, &decrypter->stream, decrypter->name, err))
        return false;
    size_t chunk_len = decrypter->chunks.chunk_len;
    size_t count = chunk_len < CONTAINER_RUN_LEN ? CONTAINER_RUN_LEN / chunk_len : 1;
    decrypter->sealed_len = chunk_len + AEAD_TAG_LEN;
    decrypter->run_len = count * decrypter->sealed_len;
    decrypter->ops = decrypt_ops;
    decrypter->ops.in_room = read_room(decrypter);
    return read_first(decrypter, container, err);
}

bool aead_decrypter(const struct container *container, uint8_t version, struct codec *codec,
                    struct error *err)
{
    struct aead_decrypter *decrypter = secret_new(sizeof *decrypter);
    if (decrypter == NULL)
        return fail_memory(err);
    if (!start(decrypter, container, version, err)) {
        decrypter_free(decrypter);
        return false;
    }
    decrypter->octets = container->octets;
    notes_add(decrypter->notes, NOTE_VERBOSE,
              "%s: its encrypted data are %s, %s in %s mode, chunks of %zu bytes", decrypter->name,
              decrypter->chunks.is_librepgp ? "LibrePGP's packet 20" : "of version 2",
              openpgp_cipher_name(decrypter->chunks.cipher),
              openpgp_aead_name(decrypter->chunks.mode), decrypter->chunks.chunk_len);
    *codec = (struct codec){.ops = &decrypter->ops, .state = decrypter};
    return true;
}
