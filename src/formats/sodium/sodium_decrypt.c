#include "formats/sodium/sodium.h"

#include "base/magic.h"
#include "base/secret.h"

#include <inttypes.h>
#include <string.h>

/*
 * Every MAC stands in the ciphertext, so the reader knows the state that each run starts with
 * before any chunk is opened, and all workers open runs at once. The one thing that the reader
 * can't see is a REKEY tag. So its states are guesses; the writer, which comes in order, owns
 * the true one, and where a run was opened under a guess that was wrong it opens that run
 * again.
 */
struct decrypter {
    const struct keyring *ring;
    const char *name;         /* the source's */
    const struct key *key;    /* that opens it, once begun */
    secretstream_state guess; /* read_chunk's */
    secretstream_state truth; /* write_chunk's, as all below */
    struct secretstream *stream;
    uint64_t chunks;                         /* opened and written so far */
    uint64_t offset;                         /* bytes of the stream that were judged so far */
    bool ended;                              /* the FINAL chunk was seen */
    unsigned char first[SODIUM_MESSAGE_LEN]; /* begin's: where keys are tried */
};

struct decrypt_note {
    secretstream_state start; /* the state the run was, or is to be, opened under */
    secretstream_state end;   /* the state behind the last chunk that opened */
    size_t chunks;            /* how many opened */
    size_t taken;             /* bytes of them */
    bool ended;               /* the last of them was FINAL */
    unsigned char stray_tag;  /* that the chunk behind them has, authentic but unknown; 0: none */
};

static size_t chunk_len_at(size_t in_len, size_t offset)
{
    size_t rest = in_len - offset;
    return rest < SODIUM_CHUNK_LEN ? rest : SODIUM_CHUNK_LEN;
}

static bool fail_without_chunk(const struct decrypter *decrypter, size_t got, struct error *err)
{
    if (got == SECRETSTREAM_OVERHEAD)
        return fail(err, ERROR_UNSUPPORTED,
                    "%s: is the 17-byte object that WAL-G leaves for an empty file, which no key "
                    "opens",
                    decrypter->name);
    return fail(err, ERROR_TRUNCATED, "%s: truncated: ends after %zu bytes, before its first chunk",
                decrypter->name, got);
}

/* bytes: header and first chunk. */
static bool key_opens(struct decrypter *decrypter, const struct key *key,
                      const unsigned char *bytes, size_t len)
{
    unsigned char tag;
    secretstream_state *state = &decrypter->truth;
    secretstream_begin(state, key->bytes, bytes);
    if (!secretstream_pull(decrypter->stream, state, decrypter->first, &tag,
                           bytes + SECRETSTREAM_HEADER_LEN, len - SECRETSTREAM_HEADER_LEN))
        return false;
    secretstream_begin(state, key->bytes, bytes);
    decrypter->guess = *state;
    return true;
}

static bool fail_no_key(const struct decrypter *decrypter, const struct key *hint,
                        const unsigned char *bytes, size_t len, struct error *err)
{
    const char *cut = len < SECRETSTREAM_HEADER_LEN + SODIUM_CHUNK_LEN
                          ? ", or it is cut short, or something was appended"
                          : "";
    if (hint != NULL)
        return fail(
            err, ERROR_NO_KEY_FITS,
            "%s: doesn't open with the key transform given, but %s opens it as %s: use -t %s "
            "(or WALG_LIBSODIUM_KEY_TRANSFORM=%s)",
            decrypter->name, hint->origin, key_transform_name(hint->transform),
            key_transform_name(hint->transform), key_transform_name(hint->transform));
    bool certain;
    const char *looks = magic_name(bytes, len, &certain);
    if (looks != NULL)
        return fail(err, ERROR_NO_KEY_FITS, "%s: no key given opens it%s: it looks like %s",
                    decrypter->name, cut, looks);
    return fail(err, ERROR_NO_KEY_FITS,
                "%s: no key given opens it%s: wrong key, wrong key transform, or not a stream of "
                "walseal or WAL-G (-v names the keys tried)",
                decrypter->name, cut);
}

/* The key is found from the first chunk, so that nothing is written before it is. */
static bool find_key(struct decrypter *decrypter, const unsigned char *bytes, size_t len,
                     struct notes *notes, struct error *err)
{
    const struct key *hint = NULL;
    for (size_t i = 0; i < keyring_count(decrypter->ring); i++) {
        const struct key *key = keyring_get(decrypter->ring, i);
        if (!key_opens(decrypter, key, bytes, len)) {
            notes_add(notes, NOTE_VERBOSE, "%s: the %s key %s, fingerprint %s, doesn't open it",
                      decrypter->name, key_transform_name(key->transform), key->origin,
                      key->fingerprint);
            continue;
        }
        if (!key->hint_only) {
            decrypter->key = key;
            notes_add(notes, NOTE_VERBOSE, "%s: the %s key %s, fingerprint %s, opens it, by %s",
                      decrypter->name, key_transform_name(key->transform), key->origin,
                      key->fingerprint, secretstream_engine_name(secretstream_best_engine()));
            return true;
        }
        if (hint == NULL)
            hint = key;
    }
    return fail_no_key(decrypter, hint, bytes, len, err);
}

static bool begin(void *codec, struct source *source, struct sink *sink, struct notes *notes,
                  struct error *err)
{
    (void)sink;
    struct decrypter *decrypter = codec;
    decrypter->name = source_name(source);
    const unsigned char *bytes;
    size_t len;
    if (!source_peek(source, SECRETSTREAM_HEADER_LEN + SODIUM_CHUNK_LEN, &bytes, &len, err))
        return false;
    if (len < SECRETSTREAM_HEADER_LEN + SECRETSTREAM_OVERHEAD)
        return fail_without_chunk(decrypter, len, err);
    if (!find_key(decrypter, bytes, len, notes, err))
        return false;
    unsigned char header[SECRETSTREAM_HEADER_LEN];
    decrypter->offset = sizeof header;
    return source_read(source, header, sizeof header, &len, err);
}

static bool read_chunk(void *codec, struct source *source, struct chunk *chunk, struct error *err)
{
    struct decrypter *decrypter = codec;
    struct decrypt_note *note = chunk->note;
    size_t room = (size_t)SODIUM_RUN_CHUNKS * SODIUM_CHUNK_LEN;
    if (!source_read(source, chunk->in, room, &chunk->in_len, err))
        return false;
    chunk->last = chunk->in_len < room;
    note->start = decrypter->guess;
    for (size_t offset = 0; offset < chunk->in_len; offset += SODIUM_CHUNK_LEN) {
        size_t len = chunk_len_at(chunk->in_len, offset);
        if (len >= SECRETSTREAM_OVERHEAD)
            secretstream_skip(&decrypter->guess, chunk->in + offset + len - SECRETSTREAM_MAC_LEN);
    }
    return true;
}

/* Opens chunks from note->start on, until one doesn't open or has a tag that means nothing, the
 * stream ends, or too few bytes are left. */
static void crypt_chunk(void *codec, void *worker, struct chunk *chunk)
{
    (void)codec;
    struct decrypt_note *note = chunk->note;
    note->end = note->start;
    note->chunks = 0;
    note->taken = 0;
    note->ended = false;
    note->stray_tag = 0;
    chunk->out_len = 0;
    while (!note->ended) {
        size_t len = chunk_len_at(chunk->in_len, note->taken);
        unsigned char tag;
        if (len < SECRETSTREAM_OVERHEAD ||
            !secretstream_pull(worker, &note->end, chunk->out + chunk->out_len, &tag,
                               chunk->in + note->taken, len))
            return;
        /* libsodium looks at single bits, and would take 7 for a REKEY and 4 for nothing */
        if (tag > SECRETSTREAM_TAG_FINAL) {
            note->stray_tag = tag;
            return;
        }
        note->taken += len;
        note->chunks++;
        chunk->out_len += len - SECRETSTREAM_OVERHEAD;
        note->ended = tag == SECRETSTREAM_TAG_FINAL;
    }
}

static bool fail_behind(const struct decrypter *decrypter, size_t len, struct error *err)
{
    if (decrypter->ended)
        return fail(err, ERROR_DAMAGED,
                    "%s: damaged: bytes follow the end of the stream at byte %" PRIu64,
                    decrypter->name, decrypter->offset);
    if (len < SECRETSTREAM_OVERHEAD)
        return fail(err, ERROR_TRUNCATED,
                    "%s: truncated: ends inside chunk %" PRIu64 ", which begins at byte %" PRIu64
                    ", before its end mark",
                    decrypter->name, decrypter->chunks, decrypter->offset);
    /* a short chunk is the last: its end is wherever the input's is, and no length says where it
     * should be */
    const char *or_else = len < SODIUM_CHUNK_LEN ? ", cut short, or something was appended" : "";
    return fail(err, ERROR_DAMAGED,
                "%s: damaged%s: chunk %" PRIu64 ", which begins at byte %" PRIu64
                ", fails its authentication",
                decrypter->name, or_else, decrypter->chunks, decrypter->offset);
}

static bool write_chunk(void *codec, struct sink *sink, struct chunk *chunk, struct error *err)
{
    struct decrypter *decrypter = codec;
    struct decrypt_note *note = chunk->note;
    if (decrypter->ended && chunk->in_len > 0)
        return fail_behind(decrypter, chunk->in_len, err);
    if (sodium_memcmp(&note->start, &decrypter->truth, sizeof note->start) != 0) {
        note->start = decrypter->truth;
        crypt_chunk(codec, decrypter->stream, chunk);
    }
    if (!sink_write(sink, chunk->out, chunk->out_len, err))
        return false;
    decrypter->truth = note->end;
    decrypter->chunks += note->chunks;
    decrypter->offset += note->taken;
    decrypter->ended = decrypter->ended || note->ended;
    if (note->stray_tag != 0)
        return fail(err, ERROR_DAMAGED,
                    "%s: damaged: chunk %" PRIu64 ", which begins at byte %" PRIu64
                    ", is authentic, but its tag %u is unknown",
                    decrypter->name, decrypter->chunks, decrypter->offset, note->stray_tag);
    if (note->taken < chunk->in_len)
        return fail_behind(decrypter, chunk_len_at(chunk->in_len, note->taken), err);
    return true;
}

static bool end(void *codec, struct error *err)
{
    const struct decrypter *decrypter = codec;
    if (decrypter->ended)
        return true;
    return fail(
        err, ERROR_TRUNCATED,
        "%s: truncated: ends after %" PRIu64 " chunk%s, at byte %" PRIu64 ", without its end mark",
        decrypter->name, decrypter->chunks, decrypter->chunks == 1 ? "" : "s", decrypter->offset);
}

static const char *opened_by(const void *codec)
{
    const struct decrypter *decrypter = codec;
    return decrypter->key != NULL ? decrypter->key->fingerprint : "";
}

static void decrypter_free(void *codec)
{
    struct decrypter *decrypter = codec;
    if (decrypter != NULL)
        secretstream_free(decrypter->stream);
    secret_free(decrypter);
}

static const struct codec_ops decrypt_ops = {
    .in_room = (size_t)SODIUM_RUN_CHUNKS * SODIUM_CHUNK_LEN,
    .out_room = (size_t)SODIUM_RUN_CHUNKS * SODIUM_MESSAGE_LEN,
    .note_size = sizeof(struct decrypt_note),
    .chained = false,
    .begin = begin,
    .read_chunk = read_chunk,
    .worker_new = sodium_worker_new,
    .worker_free = sodium_worker_free,
    .crypt_chunk = crypt_chunk,
    .write_chunk = write_chunk,
    .end = end,
    .opened_by = opened_by,
    .free = decrypter_free,
};

static struct decrypter *decrypter_new(const struct format_run *run, struct error *err)
{
    struct decrypter *decrypter = secret_new(sizeof *decrypter);
    if (decrypter != NULL) {
        decrypter->ring = run->ring;
        decrypter->stream = secretstream_new(secretstream_best_engine());
        if (decrypter->stream != NULL)
            return decrypter;
    }
    decrypter_free(decrypter);
    fail_memory(err);
    return NULL;
}

bool sodium_decrypter(const struct format_run *run, struct source *source, struct codec *codec,
                      struct error *err)
{
    (void)source;
    struct decrypter *decrypter = decrypter_new(run, err);
    if (decrypter == NULL)
        return false;
    *codec = (struct codec){.ops = &decrypt_ops, .state = decrypter};
    return true;
}

/* The header is random, so any stream may be one; that a key opens the first chunk is proof. */
bool sodium_claims(const struct format_run *run, struct source *source, enum format_claim *claim,
                   struct error *err)
{
    *claim = FORMAT_NO;
    if (keyring_count(run->ring) == 0)
        return true;
    const unsigned char *bytes;
    size_t len;
    if (!source_peek(source, SECRETSTREAM_HEADER_LEN + SODIUM_CHUNK_LEN, &bytes, &len, err))
        return false;
    struct decrypter *decrypter = decrypter_new(run, err);
    if (decrypter == NULL)
        return false;
    *claim = FORMAT_PERHAPS;
    bool has_chunk = len >= SECRETSTREAM_HEADER_LEN + SECRETSTREAM_OVERHEAD;
    for (size_t i = 0; has_chunk && i < keyring_count(run->ring); i++)
        if (key_opens(decrypter, keyring_get(run->ring, i), bytes, len))
            *claim = FORMAT_SURE;
    decrypter_free(decrypter);
    return true;
}
