/* SEIPD version 1 against libgcrypt as oracle: what is written, what is read, and that nothing
 * fails in a way that tells about the plaintext. */
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
    PART = 1 << 19,
    RUN = CONTAINER_RUN_LEN,
    SHA1 = 20,
    MDC = 22,
    FIRST_PLAIN = PART - 6, /* data that fill the first part of the literal */
    LONG_PLAIN = 38 * 1024 * 1024,
};

#define BROKEN "damaged: its integrity check fails"

static const struct bytes no_head = {.at = (const unsigned char *)"", .len = 0};

/* ---- the oracle ---- */

static gcry_cipher_hd_t cfb_of(const struct session_key *key)
{
    gcry_cipher_hd_t handle;
    assert_int_equal(
        gcry_cipher_open(&handle, openpgp_cipher_gcrypt(key->cipher), GCRY_CIPHER_MODE_CFB, 0), 0);
    assert_int_equal(gcry_cipher_setkey(handle, key->bytes, key->len), 0);
    assert_int_equal(gcry_cipher_setiv(handle, NULL, 0), 0);
    return handle;
}

static bool repeats = true; /* the two octets that the prefix ends with, as they should */

/* Seals what stands in stream: prefix before it, MDC behind it, the version first. Leaves it without
 * a packet header. */
static void seal_stream(const struct session_key *key)
{
    size_t block = openpgp_cipher_block_len(key->cipher);
    unsigned char *text = stream + 1;
    assert_true(stream_len + 1 + block + 2 + MDC <= STREAM_ROOM);
    memmove(text + block + 2, stream, stream_len);
    stream[0] = 1;
    randombytes_buf(text, block);
    memcpy(text + block, text + block - 2, 2);
    text[block] ^= repeats ? 0 : 1;
    size_t len = block + 2 + stream_len;
    memcpy(text + len, "\xD3\x14", 2);
    gcry_md_hash_buffer(GCRY_MD_SHA1, text + len + 2, text, len + 2);
    gcry_cipher_hd_t handle = cfb_of(key);
    assert_int_equal(gcry_cipher_encrypt(handle, text, len + MDC, NULL, 0), 0);
    gcry_cipher_close(handle);
    stream_len = 1 + len + MDC;
}

/* Puts a packet header before what stands in stream. */
static void frame(void)
{
    unsigned char header[PACKET_HEADER_MAX];
    size_t len = packet_write_header(header, PACKET_SEIPD, stream_len);
    memmove(stream + len, stream, stream_len);
    memcpy(stream, header, len);
    stream_len += len;
}

/* Frames it in parts of 2^bits octets. */
static void frame_in_parts(unsigned bits)
{
    size_t part = (size_t)1 << bits;
    size_t len = stream_len;
    unsigned char *body = malloc(len);
    assert_non_null(body);
    memcpy(body, stream, len);
    stream_len = 0;
    put_octet(0xC0 | PACKET_SEIPD);
    size_t at = 0;
    for (; len - at > part; at += part) {
        put_octet(0xE0 | bits);
        put_octets(body + at, part);
    }
    unsigned char length[PACKET_HEADER_MAX];
    put_octets(length, packet_write_length(length, len - at));
    put_octets(body + at, len - at);
    free(body);
}

static void put_literal(size_t plain_len)
{
    unsigned char header[PACKET_HEADER_MAX];
    put_octets(header, packet_write_header(header, PACKET_LITERAL, 6 + plain_len));
    put_octets("b\0\0\0\0\0", 6);
    put_octets(plain, plain_len);
}

/* A message of plain_len octets, in one literal of definite length. */
static void seal(size_t plain_len, const struct session_key *key)
{
    stream_len = 0;
    put_literal(plain_len);
    seal_stream(key);
}

/* The same with any content. */
static void seal_content(const void *content, size_t len, const struct session_key *key)
{
    stream_len = 0;
    put_octets(content, len);
    seal_stream(key);
    frame();
}

static const struct session_key *aes_key(void)
{
    return &add_candidate(OPENPGP_AES256, 3)->key;
}

/* ---- what is written ---- */

static size_t small_parts; /* that join_parts found */

/* Joins the parts of the packet at octets into itself. Every part but the last has to be of 2^19
 * octets, or small and not the first. */
static size_t join_parts(unsigned char *octets, size_t len, uint8_t tag)
{
    assert_true(len > 1);
    assert_int_equal(octets[0], 0xC0 | tag);
    size_t from = 1;
    size_t to = 0;
    for (bool more = true; more;) {
        struct bytes left = {.at = octets + from, .len = len - from};
        uint32_t part;
        assert_int_equal(packet_take_part_length(&left, &part, &more), PACKET_GOOD);
        assert_true(part <= left.len);
        if (more && part != PART) {
            assert_true(tag == PACKET_SEIPD && to > 0 && part == 64);
            small_parts++;
        }
        from = (size_t)(left.at - octets) + part;
        memmove(octets + to, left.at, part);
        to += part;
    }
    assert_int_equal(from, len);
    return to;
}

static void assert_written_as_rfc_4880_says(const struct session_key *key, size_t plain_len)
{
    size_t block = openpgp_cipher_block_len(key->cipher);
    bool is_one_run = plain_len < FIRST_PLAIN;
    assert_int_equal(is_one_run, result[1] < 224 || result[1] == 255);
    size_t len = join_parts(result, result_len, PACKET_SEIPD) - 1;
    assert_int_equal(result[0], 1);
    assert_true(len > block + 2 + MDC);
    unsigned char *text = result + 1;
    gcry_cipher_hd_t handle = cfb_of(key);
    assert_int_equal(gcry_cipher_decrypt(handle, text, len, NULL, 0), 0);
    gcry_cipher_close(handle);
    assert_memory_equal(text + block - 2, text + block, 2);
    unsigned char hash[SHA1];
    gcry_md_hash_buffer(GCRY_MD_SHA1, hash, text, len - SHA1);
    assert_memory_equal(text + len - MDC, "\xD3\x14", 2);
    assert_memory_equal(text + len - SHA1, hash, SHA1);
    unsigned char *literal = text + block + 2;
    size_t literal_len = join_parts(literal, len - block - 2 - MDC, PACKET_LITERAL);
    assert_int_equal(literal_len, 6 + plain_len);
    assert_memory_equal(literal, "b\0\0\0\0\0", 6);
    assert_memory_equal(literal + 6, plain, plain_len);
}

static const size_t edges[] = {
    0,
    1,
    15,
    185, /* the literal's length octets become two */
    186,
    8377, /* .. and five */
    8378,
    FIRST_PLAIN - 1,
    FIRST_PLAIN,
    FIRST_PLAIN + 1,
    FIRST_PLAIN + PART - 1,
    FIRST_PLAIN + PART,
    FIRST_PLAIN + PART + 1,
    FIRST_PLAIN + 2 * PART + 12345,
};

enum { EDGES = sizeof edges / sizeof edges[0] };

static void what_is_encrypted_is_as_the_rfc_says(void **state)
{
    (void)state;
    const struct session_key *key = aes_key();
    for (size_t i = 0; i < EDGES; i++) {
        for (unsigned threads = 1; threads <= 4; threads += 3) {
            assert_true(encrypt(key, no_head, edges[i], threads));
            assert_written_as_rfc_4880_says(key, edges[i]);
        }
    }
}

static void what_waits_for_the_sink_stays_little_in_a_long_message(void **state)
{
    (void)state;
    const struct session_key *key = aes_key();
    small_parts = 0;
    assert_true(encrypt(key, no_head, LONG_PLAIN, 2));
    assert_written_as_rfc_4880_says(key, LONG_PLAIN);
    assert_int_equal(small_parts, 1);
}

static void ciphers_with_short_blocks_and_keys_are_written_too(void **state)
{
    (void)state;
    static const uint8_t ciphers[] = {OPENPGP_AES128, OPENPGP_AES192, OPENPGP_CAST5};
    for (size_t i = 0; i < sizeof ciphers; i++) {
        candidate_count = 0;
        const struct session_key *key = &add_candidate(ciphers[i], 3)->key;
        assert_true(encrypt(key, no_head, FIRST_PLAIN + 77, 4));
        assert_written_as_rfc_4880_says(key, FIRST_PLAIN + 77);
    }
}

static void the_packets_before_are_written_first(void **state)
{
    (void)state;
    assert_true(encrypt(aes_key(), (struct bytes){.at = plain, .len = 700}, 10, 1));
    assert_memory_equal(result, plain, 700);
    assert_int_equal(result[700], 0xC0 | PACKET_SEIPD);
}

static void no_two_messages_begin_alike(void **state)
{
    (void)state;
    unsigned char first[40];
    const struct session_key *key = aes_key();
    assert_true(encrypt(key, no_head, 10, 1));
    memcpy(first, result, sizeof first);
    assert_true(encrypt(key, no_head, 10, 1));
    assert_memory_not_equal(result + 3, first + 3, 16);
}

static void a_source_that_fails_leaves_no_end(void **state)
{
    (void)state;
    const size_t len = FIRST_PLAIN + PART + 1000;
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        struct codec codec;
        error_clear(&err);
        write_file("in", plain, len);
        struct source *source = open_in();
        struct sink *sink = open_out();
        assert_true(container_encrypter(aes_key(), no_head, &codec, &err));
        assert_int_equal(truncate(in_folder("in"), (off_t)(len - 3)), 0);
        assert_false(flow(&codec, source, sink, threads));
        sink_free(sink);
        source_free(source);
        assert_int_equal(err.kind, ERROR_IO);
        assert_int_equal(result_len, 1 + 2 * (1 + PART)); /* whole parts, no last one */
    }
}

/* ---- what is read ---- */

static void what_is_encrypted_decrypts(void **state)
{
    (void)state;
    const struct session_key *key = aes_key();
    for (size_t i = 0; i < EDGES; i++) {
        assert_true(encrypt(key, no_head, edges[i], 4));
        memcpy(stream, result, result_len);
        stream_len = result_len;
        assert_opens(edges[i]);
    }
}

static void every_cipher_is_read(void **state)
{
    (void)state;
    static const uint8_t ciphers[] = {OPENPGP_IDEA,        OPENPGP_3DES,       OPENPGP_CAST5,
                                      OPENPGP_BLOWFISH,    OPENPGP_AES128,     OPENPGP_AES192,
                                      OPENPGP_AES256,      OPENPGP_TWOFISH,    OPENPGP_CAMELLIA128,
                                      OPENPGP_CAMELLIA192, OPENPGP_CAMELLIA256};
    for (size_t i = 0; i < sizeof ciphers; i++) {
        candidate_count = 0;
        seal(RUN + 1000, &add_candidate(ciphers[i], 3)->key);
        frame();
        assert_opens(RUN + 1000);
    }
}

/* The MDC packet lies across every place of a run's end. */
static void a_message_may_end_anywhere_around_the_end_of_a_run(void **state)
{
    (void)state;
    const struct session_key *key = aes_key();
    const size_t around = 18 + 1 + 5 + 6 + MDC; /* prefix, header, MDC */
    for (size_t more = 0; more <= 2 * MDC; more++) {
        seal(RUN - around - MDC + more, key);
        frame();
        assert_opens(RUN - around - MDC + more);
    }
}

static void parts_of_any_length_are_joined(void **state)
{
    (void)state;
    const struct session_key *key = aes_key();
    static const unsigned bits[] = {9, 13, 18, 19, 20};
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        seal(2 * RUN + 99, key);
        frame_in_parts(bits[i]);
        assert_opens(2 * RUN + 99);
    }
}

static void padding_markers_and_unknown_packets_may_follow(void **state)
{
    (void)state;
    seal(100, aes_key());
    frame();
    put_packet(PACKET_PADDING, plain, 3000);
    put_packet(PACKET_MARKER, "PGP", 3);
    put_packet(40, plain, 5);
    put_packet(63, plain, 0);
    assert_opens(100);
}

static void nothing_else_may_follow(void **state)
{
    (void)state;
    static const uint8_t tags[] = {PACKET_LITERAL,   PACKET_SEIPD, PACKET_PKESK,
                                   PACKET_SIGNATURE, PACKET_MDC,   39};
    const struct session_key *key = aes_key();
    for (size_t i = 0; i < sizeof tags; i++) {
        seal(2 * RUN, key);
        frame();
        put_packet(tags[i], plain, 50);
        assert_refused(ERROR_DAMAGED, "follows the encrypted data", 0);
    }
    seal(100, key);
    frame();
    put_octet(0);
    assert_refused(ERROR_DAMAGED, "damaged", 0);
}

static void a_signed_message_opens_with_a_note(void **state)
{
    (void)state;
    put_packet(PACKET_SIGNATURE, "\x04 whatever", 10);
    put_literal(1000);
    seal_stream(aes_key());
    frame();
    assert_opens(1000);
    bool is_noted = false;
    for (size_t i = 0; i < notes.count; i++)
        is_noted = is_noted || strstr(notes.note[i].text, "is signed") != NULL;
    assert_true(is_noted);
}

/* ---- what is refused ---- */

static void every_truncation_is_truncation(void **state)
{
    (void)state;
    seal(60, aes_key());
    frame();
    for (size_t whole = stream_len; stream_len > 1; stream_len--) {
        if (stream_len < whole) {
            assert_false(decrypt(1));
            assert_failed(ERROR_TRUNCATED, "truncated");
            assert_int_equal(result_len, 0);
        }
    }
}

static void a_truncated_run_writes_nothing_while_it_is_held(void **state)
{
    (void)state;
    seal(3 * RUN, aes_key());
    frame_in_parts(16);
    stream_len -= 1;
    assert_refused(ERROR_TRUNCATED, "truncated", 0);
    stream_len = RUN;
    assert_refused(ERROR_TRUNCATED, "truncated", 0);
}

static void every_flipped_bit_is_found_and_all_look_alike(void **state)
{
    (void)state;
    char text[ERROR_TEXT_SIZE] = "";
    seal(60, aes_key());
    frame();
    for (size_t bit = 8; bit < 8 * stream_len; bit++) {
        stream[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_false(decrypt(1));
        assert_int_equal(result_len, 0);
        if (bit >= 24) { /* length and version are in the clear */
            assert_failed(ERROR_DAMAGED, BROKEN);
            assert_true(text[0] == '\0' || strcmp(text, err.text) == 0);
            strcpy(text, err.text);
        }
        stream[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

static void a_wrong_session_key_looks_like_damage(void **state)
{
    (void)state;
    struct session_key *key = &add_candidate(OPENPGP_AES256, 3)->key;
    seal(2 * RUN, key);
    frame();
    randombytes_buf(key->bytes, key->len);
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
    key->len = 1;
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
}

/* What stands in for a session key that couldn't be had is nothing an attacker knows. */
static void a_session_key_that_no_cipher_takes_makes_no_known_one(void **state)
{
    (void)state;
    struct session_key *key = &add_candidate(OPENPGP_AES256, 3)->key;
    memset(key->bytes, 0, key->len);
    seal(100, key);
    frame();
    assert_opens(100);
    key->len = 1;
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
}

/* The quick check would be an oracle where it decides anything (RFC 9580 section 13.4). */
static void a_public_key_goes_on_though_the_prefix_does_not_repeat(void **state)
{
    (void)state;
    repeats = false;
    seal(1000, aes_key());
    repeats = true;
    frame();
    assert_opens(1000);
    aes_key(); /* a second one of a public key: the first goes on */
    add_candidate(OPENPGP_AES256, 4)->is_passphrase = true;
    assert_opens(1000);
    candidates[0].is_passphrase = true;
    candidates[0].esk_version = 4;
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
    candidate_count = 1;
    assert_refused(ERROR_NO_KEY_FITS, "no passphrase given opens it", 0);
}

/* A key under which the prefix repeats by chance and no packet begins behind it. */
static void find_collision(struct session_key *key, size_t body_at)
{
    unsigned char text[19];
    do {
        randombytes_buf(key->bytes, key->len);
        gcry_cipher_hd_t handle = cfb_of(key);
        gcry_cipher_decrypt(handle, text, sizeof text, stream + body_at, sizeof text);
        gcry_cipher_close(handle);
    } while (memcmp(text + 14, text + 16, 2) != 0 || (text[18] & 0x80) != 0);
}

static void a_prefix_that_repeats_by_chance_is_not_enough(void **state)
{
    (void)state;
    struct session_candidate *wrong = add_candidate(OPENPGP_AES128, 3);
    seal(100, aes_key());
    frame();
    find_collision(&wrong->key, 3);
    assert_opens(100);
}

static void a_session_key_that_no_cipher_takes_looks_like_damage(void **state)
{
    (void)state;
    struct session_key *key = &add_candidate(OPENPGP_AES256, 3)->key;
    seal(100, key);
    frame();
    key->len = 31;
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
    key->len = 32;
    key->cipher = 99;
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
}

static void malformed_content_is_told_only_if_it_is_authentic(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        size_t len;
        enum error_kind kind;
    } cases[] = {
        {"", 0, ERROR_DAMAGED},
        {"\xCB\x07"
         "b\0\0\0\0\0",
         8, ERROR_DAMAGED}, /* cut */
        {"\xCB\x06"
         "b\0\0\0\0\0\xCB\x06"
         "b\0\0\0\0\0",
         16, ERROR_DAMAGED},                     /* two literals */
        {"\xC8\x02\x63?", 4, ERROR_UNSUPPORTED}, /* compressed somehow */
        {"\xD2\x01\x01", 3, ERROR_UNSUPPORTED},  /* encrypted again */
        {"\0\0\0", 3, ERROR_DAMAGED},            /* no packet */
    };
    const struct session_key *key = aes_key();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        seal_content(cases[i].content, cases[i].len, key);
        assert_false(decrypt(1));
        assert_int_equal(err.kind, cases[i].kind);
        assert_null(strstr(err.text, "integrity"));
        assert_int_equal(result_len, 0);
        stream[stream_len - 1] ^= 1;
        assert_refused(ERROR_DAMAGED, BROKEN, 0);
    }
}

static void a_body_too_short_for_its_parts_is_damage(void **state)
{
    (void)state;
    aes_key();
    for (size_t len = 1; len < 1 + 18 + MDC; len++) {
        stream_len = 0;
        unsigned char body[1 + 18 + MDC] = {1};
        put_packet(PACKET_SEIPD, body, len);
        assert_false(decrypt(1));
        assert_failed(ERROR_DAMAGED, BROKEN);
        assert_int_equal(result_len, 0);
    }
}

static void a_wrong_mdc_header_is_damage(void **state)
{
    (void)state;
    /* The hash covers the header, so a right hash over a wrong header isn't enough. */
    const struct session_key *key = aes_key();
    seal(100, key);
    unsigned char *text = stream + 1;
    size_t len = stream_len - 1;
    gcry_cipher_hd_t handle = cfb_of(key);
    assert_int_equal(gcry_cipher_decrypt(handle, text, len, NULL, 0), 0);
    text[len - MDC + 1] = 21;
    gcry_md_hash_buffer(GCRY_MD_SHA1, text + len - SHA1, text, len - SHA1);
    assert_int_equal(gcry_cipher_setiv(handle, NULL, 0), 0);
    assert_int_equal(gcry_cipher_encrypt(handle, text, len, NULL, 0), 0);
    gcry_cipher_close(handle);
    frame();
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
}

/* ---- what is held back ---- */

static void plaintext_is_held_up_to_the_bound_and_flows_beyond_it(void **state)
{
    (void)state;
    const struct session_key *key = aes_key();
    seal(CONTAINER_HOLD_LEN, key);
    frame();
    assert_opens(CONTAINER_HOLD_LEN);
    stream[stream_len - 1] ^= 1;
    assert_refused(ERROR_DAMAGED, BROKEN, 0);
    seal(CONTAINER_HOLD_LEN + 1, key);
    frame();
    assert_opens(CONTAINER_HOLD_LEN + 1);
    stream[stream_len - 1] ^= 1;
    assert_refused(ERROR_DAMAGED, BROKEN, CONTAINER_HOLD_LEN + 1);
}

static void a_failing_sink_is_told_before_damage_is_found(void **state)
{
    (void)state;
    const struct session_key *key = aes_key();
    seal(CONTAINER_HOLD_LEN + RUN, key);
    frame();
    stream[stream_len - 1] ^= 1;
    write_file("in", stream, stream_len);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    struct source *source = open_in();
    assert_true(dup2(full, STDOUT_FILENO) == STDOUT_FILENO);
    close(full);
    struct sink *sink = sink_new_stdout(&err);
    struct octets *octets = octets_new(source, &err);
    assert_true(sink != NULL && octets != NULL);
    struct container container = {.stream = {.octets = octets},
                                  .octets = octets,
                                  .candidates = candidates,
                                  .candidate_count = candidate_count,
                                  .notes = &notes};
    bool more;
    struct codec codec;
    assert_true(packet_stream_next(&container.stream, &more, &err) &&
                container_decrypter(&container, &codec, &err));
    write_file("out", plain, 0);
    assert_false(flow(&codec, source, sink, 4));
    assert_failed(ERROR_IO, strerror(ENOSPC));
    sink_free(sink);
    source_free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_is_encrypted_is_as_the_rfc_says),
        IN_FOLDER(what_waits_for_the_sink_stays_little_in_a_long_message),
        IN_FOLDER(ciphers_with_short_blocks_and_keys_are_written_too),
        IN_FOLDER(the_packets_before_are_written_first),
        IN_FOLDER(no_two_messages_begin_alike),
        IN_FOLDER(a_source_that_fails_leaves_no_end),
        IN_FOLDER(what_is_encrypted_decrypts),
        IN_FOLDER(every_cipher_is_read),
        IN_FOLDER(a_message_may_end_anywhere_around_the_end_of_a_run),
        IN_FOLDER(parts_of_any_length_are_joined),
        IN_FOLDER(padding_markers_and_unknown_packets_may_follow),
        IN_FOLDER(nothing_else_may_follow),
        IN_FOLDER(a_signed_message_opens_with_a_note),
        IN_FOLDER(every_truncation_is_truncation),
        IN_FOLDER(a_truncated_run_writes_nothing_while_it_is_held),
        IN_FOLDER(every_flipped_bit_is_found_and_all_look_alike),
        IN_FOLDER(a_wrong_session_key_looks_like_damage),
        IN_FOLDER(a_session_key_that_no_cipher_takes_makes_no_known_one),
        IN_FOLDER(a_public_key_goes_on_though_the_prefix_does_not_repeat),
        IN_FOLDER(a_prefix_that_repeats_by_chance_is_not_enough),
        IN_FOLDER(a_session_key_that_no_cipher_takes_looks_like_damage),
        IN_FOLDER(malformed_content_is_told_only_if_it_is_authentic),
        IN_FOLDER(a_body_too_short_for_its_parts_is_damage),
        IN_FOLDER(a_wrong_mdc_header_is_damage),
        IN_FOLDER(plaintext_is_held_up_to_the_bound_and_flows_beyond_it),
        IN_FOLDER(a_failing_sink_is_told_before_damage_is_found),
    };
    return cmocka_run_group_tests(tests, container_start, container_finish);
}
