/*
 * libsodium's crypto_secretstream_xchacha20poly1305, one chunk at a time, by either of two engines
 * that make the same bytes: libsodium's own functions, or the same construction composed from
 * OpenSSL's ChaCha20 and Poly1305, which is several times as fast. The state is libsodium's own, so
 * the engines can take turns in one stream.
 *
 * A chunk on the wire is 1 tag byte, the message, 16 bytes of MAC. Nonce of chunk n+1 = nonce of
 * chunk n XOR the first 8 bytes of chunk n's MAC, counter + 1: so a reader that only looks at the
 * MACs knows the nonce of every chunk in advance (secretstream_skip), until a REKEY tag, which only
 * opening a chunk shows, changes the key.
 */
#ifndef WALSEAL_CRYPTO_SECRETSTREAM_H
#define WALSEAL_CRYPTO_SECRETSTREAM_H

#include "base/error.h"

#include <sodium.h>

enum {
    SECRETSTREAM_KEY_LEN = 32,
    SECRETSTREAM_HEADER_LEN = 24,
    SECRETSTREAM_OVERHEAD = 17, /* bytes that a chunk is longer than its message */
    SECRETSTREAM_MAC_LEN = 16,
    SECRETSTREAM_TAG_MESSAGE = 0,
    SECRETSTREAM_TAG_PUSH = 1,
    SECRETSTREAM_TAG_REKEY = 2,
    SECRETSTREAM_TAG_FINAL = 3,
};

enum secretstream_engine { SECRETSTREAM_LIBSODIUM, SECRETSTREAM_OPENSSL };

/* Key and nonce of the next chunk. A secret: keep it in secret memory, wipe copies. */
typedef crypto_secretstream_xchacha20poly1305_state secretstream_state;

/* Starts OpenSSL (without reading its configuration file) and finds out which engine this machine's
 * libraries can serve: OpenSSL where it has both primitives and makes the bytes that libsodium
 * makes, otherwise libsodium. Not thread-safe: call it once before any thread; later calls return
 * the same. */
enum secretstream_engine secretstream_best_engine(void);

/* "libsodium" or "openssl", for -v. */
const char *secretstream_engine_name(enum secretstream_engine engine);

/* The state for the first chunk of the stream with this key and header. */
void secretstream_begin(secretstream_state *state, const unsigned char key[SECRETSTREAM_KEY_LEN],
                        const unsigned char header[SECRETSTREAM_HEADER_LEN]);

/* What one thread needs to work on chunks: the engine's contexts. Any number may exist; each is
 * used by one thread at a time. */
struct secretstream;

/* NULL when memory is out or the engine isn't there. */
struct secretstream *secretstream_new(enum secretstream_engine engine);

/* Wipes and frees; NULL is allowed. */
void secretstream_free(struct secretstream *stream);

/* Writes message_len + SECRETSTREAM_OVERHEAD bytes to chunk and advances state. chunk and message
 * may not overlap. False only if a library fails, which leaves state untouched. */
bool secretstream_push(struct secretstream *stream, secretstream_state *state, unsigned char *chunk,
                       const unsigned char *message, size_t message_len, unsigned char tag);

/* Verifies chunk (chunk_len >= SECRETSTREAM_OVERHEAD) and only then writes its chunk_len -
 * SECRETSTREAM_OVERHEAD message bytes and its tag, and advances state. Chunk and message may not
 * overlap. False: it doesn't open under state; nothing was written and state is untouched. */
bool secretstream_pull(struct secretstream *stream, secretstream_state *state,
                       unsigned char *message, unsigned char *tag, const unsigned char *chunk,
                       size_t chunk_len);

/* Advances state over a chunk by its MAC alone, as if its tag had no REKEY bit. The counter's wrap
 * is served. */
void secretstream_skip(secretstream_state *state, const unsigned char mac[SECRETSTREAM_MAC_LEN]);

#endif
