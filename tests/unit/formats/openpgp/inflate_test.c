/* ZIP, ZLIB and BZip2, undone in pieces of any size. */
#include "formats/openpgp/inflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

#define BYTES(literal) ((struct bytes){(const unsigned char *)(literal), sizeof(literal) - 1})

/* A literal packet, as gpg 2.2.40 --store has compressed it. */
static const char plain[] = "\xCB\x26"
                            "b\0\x65\x92\0\x80what gpg packs, walseal unpacks\n";

static struct bytes compressed(enum inflate_algorithm algorithm)
{
    switch (algorithm) {
    case INFLATE_ZIP:
        return BYTES("\x3b\xad\x96\xc4\x90\x3a\x89\xa1\xa1\x3c\x23\xb1\x44\x21\xbd\x20\x5d\xa1\x20"
                     "\x31\x39\xbb\x58\x47\xa1\x3c\x31\xa7\x38\x35\x31\x47\xa1\x34\x0f\x2c\xc0\x05"
                     "\x00");
    case INFLATE_ZLIB:
        return BYTES("\x78\x9c\x3b\xad\x96\xc4\x90\x3a\x89\xa1\xa1\x3c\x23\xb1\x44\x21\xbd\x20\x5d"
                     "\xa1\x20\x31\x39\xbb\x58\x47\xa1\x3c\x31\xa7\x38\x35\x31\x47\xa1\x34\x0f\x2c"
                     "\xc0\x05\x00\x28\x60\x0e\x63");
    default:
        return BYTES("\x42\x5a\x68\x36\x31\x41\x59\x26\x53\x59\x35\x9c\x0f\xb8\x00\x00\x13\xd1\xe4"
                     "\x40\x10\x41\x04\x3a\xcd\x4e\x80\x40\x00\x10\x00\x00\x08\x20\x00\x31\x46\x8c"
                     "\x81\xa3\x4c\x8d\x06\xa8\x33\x48\xd1\xa7\xe8\x8f\x4a\x32\x78\xf4\xde\x6b\x90"
                     "\x54\x17\x0d\xf5\x9e\xd0\x18\x25\x52\x83\xb5\x04\xf8\x67\xf1\x77\x24\x53\x85"
                     "\x09\x03\x59\xc0\xfb\x80");
    }
}

static unsigned char out[4096];
static size_t out_len;

/* Undoes bytes, at most in_step octets and into at most out_step at a time. What wasn't used stays in
 * bytes. */
static enum inflate_status undo(enum inflate_algorithm algorithm, struct bytes *bytes,
                                size_t in_step, size_t out_step)
{
    struct inflate *stream = inflate_new(algorithm);
    assert_non_null(stream);
    enum inflate_status status = INFLATE_GOES_ON;
    size_t len = out_step;
    out_len = 0;
    while (status == INFLATE_GOES_ON && (bytes->len > 0 || len == out_step)) {
        struct bytes piece = {bytes->at, bytes->len < in_step ? bytes->len : in_step};
        size_t piece_len = piece.len;
        assert_true(out_len + out_step <= sizeof out);
        status = inflate_run(stream, &piece, out + out_len, out_step, &len);
        assert_true(len <= out_step);
        out_len += len;
        bytes->at += piece_len - piece.len;
        bytes->len -= piece_len - piece.len;
    }
    inflate_free(stream);
    return status;
}

static enum inflate_status undo_at_once(enum inflate_algorithm algorithm, struct bytes bytes)
{
    return undo(algorithm, &bytes, bytes.len + 1, 2048);
}

static void pieces_of_any_size_give_the_same(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 2, 3, 7, 39, 40, 41, 1000};
    for (enum inflate_algorithm algorithm = INFLATE_ZIP; algorithm <= INFLATE_BZIP2; algorithm++)
        for (size_t i = 0; i < 8; i++)
            for (size_t o = 0; o < 8; o++) {
                struct bytes bytes = compressed(algorithm);
                assert_int_equal(undo(algorithm, &bytes, steps[i], steps[o]), INFLATE_ENDED);
                assert_int_equal(bytes.len, 0);
                assert_int_equal(out_len, sizeof plain - 1);
                assert_memory_equal(out, plain, out_len);
            }
}

static void what_follows_the_end_is_left(void **state)
{
    (void)state;
    for (enum inflate_algorithm algorithm = INFLATE_ZIP; algorithm <= INFLATE_BZIP2; algorithm++) {
        unsigned char longer[256] = {0};
        struct bytes bytes = compressed(algorithm);
        memcpy(longer, bytes.at, bytes.len);
        struct bytes left = {longer, bytes.len + 5};
        assert_int_equal(undo(algorithm, &left, 1000, 1000), INFLATE_ENDED);
        assert_int_equal(left.len, 5);
        assert_ptr_equal(left.at, longer + bytes.len);
    }
}

static void a_stream_that_is_cut_anywhere_does_not_end(void **state)
{
    (void)state;
    for (enum inflate_algorithm algorithm = INFLATE_ZIP; algorithm <= INFLATE_BZIP2; algorithm++)
        for (size_t len = 0; len < compressed(algorithm).len; len++)
            assert_int_equal(undo_at_once(algorithm, (struct bytes){compressed(algorithm).at, len}),
                             INFLATE_GOES_ON);
}

static void a_wrong_checksum_is_damage(void **state)
{
    (void)state;
    for (enum inflate_algorithm algorithm = INFLATE_ZLIB; algorithm <= INFLATE_BZIP2; algorithm++) {
        unsigned char copy[256];
        struct bytes bytes = compressed(algorithm);
        memcpy(copy, bytes.at, bytes.len);
        copy[bytes.len - 2] ^= 0x10;
        assert_int_equal(undo_at_once(algorithm, (struct bytes){copy, bytes.len}), INFLATE_DAMAGED);
    }
}

static void what_is_no_such_stream_is_damage(void **state)
{
    (void)state;
    /* a deflate block of the reserved type; neither head; a dictionary that nobody has */
    assert_int_equal(undo_at_once(INFLATE_ZIP, BYTES("\xFF\xFF\xFF\xFF")), INFLATE_DAMAGED);
    assert_int_equal(undo_at_once(INFLATE_ZLIB, BYTES("\xFF\xFF\xFF\xFF")), INFLATE_DAMAGED);
    assert_int_equal(undo_at_once(INFLATE_BZIP2, BYTES("\xFF\xFF\xFF\xFF")), INFLATE_DAMAGED);
    assert_int_equal(undo_at_once(INFLATE_ZLIB, BYTES("\x78\xBB\0\0\0\1\3\0")), INFLATE_DAMAGED);
}

static void each_algorithm_takes_only_its_own_streams(void **state)
{
    (void)state;
    for (enum inflate_algorithm a = INFLATE_ZIP; a <= INFLATE_BZIP2; a++)
        for (enum inflate_algorithm b = INFLATE_ZIP; b <= INFLATE_BZIP2; b++)
            if (a != b)
                assert_int_not_equal(undo_at_once(a, compressed(b)), INFLATE_ENDED);
}

static void no_input_is_no_fault(void **state)
{
    (void)state;
    for (enum inflate_algorithm algorithm = INFLATE_ZIP; algorithm <= INFLATE_BZIP2; algorithm++) {
        struct inflate *stream = inflate_new(algorithm);
        struct bytes none = {NULL, 0};
        size_t len = 99;
        for (int i = 0; i < 3; i++) {
            assert_int_equal(inflate_run(stream, &none, out, sizeof out, &len), INFLATE_GOES_ON);
            assert_int_equal(len, 0);
        }
        inflate_free(stream);
    }
}

static void much_of_little_comes_in_pieces_of_the_room(void **state)
{
    (void)state;
    enum { ZEROS = 1024 * 1024, ROOM = 4096 };
    unsigned char packed[4096];
    unsigned char *zeros = calloc(1, ZEROS);
    uLongf packed_len = sizeof packed;
    assert_int_equal(compress(packed, &packed_len, zeros, ZEROS), Z_OK);
    free(zeros);
    struct inflate *stream = inflate_new(INFLATE_ZLIB);
    struct bytes from = {packed, packed_len};
    for (size_t total = 0; total < ZEROS; total += ROOM) {
        size_t len;
        inflate_run(stream, &from, out, ROOM, &len);
        assert_int_equal(len, ROOM);
    }
    size_t len;
    assert_int_equal(inflate_run(stream, &from, out, ROOM, &len), INFLATE_ENDED);
    assert_int_equal(len, 0);
    inflate_free(stream);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    inflate_free(NULL);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_any_size_give_the_same),
        cmocka_unit_test(what_follows_the_end_is_left),
        cmocka_unit_test(a_stream_that_is_cut_anywhere_does_not_end),
        cmocka_unit_test(a_wrong_checksum_is_damage),
        cmocka_unit_test(what_is_no_such_stream_is_damage),
        cmocka_unit_test(each_algorithm_takes_only_its_own_streams),
        cmocka_unit_test(no_input_is_no_fault),
        cmocka_unit_test(much_of_little_comes_in_pieces_of_the_room),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
