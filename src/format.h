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
#include "base/findings.h"
#include "base/notes.h"
#include "io/sink.h"
#include "io/source.h"
#include "keys/keyring.h"
#include "keys/passphrase.h"

#include <stdint.h>

struct chunk {
    uint64_t index;    /* 0, 1, 2 .. in stream order */
    bool last;         /* set by read_chunk: the source has ended behind this chunk */
    unsigned char *in; /* in_room bytes */
    size_t in_len;
    unsigned char *out; /* out_room bytes */
    size_t out_len;
    void *note; /* note_size bytes of secret memory, zeroed: from read to crypt and write */
};

enum { CODEC_KEY_SIZE = 24 };

struct codec_ops {
    size_t in_room;
    size_t out_room;
    size_t note_size;
    bool chained;         /* crypt_chunk of n needs crypt_chunk of n - 1 to have returned */
    unsigned workers_max; /* threads that read_chunk and crypt_chunk can keep busy; 0: any number */

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
    /* Decrypting, once begun: the key that it is opened with, by its fingerprint or ID,
     * "passphrase", or nothing. */
    const char *(*opened_by)(const void *codec);
    /* Wipes and frees, at any time; NULL is allowed. */
    void (*free)(void *codec);
};

struct codec {
    const struct codec_ops *ops;
    void *state;
    enum key_method method; /* of the format, where formats.h made it */
    bool is_recognised;     /* .. which the stream shows, or a key that opens it */
};

/* What a person chose that only some formats know. */
struct format_settings {
    bool allow_expired;   /* encrypt to a key that has expired */
    bool hide_recipients; /* who can open it isn't told */
    bool no_passphrase;   /* none is given, and there is nobody to ask for one */
};

/* What the codecs of a run are made from; all of it outlives them. */
struct format_run {
    const struct keyring *ring;
    struct passphrase *passphrase;
    struct format_settings settings;
    struct notes *notes;
    void *keys; /* what this format's load_keys made */
};

/* What a new key is to be. */
struct key_wish {
    enum key_transform transform;   /* sodium: written as HEX or BASE64 */
    unsigned rsa_bits;              /* openpgp, as all below: 0: Ed25519 and Curve25519 */
    const char *user_id;            /* UTF-8, at most KEY_USER_ID_MAX octets */
    uint32_t created;               /* seconds since 1970 */
    uint32_t lifetime;              /* seconds from then on; 0: for ever */
    const struct bytes *passphrase; /* NULL: none */
};

enum { KEY_USER_ID_MAX = 512, KEY_DESCRIPTION_SIZE = 160 };

/* A new key, as text with a newline at its end. */
struct new_key {
    char *secret;                           /* secret memory */
    char *public_text;                      /* NULL: its method has none */
    char description[KEY_DESCRIPTION_SIZE]; /* "sodium key, fingerprint .." */
};

/* How surely a stream is this format's. */
enum format_claim {
    FORMAT_NO,
    FORMAT_PERHAPS, /* nothing speaks against it */
    FORMAT_LIKELY,  /* it looks like it, as random bytes seldom do */
    FORMAT_SURE,
};

struct format {
    enum key_method method;
    /* Starts its libraries, and learns what they or it would look up in files later, when there is
     * a sandbox around the process. load_keys does so too, as far as it is needed then. False:
     * ERROR_IO. */
    bool (*prepare)(struct error *err);
    /* Parses and judges the keys of this format, before any input is opened. False: ERROR_KEY,
     * ERROR_IO. free_keys takes NULL. */
    bool (*load_keys)(struct format_run *run, enum key_purpose purpose, struct error *err);
    void (*free_keys)(void *keys);
    /* Makes a new key, which it has read back. False: ERROR_IO, and what *key holds is still to be
     * freed (formats_free_key). */
    bool (*make_key)(const struct key_wish *wish, struct new_key *key, struct error *err);
    /* Peeks at source. False: what it fails with. */
    bool (*claims)(const struct format_run *run, struct source *source, enum format_claim *claim,
                   struct error *err);
    /* Codecs, freed with codec->ops->free. decrypter may read what stands at the front of source to
     * find out what it is to be. */
    bool (*encrypter)(const struct format_run *run, struct codec *codec, struct error *err);
    bool (*decrypter)(const struct format_run *run, struct source *source, struct codec *codec,
                      struct error *err);
    /* Adds what source shows without any key, read to its end, and whether it is whole, as far as
     * that can be seen. *taken false: it isn't surely of this format, and nothing was read of it.
     * False: what the framing alone shows decrypting to fail with (ERROR_DAMAGED, ERROR_TRUNCATED,
     * ERROR_UNSUPPORTED), or what the source fails with; facts then has what was found before. */
    bool (*inspect)(struct source *source, bool *taken, struct facts *facts, struct error *err);
    /* Adds what the keys of run's ring are, if they are of this format, but never the keys. False:
     * ERROR_KEY, malformed. */
    bool (*describe)(const struct format_run *run, struct facts *facts, struct error *err);
    /* Adds, a finding for each, what the keys of this format can do: those of encrypting's ring
     * encrypt, and do keys of decrypting's ring, which holds them too, open that? False: ERROR_KEY,
     * malformed; ERROR_IO; ERROR_INTERRUPTED. */
    bool (*check)(const struct format_run *encrypting, const struct format_run *decrypting,
                  struct findings *findings, struct error *err);
};

#endif
