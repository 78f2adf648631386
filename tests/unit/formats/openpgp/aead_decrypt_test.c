/* SEIPD version 2 and LibrePGP's packet 20 against libgcrypt as oracle: what opens, and that chunks
 * can't be changed, moved, dropped or repeated. */
#define _GNU_SOURCE
#include "container_headers.h"

#include <gcrypt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "container_run.h"

enum {
    TAG = 16,
    RUN = CONTAINER_RUN_LEN,
    CHUNK_64 = 0,
    CHUNK_1K = 4,
    CHUNK_64K = 10,
    CHUNK_512K = 13,
    CHUNK_1M = 14,
    CHUNK_4M = 16,
};

/* ---- the oracle ---- */

/* What a message is sealed with; content is what is inside the container. */
struct sealing {
    uint8_t tag; /* of the packet */
    uint8_t cipher;
    uint8_t mode;
    uint8_t size; /* of a chunk */
    const struct session_key *session;
    unsigned char key[32];
    unsigned char iv[16];
    gcry_cipher_hd_t handle;
};

static void hmac(unsigned char out[32], const void *key, size_t key_len, const void *text,
                 size_t text_len)
{
    gcry_mac_hd_t handle;
    size_t len = 32;
    assert_int_equal(gcry_mac_open(&handle, GCRY_MAC_HMAC_SHA256, 0, NULL), 0);
    assert_int_equal(gcry_mac_setkey(handle, key, key_len), 0);
    assert_int_equal(gcry_mac_write(handle, text, text_len), 0);
    assert_int_equal(gcry_mac_read(handle, out, &len), 0);
    gcry_mac_close(handle);
}

/* HKDF-SHA256 of at most 64 octets (RFC 5869). */
static void hkdf(const struct session_key *session, const unsigned char salt[32],
                 const unsigned char info[5], unsigned char out[64])
{
    unsigned char pseudo_random[32];
    unsigned char text[32 + 5 + 1];
    hmac(pseudo_random, salt, 32, session->bytes, session->len);
    memcpy(text, info, 5);
    text[5] = 1;
    hmac(out, pseudo_random, 32, text, 6);
    memcpy(text, out, 32);
    memcpy(text + 32, info, 5);
    text[37] = 2;
    hmac(out + 32, pseudo_random, 32, text, sizeof text);
}

static void put_big_endian(unsigned char out[8], uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        out[i] = (unsigned char)value;
}

/* Seals len octets at text (none: the final tag) as chunk number index, behind stream. */
static void put_chunk(const struct sealing *sealing, uint64_t index, const unsigned char *text,
                      size_t len, uint64_t total)
{
    bool is_version2 = sealing->tag == PACKET_SEIPD;
    size_t nonce_len = openpgp_aead_nonce_len(sealing->mode);
    unsigned char nonce[16];
    unsigned char data[21] = {(unsigned char)(0xC0 | sealing->tag), is_version2 ? 2 : 1,
                              sealing->cipher, sealing->mode, sealing->size};
    unsigned char counter[8];
    size_t data_len = 5;
    put_big_endian(counter, index);
    memcpy(nonce, sealing->iv, nonce_len);
    for (size_t i = 0; i < 8; i++)
        nonce[nonce_len - 8 + i] = is_version2 ? counter[i] : nonce[nonce_len - 8 + i] ^ counter[i];
    if (!is_version2) {
        memcpy(data + data_len, counter, 8);
        data_len += 8;
    }
    if (text == NULL) {
        put_big_endian(data + data_len, total);
        data_len += 8;
    }
    assert_true(stream_len + len + TAG <= STREAM_ROOM);
    unsigned char *out = stream + stream_len;
    gcry_cipher_hd_t handle = sealing->handle;
    assert_int_equal(gcry_cipher_reset(handle), 0);
    assert_int_equal(gcry_cipher_setiv(handle, nonce, nonce_len), 0);
    assert_int_equal(gcry_cipher_authenticate(handle, data, data_len), 0);
    assert_int_equal(gcry_cipher_final(handle), 0);
    assert_int_equal(gcry_cipher_encrypt(handle, out, len, len == 0 ? NULL : text, len), 0);
    assert_int_equal(gcry_cipher_gettag(handle, out + len, TAG), 0);
    stream_len += len + TAG;
}

/* Begins a packet body in stream: the header, and what it makes of session. */
static void begin_body(struct sealing *sealing, const struct session_key *session)
{
    unsigned char start[32];
    bool is_version2 = sealing->tag == PACKET_SEIPD;
    size_t nonce_len = openpgp_aead_nonce_len(sealing->mode);
    size_t key_len = openpgp_cipher_key_len(sealing->cipher);
    const unsigned char info[5] = {(unsigned char)(0xC0 | sealing->tag), is_version2 ? 2 : 1,
                                   sealing->cipher, sealing->mode, sealing->size};
    stream_len = 0;
    put_octets(info + 1, 4);
    randombytes_buf(start, sizeof start);
    put_octets(start, is_version2 ? 32 : nonce_len);
    if (is_version2) {
        unsigned char derived[64];
        hkdf(session, start, info, derived);
        memcpy(sealing->key, derived, key_len);
        memcpy(sealing->iv, derived + key_len, nonce_len - 8);
    } else {
        memcpy(sealing->key, session->bytes, key_len);
        memcpy(sealing->iv, start, nonce_len);
    }
    assert_int_equal(gcry_cipher_open(&sealing->handle, openpgp_cipher_gcrypt(sealing->cipher),
                                      openpgp_aead_gcrypt(sealing->mode), 0),
                     0);
    assert_int_equal(gcry_cipher_setkey(sealing->handle, sealing->key, key_len), 0);
}

static size_t header_len(const struct sealing *sealing)
{
    return 4 + (sealing->tag == PACKET_SEIPD ? 32 : openpgp_aead_nonce_len(sealing->mode));
}

static size_t chunk_len(const struct sealing *sealing)
{
    return (size_t)1 << (sealing->size + 6);
}

/* Seals content whole, without a packet header. */
static void put_body(struct sealing *sealing, const struct session_key *session,
                     const unsigned char *content, size_t len)
{
    begin_body(sealing, session);
    uint64_t index = 0;
    for (size_t at = 0; at < len; index++) {
        size_t part = len - at < chunk_len(sealing) ? len - at : chunk_len(sealing);
        put_chunk(sealing, index, content + at, part, 0);
        at += part;
    }
    put_chunk(sealing, index, NULL, 0, len);
    gcry_cipher_close(sealing->handle);
}

static void frame(const struct sealing *sealing)
{
    unsigned char header[PACKET_HEADER_MAX];
    size_t len = packet_write_header(header, sealing->tag, stream_len);
    memmove(stream + len, stream, stream_len);
    memcpy(stream, header, len);
    stream_len += len;
}

static unsigned char *content; /* STREAM_ROOM octets */

/* A literal packet of plain_len octets into content. Returns its length. */
static size_t put_literal(size_t plain_len)
{
    size_t len = packet_write_header(content, PACKET_LITERAL, 6 + plain_len);
    memcpy(content + len, "b\0\0\0\0\0", 6);
    memcpy(content + len + 6, plain, plain_len);
    return len + 6 + plain_len;
}

/* A whole message of plain_len octets, with the one candidate that opens it. */
static void seal(struct sealing *sealing, size_t plain_len)
{
    candidate_count = 0;
    const struct session_candidate *candidate =
        add_candidate(sealing->cipher, sealing->tag == PACKET_SEIPD ? 6 : 3);
    put_body(sealing, &candidate->key, content, put_literal(plain_len));
}

#define VERSION2(cipher_, mode_, size_)                                                            \
    (struct sealing)                                                                               \
    {                                                                                              \
        .tag = PACKET_SEIPD, .cipher = cipher_, .mode = mode_, .size = size_                       \
    }

#define PACKET20(cipher_, mode_, size_)                                                            \
    (struct sealing)                                                                               \
    {                                                                                              \
        .tag = PACKET_AEAD, .cipher = cipher_, .mode = mode_, .size = size_                        \
    }

/* ---- what opens ---- */

static void every_mode_and_cipher_opens(void **state)
{
    (void)state;
    static const uint8_t modes[] = {OPENPGP_EAX, OPENPGP_OCB, OPENPGP_GCM};
    static const uint8_t ciphers[] = {OPENPGP_AES128,  OPENPGP_AES192,      OPENPGP_AES256,
                                      OPENPGP_TWOFISH, OPENPGP_CAMELLIA128, OPENPGP_CAMELLIA256};
    for (size_t mode = 0; mode < sizeof modes; mode++) {
        for (size_t cipher = 0; cipher < sizeof ciphers; cipher++) {
            struct sealing sealing = VERSION2(ciphers[cipher], modes[mode], CHUNK_1K);
            seal(&sealing, 5000);
            frame(&sealing);
            assert_opens(5000);
            sealing = PACKET20(ciphers[cipher], modes[mode], CHUNK_1K);
            seal(&sealing, 5000);
            frame(&sealing);
            assert_opens(5000);
        }
    }
}

static void every_chunk_size_opens_at_the_edges_of_chunks(void **state)
{
    (void)state;
    for (uint8_t size = CHUNK_64; size <= CHUNK_4M; size++) {
        size_t chunk = (size_t)1 << (size + 6);
        for (size_t less = 0; less <= 2; less++) {
            struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, size);
            size_t head = 6 + (2 * chunk < 186 ? 2 : 2 * chunk < 8378 ? 3 : 6);
            seal(&sealing, 2 * chunk - head + 1 - less);
            size_t tags = less == 0 ? 4 : 3;
            assert_int_equal(stream_len, header_len(&sealing) + 2 * chunk + 1 - less + tags * TAG);
            frame(&sealing);
            assert_opens(2 * chunk - head + 1 - less);
        }
    }
}

static void runs_end_anywhere(void **state)
{
    (void)state;
    static const uint8_t sizes[] = {CHUNK_64, CHUNK_64K, CHUNK_512K, CHUNK_1M};
    for (size_t i = 0; i < sizeof sizes; i++) {
        size_t run = sizes[i] == CHUNK_1M ? 2 * (size_t)RUN : RUN;
        for (size_t less = 0; less <= 2; less++) {
            struct sealing sealing = VERSION2(OPENPGP_AES128, OPENPGP_GCM, sizes[i]);
            size_t len = 3 * run - 12 + 1 - less;
            seal(&sealing, len);
            frame(&sealing);
            assert_opens(len);
        }
    }
}

static void small_messages_open_in_large_chunks(void **state)
{
    (void)state;
    for (size_t len = 0; len < 40; len++) {
        struct sealing sealing = PACKET20(OPENPGP_AES256, OPENPGP_OCB, CHUNK_4M);
        seal(&sealing, len);
        frame(&sealing);
        assert_opens(len);
    }
}

static void parts_of_any_length_are_joined(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64K);
    seal(&sealing, 3 * RUN);
    size_t len = stream_len;
    unsigned char *body = malloc(len);
    assert_non_null(body);
    memcpy(body, stream, len);
    stream_len = 0;
    put_octet(0xC0 | PACKET_SEIPD);
    size_t at = 0;
    for (; len - at > 4096; at += 4096) {
        put_octet(0xE0 | 12);
        put_octets(body + at, 4096);
    }
    unsigned char length[PACKET_HEADER_MAX];
    put_octets(length, packet_write_length(length, len - at));
    put_octets(body + at, len - at);
    free(body);
    assert_opens(3 * RUN);
}

static void chunks_leave_before_the_message_ends(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64K);
    seal(&sealing, 3 * RUN);
    frame(&sealing);
    stream_len -= RUN; /* truncated in the third run */
    assert_refused(ERROR_TRUNCATED, "truncated", 2 * RUN - 12);
}

/* ---- what is refused ---- */

static void every_flipped_bit_is_damage(void **state)
{
    (void)state;
    struct sealing sealings[] = {VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64),
                                 PACKET20(OPENPGP_AES256, OPENPGP_EAX, CHUNK_64)};
    for (size_t i = 0; i < 2; i++) {
        seal(&sealings[i], 140);
        frame(&sealings[i]);
        for (size_t bit = 8 * 4; bit < 8 * stream_len; bit++) { /* behind header and version */
            stream[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_false(decrypt(1));
            assert_true(err.kind == ERROR_DAMAGED ||
                        (bit < 8 * 7 && err.kind == ERROR_UNSUPPORTED));
            assert_memory_equal(result, plain, result_len);
            stream[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

static void every_truncation_is_truncation(void **state)
{
    (void)state;
    struct sealing sealing = PACKET20(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 140);
    frame(&sealing);
    while (--stream_len > 1) {
        assert_false(decrypt(1));
        assert_failed(ERROR_TRUNCATED, "truncated");
        assert_int_equal(result_len, 0);
    }
}

/* A body that ends early, in a packet that says so: never good. */
static void every_shorter_body_is_refused(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 140);
    size_t whole = stream_len;
    unsigned char body[512];
    assert_true(whole <= sizeof body);
    memcpy(body, stream, whole);
    for (size_t len = 1; len < whole; len++) {
        stream_len = 0;
        put_packet(PACKET_SEIPD, body, len);
        assert_false(decrypt(1));
        assert_true(err.kind == ERROR_DAMAGED || err.kind == ERROR_TRUNCATED);
        assert_memory_equal(result, plain, result_len);
    }
}

struct order {
    const char *name;
    int chunks[6]; /* which of the five, -1: the final tag, -2: no more */
    size_t good;   /* chunks that are true */
};

static void chunks_keep_their_places(void **state)
{
    (void)state;
    static const struct order orders[] = {
        {"swapped", {0, 2, 1, 3, -1, -2}, 1},         {"left out", {0, 1, 3, -1, -2}, 2},
        {"the first left out", {1, 2, 3, -1, -2}, 0}, {"the last left out", {0, 1, 2, -1, -2}, 3},
        {"repeated", {0, 1, 1, 2, 3, -1}, 2},         {"no end", {0, 1, 2, 3, -2}, 3},
        {"two ends", {0, 1, 2, 3, -1, -1}, 4},
    };
    for (size_t i = 0; i < 2 * sizeof orders / sizeof orders[0]; i++) {
        const struct order *order = &orders[i / 2];
        struct sealing sealing = i % 2 == 0 ? VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64K)
                                            : PACKET20(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64K);
        size_t chunk = chunk_len(&sealing);
        size_t head = header_len(&sealing);
        seal(&sealing, 4 * chunk - 12);
        unsigned char *body = malloc(stream_len);
        assert_non_null(body);
        memcpy(body, stream, stream_len);
        stream_len = head;
        for (size_t n = 0; n < 6 && order->chunks[n] != -2; n++) {
            size_t place = order->chunks[n] < 0 ? 4 : (size_t)order->chunks[n];
            put_octets(body + head + place * (chunk + TAG), place == 4 ? TAG : chunk + TAG);
        }
        free(body);
        frame(&sealing);
        if (decrypt(1))
            fail_msg("%s: opened", order->name);
        assert_int_equal(err.kind, ERROR_DAMAGED);
        assert_int_equal(result_len, order->good == 0 ? 0 : order->good * chunk - 12);
    }
}

static void a_wrong_total_is_damage(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_1K);
    const struct session_key *key = &add_candidate(OPENPGP_AES256, 6)->key;
    size_t len = put_literal(100);
    begin_body(&sealing, key);
    put_chunk(&sealing, 0, content, len, 0);
    put_chunk(&sealing, 1, NULL, 0, len + 1);
    gcry_cipher_close(sealing.handle);
    frame(&sealing);
    assert_refused(ERROR_DAMAGED, "end mark", 100);
}

static void an_empty_chunk_before_the_end_is_damage(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_1K);
    const struct session_key *key = &add_candidate(OPENPGP_AES256, 6)->key;
    size_t len = put_literal(1015);
    assert_int_equal(len, chunk_len(&sealing));
    begin_body(&sealing, key);
    put_chunk(&sealing, 0, content, len, 0);
    put_chunk(&sealing, 1, content, 0, 0);
    put_chunk(&sealing, 2, NULL, 0, len);
    gcry_cipher_close(sealing.handle);
    frame(&sealing);
    assert_refused(ERROR_DAMAGED, "chunk 1 fails its authentication", 1015);
}

static void what_no_chunk_holds_is_no_message(void **state)
{
    (void)state;
    struct sealing sealing = PACKET20(OPENPGP_AES256, OPENPGP_OCB, CHUNK_1K);
    const struct session_key *key = &add_candidate(OPENPGP_AES256, 3)->key;
    put_body(&sealing, key, content, 0);
    frame(&sealing);
    assert_refused(ERROR_DAMAGED, "", 0);
    assert_null(strstr(err.text, "authentication"));
    stream[stream_len - 1] ^= 1;
    assert_refused(ERROR_DAMAGED, "chunk 0 fails its authentication", 0);
}

static void malformed_content_is_told_as_such(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    const struct session_key *key = &add_candidate(OPENPGP_AES256, 6)->key;
    size_t len = put_literal(10);
    len += put_literal(10); /* a second one over the first */
    memmove(content + len / 2, content, len / 2);
    put_body(&sealing, key, content, len);
    frame(&sealing);
    assert_false(decrypt(1));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_null(strstr(err.text, "authentication"));
    assert_memory_equal(result, plain, result_len);
    put_body(&sealing, key, (const unsigned char *)"\xC8\x02\x63?", 4);
    frame(&sealing);
    assert_refused(ERROR_UNSUPPORTED, "", 0);
}

static void nothing_but_padding_may_follow(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 100);
    frame(&sealing);
    put_packet(PACKET_PADDING, plain, 100);
    assert_opens(100);
    put_packet(PACKET_LITERAL, plain, 100);
    assert_refused(ERROR_DAMAGED, "follows the encrypted data", 0);
}

/* ---- parameters and keys ---- */

static void what_isnt_served_is_named(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        unsigned char octet;
        const char *text;
    } cases[] = {
        {0, 3, "of version 3"},
        {1, 99, "cipher 99"},
        {1, OPENPGP_CAST5, "CAST5"},
        {2, 4, "AEAD mode 4"},
        {2, 0, "AEAD mode 0"},
        {3, 17, "chunks of more than 4 MiB"},
        {3, 255, "chunks of more than 4 MiB"},
    };
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 100);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char body[256];
        seal(&sealing, 100);
        memcpy(body, stream, stream_len);
        body[cases[i].at] = cases[i].octet;
        size_t len = stream_len;
        stream_len = 0;
        put_packet(PACKET_SEIPD, body, len);
        assert_refused(ERROR_UNSUPPORTED, cases[i].text, 0);
    }
    sealing = PACKET20(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 100);
    stream[0] = 2;
    frame(&sealing);
    assert_refused(ERROR_UNSUPPORTED, "of version 2", 0);
}

static void a_wrong_session_key_looks_like_damage_of_the_first_chunk(void **state)
{
    (void)state;
    char text[ERROR_TEXT_SIZE];
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64K);
    seal(&sealing, RUN);
    frame(&sealing);
    stream[1000] ^= 1;
    assert_refused(ERROR_DAMAGED, "chunk 0 fails its authentication", 0);
    strcpy(text, err.text);
    stream[1000] ^= 1;
    candidates[0].key.bytes[31] ^= 1;
    assert_refused(ERROR_DAMAGED, text, 0);
    candidates[0].key.len = 16;
    assert_refused(ERROR_DAMAGED, text, 0);
}

static void a_session_key_of_another_length_is_not_used(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    struct session_key *key = &add_candidate(OPENPGP_AES256, 6)->key;
    key->len = 16; /* which makes a key as well as any */
    put_body(&sealing, key, content, put_literal(100));
    frame(&sealing);
    assert_refused(ERROR_DAMAGED, "chunk 0", 0);
}

static void a_session_key_for_another_cipher_is_not_used(void **state)
{
    (void)state;
    struct sealing sealing = PACKET20(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 100);
    frame(&sealing);
    candidates[0].key.cipher = OPENPGP_TWOFISH;
    assert_refused(ERROR_DAMAGED, "chunk 0", 0);
    candidates[0].key.cipher = 0;
    assert_opens(100);
}

static void the_candidate_that_opens_the_first_chunk_is_taken(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_4M);
    seal(&sealing, 5 * 1024 * 1024);
    frame(&sealing);
    struct session_candidate right = candidates[0];
    for (size_t place = 0; place < 3; place++) {
        candidate_count = 0;
        for (size_t i = 0; i < 3; i++)
            add_candidate(OPENPGP_AES256, 6);
        candidates[place] = right;
        assert_opens(5 * 1024 * 1024);
    }
}

static void a_wrong_passphrase_is_told_unless_it_proved_itself(void **state)
{
    (void)state;
    struct sealing sealing = PACKET20(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 100);
    frame(&sealing);
    candidates[0].is_passphrase = true;
    candidates[0].esk_version = 4;
    assert_opens(100);
    candidates[0].key.bytes[0] ^= 1;
    assert_refused(ERROR_NO_KEY_FITS, "no passphrase given opens it", 0);
    candidates[0].esk_version = 5;
    assert_refused(ERROR_DAMAGED, "chunk 0", 0);
}

static void session_keys_stay_with_their_container(void **state)
{
    (void)state;
    struct sealing sealing = VERSION2(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 100);
    frame(&sealing);
    for (uint8_t version = 3; version <= 5; version++) {
        candidates[0].esk_version = version;
        assert_refused(ERROR_NO_KEY_FITS, "goes with", 0);
    }
    sealing = PACKET20(OPENPGP_AES256, OPENPGP_OCB, CHUNK_64);
    seal(&sealing, 100);
    frame(&sealing);
    candidates[0].esk_version = 6;
    assert_refused(ERROR_NO_KEY_FITS, "goes with", 0);
}

static int start(void **state)
{
    content = malloc(STREAM_ROOM);
    return content == NULL ? -1 : container_start(state);
}

static int finish(void **state)
{
    free(content);
    return container_finish(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_mode_and_cipher_opens),
        IN_FOLDER(every_chunk_size_opens_at_the_edges_of_chunks),
        IN_FOLDER(runs_end_anywhere),
        IN_FOLDER(small_messages_open_in_large_chunks),
        IN_FOLDER(parts_of_any_length_are_joined),
        IN_FOLDER(chunks_leave_before_the_message_ends),
        IN_FOLDER(every_flipped_bit_is_damage),
        IN_FOLDER(every_truncation_is_truncation),
        IN_FOLDER(every_shorter_body_is_refused),
        IN_FOLDER(chunks_keep_their_places),
        IN_FOLDER(a_wrong_total_is_damage),
        IN_FOLDER(an_empty_chunk_before_the_end_is_damage),
        IN_FOLDER(what_no_chunk_holds_is_no_message),
        IN_FOLDER(malformed_content_is_told_as_such),
        IN_FOLDER(nothing_but_padding_may_follow),
        IN_FOLDER(what_isnt_served_is_named),
        IN_FOLDER(a_wrong_session_key_looks_like_damage_of_the_first_chunk),
        IN_FOLDER(a_session_key_of_another_length_is_not_used),
        IN_FOLDER(a_session_key_for_another_cipher_is_not_used),
        IN_FOLDER(the_candidate_that_opens_the_first_chunk_is_taken),
        IN_FOLDER(a_wrong_passphrase_is_told_unless_it_proved_itself),
        IN_FOLDER(session_keys_stay_with_their_container),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
