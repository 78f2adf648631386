/*
 * ASCII armor in every dress that peers and mail programs give it, in pieces of every size; and what
 * isn't whole.
 */
#include "formats/openpgp/armor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define BEGIN "-----BEGIN PGP MESSAGE-----\n"
#define END "-----END PGP MESSAGE-----\n"

static struct error err;
static struct armor armor;
static unsigned char decoded[4096];
static size_t decoded_len;

static int clear(void **state)
{
    (void)state;
    error_clear(&err);
    return 0;
}

/* Decodes the block in text, from behind its head in pieces of step characters. *left: what is
 * behind the end line. */
static bool decode(const char *text, size_t step, struct bytes *left)
{
    struct bytes from = {(const unsigned char *)text, strlen(text)};
    error_clear(&err);
    decoded_len = 0;
    if (!armor_begin(&armor, &from, &err))
        return false;
    while (from.len > 0 && !armor_has_ended(&armor)) {
        struct bytes piece = {from.at, from.len < step ? from.len : step};
        size_t piece_len = piece.len;
        size_t out_len;
        memset(decoded + decoded_len, 0xEE, piece_len + 1);
        if (!armor_decode(&armor, &piece, decoded + decoded_len, &out_len, &err))
            return false;
        assert_true(out_len <= piece_len);
        assert_int_equal(decoded[decoded_len + piece_len], 0xEE);
        assert_true(piece.len == 0 || armor_has_ended(&armor));
        decoded_len += out_len;
        struct bytes taken;
        bytes_take(&from, piece_len - piece.len, &taken);
    }
    *left = from;
    return armor_end(&armor, &err);
}

static void assert_decodes_to(const char *text, const char *expected, size_t expected_len)
{
    for (size_t step = 1; step < 90; step++) {
        struct bytes left;
        if (!decode(text, step, &left))
            fail_msg("in steps of %zu: %s", step, err.text);
        assert_int_equal(decoded_len, expected_len);
        assert_memory_equal(decoded, expected, expected_len);
    }
}

static void assert_decodes(const char *text, const char *expected)
{
    assert_decodes_to(text, expected, strlen(expected));
}

static void assert_refused(const char *text, enum error_kind kind, const char *reason)
{
    for (size_t step = 1; step < 90; step++) {
        struct bytes left;
        assert_false(decode(text, step, &left));
        assert_int_equal(err.kind, kind);
        assert_string_equal(err.text, reason);
    }
}

static void assert_damaged(const char *text)
{
    assert_refused(text, ERROR_DAMAGED, "has a character in its armor that doesn't belong there");
}

static void the_example_of_the_standard_is_decoded(void **state)
{
    (void)state;
    /* RFC 9580 section 6.2.3. */
    static const char octets[] =
        "\xC8\x38\x01\x3B\x6D\x96\xC4\x11\xEF\xEC\xEF\x17\xEC\xEF\xE3\xCA\x00\x04\xCE\x89\x79\xEA"
        "\x25\x0A\x89\x79\x95\xF9\x79\xA9\x0A\xD9\xA9\xA9\x05\x0A\x89\x0A\xC5\xA9\xC9\x45\xA9\x40"
        "\xC1\xA2\xFC\xD2\xBC\x14\x85\x8C\xD4\xA2\x54\x7B\x2E\x00";
    assert_decodes_to("-----BEGIN PGP MESSAGE-----\n"
                      "\n"
                      "yDgBO22WxBHv7O8X7O/jygAEzol56iUKiXmV+XmpCtmpqQUKiQrFqclFqUDBovzS\n"
                      "vBSFjNSiVHsuAA==\n"
                      "=njUN\n"
                      "-----END PGP MESSAGE-----\n",
                      octets, sizeof octets - 1);
}

static void every_digit_has_its_value(void **state)
{
    (void)state;
    char expected[48];
    for (unsigned group = 0; group < 16; group++) {
        unsigned bits =
            (4 * group) << 18 | (4 * group + 1) << 12 | (4 * group + 2) << 6 | (4 * group + 3);
        for (unsigned i = 0; i < 3; i++)
            expected[3 * group + i] = (char)(bits >> (16 - 8 * i));
    }
    assert_decodes_to(BEGIN "\nABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "abcdefghijklmnopqrstuvwxyz0123456789+/\n" END,
                      expected, sizeof expected);
}

static void lines_may_end_in_any_way_and_be_of_any_length(void **state)
{
    (void)state;
    assert_decodes("-----BEGIN PGP MESSAGE-----\r\nVersion: 1\r\n\r\naGVsbG8g\r\nd29ybGQ=\r\n"
                   "=abcd\r\n-----END PGP MESSAGE-----\r\n",
                   "hello world");
    assert_decodes("-----BEGIN PGP MESSAGE-----\r\raGVsbG8g\rd29ybGQ=\r=abcd\r"
                   "-----END PGP MESSAGE-----\r",
                   "hello world");
    assert_decodes(BEGIN "\naGVsb\nG8gd2\n9ybGQ\n=\n=abcd\n" END, "hello world");
    assert_decodes(BEGIN "\na\nG\nV\ns\nb\nG\n8\n=\n" END, "hello");
    assert_decodes(BEGIN "\nZG9nc\nw=\n=\n" END, "dogs");
}

static void white_space_means_nothing(void **state)
{
    (void)state;
    assert_decodes(" -----BEGIN PGP MESSAGE----- \t\n \t\naGVs bG93 \t\n \n b3JsZA == \t\n"
                   "\n =abcd \n\n -----END PGP MESSAGE----- \n",
                   "helloworld");
}

static void text_before_the_block_is_passed_over(void **state)
{
    (void)state;
    assert_decodes("Dear all,\n\nhere it is (-----BEGIN PGP MESSAGE----- begins it):\n" BEGIN
                   "\naGVsbG8=\n" END,
                   "hello");
    assert_decodes("\xEF\xBB\xBF" BEGIN "\naGVsbG8=\n" END, "hello");
    assert_decodes("-----BEGIN PGP is how it begins\n" BEGIN "\naGVsbG8=\n" END, "hello");
}

static void header_lines_are_passed_over(void **state)
{
    (void)state;
    assert_decodes(BEGIN "Version: GnuPG v2\nComment: a: b\nX-Unknown:\nHash: SHA1, SHA512\n"
                         "Charset: UTF-8\n\naGVsbG8=\n" END,
                   "hello");
    char text[1024];
    snprintf(text, sizeof text, BEGIN "Comment: %0500d\n\naGVsbG8=\n" END, 0);
    assert_decodes(text, "hello");
}

static void a_lost_empty_line_behind_the_headers_does_no_harm(void **state)
{
    (void)state;
    assert_decodes(BEGIN "aGVsbG8=\n" END, "hello");
    assert_decodes(BEGIN "Version: 1\naGVsbG8=\n" END, "hello");
}

static void a_first_line_without_an_end_so_far_is_no_header(void **state)
{
    (void)state;
    char text[512] = BEGIN;
    memset(text + strlen(BEGIN), 'A', 200);
    struct bytes from = {(const unsigned char *)text, strlen(BEGIN) + 127};
    assert_false(armor_begin(&armor, &from, &err));
    assert_int_equal(err.kind, ERROR_TRUNCATED);
    assert_int_equal(from.len, strlen(BEGIN) + 127);
    error_clear(&err);
    from.len++;
    assert_true(armor_begin(&armor, &from, &err));
    assert_int_equal(from.len, 128);
}

static void the_crc_is_ignored(void **state)
{
    (void)state;
    assert_decodes(BEGIN "\naGVsbG8=\n" END, "hello");
    assert_decodes(BEGIN "\naGVsbG8=\n=AAAA\n" END, "hello");
    assert_decodes(BEGIN "\naGVsbG8h\n=AAAA\n" END, "hello!");
    assert_decodes(BEGIN "\naGVsbG8h\n=!\n" END, "hello!");
}

static void an_empty_block_holds_nothing(void **state)
{
    (void)state;
    assert_decodes(BEGIN "\n" END, "");
    assert_decodes(BEGIN "\n=twTO\n" END, "");
}

static void what_is_behind_the_end_line_stays(void **state)
{
    (void)state;
    struct bytes left;
    assert_true(decode(BEGIN "\naGVsbG8=\n-----END PGP MESSAGE-----", 1000, &left));
    assert_int_equal(left.len, 0);
    assert_true(decode(BEGIN "\naGVsbG8=\n-----END PGP MESSAGE-----\nmore", 1000, &left));
    assert_int_equal(left.len, 5);
    assert_memory_equal(left.at, "\nmore", 5);
}

static void several_blocks_come_one_after_the_other(void **state)
{
    (void)state;
    const char *text = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8=\n"
                       "-----END PGP PUBLIC KEY BLOCK-----\nand\n"
                       "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nd29ybGQ=\n"
                       "-----END PGP PRIVATE KEY BLOCK-----\n.\n";
    struct bytes left;
    assert_true(decode(text, 7, &left));
    assert_int_equal(armor.kind, ARMOR_PUBLIC_KEY);
    assert_memory_equal(decoded, "hello", 5);
    assert_true(armor_is_in(left.at, left.len));
    assert_true(decode((const char *)left.at, 7, &left));
    assert_int_equal(armor.kind, ARMOR_PRIVATE_KEY);
    assert_memory_equal(decoded, "world", 5);
    assert_false(armor_is_in(left.at, left.len));
}

static void blocks_are_told_by_their_begin_line(void **state)
{
    (void)state;
    const struct {
        const char *name;
        enum armor_kind kind;
    } cases[] = {
        {"MESSAGE", ARMOR_MESSAGE},
        {"PUBLIC KEY BLOCK", ARMOR_PUBLIC_KEY},
        {"PRIVATE KEY BLOCK", ARMOR_PRIVATE_KEY},
        {"SIGNATURE", ARMOR_SIGNATURE},
        {"MESSAGE, PART 1/2", ARMOR_OTHER},
        {"ARMORED FILE", ARMOR_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        struct bytes left;
        snprintf(text, sizeof text, "-----BEGIN PGP %s-----\n\naGVsbG8=\n-----END PGP %s-----\n",
                 cases[i].name, cases[i].name);
        assert_true(decode(text, 1000, &left));
        assert_int_equal(armor.kind, cases[i].kind);
    }
}

static void text_signed_in_the_clear_is_told(void **state)
{
    (void)state;
    assert_refused("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\ntext\n"
                   "-----BEGIN PGP SIGNATURE-----\n\naGVsbG8=\n-----END PGP SIGNATURE-----\n",
                   ERROR_UNSUPPORTED, "is text that is signed in the clear");
}

static void armor_is_found_at_the_start_of_a_line_alone(void **state)
{
    (void)state;
    const char *const with[] = {"-----BEGIN PGP ",    BEGIN,
                                "text\r\n\r\n" BEGIN, "\t" BEGIN,
                                "\xEF\xBB\xBF" BEGIN, "\r-----BEGIN PGP "};
    const char *const without[] = {"",
                                   "text",
                                   "x" BEGIN,
                                   "-----BEGIN PGP",
                                   "- " BEGIN,
                                   END,
                                   "-----BEGIN AGE ENCRYPTED FILE-----\n"};
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
        assert_true(armor_is_in(with[i], strlen(with[i])));
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        assert_false(armor_is_in(without[i], strlen(without[i])));
    assert_false(armor_is_in(NULL, 0));
}

static void a_cut_head_is_truncated_and_the_text_stays(void **state)
{
    (void)state;
    const char *whole = "text\n" BEGIN "Version: 1\nComment: 2\n\n";
    for (size_t len = 5 + 15; len < strlen(whole); len++) {
        struct bytes from = {(const unsigned char *)whole, len};
        error_clear(&err);
        assert_false(armor_begin(&armor, &from, &err));
        assert_int_equal(err.kind, ERROR_TRUNCATED);
        assert_string_equal(err.text, "ends inside the head of its armor");
        assert_int_equal(from.len, len);
    }
}

static void text_without_a_begin_line_is_damaged(void **state)
{
    (void)state;
    assert_refused("text\n", ERROR_DAMAGED, "has no line that begins armor");
    assert_refused("-----BEGIN PGP -----\n\n", ERROR_DAMAGED, "has no line that begins armor");
    assert_refused("-----BEGIN PGP MESSAGE----\n\n", ERROR_DAMAGED,
                   "has no line that begins armor");
}

static void a_block_without_its_whole_end_line_is_truncated(void **state)
{
    (void)state;
    const char *whole = BEGIN "\naGVsbG8g\nd29ybGQ=\n=abcd\n" END;
    char cut[256];
    for (size_t len = strlen(BEGIN) + 1; len < strlen(whole) - 1; len++) {
        snprintf(cut, sizeof cut, "%.*s", (int)len, whole);
        assert_refused(cut, ERROR_TRUNCATED, "ends without the end line of its armor");
    }
}

static void what_is_no_digit_is_damaged(void **state)
{
    (void)state;
    assert_damaged(BEGIN "\naGVs!G8=\n" END);
    assert_damaged(BEGIN "\naGVsb-8=\n" END);
    assert_damaged(BEGIN "\naGVsb_8=\n" END);
    assert_damaged(BEGIN "\naGVs\xC3\xA4G8=\n" END);
    assert_damaged(BEGIN "\naGVs\x01G8=\n" END);
    assert_damaged(BEGIN "\nVersion: behind the empty line\naGVsbG8=\n" END);
}

static void padding_fills_one_group_and_ends_the_data(void **state)
{
    (void)state;
    assert_damaged(BEGIN "\na===\n" END);
    assert_damaged(BEGIN "\naG==bG8=\n" END);
    assert_damaged(BEGIN "\naG=sbG8=\n" END);
    assert_damaged(BEGIN "\naGVsbG8=aGVs\n" END);
    assert_damaged(BEGIN "\naGVsbG8==\n" END);
    assert_damaged(BEGIN "\naGVs=bG8\n" END);
    assert_damaged(BEGIN "\naGVsb=\n" END);
    assert_damaged(BEGIN "\naGVsb\n=abcd\n" END);
    assert_damaged(BEGIN "\naGVsbA=\n" END);
    assert_damaged(BEGIN "\naGVsbA\n" END);
    assert_damaged(BEGIN "\naGVsbA\n=abcd\n" END);
    assert_damaged(BEGIN "\naGVsbG8\n" END);
    assert_damaged(BEGIN "\naGVsb\n" END);
}

static void nothing_but_the_end_line_follows_the_crc(void **state)
{
    (void)state;
    assert_damaged(BEGIN "\naGVsbG8h\n=abcd\naGVs\n" END);
    assert_damaged(BEGIN "\naGVsbG8h\n=abcd\n=abcd\n" END);
    assert_damaged(BEGIN "\naGVsbG8=\naGVs\n" END);
}

static void the_end_line_is_an_end_line(void **state)
{
    (void)state;
    assert_damaged(BEGIN "\naGVsbG8=\n" BEGIN);
    assert_damaged(BEGIN "\naGVsbG8=\n-----END AGE-----\n");
    assert_damaged(BEGIN "\naGVsbG8=\n----END PGP MESSAGE-----\n");
    assert_damaged(BEGIN "\naGVsbG8=\n-----END PGP MESSAGE\n");
    assert_damaged(BEGIN "\naGVsbG8=\n-----END PGP M-E-S-S-A-G-E\n");
    assert_damaged(BEGIN "\naGVsbG8=-----END PGP MESSAGE-----\n");
    char text[256];
    snprintf(text, sizeof text, BEGIN "\naGVsbG8=\n-----END PGP %0100d-----\n", 0);
    assert_damaged(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_example_of_the_standard_is_decoded, clear),
        cmocka_unit_test_setup(every_digit_has_its_value, clear),
        cmocka_unit_test_setup(lines_may_end_in_any_way_and_be_of_any_length, clear),
        cmocka_unit_test_setup(white_space_means_nothing, clear),
        cmocka_unit_test_setup(text_before_the_block_is_passed_over, clear),
        cmocka_unit_test_setup(header_lines_are_passed_over, clear),
        cmocka_unit_test_setup(a_lost_empty_line_behind_the_headers_does_no_harm, clear),
        cmocka_unit_test_setup(a_first_line_without_an_end_so_far_is_no_header, clear),
        cmocka_unit_test_setup(the_crc_is_ignored, clear),
        cmocka_unit_test_setup(an_empty_block_holds_nothing, clear),
        cmocka_unit_test_setup(what_is_behind_the_end_line_stays, clear),
        cmocka_unit_test_setup(several_blocks_come_one_after_the_other, clear),
        cmocka_unit_test_setup(blocks_are_told_by_their_begin_line, clear),
        cmocka_unit_test_setup(text_signed_in_the_clear_is_told, clear),
        cmocka_unit_test_setup(armor_is_found_at_the_start_of_a_line_alone, clear),
        cmocka_unit_test_setup(a_cut_head_is_truncated_and_the_text_stays, clear),
        cmocka_unit_test_setup(text_without_a_begin_line_is_damaged, clear),
        cmocka_unit_test_setup(a_block_without_its_whole_end_line_is_truncated, clear),
        cmocka_unit_test_setup(what_is_no_digit_is_damaged, clear),
        cmocka_unit_test_setup(padding_fills_one_group_and_ends_the_data, clear),
        cmocka_unit_test_setup(nothing_but_the_end_line_follows_the_crc, clear),
        cmocka_unit_test_setup(the_end_line_is_an_end_line, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
