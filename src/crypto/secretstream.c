/*
 * The two engines of secretstream.h. What happens once a stream or once in 2^32 chunks (deriving
 * the first key, rekeying) is always libsodium's own; what happens for every byte can be OpenSSL's.
 *
 * A chunk is ChaCha20-IETF under the state's key and nonce: block 0 makes the one-time Poly1305
 * key, block 1 hides a block of the tag byte and 63 zeros, the blocks from 2 on hide the message.
 * The MAC covers the whole encrypted block 1, though only its first byte is sent, then the
 * message's ciphertext, padding, and the two lengths.
 */
#include "crypto/secretstream.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNTER_LEN = 4,
    NONCE_LEN = 12,
    BLOCK_LEN = 64,
    HEAD_LEN = 2 * BLOCK_LEN, /* block 0 and block 1 */
    POLY1305_KEY_LEN = 32,
    /* OpenSSL takes lengths as int */
    UPDATE_MAX = 1 << 30,
};

_Static_assert(SECRETSTREAM_KEY_LEN == crypto_secretstream_xchacha20poly1305_KEYBYTES, "key");
_Static_assert(SECRETSTREAM_HEADER_LEN == crypto_secretstream_xchacha20poly1305_HEADERBYTES,
               "header");
_Static_assert(SECRETSTREAM_OVERHEAD == crypto_secretstream_xchacha20poly1305_ABYTES, "overhead");

/* Fetched once by secretstream_best_engine, shared by all threads, never freed: freeing them at
 * exit could race with a thread that still works. */
static struct {
    bool known;
    enum secretstream_engine best;
    EVP_CIPHER *chacha20;
    EVP_MAC *poly1305;
} library;

struct secretstream {
    enum secretstream_engine engine;
    EVP_CIPHER_CTX *chacha20; /* both NULL for libsodium's engine, which keeps nothing */
    EVP_MAC_CTX *poly1305;
};

void secretstream_begin(secretstream_state *state, const unsigned char key[SECRETSTREAM_KEY_LEN],
                        const unsigned char header[SECRETSTREAM_HEADER_LEN])
{
    sodium_memzero(state, sizeof *state);
    crypto_secretstream_xchacha20poly1305_init_pull(state, header, key);
}

static void xor_and_count(secretstream_state *state, const unsigned char mac[SECRETSTREAM_MAC_LEN])
{
    for (size_t i = 0; i < NONCE_LEN - COUNTER_LEN; i++)
        state->nonce[COUNTER_LEN + i] ^= mac[i];
    sodium_increment(state->nonce, COUNTER_LEN);
}

void secretstream_skip(secretstream_state *state, const unsigned char mac[SECRETSTREAM_MAC_LEN])
{
    xor_and_count(state, mac);
    if (sodium_is_zero(state->nonce, COUNTER_LEN))
        crypto_secretstream_xchacha20poly1305_rekey(state);
}

static void advance(secretstream_state *state, const unsigned char mac[SECRETSTREAM_MAC_LEN],
                    unsigned char tag)
{
    xor_and_count(state, mac);
    if ((tag & SECRETSTREAM_TAG_REKEY) != 0 || sodium_is_zero(state->nonce, COUNTER_LEN))
        crypto_secretstream_xchacha20poly1305_rekey(state);
}

static bool length_fits(size_t message_len)
{
    return message_len <= UPDATE_MAX;
}

/* ---- OpenSSL's engine ---- */

/* Blocks 0 and 1 of the keystream, with the tag byte hidden in block 1; leaves the cipher at
 * block 2. */
static bool start_chunk(struct secretstream *stream, const secretstream_state *state,
                        unsigned char tag, unsigned char head[HEAD_LEN])
{
    unsigned char iv[COUNTER_LEN + NONCE_LEN] = {0};
    unsigned char plain[HEAD_LEN] = {0};
    int written;
    memcpy(iv + COUNTER_LEN, state->nonce, NONCE_LEN);
    plain[BLOCK_LEN] = tag;
    return EVP_EncryptInit_ex2(stream->chacha20, NULL, state->k, iv, NULL) == 1 &&
           EVP_EncryptUpdate(stream->chacha20, head, &written, plain, HEAD_LEN) == 1 &&
           written == HEAD_LEN;
}

static bool authenticate(struct secretstream *stream, const unsigned char head[HEAD_LEN],
                         const unsigned char *ciphertext, size_t len,
                         unsigned char mac[SECRETSTREAM_MAC_LEN])
{
    static const unsigned char zeros[16];
    unsigned char lengths[16] = {0};
    uint64_t authenticated_len = BLOCK_LEN + (uint64_t)len;
    size_t mac_len;
    for (size_t i = 0; i < 8; i++)
        lengths[8 + i] = (unsigned char)(authenticated_len >> (8 * i));
    /* libsodium pads by (16 - 64 + len) mod 16, which is len mod 16, not its complement */
    return EVP_MAC_init(stream->poly1305, head, POLY1305_KEY_LEN, NULL) == 1 &&
           EVP_MAC_update(stream->poly1305, head + BLOCK_LEN, BLOCK_LEN) == 1 &&
           EVP_MAC_update(stream->poly1305, ciphertext, len) == 1 &&
           EVP_MAC_update(stream->poly1305, zeros, len & 15) == 1 &&
           EVP_MAC_update(stream->poly1305, lengths, sizeof lengths) == 1 &&
           EVP_MAC_final(stream->poly1305, mac, &mac_len, SECRETSTREAM_MAC_LEN) == 1 &&
           mac_len == SECRETSTREAM_MAC_LEN;
}

static bool crypt_message(struct secretstream *stream, unsigned char *out, const unsigned char *in,
                          size_t len)
{
    int written;
    return len == 0 || (EVP_EncryptUpdate(stream->chacha20, out, &written, in, (int)len) == 1 &&
                        (size_t)written == len);
}

static bool openssl_push(struct secretstream *stream, secretstream_state *state,
                         unsigned char *chunk, const unsigned char *message, size_t message_len,
                         unsigned char tag)
{
    unsigned char head[HEAD_LEN];
    unsigned char *mac = chunk + 1 + message_len;
    bool good = start_chunk(stream, state, tag, head) &&
                crypt_message(stream, chunk + 1, message, message_len) &&
                authenticate(stream, head, chunk + 1, message_len, mac);
    if (good) {
        chunk[0] = head[BLOCK_LEN];
        advance(state, mac, tag);
    }
    sodium_memzero(head, sizeof head);
    return good;
}

static bool openssl_pull(struct secretstream *stream, secretstream_state *state,
                         unsigned char *message, unsigned char *tag, const unsigned char *chunk,
                         size_t message_len)
{
    unsigned char head[HEAD_LEN];
    unsigned char mac[SECRETSTREAM_MAC_LEN] = {0};
    const unsigned char *sent_mac = chunk + 1 + message_len;
    bool good = start_chunk(stream, state, 0, head);
    unsigned char found = (unsigned char)(head[BLOCK_LEN] ^ chunk[0]);
    head[BLOCK_LEN] = chunk[0];
    good = good && authenticate(stream, head, chunk + 1, message_len, mac) &&
           sodium_memcmp(mac, sent_mac, SECRETSTREAM_MAC_LEN) == 0 &&
           crypt_message(stream, message, chunk + 1, message_len);
    if (good) {
        *tag = found;
        advance(state, sent_mac, found);
    }
    sodium_memzero(head, sizeof head);
    return good;
}

/* ---- the front ---- */

static bool fetch(void)
{
    /* no configuration file: it could load code into the process that holds the keys */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        return false;
    library.chacha20 = EVP_CIPHER_fetch(NULL, "ChaCha20", NULL);
    library.poly1305 = EVP_MAC_fetch(NULL, "POLY1305", NULL);
    return library.chacha20 != NULL && library.poly1305 != NULL;
}

/* A library that computes something else is as good as none. */
static bool makes_the_same_bytes(void)
{
    enum { PROBE_LEN = 200 };
    static const unsigned char key[SECRETSTREAM_KEY_LEN] = {1};
    static const unsigned char header[SECRETSTREAM_HEADER_LEN] = {2};
    static const unsigned char message[PROBE_LEN] = {3};
    unsigned char chunk[2][PROBE_LEN + SECRETSTREAM_OVERHEAD] = {{0}};
    bool good = true;
    for (int engine = SECRETSTREAM_LIBSODIUM; engine <= SECRETSTREAM_OPENSSL; engine++) {
        struct secretstream *stream = secretstream_new((enum secretstream_engine)engine);
        secretstream_state state;
        secretstream_begin(&state, key, header);
        good = good && stream != NULL &&
               secretstream_push(stream, &state, chunk[engine], message, PROBE_LEN,
                                 SECRETSTREAM_TAG_FINAL);
        secretstream_free(stream);
    }
    return good && memcmp(chunk[0], chunk[1], sizeof chunk[0]) == 0;
}

enum secretstream_engine secretstream_best_engine(void)
{
    if (!library.known) {
        library.known = true;
        library.best =
            fetch() && makes_the_same_bytes() ? SECRETSTREAM_OPENSSL : SECRETSTREAM_LIBSODIUM;
    }
    return library.best;
}

const char *secretstream_engine_name(enum secretstream_engine engine)
{
    return engine == SECRETSTREAM_OPENSSL ? "openssl" : "libsodium";
}

struct secretstream *secretstream_new(enum secretstream_engine engine)
{
    struct secretstream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->engine = engine;
    if (engine == SECRETSTREAM_LIBSODIUM)
        return stream;
    if (library.chacha20 != NULL && library.poly1305 != NULL) {
        stream->chacha20 = EVP_CIPHER_CTX_new();
        stream->poly1305 = EVP_MAC_CTX_new(library.poly1305);
    }
    if (stream->chacha20 != NULL && stream->poly1305 != NULL &&
        EVP_EncryptInit_ex2(stream->chacha20, library.chacha20, NULL, NULL, NULL) == 1)
        return stream;
    secretstream_free(stream);
    return NULL;
}

void secretstream_free(struct secretstream *stream)
{
    if (stream == NULL)
        return;
    EVP_CIPHER_CTX_free(stream->chacha20);
    EVP_MAC_CTX_free(stream->poly1305);
    free(stream);
}

bool secretstream_push(struct secretstream *stream, secretstream_state *state, unsigned char *chunk,
                       const unsigned char *message, size_t message_len, unsigned char tag)
{
    if (!length_fits(message_len))
        return false;
    if (stream->engine == SECRETSTREAM_OPENSSL)
        return openssl_push(stream, state, chunk, message, message_len, tag);
    return crypto_secretstream_xchacha20poly1305_push(state, chunk, NULL, message, message_len,
                                                      NULL, 0, tag) == 0;
}

bool secretstream_pull(struct secretstream *stream, secretstream_state *state,
                       unsigned char *message, unsigned char *tag, const unsigned char *chunk,
                       size_t chunk_len)
{
    if (chunk_len < SECRETSTREAM_OVERHEAD || !length_fits(chunk_len - SECRETSTREAM_OVERHEAD))
        return false;
    if (stream->engine == SECRETSTREAM_OPENSSL)
        return openssl_pull(stream, state, message, tag, chunk, chunk_len - SECRETSTREAM_OVERHEAD);
    return crypto_secretstream_xchacha20poly1305_pull(state, message, NULL, tag, chunk, chunk_len,
                                                      NULL, 0) == 0;
}
