/*
 * The two engines of secretstream.h. What happens once a stream or once in 2^32 chunks (the first
 * key, rekeying) is always libsodium's own; what happens to every byte can be OpenSSL's.
 *
 * A chunk is ChaCha20-IETF under the state's key and nonce: block 0 makes the one-time Poly1305
 * key, block 1 hides the tag byte and 63 zeros, the blocks from 2 on hide the message. The MAC
 * covers the whole encrypted block 1, though only its first byte is sent, the message's ciphertext,
 * padding, and two lengths.
 */
#include "crypto/secretstream.h"

#include "crypto/openssl.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNTER_LEN = 4,
    NONCE_LEN = 12,
    BLOCK_LEN = 64,
    HEAD_LEN = 2 * BLOCK_LEN, /* blocks 0 and 1 */
    IV_LEN = COUNTER_LEN + NONCE_LEN,
    POLY1305_KEY_LEN = 32,
    PADDING_MAX = 15,
    LENGTHS_LEN = 16,
    /* Ciphertext that is authenticated in one call with the lengths: OpenSSL's Poly1305 works on 8
     * blocks of 16 at once, and its fallback for the 16 lone bytes costs as much as 100 blocks. */
    TAIL_TEXT_MAX = 8 * 16 - LENGTHS_LEN,
    /* OpenSSL counts bytes in an int; whole blocks keep its place in the keystream. */
    UPDATE_MAX = 1 << 30,
};

_Static_assert(SECRETSTREAM_KEY_LEN == crypto_secretstream_xchacha20poly1305_KEYBYTES, "key");
_Static_assert(SECRETSTREAM_HEADER_LEN == crypto_secretstream_xchacha20poly1305_HEADERBYTES,
               "head");
_Static_assert(SECRETSTREAM_OVERHEAD == crypto_secretstream_xchacha20poly1305_ABYTES, "overhead");

/* Written by secretstream_best_engine before any thread, then only read. Never freed: a thread that
 * is still at work when the process exits may be using them. */
static struct {
    bool started;
    EVP_CIPHER *chacha20;
    EVP_MAC *poly1305;
    bool openssl_serves;
} library;

struct secretstream {
    enum secretstream_engine engine;
    /* NULL for libsodium's engine, which keeps nothing between chunks. */
    EVP_CIPHER_CTX *chacha20;
    EVP_MAC_CTX *poly1305;
};

void secretstream_begin(secretstream_state *state, const unsigned char key[SECRETSTREAM_KEY_LEN],
                        const unsigned char header[SECRETSTREAM_HEADER_LEN])
{
    crypto_secretstream_xchacha20poly1305_init_pull(state, header, key);
}

static void advance(secretstream_state *state, const unsigned char mac[SECRETSTREAM_MAC_LEN],
                    unsigned char tag)
{
    for (size_t i = COUNTER_LEN; i < NONCE_LEN; i++)
        state->nonce[i] ^= mac[i - COUNTER_LEN];
    sodium_increment(state->nonce, COUNTER_LEN);
    /* Rekeying sets the counter to 1, so a tag and a wrap at once are one rekeying. */
    if ((tag & SECRETSTREAM_TAG_REKEY) != 0 || sodium_is_zero(state->nonce, COUNTER_LEN))
        crypto_secretstream_xchacha20poly1305_rekey(state);
}

void secretstream_skip(secretstream_state *state, const unsigned char mac[SECRETSTREAM_MAC_LEN])
{
    advance(state, mac, SECRETSTREAM_TAG_MESSAGE);
}

/* Continues the keystream that start_chunk began; ChaCha20 is its own inverse. */
static bool apply_keystream(EVP_CIPHER_CTX *chacha20, unsigned char *out, const unsigned char *in,
                            size_t len)
{
    while (len > 0) {
        int part_len = len > UPDATE_MAX ? UPDATE_MAX : (int)len;
        int out_len;
        if (EVP_EncryptUpdate(chacha20, out, &out_len, in, part_len) != 1 || out_len != part_len)
            return false;
        out += part_len;
        in += part_len;
        len -= (size_t)part_len;
    }
    return true;
}

/* Makes head the keystream of block 0, then first_byte and 63 zeros under block 1, and leaves the
 * cipher at block 2. One call for both blocks, because calls are what a chunk's head costs. */
static bool start_chunk(struct secretstream *stream, const secretstream_state *state,
                        unsigned char head[HEAD_LEN], unsigned char first_byte)
{
    unsigned char iv[IV_LEN] = {0};
    memcpy(iv + COUNTER_LEN, state->nonce, NONCE_LEN);
    memset(head, 0, HEAD_LEN);
    head[BLOCK_LEN] = first_byte;
    return EVP_EncryptInit_ex2(stream->chacha20, NULL, state->k, iv, NULL) == 1 &&
           apply_keystream(stream->chacha20, head, head, HEAD_LEN);
}

static void put_uint64_le(unsigned char *bytes, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
}

static bool authenticate(EVP_MAC_CTX *poly1305, const unsigned char head[HEAD_LEN],
                         const unsigned char *ciphertext, size_t len,
                         unsigned char mac[SECRETSTREAM_MAC_LEN])
{
    unsigned char tail[TAIL_TEXT_MAX + PADDING_MAX + LENGTHS_LEN] = {0};
    size_t tail_text_len = len < TAIL_TEXT_MAX ? len : TAIL_TEXT_MAX;
    /* Not what would fill up a block of 16, but as many zeros as there are bytes beyond one:
     * a slip of libsodium's that became the format. */
    size_t padding_len = len % 16;
    size_t tail_len = tail_text_len + padding_len + LENGTHS_LEN;
    size_t mac_len;
    memcpy(tail, ciphertext + (len - tail_text_len), tail_text_len);
    put_uint64_le(tail + tail_len - 8, (uint64_t)len + BLOCK_LEN);
    return EVP_MAC_init(poly1305, head, POLY1305_KEY_LEN, NULL) == 1 &&
           EVP_MAC_update(poly1305, head + BLOCK_LEN, BLOCK_LEN) == 1 &&
           EVP_MAC_update(poly1305, ciphertext, len - tail_text_len) == 1 &&
           EVP_MAC_update(poly1305, tail, tail_len) == 1 &&
           EVP_MAC_final(poly1305, mac, &mac_len, SECRETSTREAM_MAC_LEN) == 1 &&
           mac_len == SECRETSTREAM_MAC_LEN;
}

static bool openssl_push(struct secretstream *stream, secretstream_state *state,
                         unsigned char *chunk, const unsigned char *message, size_t message_len,
                         unsigned char tag)
{
    unsigned char head[HEAD_LEN];
    unsigned char *ciphertext = chunk + 1;
    unsigned char *mac = ciphertext + message_len;
    bool ok = start_chunk(stream, state, head, tag) &&
              apply_keystream(stream->chacha20, ciphertext, message, message_len) &&
              authenticate(stream->poly1305, head, ciphertext, message_len, mac);
    if (ok) {
        chunk[0] = head[BLOCK_LEN];
        advance(state, mac, tag);
    }
    sodium_memzero(head, sizeof head);
    return ok;
}

enum pulled { PULLED, FORGED, LIBRARY_FAILED };

static enum pulled openssl_pull(struct secretstream *stream, secretstream_state *state,
                                unsigned char *message, unsigned char *tag,
                                const unsigned char *chunk, size_t message_len)
{
    unsigned char head[HEAD_LEN];
    unsigned char mac[SECRETSTREAM_MAC_LEN];
    const unsigned char *ciphertext = chunk + 1;
    const unsigned char *sent_mac = ciphertext + message_len;
    enum pulled pulled = LIBRARY_FAILED;
    bool ok = start_chunk(stream, state, head, chunk[0]);
    unsigned char opened_tag = head[BLOCK_LEN];
    head[BLOCK_LEN] = chunk[0];
    if (ok && authenticate(stream->poly1305, head, ciphertext, message_len, mac)) {
        if (crypto_verify_16(mac, sent_mac) != 0)
            pulled = FORGED;
        else if (apply_keystream(stream->chacha20, message, ciphertext, message_len))
            pulled = PULLED;
    }
    if (pulled == PULLED) {
        *tag = opened_tag;
        advance(state, sent_mac, opened_tag);
    }
    sodium_memzero(head, sizeof head);
    /* The right MAC of a forged chunk is a forgery to whoever can read it. */
    sodium_memzero(mac, sizeof mac);
    return pulled;
}

static bool sodium_pull(secretstream_state *state, unsigned char *message, unsigned char *tag,
                        const unsigned char *chunk, size_t chunk_len)
{
    unsigned char opened_tag; /* libsodium writes one even if the chunk doesn't open */
    if (crypto_secretstream_xchacha20poly1305_pull(state, message, NULL, &opened_tag, chunk,
                                                   chunk_len, NULL, 0) != 0)
        return false;
    *tag = opened_tag;
    return true;
}

bool secretstream_push(struct secretstream *stream, secretstream_state *state, unsigned char *chunk,
                       const unsigned char *message, size_t message_len, unsigned char tag)
{
    /* libsodium ends the process above this. */
    if (message_len > crypto_secretstream_xchacha20poly1305_messagebytes_max())
        return false;
    /* What the one library fails to do, out of memory say, the other one does. */
    if (stream->engine == SECRETSTREAM_OPENSSL &&
        openssl_push(stream, state, chunk, message, message_len, tag))
        return true;
    return crypto_secretstream_xchacha20poly1305_push(state, chunk, NULL, message, message_len,
                                                      NULL, 0, tag) == 0;
}

bool secretstream_pull(struct secretstream *stream, secretstream_state *state,
                       unsigned char *message, unsigned char *tag, const unsigned char *chunk,
                       size_t chunk_len)
{
    if (chunk_len < SECRETSTREAM_OVERHEAD)
        return false;
    size_t message_len = chunk_len - SECRETSTREAM_OVERHEAD;
    if (message_len > crypto_secretstream_xchacha20poly1305_messagebytes_max())
        return false;
    enum pulled pulled = LIBRARY_FAILED;
    if (stream->engine == SECRETSTREAM_OPENSSL)
        pulled = openssl_pull(stream, state, message, tag, chunk, message_len);
    if (pulled != LIBRARY_FAILED)
        return pulled == PULLED;
    return sodium_pull(state, message, tag, chunk, chunk_len);
}

static struct secretstream *stream_new(enum secretstream_engine engine)
{
    struct secretstream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->engine = engine;
    if (engine != SECRETSTREAM_OPENSSL)
        return stream;
    stream->chacha20 = EVP_CIPHER_CTX_new();
    stream->poly1305 = EVP_MAC_CTX_new(library.poly1305);
    if (stream->chacha20 == NULL || stream->poly1305 == NULL ||
        EVP_EncryptInit_ex2(stream->chacha20, library.chacha20, NULL, NULL, NULL) != 1) {
        secretstream_free(stream);
        return NULL;
    }
    return stream;
}

struct secretstream *secretstream_new(enum secretstream_engine engine)
{
    if (engine == SECRETSTREAM_OPENSSL && !library.openssl_serves)
        return NULL;
    return stream_new(engine);
}

void secretstream_free(struct secretstream *stream)
{
    if (stream == NULL)
        return;
    /* OpenSSL wipes the cipher's key as it frees; the MAC's one-time key it wiped with each MAC. */
    EVP_CIPHER_CTX_free(stream->chacha20);
    EVP_MAC_CTX_free(stream->poly1305);
    free(stream);
}

/* Whether stream makes and opens two chunks just as libsodium does: the first one rekeys, the
 * second is long enough for the code that works on many blocks at once. */
static bool agrees_with_libsodium(struct secretstream *stream)
{
    enum { MESSAGE_LEN = 1100, CHUNK_LEN = MESSAGE_LEN + SECRETSTREAM_OVERHEAD };
    static const unsigned char message[MESSAGE_LEN] = "any message will do";
    static const unsigned char tags[] = {SECRETSTREAM_TAG_REKEY, SECRETSTREAM_TAG_MESSAGE};
    unsigned char ours[CHUNK_LEN], theirs[CHUNK_LEN], opened[MESSAGE_LEN], tag;
    secretstream_state pushing, pulling, oracle;
    secretstream_begin(&oracle, message, message);
    pushing = pulling = oracle;
    for (size_t i = 0; i < sizeof tags; i++) {
        size_t len = i == 0 ? 7 : MESSAGE_LEN;
        crypto_secretstream_xchacha20poly1305_push(&oracle, theirs, NULL, message, len, NULL, 0,
                                                   tags[i]);
        if (!openssl_push(stream, &pushing, ours, message, len, tags[i]) ||
            memcmp(ours, theirs, len + SECRETSTREAM_OVERHEAD) != 0)
            return false;
        if (openssl_pull(stream, &pulling, opened, &tag, theirs, len) != PULLED || tag != tags[i] ||
            memcmp(opened, message, len) != 0)
            return false;
    }
    return true;
}

static bool start_openssl(void)
{
    if (!openssl_begin())
        return false;
    library.chacha20 = EVP_CIPHER_fetch(NULL, "ChaCha20", NULL);
    library.poly1305 = EVP_MAC_fetch(NULL, "POLY1305", NULL);
    if (library.chacha20 == NULL || library.poly1305 == NULL ||
        EVP_CIPHER_get_iv_length(library.chacha20) != IV_LEN)
        return false;
    struct secretstream *stream = stream_new(SECRETSTREAM_OPENSSL);
    bool agrees = stream != NULL && agrees_with_libsodium(stream);
    secretstream_free(stream);
    return agrees;
}

enum secretstream_engine secretstream_best_engine(void)
{
    if (!library.started) {
        library.started = true;
        library.openssl_serves = start_openssl();
    }
    return library.openssl_serves ? SECRETSTREAM_OPENSSL : SECRETSTREAM_LIBSODIUM;
}

const char *secretstream_engine_name(enum secretstream_engine engine)
{
    return engine == SECRETSTREAM_OPENSSL ? "openssl" : "libsodium";
}
