#include "formats/sodium/sodium.h"

#include "base/secret.h"

struct encrypter {
    const struct key *key;
    secretstream_state state; /* crypt_chunk's, once begun */
};

struct encrypt_note {
    bool failed;
};

static bool begin(void *codec, struct source *source, struct sink *sink, struct notes *notes,
                  struct error *err)
{
    (void)source;
    struct encrypter *encrypter = codec;
    unsigned char header[SECRETSTREAM_HEADER_LEN];
    randombytes_buf(header, sizeof header);
    secretstream_begin(&encrypter->state, encrypter->key->bytes, header);
    notes_add(notes, NOTE_VERBOSE, "encrypting with the %s key %s, fingerprint %s, by %s",
              key_transform_name(encrypter->key->transform), encrypter->key->origin,
              encrypter->key->fingerprint, secretstream_engine_name(secretstream_best_engine()));
    return sink_write(sink, header, sizeof header, err);
}

static bool read_chunk(void *codec, struct source *source, struct chunk *chunk, struct error *err)
{
    (void)codec;
    size_t room = (size_t)SODIUM_RUN_CHUNKS * SODIUM_MESSAGE_LEN;
    if (!source_read(source, chunk->in, room, &chunk->in_len, err))
        return false;
    chunk->last = chunk->in_len < room;
    return true;
}

/* A full run holds MESSAGE chunks only: the last run is a short one, so that a stream whose
 * length is a multiple of 8192 ends, as it must, with an empty FINAL chunk. */
static void crypt_chunk(void *codec, void *worker, struct chunk *chunk)
{
    struct encrypter *encrypter = codec;
    struct encrypt_note *note = chunk->note;
    size_t taken = 0;
    bool good = true;
    chunk->out_len = 0;
    while (good && chunk->in_len - taken >= SODIUM_MESSAGE_LEN) {
        good = secretstream_push(worker, &encrypter->state, chunk->out + chunk->out_len,
                                 chunk->in + taken, SODIUM_MESSAGE_LEN, SECRETSTREAM_TAG_MESSAGE);
        taken += SODIUM_MESSAGE_LEN;
        chunk->out_len += SODIUM_CHUNK_LEN;
    }
    if (good && chunk->last) {
        size_t rest = chunk->in_len - taken;
        good = secretstream_push(worker, &encrypter->state, chunk->out + chunk->out_len,
                                 chunk->in + taken, rest, SECRETSTREAM_TAG_FINAL);
        chunk->out_len += rest + SECRETSTREAM_OVERHEAD;
    }
    note->failed = !good;
}

static bool write_chunk(void *codec, struct sink *sink, struct chunk *chunk, struct error *err)
{
    (void)codec;
    const struct encrypt_note *note = chunk->note;
    if (note->failed)
        return fail(err, ERROR_IO, "the cryptographic library failed");
    return sink_write(sink, chunk->out, chunk->out_len, err);
}

static bool end(void *codec, struct error *err)
{
    (void)codec;
    (void)err;
    return true;
}

static const struct codec_ops encrypt_ops = {
    .in_room = (size_t)SODIUM_RUN_CHUNKS * SODIUM_MESSAGE_LEN,
    .out_room = (size_t)SODIUM_RUN_CHUNKS * SODIUM_CHUNK_LEN + SECRETSTREAM_OVERHEAD,
    .note_size = sizeof(struct encrypt_note),
    .chained = true,
    .workers_max = 2,
    .begin = begin,
    .read_chunk = read_chunk,
    .worker_new = sodium_worker_new,
    .worker_free = sodium_worker_free,
    .crypt_chunk = crypt_chunk,
    .write_chunk = write_chunk,
    .end = end,
    .free = secret_free,
};

bool sodium_encrypter(const struct format_run *run, struct codec *codec, struct error *err)
{
    struct encrypter *encrypter = secret_new(sizeof *encrypter);
    if (encrypter == NULL)
        return fail_memory(err);
    encrypter->key = keyring_get(run->ring, 0);
    *codec = (struct codec){.ops = &encrypt_ops, .state = encrypter};
    return true;
}
