/* What containers hold, honest and not, fed whole, octet by octet and in odd pieces. */
#include "formats/openpgp/unpack.h"
#include "formats/openpgp/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <bzlib.h>
#include <zlib.h>

#undef fail /* cmocka's, which is not the one under test */

enum {
    ZIP = 1,
    ZLIB = 2,
    BZIP2 = 3,
    ROOM = 256 * 1024,
    PIECE_MAX = 64 * 1024,
    MEBIBYTE = 1024 * 1024
};

#define TEXT "what gpg packs, walseal unpacks\n"
#define HEAD "b\0\0\0\0\0"
#define LITERAL "\xCB\x26" HEAD TEXT
#define MARKER "\xCA\x03PGP"
#define SIGNATURE "\xC2\x04\x09???"
#define ONE_PASS "\xC4\x0D\x03\0\x08\x16\xFE\xFC\x51\x4F\xEF\x1D\xB9\xFC\1"

/* ---- messages ---- */

struct message {
    size_t len;
    unsigned char bytes[ROOM];
};

/* Too large for the stack; a test builds from the inside out. */
static struct message inner;
static struct message outer;

static void put(struct message *to, const void *bytes, size_t len)
{
    assert_true(len <= ROOM - to->len);
    memcpy(to->bytes + to->len, bytes, len);
    to->len += len;
}

#define PUT(to, literal) put(to, literal, sizeof(literal) - 1)

static void put_packet(struct message *to, uint8_t tag, const void *body, size_t len)
{
    unsigned char header[PACKET_HEADER_MAX];
    put(to, header, packet_write_header(header, tag, len));
    put(to, body, len);
}

/* A body in parts of 2^bits octets, first of them 512, then the rest, which may be empty. */
static void put_parts(struct message *to, uint8_t tag, const unsigned char *body, size_t len,
                      unsigned bits)
{
    put(to, &(unsigned char){(unsigned char)(0xC0 | tag)}, 1);
    size_t part_len = 512;
    for (unsigned part_bits = 9; len >= part_len; part_bits = bits) {
        part_len = (size_t)1 << part_bits;
        if (len < part_len)
            break;
        put(to, &(unsigned char){(unsigned char)(224 + part_bits)}, 1);
        put(to, body, part_len);
        body += part_len;
        len -= part_len;
        part_len = (size_t)1 << bits;
    }
    unsigned char length[PACKET_HEADER_MAX];
    put(to, length, packet_write_length(length, len));
    put(to, body, len);
}

/* The body of a compressed packet. */
static void squeeze(struct message *to, uint8_t algorithm, const void *bytes, size_t len)
{
    put(to, &algorithm, 1);
    unsigned char *room = to->bytes + to->len;
    unsigned room_len = (unsigned)(ROOM - to->len);
    if (algorithm == 0) {
        put(to, bytes, len);
    } else if (algorithm == BZIP2) {
        assert_int_equal(BZ2_bzBuffToBuffCompress((char *)room, &room_len, (char *)bytes,
                                                  (unsigned)len, 1, 0, 0),
                         BZ_OK);
        to->len += room_len;
    } else {
        z_stream deflater = {.next_in = (unsigned char *)bytes,
                             .avail_in = (unsigned)len,
                             .next_out = room,
                             .avail_out = room_len};
        int window = algorithm == ZIP ? -MAX_WBITS : MAX_WBITS;
        assert_int_equal(deflateInit2(&deflater, 6, Z_DEFLATED, window, 8, 0), Z_OK);
        assert_int_equal(deflate(&deflater, Z_FINISH), Z_STREAM_END);
        to->len += deflater.total_out;
        deflateEnd(&deflater);
    }
}

/* Makes outer a compressed packet of what it was. */
static void compress_outer(uint8_t algorithm)
{
    inner.len = 0;
    squeeze(&inner, algorithm, outer.bytes, outer.len);
    outer.len = 0;
    put_packet(&outer, PACKET_COMPRESSED, inner.bytes, inner.len);
}

#define MAKE(literal) (outer.len = 0, PUT(&outer, literal))

static int clear(void **state)
{
    (void)state;
    inner.len = outer.len = 0;
    return 0;
}

/* ---- unpacking ---- */

static struct error err;
static bool was_signed;
static struct message delivered;

static bool deliver(void *context, const unsigned char *bytes, size_t len, struct error *error)
{
    (void)error;
    assert_ptr_equal(context, &delivered);
    assert_true(len > 0);
    put(&delivered, bytes, len);
    return true;
}

/* Each piece is gone when the next one comes, which address sanitizers watch. */
static bool unpack(const unsigned char *bytes, size_t len, size_t step)
{
    struct unpacker *unpacker = unpacker_new("x.gpg", deliver, &delivered);
    assert_non_null(unpacker);
    error_clear(&err);
    delivered.len = 0;
    bool ok = true;
    for (size_t at = 0; ok && at < len; at += step) {
        size_t piece_len = len - at < step ? len - at : step;
        unsigned char *piece = malloc(piece_len);
        assert_non_null(piece);
        memcpy(piece, bytes + at, piece_len);
        ok = unpacker_add(unpacker, piece, piece_len, &err);
        free(piece);
    }
    ok = ok && unpacker_end(unpacker, &err);
    was_signed = unpacker_was_signed(unpacker);
    unpacker_free(unpacker);
    assert_int_equal(ok, err.kind == ERROR_NONE);
    return ok;
}

static const size_t steps[] = {ROOM, 1, 2, 3, 7, 61, 509};
enum { STEPS = sizeof steps / sizeof steps[0] };

static void assert_opens(const void *plain, size_t len)
{
    for (size_t i = 0; i < STEPS; i++) {
        if (!unpack(outer.bytes, outer.len, steps[i]))
            print_message("steps of %zu: %s\n", steps[i], err.text);
        assert_int_equal(err.kind, ERROR_NONE);
        assert_int_equal(delivered.len, len);
        assert_memory_equal(delivered.bytes, plain, len);
    }
}

static void assert_opens_text(void)
{
    assert_opens(TEXT, sizeof TEXT - 1);
}

static void assert_refused(enum error_kind kind, const char *reason)
{
    for (size_t i = 0; i < STEPS; i++) {
        assert_false(unpack(outer.bytes, outer.len, steps[i]));
        if (!strstr(err.text, reason))
            print_message("steps of %zu: %s\n", steps[i], err.text);
        assert_int_equal(err.kind, kind);
        assert_memory_equal(err.text, "x.gpg: ", 7);
        assert_non_null(strstr(err.text, reason));
    }
}

/* ---- what is unpacked ---- */

/* Made with gpg 2.2.40, --store and --sign. */
#define GPG_ZIP                                                                                    \
    "\xa3\x01\x3b\xad\x96\xc4\x90\x3a\x89\xa1\xa1\x3c\x23\xb1\x44\x21\xbd\x20\x5d\xa1\x20\x31\x39" \
    "\xbb\x58\x47\xa1\x3c\x31\xa7\x38\x35\x31\x47\xa1\x34\x0f\x2c\xc0\x05\x00"
#define GPG_ZLIB                                                                                   \
    "\xa3\x02\x78\x9c\x3b\xad\x96\xc4\x90\x3a\x89\xa1\xa1\x3c\x23\xb1\x44\x21\xbd\x20\x5d\xa1\x20" \
    "\x31\x39\xbb\x58\x47\xa1\x3c\x31\xa7\x38\x35\x31\x47\xa1\x34\x0f\x2c\xc0\x05\x00\x28\x60\x0e" \
    "\x63"
#define GPG_BZIP2                                                                                  \
    "\xa3\x03\x42\x5a\x68\x36\x31\x41\x59\x26\x53\x59\x35\x9c\x0f\xb8\x00\x00\x13\xd1\xe4\x40\x10" \
    "\x41\x04\x3a\xcd\x4e\x80\x40\x00\x10\x00\x00\x08\x20\x00\x31\x46\x8c\x81\xa3\x4c\x8d\x06\xa8" \
    "\x33\x48\xd1\xa7\xe8\x8f\x4a\x32\x78\xf4\xde\x6b\x90\x54\x17\x0d\xf5\x9e\xd0\x18\x25\x52\x83" \
    "\xb5\x04\xf8\x67\xf1\x77\x24\x53\x85\x09\x03\x59\xc0\xfb\x80"
#define GPG_SIGNED_ZIP                                                                             \
    "\xa3\x01\x9b\xc0\xcb\xcc\xc0\x21\xf6\xef\x4f\xa0\xff\x7b\xd9\x9d\x7f\x18\x4f\xab\x25\x31\x64" \
    "\xb3\x2e\x4c\x2b\xcf\x48\x2c\x51\x48\x2f\x48\x57\x28\x48\x4c\xce\x2e\xd6\x51\x28\x4f\xcc\x29" \
    "\x4e\x4d\xcc\x51\x28\xcd\x03\x0b\x70\x75\x94\xb2\x30\x88\x71\x30\xc8\x8a\x29\xb2\x1c\x0c\x9f" \
    "\xad\xff\xfc\xc7\x9a\x25\x0d\x11\xae\xbc\x30\x73\x58\x99\x40\x86\x30\x70\x71\x0a\xc0\x44\x4e" \
    "\x4e\x67\x64\xf8\xa3\x5c\xb0\x96\x35\xe7\xf1\xd3\x7a\x16\x86\x07\xc5\x4d\xcc\xc1\x69\xae\xb9" \
    "\x22\xda\x92\x07\x19\xe2\xc5\x65\x17\xd5\xf9\x9f\xfc\xc8\xc8\x70\x20\xec\x5f\xf4\xf1\x98\xf8" \
    "\x17\x45\x11\x7f\x75\x98\xba\xfd\xdf\xf1\xef\x12\x12\x59\x64\xf4\xc1\x4a\xf3\x56\x7e\x89\xea" \
    "\x5e\x57\x3e\x00"

static void what_gpg_packs_is_unpacked(void **state)
{
    (void)state;
    MAKE(GPG_ZIP);
    assert_opens_text();
    MAKE(GPG_ZLIB);
    assert_opens_text();
    MAKE(GPG_BZIP2);
    assert_opens_text();
    assert_false(was_signed);
    MAKE(GPG_SIGNED_ZIP);
    assert_opens_text();
    assert_true(was_signed);
}

static void lengths_of_every_kind_are_read(void **state)
{
    (void)state;
    MAKE(LITERAL);
    assert_opens_text();
    MAKE("\xCB\xFF\0\0\0\x26" HEAD TEXT);
    assert_opens_text();
    MAKE("\xAC\x26" HEAD TEXT);
    assert_opens_text();
    MAKE("\xAD\0\x26" HEAD TEXT);
    assert_opens_text();
    MAKE("\xAE\0\0\0\x26" HEAD TEXT);
    assert_opens_text();
    MAKE("\xAF" HEAD TEXT);
    assert_opens_text();
}

/* HEAD, then octets that tell where they stand. */
static void fill_body(unsigned char *body, size_t len)
{
    memcpy(body, HEAD, 6);
    for (size_t i = 6; i < len; i++)
        body[i] = (unsigned char)(i * 31 + (i >> 8));
}

static void a_body_may_come_in_parts_of_any_size(void **state)
{
    (void)state;
    static unsigned char body[5000];
    static const size_t lens[] = {512, 513, 1023, 1024, 4096, 5000};
    static const unsigned bits[] = {0, 1, 3, 9, 11};
    fill_body(body, sizeof body);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++)
        for (size_t j = 0; j < sizeof bits / sizeof bits[0]; j++) {
            outer.len = 0;
            put_parts(&outer, PACKET_LITERAL, body, lens[i], bits[j]);
            assert_opens(body + 6, lens[i] - 6);
        }
}

static void a_last_part_may_have_a_length_of_any_form(void **state)
{
    (void)state;
    static unsigned char body[512 + 300];
    fill_body(body, sizeof body);
    static const char *const lengths[] = {"\xFF\0\0\1\x2C", "\xC0\x6C"};
    for (size_t i = 0; i < 2; i++) {
        MAKE("\xCB\xE9");
        put(&outer, body, 512);
        put(&outer, lengths[i], i == 0 ? 5 : 2);
        put(&outer, body + 512, 300);
        assert_opens(body + 6, sizeof body - 6);
    }
}

static void an_empty_literal_is_a_whole_message(void **state)
{
    (void)state;
    MAKE("\xCB\x06" HEAD);
    assert_opens("", 0);
    MAKE("\xAF" HEAD);
    assert_opens("", 0);
    MAKE("\xCB\x09u\3abc\0\0\0\0");
    assert_opens("", 0);
}

static void mode_name_and_date_change_no_octet(void **state)
{
    (void)state;
    static const char text[] = "a\r\nb\rc\n\r\n\x1A";
    for (size_t name_len = 0; name_len <= 255; name_len += 51)
        for (const char *mode = "btulm1x"; *mode != '\0'; mode++) {
            outer.len = inner.len = 0;
            unsigned char name[255];
            memset(name, '/', sizeof name);
            put(&inner, mode, 1);
            put(&inner, &(unsigned char){(unsigned char)name_len}, 1);
            put(&inner, name, name_len);
            PUT(&inner, "\xFF\xFF\xFF\xFF");
            PUT(&inner, text);
            put_packet(&outer, PACKET_LITERAL, inner.bytes, inner.len);
            assert_opens(text, sizeof text - 1);
        }
}

static void compressed_packets_of_every_algorithm_and_length_open(void **state)
{
    (void)state;
    static unsigned char body[3000];
    fill_body(body, sizeof body);
    for (uint8_t algorithm = 0; algorithm <= BZIP2; algorithm++) {
        struct message *packed = malloc(sizeof *packed);
        assert_non_null(packed);
        packed->len = inner.len = 0;
        put_parts(&inner, PACKET_LITERAL, body, sizeof body, 8);
        squeeze(packed, algorithm, inner.bytes, inner.len);
        outer.len = 0;
        put_packet(&outer, PACKET_COMPRESSED, packed->bytes, packed->len);
        assert_opens(body + 6, sizeof body - 6);
        outer.len = 0;
        put_parts(&outer, PACKET_COMPRESSED, packed->bytes, packed->len, 5);
        assert_opens(body + 6, sizeof body - 6);
        MAKE("\xA3");
        put(&outer, packed->bytes, packed->len);
        assert_opens(body + 6, sizeof body - 6);
        free(packed);
    }
}

static void a_literal_without_length_ends_with_what_holds_it(void **state)
{
    (void)state;
    for (uint8_t algorithm = 0; algorithm <= BZIP2; algorithm++) {
        MAKE("\xAF" HEAD TEXT);
        compress_outer(algorithm);
        PUT(&outer, MARKER);
        assert_opens_text();
    }
}

static void compression_may_be_nested_eight_deep_and_no_deeper(void **state)
{
    (void)state;
    MAKE(LITERAL);
    for (int depth = 1; depth <= UNPACK_DEPTH_MAX; depth++) {
        compress_outer((uint8_t)(depth % BZIP2));
        assert_opens_text();
    }
    compress_outer(ZLIB);
    assert_refused(ERROR_UNSUPPORTED, "is compressed more than 8 times over");
    for (int depth = 0; depth < 100; depth++)
        compress_outer(0);
    assert_refused(ERROR_UNSUPPORTED, "is compressed more than 8 times over");
}

static void bzip2_is_undone_at_one_level_only(void **state)
{
    (void)state;
    MAKE(LITERAL);
    compress_outer(ZIP);
    compress_outer(BZIP2);
    compress_outer(ZLIB);
    assert_opens_text();
    compress_outer(BZIP2);
    assert_refused(ERROR_UNSUPPORTED, "is compressed with BZip2 more than once");
}

static void octets_behind_a_compressed_stream_are_ignored(void **state)
{
    (void)state;
    for (uint8_t algorithm = ZIP; algorithm <= BZIP2; algorithm++) {
        inner.len = outer.len = 0;
        squeeze(&inner, algorithm, LITERAL, sizeof LITERAL - 1);
        PUT(&inner, "\0\1\2" LITERAL);
        put_packet(&outer, PACKET_COMPRESSED, inner.bytes, inner.len);
        PUT(&outer, MARKER);
        assert_opens_text();
    }
}

static void signatures_around_the_literal_are_skipped(void **state)
{
    (void)state;
    MAKE(ONE_PASS LITERAL SIGNATURE);
    assert_opens_text();
    assert_true(was_signed);
    MAKE(SIGNATURE LITERAL);
    assert_opens_text();
    assert_true(was_signed);
    MAKE(ONE_PASS ONE_PASS LITERAL SIGNATURE SIGNATURE);
    compress_outer(ZIP);
    assert_opens_text();
    assert_true(was_signed);
    MAKE(ONE_PASS);
    inner.len = 0;
    squeeze(&inner, ZIP, LITERAL, sizeof LITERAL - 1);
    put_packet(&outer, PACKET_COMPRESSED, inner.bytes, inner.len);
    PUT(&outer, SIGNATURE);
    assert_opens_text();
    assert_true(was_signed);
}

static void an_unsigned_message_is_not_called_signed(void **state)
{
    (void)state;
    MAKE(MARKER LITERAL);
    assert_opens_text();
    assert_false(was_signed);
}

#define PADDING "\xD5\x05\xCB\x06\0\0\0"
#define PRIVATE "\xFC\x02\0\0\xE8\0"

static void markers_padding_and_uncritical_packets_are_skipped(void **state)
{
    (void)state;
    MAKE(MARKER PADDING PRIVATE LITERAL PRIVATE PADDING MARKER);
    assert_opens_text();
    compress_outer(ZLIB);
    PUT(&outer, PADDING);
    assert_opens_text();
    for (unsigned char tag = 40; tag <= 63; tag++) {
        MAKE(LITERAL);
        put_packet(&outer, tag, "?", 1);
        assert_opens_text();
    }
}

/* ---- where the octets go ---- */

struct place {
    const unsigned char *at;
    size_t len;
    size_t calls;
    size_t longest;
    uint64_t total;
};

static bool note_place(void *context, const unsigned char *bytes, size_t len, struct error *error)
{
    (void)error;
    struct place *place = context;
    place->at = bytes;
    place->len = len;
    place->calls++;
    place->longest = len > place->longest ? len : place->longest;
    place->total += len;
    return true;
}

static void a_literal_is_handed_on_from_where_it_lies(void **state)
{
    (void)state;
    static unsigned char body[ROOM / 2];
    fill_body(body, sizeof body);
    put_packet(&outer, PACKET_LITERAL, body, sizeof body);
    struct place place = {0};
    struct unpacker *unpacker = unpacker_new("x.gpg", note_place, &place);
    assert_true(unpacker_add(unpacker, outer.bytes, outer.len, &err));
    assert_true(unpacker_end(unpacker, &err));
    unpacker_free(unpacker);
    assert_int_equal(place.calls, 1);
    assert_int_equal(place.len, sizeof body - 6);
    assert_ptr_equal(place.at, outer.bytes + outer.len - place.len);
}

/* Unpacks head and len zeros, len being whole mebibytes, compressed twice. */
static bool unpack_zeros(const char *head, size_t head_len, size_t len, struct place *place)
{
    static unsigned char zeros[MEBIBYTE];
    z_stream deflater = {0};
    assert_int_equal(deflateInit(&deflater, 6), Z_OK);
    MAKE("\xA3\2");
    deflater.next_out = outer.bytes + outer.len;
    deflater.avail_out = (unsigned)(ROOM - outer.len);
    deflater.next_in = (unsigned char *)head;
    deflater.avail_in = (unsigned)head_len;
    assert_int_equal(deflate(&deflater, Z_NO_FLUSH), Z_OK);
    for (size_t put_len = 0; put_len < len; put_len += sizeof zeros) {
        deflater.next_in = zeros;
        deflater.avail_in = sizeof zeros;
        assert_int_equal(deflate(&deflater, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&deflater, Z_FINISH), Z_STREAM_END);
    outer.len += deflater.total_out;
    deflateEnd(&deflater);
    compress_outer(BZIP2);
    struct unpacker *unpacker = unpacker_new("x.gpg", note_place, place);
    error_clear(&err);
    bool ok = unpacker_add(unpacker, outer.bytes, outer.len, &err) && unpacker_end(unpacker, &err);
    unpacker_free(unpacker);
    return ok;
}

static void decompressed_octets_come_in_pieces_of_64_kib(void **state)
{
    (void)state;
    struct place place = {0};
    assert_true(unpack_zeros("\xAF" HEAD, 7, MEBIBYTE, &place));
    assert_int_equal(place.total, MEBIBYTE);
    assert_int_equal(place.longest, PIECE_MAX);
    assert_true(place.calls <= MEBIBYTE / PIECE_MAX + 1);
}

static void zeros_at_a_thousand_to_one_are_honest(void **state)
{
    (void)state;
    enum { LEN = 66 * MEBIBYTE };
    struct place place = {0};
    assert_true(unpack_zeros("\xAF" HEAD, 7, LEN, &place));
    assert_int_equal(place.total, LEN);
}

static void a_bomb_of_padding_is_refused_before_it_went_off(void **state)
{
    (void)state;
    enum { LEN = 66 * MEBIBYTE };
    struct place place = {0};
    assert_false(unpack_zeros("\xD5\xFF\x04\x20\0\0", 6, LEN, &place));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_non_null(strstr(err.text, "unpacks to a great deal that is no data"));
    assert_int_equal(place.total, 0);
}

/* zlib uses up the last octet of its input while up to a few thousand octets are still to come. */
static void the_last_octets_come_out_when_the_pieces_are_full(void **state)
{
    (void)state;
    static unsigned char body[PIECE_MAX + 1024] = HEAD;
    for (size_t len = PIECE_MAX - 8; len <= sizeof body; len += 5) {
        inner.len = 0;
        PUT(&inner, "\xAF");
        put(&inner, body, len);
        MAKE("\xA3");
        squeeze(&outer, ZIP, inner.bytes, inner.len);
        assert_true(unpack(outer.bytes, outer.len, ROOM));
        assert_int_equal(delivered.len, len - 6);
    }
}

static bool refuse(void *context, const unsigned char *bytes, size_t len, struct error *error)
{
    (void)bytes;
    (void)len;
    (*(int *)context)++;
    return fail(error, ERROR_IO, "no room");
}

static void what_delivering_fails_with_is_passed_on(void **state)
{
    (void)state;
    static const char *const messages[] = {LITERAL, GPG_BZIP2};
    static const size_t lens[] = {sizeof LITERAL - 1, sizeof GPG_BZIP2 - 1};
    for (size_t i = 0; i < 2; i++) {
        int calls = 0;
        struct unpacker *unpacker = unpacker_new("x.gpg", refuse, &calls);
        error_clear(&err);
        assert_false(unpacker_add(unpacker, (const unsigned char *)messages[i], lens[i], &err));
        assert_int_equal(err.kind, ERROR_IO);
        assert_string_equal(err.text, "no room");
        assert_int_equal(calls, 1);
        unpacker_free(unpacker);
    }
}

/* ---- what is refused ---- */

static void a_message_without_data_is_refused(void **state)
{
    (void)state;
    assert_refused(ERROR_DAMAGED, "it holds no data");
    MAKE(MARKER);
    assert_refused(ERROR_DAMAGED, "it holds no data");
    MAKE(ONE_PASS SIGNATURE);
    assert_refused(ERROR_DAMAGED, "it holds no data");
    for (uint8_t algorithm = 0; algorithm <= BZIP2; algorithm++) {
        outer.len = 0;
        compress_outer(algorithm);
        assert_refused(ERROR_DAMAGED, "it holds no data");
    }
    MAKE("\xC8\0" LITERAL);
    assert_refused(ERROR_DAMAGED, "a compressed packet is empty");
    MAKE("\xA3");
    assert_refused(ERROR_DAMAGED, "a compressed packet is empty");
}

static void two_messages_in_one_are_refused(void **state)
{
    (void)state;
    MAKE(LITERAL LITERAL);
    assert_refused(ERROR_DAMAGED, "it holds two messages");
    compress_outer(ZIP);
    assert_refused(ERROR_DAMAGED, "it holds two messages");
    MAKE(LITERAL);
    compress_outer(ZIP);
    PUT(&outer, LITERAL);
    assert_refused(ERROR_DAMAGED, "it holds two messages");
    MAKE(LITERAL GPG_ZIP);
    assert_refused(ERROR_DAMAGED, "it holds two messages");
    MAKE("\xC8\1\0" LITERAL);
    assert_refused(ERROR_DAMAGED, "it holds no data");
}

static void literals_shorter_than_their_head_are_refused(void **state)
{
    (void)state;
    static const unsigned char head[] = "b\3abc\0\0\0\0";
    for (size_t len = 0; len < sizeof head - 1; len++) {
        outer.len = 0;
        put_packet(&outer, PACKET_LITERAL, head, len);
        PUT(&outer, MARKER);
        assert_refused(ERROR_DAMAGED, "the literal packet is too short");
        MAKE("\xAF");
        put(&outer, head, len);
        assert_refused(ERROR_DAMAGED, "the literal packet is too short");
    }
}

static void packets_longer_than_what_holds_them_are_refused(void **state)
{
    (void)state;
    MAKE("\xCB\x27" HEAD TEXT);
    assert_refused(ERROR_DAMAGED, "it ends inside a packet");
    MAKE("\xCB\xFF\xFF\xFF\xFF\xFF" HEAD TEXT);
    assert_refused(ERROR_DAMAGED, "it ends inside a packet");
    compress_outer(BZIP2);
    assert_refused(ERROR_DAMAGED, "it ends inside a packet");
    MAKE(LITERAL "\xC2\xFF\xFF\xFF\xFF\xFF?");
    assert_refused(ERROR_DAMAGED, "it ends inside a packet");
    MAKE("\xCB\xE9");
    put(&outer, memset(inner.bytes, 0, 512), 512);
    assert_refused(ERROR_DAMAGED, "it ends inside a packet");
    MAKE(LITERAL "\xC2");
    assert_refused(ERROR_DAMAGED, "it ends inside a packet");
    MAKE(LITERAL "\xC2\xFF\0\0\0");
    assert_refused(ERROR_DAMAGED, "it ends inside a packet");
}

static void octets_that_are_no_packet_are_refused(void **state)
{
    (void)state;
    MAKE(LITERAL "\0\0\0\0");
    assert_refused(ERROR_DAMAGED, "it has octets that are no packet");
    MAKE("\xC0\1?" LITERAL);
    assert_refused(ERROR_DAMAGED, "it has octets that are no packet");
    MAKE("\xCB\xE8"); /* a first part of 256 octets */
    put(&outer, memset(inner.bytes, 0, 256), 256);
    PUT(&outer, "\0");
    assert_refused(ERROR_DAMAGED, "it has octets that are no packet");
    MAKE("\0");
    compress_outer(ZLIB);
    assert_refused(ERROR_DAMAGED, "it has octets that are no packet");
}

static void only_data_may_have_no_length(void **state)
{
    (void)state;
    MAKE(LITERAL "\xAB" /* a marker */
                 "PGP");
    assert_refused(ERROR_DAMAGED, "a packet that is no data has no length");
    MAKE("\x8B" /* a signature */
         "???");
    assert_refused(ERROR_DAMAGED, "a packet that is no data has no length");
}

static void a_message_encrypted_again_is_refused(void **state)
{
    (void)state;
    static const unsigned char tags[] = {PACKET_PKESK, PACKET_SKESK, PACKET_SYMMETRIC, PACKET_SEIPD,
                                         PACKET_AEAD};
    for (size_t i = 0; i < sizeof tags; i++) {
        outer.len = 0;
        put_packet(&outer, tags[i], "\3???", 4);
        assert_refused(ERROR_UNSUPPORTED, "encrypted once more");
    }
}

static void unknown_critical_packets_are_refused(void **state)
{
    (void)state;
    for (unsigned char tag = 1; tag < 40; tag++) {
        if (tag < 15 || (tag >= 17 && tag <= 21))
            continue;
        MAKE(LITERAL);
        put_packet(&outer, tag, "?", 1);
        assert_refused(ERROR_UNSUPPORTED, "which is unknown and may not be skipped");
    }
}

static void packets_of_keys_and_an_mdc_are_refused(void **state)
{
    (void)state;
    static const unsigned char tags[] = {5, 6, 7, 12, 13, 14, 17, 19};
    for (size_t i = 0; i < sizeof tags; i++) {
        MAKE(LITERAL);
        put_packet(&outer, tags[i], "12345678901234567890", 20);
        assert_refused(ERROR_DAMAGED, "has no place there");
    }
}

static void what_comes_before_the_damage_comes_out_however_it_was_cut(void **state)
{
    (void)state;
    MAKE(GPG_ZLIB);
    outer.bytes[outer.len - 1] ^= 1;
    for (size_t i = 0; i < STEPS; i++) {
        assert_false(unpack(outer.bytes, outer.len, steps[i]));
        assert_int_equal(delivered.len, sizeof TEXT - 1);
        assert_memory_equal(delivered.bytes, TEXT, sizeof TEXT - 1);
    }
}

static void unknown_compressions_are_refused(void **state)
{
    (void)state;
    MAKE("\xC8\2\4?");
    assert_refused(ERROR_UNSUPPORTED, "compression algorithm 4 is unknown");
    MAKE("\xC8\2\xFF?");
    assert_refused(ERROR_UNSUPPORTED, "compression algorithm 255 is unknown");
}

static void compressed_data_that_are_damaged_are_refused(void **state)
{
    (void)state;
    MAKE("\xA3\1\xFF\xFF\xFF");
    assert_refused(ERROR_DAMAGED, "its compressed data are damaged");
    MAKE(GPG_ZLIB);
    outer.bytes[outer.len - 1] ^= 1;
    assert_refused(ERROR_DAMAGED, "its compressed data are damaged");
    MAKE(GPG_BZIP2);
    outer.bytes[outer.len - 2] ^= 1;
    assert_refused(ERROR_DAMAGED, "its compressed data are damaged");
    MAKE(GPG_ZIP);
    outer.len -= 1;
    assert_refused(ERROR_DAMAGED, "its compressed data end too early");
}

/* Every beginning of outer, whole and octet by octet. */
static void assert_no_beginning_opens(void)
{
    for (size_t len = 0; len < outer.len; len++)
        for (size_t i = 0; i < 2; i++) {
            assert_false(unpack(outer.bytes, len, steps[i]));
            assert_int_equal(err.kind, ERROR_DAMAGED);
            assert_memory_equal(delivered.bytes, TEXT, delivered.len);
        }
}

static void no_part_of_a_message_passes_for_the_whole(void **state)
{
    (void)state;
    MAKE(LITERAL);
    assert_no_beginning_opens();
    MAKE(GPG_ZIP);
    assert_no_beginning_opens();
    MAKE(GPG_ZLIB);
    assert_no_beginning_opens();
    MAKE(GPG_BZIP2);
    assert_no_beginning_opens();
    MAKE(GPG_SIGNED_ZIP);
    assert_no_beginning_opens();
    for (uint8_t algorithm = 0; algorithm <= BZIP2; algorithm++) {
        MAKE("\xAF" HEAD TEXT);
        compress_outer(algorithm);
        compress_outer(ZLIB);
        assert_no_beginning_opens();
    }
}

/* ---- what may begin ---- */

#define MAY_BEGIN(literal)                                                                         \
    unpacker_may_begin((struct bytes){(const unsigned char *)(literal), sizeof(literal) - 1})

static void what_an_unpacker_takes_may_begin(void **state)
{
    (void)state;
    assert_true(MAY_BEGIN(LITERAL));
    assert_true(MAY_BEGIN("\xCB\xE9" HEAD));
    assert_true(MAY_BEGIN("\xAF" HEAD));
    assert_true(MAY_BEGIN("\xCB\x06" HEAD));
    assert_true(MAY_BEGIN(GPG_ZIP));
    assert_true(MAY_BEGIN(GPG_BZIP2));
    assert_true(MAY_BEGIN(ONE_PASS));
    assert_true(MAY_BEGIN(SIGNATURE));
    assert_true(MAY_BEGIN(MARKER));
    assert_true(MAY_BEGIN(PADDING));
    assert_true(MAY_BEGIN(PRIVATE));
    assert_true(MAY_BEGIN("\xCB")); /* perhaps more is to come */
    assert_true(MAY_BEGIN("\xA3"));
}

static void what_no_unpacker_takes_may_not_begin(void **state)
{
    (void)state;
    assert_false(MAY_BEGIN("\x4B\x26" HEAD));
    assert_false(MAY_BEGIN("\xCB\x05" HEAD));
    assert_false(MAY_BEGIN("\xCB\xE8" HEAD));
    assert_false(MAY_BEGIN("\xA3\x04"));
    assert_false(MAY_BEGIN("\xC0\x01?"));
    assert_false(MAY_BEGIN("\xC1\x01?"));
    assert_false(MAY_BEGIN("\xD2\x01?"));
    assert_false(MAY_BEGIN("\xD3\x14?"));
    assert_false(MAY_BEGIN("\xC6\x20?"));
    assert_false(MAY_BEGIN("\xD9\x01?"));
    assert_false(MAY_BEGIN("\x8B???"));
}

static void freeing_is_allowed_at_any_time(void **state)
{
    (void)state;
    unpacker_free(NULL);
    MAKE(LITERAL);
    compress_outer(ZIP);
    compress_outer(BZIP2);
    for (size_t len = 0; len <= outer.len; len++) {
        struct unpacker *unpacker = unpacker_new("x.gpg", deliver, &delivered);
        error_clear(&err);
        delivered.len = 0;
        assert_true(unpacker_add(unpacker, outer.bytes, len, &err));
        unpacker_free(unpacker);
    }
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_gpg_packs_is_unpacked, clear),
        cmocka_unit_test_setup(lengths_of_every_kind_are_read, clear),
        cmocka_unit_test_setup(a_body_may_come_in_parts_of_any_size, clear),
        cmocka_unit_test_setup(a_last_part_may_have_a_length_of_any_form, clear),
        cmocka_unit_test_setup(an_empty_literal_is_a_whole_message, clear),
        cmocka_unit_test_setup(mode_name_and_date_change_no_octet, clear),
        cmocka_unit_test_setup(compressed_packets_of_every_algorithm_and_length_open, clear),
        cmocka_unit_test_setup(a_literal_without_length_ends_with_what_holds_it, clear),
        cmocka_unit_test_setup(compression_may_be_nested_eight_deep_and_no_deeper, clear),
        cmocka_unit_test_setup(bzip2_is_undone_at_one_level_only, clear),
        cmocka_unit_test_setup(octets_behind_a_compressed_stream_are_ignored, clear),
        cmocka_unit_test_setup(signatures_around_the_literal_are_skipped, clear),
        cmocka_unit_test_setup(an_unsigned_message_is_not_called_signed, clear),
        cmocka_unit_test_setup(markers_padding_and_uncritical_packets_are_skipped, clear),
        cmocka_unit_test_setup(a_literal_is_handed_on_from_where_it_lies, clear),
        cmocka_unit_test_setup(decompressed_octets_come_in_pieces_of_64_kib, clear),
        cmocka_unit_test_setup(the_last_octets_come_out_when_the_pieces_are_full, clear),
        cmocka_unit_test_setup(zeros_at_a_thousand_to_one_are_honest, clear),
        cmocka_unit_test_setup(a_bomb_of_padding_is_refused_before_it_went_off, clear),
        cmocka_unit_test_setup(what_delivering_fails_with_is_passed_on, clear),
        cmocka_unit_test_setup(a_message_without_data_is_refused, clear),
        cmocka_unit_test_setup(two_messages_in_one_are_refused, clear),
        cmocka_unit_test_setup(literals_shorter_than_their_head_are_refused, clear),
        cmocka_unit_test_setup(packets_longer_than_what_holds_them_are_refused, clear),
        cmocka_unit_test_setup(octets_that_are_no_packet_are_refused, clear),
        cmocka_unit_test_setup(only_data_may_have_no_length, clear),
        cmocka_unit_test_setup(a_message_encrypted_again_is_refused, clear),
        cmocka_unit_test_setup(unknown_critical_packets_are_refused, clear),
        cmocka_unit_test_setup(packets_of_keys_and_an_mdc_are_refused, clear),
        cmocka_unit_test_setup(unknown_compressions_are_refused, clear),
        cmocka_unit_test_setup(compressed_data_that_are_damaged_are_refused, clear),
        cmocka_unit_test_setup(what_comes_before_the_damage_comes_out_however_it_was_cut, clear),
        cmocka_unit_test_setup(no_part_of_a_message_passes_for_the_whole, clear),
        cmocka_unit_test_setup(what_an_unpacker_takes_may_begin, clear),
        cmocka_unit_test_setup(what_no_unpacker_takes_may_not_begin, clear),
        cmocka_unit_test_setup(freeing_is_allowed_at_any_time, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
