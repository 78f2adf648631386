/*
 * Packets read as they come: bodies of every kind of length in reads of every size, and messages cut
 * at every octet.
 */
#define _GNU_SOURCE
#include "formats/openpgp/packet_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* Last: it makes a macro of fail. */
#include <cmocka.h>
#include "../../io/folder.h"

static const struct source_policy policy = {.absent_file = true};
static unsigned char message[2 * BIG];
static size_t message_len;
static unsigned char body[BIG + 1];
static struct source *source;
static struct packet_stream stream;

static int setup(void **state)
{
    message_len = 0;
    return folder_setup(state);
}

static void close_stream(void)
{
    octets_free(stream.octets);
    source_free(source);
    stream = (struct packet_stream){.octets = NULL};
    source = NULL;
}

static int teardown(void **state)
{
    close_stream();
    return folder_teardown(state);
}

static void add(const void *octets, size_t len)
{
    assert_true(len <= sizeof message - message_len);
    memcpy(message + message_len, octets, len);
    message_len += len;
}

#define ADD(text) add(text, sizeof(text) - 1)

/* Adds the octets of pattern from offset on. */
static void add_pattern(size_t offset, size_t len)
{
    add(pattern() + offset, len);
}

/* Opens the first len octets of message. */
static void open_stream(size_t len)
{
    close_stream();
    error_clear(&err);
    FILE *file = fopen(in_folder("message"), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(message, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    source = source_new_file(in_folder("message"), &policy, &err);
    assert_non_null(source);
    stream.octets = octets_new(source, &err);
    assert_non_null(stream.octets);
}

static void assert_next(uint8_t tag)
{
    bool more;
    if (!packet_stream_next(&stream, &more, &err))
        fail_msg("%s", err.text);
    assert_true(more);
    assert_int_equal(stream.header.tag, tag);
}

static void assert_no_more(void)
{
    bool more;
    if (!packet_stream_next(&stream, &more, &err))
        fail_msg("%s", err.text);
    assert_false(more);
}

/* Reads the body to its end in reads of step: the first len octets of pattern. */
static void assert_body(size_t len, size_t step)
{
    size_t total = 0;
    size_t got;
    do {
        size_t want = step < sizeof body - total ? step : sizeof body - total;
        if (!packet_stream_read(&stream, body + total, want, &got, &err))
            fail_msg("%s", err.text);
        total += got;
        assert_true(got == want || total == len);
    } while (got == step);
    assert_int_equal(total, len);
    assert_memory_equal(body, pattern(), len);
    assert_true(packet_stream_read(&stream, body, 1, &got, &err));
    assert_int_equal(got, 0);
}

static void an_empty_message_has_no_packet(void **state)
{
    (void)state;
    open_stream(0);
    assert_no_more();
    assert_no_more();
}

static void packets_of_definite_lengths_follow_one_another(void **state)
{
    (void)state;
    ADD("\x84\x05");
    add_pattern(0, 5);
    ADD("\xCA\x00");
    ADD("\xD2\xFF\x00\x02\x00\x00");
    add_pattern(0, 0x20000);
    open_stream(message_len);
    assert_next(PACKET_PKESK);
    assert_true(stream.header.old_format);
    assert_body(5, 2);
    assert_next(PACKET_MARKER);
    assert_body(0, 10);
    assert_next(PACKET_SEIPD);
    assert_false(stream.header.old_format);
    assert_body(0x20000, 1000);
    assert_no_more();
}

/* A body with parts of 512, 1, 2, 256, 8 KiB twenty times, 512 KiB twice, 1 and 0 octets. */
static size_t add_parts(void)
{
    const unsigned exponents[] = {9,  0,  1,  8,  13, 13, 13, 13, 13, 13, 13, 13, 13, 13,
                                  13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 19, 19, 0};
    size_t offset = 0;
    ADD("\xD2");
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i++) {
        size_t len = (size_t)1 << exponents[i];
        add((unsigned char[]){(unsigned char)(0xE0 | exponents[i])}, 1);
        add_pattern(offset, len);
        offset += len;
    }
    ADD("\x00");
    return offset;
}

static void parts_are_put_together(void **state)
{
    (void)state;
    size_t len = add_parts();
    ADD("\xCA\x03PGP");
    const size_t steps[] = {1000, 8192, 65536, 524288, 1 << 20, BIG};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        open_stream(message_len);
        assert_next(PACKET_SEIPD);
        assert_int_equal(stream.header.length, PACKET_PARTIAL);
        assert_body(len, steps[i]);
        assert_next(PACKET_MARKER);
        assert_no_more();
    }
}

static void an_indeterminate_length_goes_to_the_end(void **state)
{
    (void)state;
    ADD("\xA3");
    add_pattern(0, 300000);
    open_stream(message_len);
    assert_next(PACKET_COMPRESSED);
    assert_int_equal(stream.header.length, PACKET_INDETERMINATE);
    assert_body(300000, 100000);
    assert_no_more();
}

static void what_is_left_of_a_body_is_skipped(void **state)
{
    (void)state;
    add_parts();
    ADD("\xCA\x03PGP\xC1\x64");
    add_pattern(0, 100);
    open_stream(message_len);
    size_t got;
    assert_next(PACKET_SEIPD);
    assert_true(packet_stream_read(&stream, body, 600, &got, &err));
    assert_true(packet_stream_skip(&stream, &err));
    assert_int_equal(octets_offset(stream.octets), message_len - 5 - 102);
    assert_true(packet_stream_read(&stream, body, 600, &got, &err));
    assert_int_equal(got, 0);
    assert_next(PACKET_MARKER);
    assert_next(PACKET_PKESK);
    assert_body(100, 7);
    assert_no_more();
}

static void a_message_cut_anywhere_in_a_packet_is_truncated(void **state)
{
    (void)state;
    ADD("\x85\x00\x0A");
    add_pattern(0, 10);
    const size_t border = message_len;
    ADD("\xD2\xE9");
    add_pattern(0, 512);
    ADD("\xE1xy\xC0\x08");
    add_pattern(0, 200);
    for (size_t len = 1; len < message_len; len++) {
        bool more;
        open_stream(len);
        bool ok = packet_stream_next(&stream, &more, &err) &&
                  packet_stream_next(&stream, &more, &err) && packet_stream_skip(&stream, &err);
        if (len == border) {
            assert_true(ok);
            assert_false(more);
            continue;
        }
        char reason[80];
        snprintf(reason, sizeof reason, "truncated: ends at octet %zu, inside a packet", len);
        assert_false(ok);
        assert_failed(ERROR_TRUNCATED, reason);
        assert_failed(ERROR_TRUNCATED, "/message: ");
    }
}

static void a_huge_length_is_truncated_and_nothing_else(void **state)
{
    (void)state;
    ADD("\xC1\xFF\xFF\xFF\xFF\xFF rest");
    open_stream(message_len);
    size_t got = 1;
    assert_next(PACKET_PKESK);
    assert_int_equal(stream.header.body_len, UINT32_MAX);
    assert_false(packet_stream_read(&stream, body, 1000, &got, &err));
    assert_int_equal(got, 0);
    assert_failed(ERROR_TRUNCATED, "truncated: ");
}

static void what_is_no_packet_is_damage(void **state)
{
    (void)state;
    ADD("\xCA\x03PGP\0\0\0");
    open_stream(message_len);
    bool more;
    assert_next(PACKET_MARKER);
    assert_false(packet_stream_next(&stream, &more, &err));
    assert_failed(ERROR_DAMAGED,
                  "/message: damaged: has no packet where one should begin, at octet 5");
}

static void a_packet_that_may_not_have_parts_is_damage(void **state)
{
    (void)state;
    ADD("\xC1\xE9");
    add_pattern(0, 512);
    ADD("\x00");
    open_stream(message_len);
    bool more;
    assert_false(packet_stream_next(&stream, &more, &err));
    assert_failed(ERROR_DAMAGED, "damaged: has no packet where one should begin, at octet 0");
}

static void armored_packets_are_read_and_their_end_is_proven(void **state)
{
    (void)state;
    ADD("-----BEGIN PGP MESSAGE-----\n\nygNQR1DKA1BH\nUA==\n-----END PGP MESSAGE-----\n");
    open_stream(message_len);
    assert_next(PACKET_MARKER);
    assert_next(PACKET_MARKER);
    assert_no_more();
    ADD("more");
    open_stream(message_len);
    bool more = true;
    while (more && packet_stream_next(&stream, &more, &err))
        continue;
    assert_failed(ERROR_DAMAGED, "damaged: has something behind its armor's end line");
}

int main(void)
{
#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        STREAM_TEST(an_empty_message_has_no_packet),
        STREAM_TEST(packets_of_definite_lengths_follow_one_another),
        STREAM_TEST(parts_are_put_together),
        STREAM_TEST(an_indeterminate_length_goes_to_the_end),
        STREAM_TEST(what_is_left_of_a_body_is_skipped),
        STREAM_TEST(a_message_cut_anywhere_in_a_packet_is_truncated),
        STREAM_TEST(a_huge_length_is_truncated_and_nothing_else),
        STREAM_TEST(what_is_no_packet_is_damage),
        STREAM_TEST(a_packet_that_may_not_have_parts_is_damage),
        STREAM_TEST(armored_packets_are_read_and_their_end_is_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
