/* Packet headers: every form of length, each border of them, and what is no header at all. */
#include "formats/openpgp/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define TEXT(octets) ((struct bytes){(const unsigned char *)(octets), sizeof(octets) - 1})

static struct error err;

static int clear(void **state)
{
    (void)state;
    error_clear(&err);
    return 0;
}

/* Every beginning of octets is told from the whole, which is a header with nothing behind it. */
static struct packet_header take_whole(struct bytes octets)
{
    struct packet_header header;
    for (size_t len = 0; len < octets.len; len++) {
        struct bytes cut = {octets.at, len};
        assert_int_equal(packet_take_header(&cut, &header), PACKET_SHORT);
        assert_ptr_equal(cut.at, octets.at);
        assert_int_equal(cut.len, len);
    }
    struct bytes from = octets;
    assert_int_equal(packet_take_header(&from, &header), PACKET_GOOD);
    assert_int_equal(from.len, 0);
    return header;
}

static void assert_definite(struct bytes octets, uint8_t tag, uint32_t body_len)
{
    struct packet_header header = take_whole(octets);
    assert_int_equal(header.tag, tag);
    assert_int_equal(header.length, PACKET_DEFINITE);
    assert_int_equal(header.body_len, body_len);
}

static void assert_bad(struct bytes octets)
{
    struct packet_header header;
    struct bytes from = octets;
    assert_int_equal(packet_take_header(&from, &header), PACKET_BAD);
    assert_ptr_equal(from.at, octets.at);
    assert_int_equal(from.len, octets.len);
}

static void the_examples_of_the_standard_are_taken(void **state)
{
    (void)state;
    /* RFC 9580 section 4.2.1.5: 100, 1723 and 100000 octets. */
    assert_definite(TEXT("\xC1\x64"), PACKET_PKESK, 100);
    assert_definite(TEXT("\xC1\xC5\xFB"), PACKET_PKESK, 1723);
    assert_definite(TEXT("\xC1\xFF\x00\x01\x86\xA0"), PACKET_PKESK, 100000);
    /* ... and parts of 32768, 2, 1, 65536 and 1693 octets. */
    struct bytes from = TEXT("\xD2\xEF\xE1\xE0\xF0\xC5\xDD");
    struct packet_header header;
    assert_int_equal(packet_take_header(&from, &header), PACKET_GOOD);
    assert_int_equal(header.length, PACKET_PARTIAL);
    assert_int_equal(header.body_len, 32768);
    const uint32_t lens[] = {2, 1, 65536, 1693};
    for (size_t i = 0; i < 4; i++) {
        uint32_t len;
        bool more;
        assert_int_equal(packet_take_part_length(&from, &len, &more), PACKET_GOOD);
        assert_int_equal(len, lens[i]);
        assert_int_equal(more, i < 3);
    }
    assert_int_equal(from.len, 0);
}

static void new_lengths_are_right_at_their_borders(void **state)
{
    (void)state;
    assert_definite(TEXT("\xCB\x00"), PACKET_LITERAL, 0);
    assert_definite(TEXT("\xCB\xBF"), PACKET_LITERAL, 191);
    assert_definite(TEXT("\xCB\xC0\x00"), PACKET_LITERAL, 192);
    assert_definite(TEXT("\xCB\xDF\xFF"), PACKET_LITERAL, 8383);
    assert_definite(TEXT("\xCB\xFF\xFF\xFF\xFF\xFF"), PACKET_LITERAL, UINT32_MAX);
    assert_definite(TEXT("\xCB\xFF\x00\x00\x00\x05"), PACKET_LITERAL, 5);
    assert_int_equal(take_whole(TEXT("\xCB\xE9")).body_len, 512);
    assert_int_equal(take_whole(TEXT("\xCB\xFE")).body_len, 1 << 30);
}

static void old_lengths_have_one_two_or_four_octets_or_none(void **state)
{
    (void)state;
    assert_definite(TEXT("\x84\xFF"), PACKET_PKESK, 255);
    assert_definite(TEXT("\x85\x01\x0C"), PACKET_PKESK, 268);
    assert_definite(TEXT("\x9A\xFF\xFF\xFF\xFE"), PACKET_PUBLIC_KEY, UINT32_MAX - 1);
    struct packet_header header = take_whole(TEXT("\xA3"));
    assert_int_equal(header.tag, PACKET_COMPRESSED);
    assert_int_equal(header.length, PACKET_INDETERMINATE);
    assert_int_equal(header.body_len, 0);
}

static void both_formats_are_told(void **state)
{
    (void)state;
    assert_true(take_whole(TEXT("\x88\x01")).old_format);
    assert_false(take_whole(TEXT("\xC2\x01")).old_format);
    assert_int_equal(take_whole(TEXT("\xFF\x01")).tag, 63);
    assert_int_equal(take_whole(TEXT("\xBC\x01")).tag, 15);
}

static void what_has_bit_7_clear_is_no_packet(void **state)
{
    (void)state;
    assert_bad(TEXT("\x00"));
    assert_bad(TEXT("\x4B\x01"));
    assert_bad(TEXT("-----BEGIN"));
}

static void tag_0_is_reserved_in_both_formats(void **state)
{
    (void)state;
    assert_bad(TEXT("\x80\x01"));
    assert_bad(TEXT("\xC0\x01"));
    assert_bad(TEXT("\xC0"));
}

static void a_first_part_below_512_octets_is_refused(void **state)
{
    (void)state;
    assert_bad(TEXT("\xD2\xE8"));
    assert_bad(TEXT("\xD2\xE0"));
}

static void only_data_packets_have_parts(void **state)
{
    (void)state;
    for (unsigned tag = 1; tag < 64; tag++) {
        const unsigned char octets[] = {(unsigned char)(0xC0 | tag), 0xE9};
        struct bytes from = {octets, sizeof octets};
        struct packet_header header;
        bool is_data = tag == PACKET_COMPRESSED || tag == PACKET_SYMMETRIC ||
                       tag == PACKET_LITERAL || tag == PACKET_SEIPD || tag == PACKET_AEAD;
        assert_int_equal(packet_take_header(&from, &header), is_data ? PACKET_GOOD : PACKET_BAD);
    }
}

static void later_parts_may_be_of_any_length(void **state)
{
    (void)state;
    struct bytes from = TEXT("\xE0\xE8\x00");
    uint32_t len;
    bool more;
    assert_int_equal(packet_take_part_length(&from, &len, &more), PACKET_GOOD);
    assert_true(more);
    assert_int_equal(len, 1);
    assert_int_equal(packet_take_part_length(&from, &len, &more), PACKET_GOOD);
    assert_true(more);
    assert_int_equal(len, 256);
    assert_int_equal(packet_take_part_length(&from, &len, &more), PACKET_GOOD);
    assert_false(more);
    assert_int_equal(len, 0);
    assert_int_equal(packet_take_part_length(&from, &len, &more), PACKET_SHORT);
}

static void a_cut_part_length_stays(void **state)
{
    (void)state;
    const struct bytes whole = TEXT("\xFF\x00\x00\x01");
    for (size_t cut = 0; cut <= whole.len; cut++) {
        struct bytes from = {whole.at, cut};
        uint32_t len;
        bool more;
        assert_int_equal(packet_take_part_length(&from, &len, &more), PACKET_SHORT);
        assert_ptr_equal(from.at, whole.at);
        assert_int_equal(from.len, cut);
    }
}

static void packets_are_taken_one_after_the_other(void **state)
{
    (void)state;
    struct bytes from = TEXT("\xC6\x02xy\x89\x00\x01z\xCD\x00");
    uint8_t tag;
    struct bytes body;
    assert_true(packet_take(&from, &tag, &body, &err));
    assert_int_equal(tag, PACKET_PUBLIC_KEY);
    assert_true(bytes_equal(body, "xy", 2));
    assert_true(packet_take(&from, &tag, &body, &err));
    assert_int_equal(tag, PACKET_SIGNATURE);
    assert_true(bytes_equal(body, "z", 1));
    assert_true(packet_take(&from, &tag, &body, &err));
    assert_int_equal(tag, PACKET_USER_ID);
    assert_int_equal(body.len, 0);
    assert_int_equal(from.len, 0);
}

static void assert_not_taken(struct bytes octets, const char *text)
{
    uint8_t tag;
    struct bytes body;
    struct bytes from = octets;
    error_clear(&err);
    assert_false(packet_take(&from, &tag, &body, &err));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_string_equal(err.text, text);
    assert_int_equal(from.len, octets.len);
}

static void what_is_no_whole_packet_is_damaged(void **state)
{
    (void)state;
    assert_not_taken(TEXT(""), "ends inside a packet's header");
    assert_not_taken(TEXT("\x99\x01"), "ends inside a packet's header");
    assert_not_taken(TEXT("\xC6\x03xy"), "ends inside a packet (type 6)");
    assert_not_taken(TEXT("\xC6\xFF\xFF\xFF\xFF\xFFxy"), "ends inside a packet (type 6)");
    assert_not_taken(TEXT("key"), "has no packet where one should begin");
}

static void keys_have_definite_lengths(void **state)
{
    (void)state;
    assert_not_taken(TEXT("\x9Bxy"), "has a packet without a definite length (type 6)");
    assert_not_taken(TEXT("\xCB\xE9xy"), "has a packet without a definite length (type 11)");
}

static void what_is_written_is_taken_again(void **state)
{
    (void)state;
    const struct {
        uint32_t body_len;
        size_t header_len;
    } cases[] = {{0, 2},    {191, 2},  {192, 3},   {447, 3},       {448, 3},
                 {8383, 3}, {8384, 6}, {65536, 6}, {UINT32_MAX, 6}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char out[PACKET_HEADER_MAX + 1];
        memset(out, 0xEE, sizeof out);
        size_t len = packet_write_header(out, PACKET_SEIPD, cases[i].body_len);
        assert_int_equal(len, cases[i].header_len);
        assert_int_equal(out[len], 0xEE);
        assert_definite((struct bytes){out, len}, PACKET_SEIPD, cases[i].body_len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_examples_of_the_standard_are_taken, clear),
        cmocka_unit_test_setup(new_lengths_are_right_at_their_borders, clear),
        cmocka_unit_test_setup(old_lengths_have_one_two_or_four_octets_or_none, clear),
        cmocka_unit_test_setup(both_formats_are_told, clear),
        cmocka_unit_test_setup(what_has_bit_7_clear_is_no_packet, clear),
        cmocka_unit_test_setup(tag_0_is_reserved_in_both_formats, clear),
        cmocka_unit_test_setup(a_first_part_below_512_octets_is_refused, clear),
        cmocka_unit_test_setup(only_data_packets_have_parts, clear),
        cmocka_unit_test_setup(later_parts_may_be_of_any_length, clear),
        cmocka_unit_test_setup(a_cut_part_length_stays, clear),
        cmocka_unit_test_setup(packets_are_taken_one_after_the_other, clear),
        cmocka_unit_test_setup(what_is_no_whole_packet_is_damaged, clear),
        cmocka_unit_test_setup(keys_have_definite_lengths, clear),
        cmocka_unit_test_setup(what_is_written_is_taken_again, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
