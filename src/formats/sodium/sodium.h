/*
 * The sodium format: what WAL-G's libsodium crypter writes and reads.
 *
 *     24-byte header, then chunks of 1 tag byte + plaintext + 16-byte MAC
 *     every chunk but the last: exactly 8192 plaintext bytes, tag MESSAGE
 *     the last chunk: 0 to 8191 plaintext bytes, tag FINAL, always there
 *
 * Read as well: a FINAL chunk of 8192 bytes, and any tag that libsodium knows inside the stream.
 */
#ifndef WALSEAL_FORMATS_SODIUM_SODIUM_H
#define WALSEAL_FORMATS_SODIUM_SODIUM_H

#include "crypto/secretstream.h"
#include "format.h"

enum {
    SODIUM_MESSAGE_LEN = 8192,
    SODIUM_CHUNK_LEN = SODIUM_MESSAGE_LEN + SECRETSTREAM_OVERHEAD,
    SODIUM_RUN_CHUNKS = 64, /* chunks in one run of the pipeline: half a megabyte */
};

extern const struct format sodium_format;

/* As format.h has them. */
bool sodium_claims(const struct format_run *run, struct source *source, enum format_claim *claim,
                   struct error *err);
bool sodium_encrypter(const struct format_run *run, struct codec *codec, struct error *err);
bool sodium_decrypter(const struct format_run *run, struct source *source, struct codec *codec,
                      struct error *err);
bool sodium_inspect(struct source *source, bool *taken, struct facts *facts, struct error *err);
bool sodium_describe(const struct format_run *run, struct facts *facts, struct error *err);
bool sodium_check(const struct format_run *encrypting, const struct format_run *decrypting,
                  struct findings *findings, struct error *err);

/* What each thread of either codec works with: a struct secretstream of the best engine. */
void *sodium_worker_new(void *codec);
void sodium_worker_free(void *worker);

/* sodium_make_key.c */
bool sodium_make_key(const struct key_wish *wish, struct new_key *key, struct error *err);

#endif
