/*
 * What a format must provide.
 *
 * A format is two codecs, encrypt and decrypt. A codec works on runs of bytes ("chunks" of the
 * pipeline, about a megabyte, each of them holding many of the format's own chunks) in three steps:
 *
 *     read_chunk    in stream order: framing in. Fills chunk->in from the source, notes what
 *                   crypt_chunk needs to know.
 *     crypt_chunk   in any order, by several threads at once (in order, by one, if the codec is
 *                   chained): chunk->in to chunk->out. May fail; the failure stays in the chunk.
 *     write_chunk   in stream order: framing out. Judges the chunk, hands chunk->out to the sink.
 *
 * read_chunk, crypt_chunk and write_chunk run at the same time on different chunks. What they share
 * in the codec's state belongs to exactly one of them, or doesn't change after begin. Formats know
 * nothing of threads; the pipeline knows nothing of formats.
 */
#ifndef WALSEAL_FORMAT_H
#define WALSEAL_FORMAT_H

#include "base/error.h"
#include "base/notes.h"
#include "io/sink.h"
#include "io/source.h"
#include "keys/keyring.h"

#include <stdint.h>

struct chunk {
    uint64_t index;    /* 0, 1, 2 .. in stream order */
    bool last;         /* set by read_chunk: the source has ended behind this chunk */
    unsigned char *in; /* in_room bytes */
    size_t in_len;
    unsigned char *out; /* out_room bytes */
    size_t out_len;
    void
        *note; /* note_size bytes of secret memory, from read to crypt and write; zeroed at first */
};

struct codec_ops {
    size_t in_room;
    size_t out_room;
    size_t note_size;
    bool chained; /* crypt_chunk of n needs crypt_chunk of n - 1 to have returned */

    /* Headers and keys, before any thread: encrypt writes its header, decrypt finds the key. Notes
     * say what was chosen. */
    bool (*begin)(void *codec, struct source *source, struct sink *sink, struct notes *notes,
                  struct error *err);
    bool (*read_chunk)(void *codec, struct source *source, struct chunk *chunk, struct error *err);
    /* What crypt_chunk needs for each thread that calls it; NULL without memory. */
    void *(*worker_new)(void *codec);
    void (*worker_free)(void *worker);
    void (*crypt_chunk)(void *codec, void *worker, struct chunk *chunk);
    bool (*write_chunk)(void *codec, struct sink *sink, struct chunk *chunk, struct error *err);
    /* After the last chunk was written: whether the stream was whole. */
    bool (*end)(void *codec, struct error *err);
    /* Wipes and frees, at any time; NULL is allowed. */
    void (*free)(void *codec);
};

struct codec {
    const struct codec_ops *ops;
    void *state;
};

/* How surely the first bytes of a stream are this format's. */
enum format_claim { FORMAT_NO, FORMAT_PERHAPS, FORMAT_SURE };

struct format {
    const char *name;
    /* prefix: the first bytes of a stream, at most SOURCE_PEEK_MAX. */
    enum format_claim (*claims)(const unsigned char *prefix, size_t prefix_len);
    /* Codecs over keys of ring, which must outlive them; freed with codec->ops->free. */
    bool (*encrypter)(const struct keyring *ring, struct codec *codec, struct error *err);
    bool (*decrypter)(const struct keyring *ring, struct codec *codec, struct error *err);
};

#endif
