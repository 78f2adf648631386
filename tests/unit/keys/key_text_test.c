/* From key text to 32 bytes: each reading, as WAL-G has it. */
#include "keys/key_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BASE64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static unsigned char key[SODIUM_KEY_LEN];
static struct error err;

static int clear(void **state)
{
    (void)state;
    memset(key, 0xEE, sizeof key);
    error_clear(&err);
    return 0;
}

static bool reads(const char *text, enum key_transform transform)
{
    error_clear(&err);
    return key_text_read(text, strlen(text), transform, key, &err);
}

static void assert_counting_key(void)
{
    for (unsigned char i = 0; i < SODIUM_KEY_LEN; i++)
        assert_int_equal(key[i], i);
}

static void assert_refused(const char *text, enum key_transform transform, const char *reason)
{
    assert_false(reads(text, transform));
    assert_int_equal(err.kind, ERROR_KEY);
    assert_string_equal(err.text, reason);
}

static void transforms_have_names_and_names_are_transforms(void **state)
{
    (void)state;
    const char *const names[] = {"hex", "base64", "none", "auto"};
    for (size_t i = 0; i < 4; i++) {
        enum key_transform transform;
        assert_true(key_transform_parse(names[i], &transform));
        assert_string_equal(key_transform_name(transform), names[i]);
    }
}

static void other_names_are_no_transforms(void **state)
{
    (void)state;
    enum key_transform transform;
    assert_false(key_transform_parse("", &transform));
    assert_false(key_transform_parse("HEX", &transform));
    assert_false(key_transform_parse("hex ", &transform));
    assert_false(key_transform_parse("base6", &transform));
}

static void hex_is_64_digits_of_either_case(void **state)
{
    (void)state;
    assert_true(reads(HEX, KEY_TRANSFORM_HEX));
    assert_counting_key();
    assert_true(reads("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1e1f",
                      KEY_TRANSFORM_HEX));
    assert_counting_key();
}

static void white_space_around_hex_and_base64_is_ignored(void **state)
{
    (void)state;
    assert_true(reads(" \t\r\n" HEX "\n\n", KEY_TRANSFORM_HEX));
    assert_counting_key();
    assert_true(reads("\xC2\xA0" BASE64 "\r\n", KEY_TRANSFORM_BASE64));
    assert_counting_key();
}

static void hex_of_another_length_is_refused_with_its_length(void **state)
{
    (void)state;
    assert_refused("0001", KEY_TRANSFORM_HEX, "has 4 characters where hex needs 64 digits");
    assert_false(reads(HEX "0", KEY_TRANSFORM_HEX));
    assert_non_null(strstr(err.text, "has 65 characters where hex needs 64 digits"));
    assert_false(reads(HEX HEX, KEY_TRANSFORM_HEX));
    assert_non_null(strstr(err.text, "has 128 characters"));
}

static void the_first_bad_character_is_told_by_its_place_in_the_text(void **state)
{
    (void)state;
    assert_refused("  12 4", KEY_TRANSFORM_HEX,
                   "has 4 characters where hex needs 64 digits, and character 5 is no hexadecimal "
                   "digit");
    assert_refused("ab-d", KEY_TRANSFORM_BASE64,
                   "has 4 characters where base64 of 32 bytes has 44, the last a =, and character "
                   "3 is no base64 digit");
}

/* libsodium's base64 takes every octet from 0x80 on for a digit. */
static void a_character_that_is_not_ascii_is_no_base64_digit(void **state)
{
    (void)state;
    for (unsigned octet = 0x80; octet < 0x100; octet++) {
        char text[] = BASE64;
        text[9] = (char)octet;
        assert_false(reads(text, KEY_TRANSFORM_BASE64));
        assert_non_null(strstr(err.text, "character 10 is no base64 digit"));
        assert_false(key_text_fits(text, strlen(text), KEY_TRANSFORM_BASE64));
    }
}

static void a_space_inside_hex_is_refused(void **state)
{
    (void)state;
    char text[] = HEX;
    text[9] = ' ';
    assert_false(reads(text, KEY_TRANSFORM_HEX));
    assert_non_null(strstr(err.text, "character 10 is no hexadecimal digit"));
}

static void base64_is_44_characters_that_end_in_padding(void **state)
{
    (void)state;
    assert_true(reads(BASE64, KEY_TRANSFORM_BASE64));
    assert_counting_key();
}

static void base64_knows_all_of_the_standard_alphabet(void **state)
{
    (void)state;
    assert_true(reads("++//++//++//++//++//++//++//++//++//++//++8=", KEY_TRANSFORM_BASE64));
    static const unsigned char group[] = {0xFB, 0xEF, 0xFF};
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(key[i], group[i % 3]);
    assert_false(reads("--__--__--__--__--__--__--__--__--__--__--8=", KEY_TRANSFORM_BASE64));
}

static void line_breaks_inside_base64_are_ignored(void **state)
{
    (void)state;
    assert_true(
        reads("AAECAwQFBgcICQoLDA0O\r\nDxAREhMUFRYXGBkaGxwd\nHh8\n=\n", KEY_TRANSFORM_BASE64));
    assert_counting_key();
}

static void a_space_inside_base64_is_refused(void **state)
{
    (void)state;
    assert_false(reads("AAECAwQFBgcICQoLDA0O DxAREhMUFRYXGBkaGxwdHh8=", KEY_TRANSFORM_BASE64));
    assert_non_null(strstr(err.text, "has 45 characters"));
    assert_non_null(strstr(err.text, "character 21 is no base64 digit"));
}

static void unused_bits_in_base64_may_be_anything(void **state)
{
    (void)state;
    for (char last = '8'; last <= '9'; last++) {
        char text[] = BASE64;
        text[42] = last;
        assert_true(reads(text, KEY_TRANSFORM_BASE64));
        assert_counting_key();
    }
    char text[] = BASE64;
    text[42] = '+'; /* 62: the same upper bits as 8 (60) */
    assert_true(reads(text, KEY_TRANSFORM_BASE64));
    assert_counting_key();
}

static void base64_without_padding_or_of_other_lengths_is_refused(void **state)
{
    (void)state;
    char text[] = BASE64;
    text[43] = '\0';
    assert_false(reads(text, KEY_TRANSFORM_BASE64));
    assert_non_null(strstr(err.text, "has 43 characters"));
    text[43] = 'A';
    assert_false(reads(text, KEY_TRANSFORM_BASE64));
    assert_non_null(strstr(err.text, "has 44 characters, which decode to 33 bytes, not 32"));
    text[42] = text[43] = '=';
    assert_false(reads(text, KEY_TRANSFORM_BASE64));
    assert_non_null(strstr(err.text, "has 44 characters, which decode to 31 bytes, not 32"));
    assert_false(reads(BASE64 "AAAA", KEY_TRANSFORM_BASE64)); /* padding inside */
    assert_non_null(strstr(err.text, "has 48 characters where"));
    assert_false(reads(BASE64 "=", KEY_TRANSFORM_BASE64));
    assert_false(
        reads("AAECAwQFBgcICQoLDA0O\nDxAREhMUFRYXGBkaGxwdHh8g\nISIj\n", KEY_TRANSFORM_BASE64));
    assert_non_null(strstr(err.text, "has 48 characters, which decode to 36 bytes, not 32"));
}

static void none_is_the_bytes_themselves(void **state)
{
    (void)state;
    assert_true(reads("0123456789abcdefghijklmnopqrstuv", KEY_TRANSFORM_NONE));
    assert_memory_equal(key, "0123456789abcdefghijklmnopqrstuv", 32);
}

static void none_of_25_to_31_bytes_is_padded_with_zeros(void **state)
{
    (void)state;
    assert_true(reads("0123456789abcdefghijklmno", KEY_TRANSFORM_NONE));
    assert_memory_equal(key, "0123456789abcdefghijklmno\0\0\0\0\0\0\0", 32);
    assert_true(reads("0123456789abcdefghijklmnopqrstu", KEY_TRANSFORM_NONE));
    assert_memory_equal(key, "0123456789abcdefghijklmnopqrstu\0", 32);
}

static void none_of_more_than_32_bytes_is_cut(void **state)
{
    (void)state;
    assert_true(reads("0123456789abcdefghijklmnopqrstuvw", KEY_TRANSFORM_NONE));
    assert_memory_equal(key, "0123456789abcdefghijklmnopqrstuv", 32);
}

static void none_of_less_than_25_bytes_is_refused(void **state)
{
    (void)state;
    assert_refused("0123456789abcdefghijklmn", KEY_TRANSFORM_NONE,
                   "has 24 bytes where none needs at least 25");
}

static void none_takes_white_space_and_zero_bytes_as_they_are(void **state)
{
    (void)state;
    static const char text[] = " 123456789\0bcdefghijklmnopq\n";
    assert_true(key_text_read(text, sizeof text - 1, KEY_TRANSFORM_NONE, key, &err));
    assert_memory_equal(key, " 123456789\0bcdefghijklmnopq\n\0\0\0\0", 32);
}

static void nothing_and_white_space_are_named_for_what_they_are(void **state)
{
    (void)state;
    for (int t = KEY_TRANSFORM_HEX; t <= KEY_TRANSFORM_NONE; t++) {
        assert_refused("", (enum key_transform)t, "is empty");
        assert_refused("\n \n", (enum key_transform)t, "holds nothing but white space");
    }
}

static void a_failure_says_which_transform_would_fit(void **state)
{
    (void)state;
    assert_false(reads(BASE64, KEY_TRANSFORM_HEX));
    assert_non_null(strstr(err.text, "; it fits base64: try -t base64"));
    assert_false(reads(HEX, KEY_TRANSFORM_BASE64));
    assert_non_null(strstr(err.text, "; it fits hex: try -t hex"));
    assert_false(reads("correct horse battery staple", KEY_TRANSFORM_HEX));
    assert_non_null(strstr(err.text, "fit none: -t none"));
    assert_false(reads("too short", KEY_TRANSFORM_HEX));
    assert_null(strstr(err.text, "-t "));
    assert_false(reads("a text of more octets than a key has", KEY_TRANSFORM_HEX));
    assert_non_null(strstr(err.text, "would take the first 32 bytes of it and no more"));
}

static void a_mistyped_key_is_not_taken_for_none(void **state)
{
    (void)state;
    static const char *const nearly_hex[] = {
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1ff",
        "000102030405060708090a0b0c0d0e0f1O1112131415161718191a1b1c1d1e1f",
        "00010203 04050607 08090a0b 0c0d0e0f 1011121314151617 18191a1b1c1d1e1f"};
    static const char *const nearly_base64[] = {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                                                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=='",
                                                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBk_Gxw-Hh8="};
    for (size_t i = 0; i < sizeof nearly_hex / sizeof nearly_hex[0]; i++) {
        assert_false(reads(nearly_hex[i], KEY_TRANSFORM_HEX));
        assert_non_null(strstr(err.text, "; it looks like hex with a mistake"));
        assert_null(strstr(err.text, "-t none"));
    }
    for (size_t i = 0; i < sizeof nearly_base64 / sizeof nearly_base64[0]; i++) {
        assert_false(reads(nearly_base64[i], KEY_TRANSFORM_BASE64));
        assert_non_null(strstr(err.text, "; it looks like base64 with a mistake"));
        assert_null(strstr(err.text, "-t none"));
    }
}

static void what_resembles_hex_or_base64_is_near_it(void **state)
{
    (void)state;
    assert_true(key_text_resembles(HEX, 64, KEY_TRANSFORM_HEX));
    assert_true(key_text_resembles(HEX, 60, KEY_TRANSFORM_HEX));
    assert_false(key_text_resembles(HEX, 59, KEY_TRANSFORM_HEX));
    assert_true(key_text_resembles(HEX "0000", 68, KEY_TRANSFORM_HEX));
    assert_false(key_text_resembles(HEX "00000", 69, KEY_TRANSFORM_HEX));
    assert_true(key_text_resembles(HEX "vwxyz", 68, KEY_TRANSFORM_HEX));
    assert_false(key_text_resembles(HEX "vwxyz", 69, KEY_TRANSFORM_HEX));
    assert_true(key_text_resembles("\n" BASE64 "\n", 46, KEY_TRANSFORM_BASE64));
    assert_false(key_text_resembles(HEX, 64, KEY_TRANSFORM_BASE64));
    static const char sentence[] = "correct horse battery staple, and five more";
    assert_false(key_text_resembles(sentence, sizeof sentence - 1, KEY_TRANSFORM_HEX));
    assert_false(key_text_resembles(sentence, sizeof sentence - 1, KEY_TRANSFORM_BASE64));
    assert_false(key_text_resembles("", 0, KEY_TRANSFORM_BASE64));
}

static void a_failure_names_a_misplaced_file_instead_of_a_transform(void **state)
{
    (void)state;
    assert_false(reads("-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n", KEY_TRANSFORM_HEX));
    assert_non_null(strstr(err.text, "; it looks like a PEM block"));
    assert_null(strstr(err.text, "-t none"));
}

static void no_failure_shows_the_text(void **state)
{
    (void)state;
    static const char text[] = "swordfish-swordfish-swordfish";
    assert_false(reads(text, KEY_TRANSFORM_HEX));
    assert_null(strstr(err.text, "sword"));
    assert_false(reads(text, KEY_TRANSFORM_BASE64));
    assert_null(strstr(err.text, "sword"));
}

static void fitting_and_reading_agree(void **state)
{
    (void)state;
    const char *const texts[] = {HEX, BASE64, "", "short", "correct horse battery staple"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (int t = KEY_TRANSFORM_HEX; t <= KEY_TRANSFORM_NONE; t++)
            assert_int_equal(key_text_fits(texts[i], strlen(texts[i]), (enum key_transform)t),
                             reads(texts[i], (enum key_transform)t));
}

static void assert_trims(const char *text, size_t expected_start, size_t expected_len)
{
    size_t start;
    size_t len;
    key_text_trim(text, strlen(text), &start, &len);
    assert_int_equal(start, expected_start);
    assert_int_equal(len, expected_len);
}

static void trimming_takes_off_the_white_space_of_unicode(void **state)
{
    (void)state;
    const char *const spaces[] = {
        "\t",           "\n",           "\v",
        "\f",           "\r",           " ",
        "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80",
        "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
        "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85",
        "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
        "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
        "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
        "\xE3\x80\x80",
    };
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        char text[32];
        snprintf(text, sizeof text, "%s%sa b%s", spaces[i], spaces[i], spaces[i]);
        assert_trims(text, 2 * strlen(spaces[i]), 3);
    }
}

static void trimming_leaves_what_only_resembles_white_space(void **state)
{
    (void)state;
    /* U+200B, U+180E and U+FEFF are not white space; 0x85 and 0xA0 alone are no UTF-8 */
    const char *const others[] = {"\xE2\x80\x8B", "\xE1\xA0\x8E", "\xEF\xBB\xBF",
                                  "\x85",         "\xA0",         "\xE2\x80"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char text[16];
        snprintf(text, sizeof text, "%sa%s", others[i], others[i]);
        assert_trims(text, 0, strlen(text));
    }
}

static void trimming_nothing_or_only_white_space_leaves_nothing(void **state)
{
    (void)state;
    size_t start;
    size_t len;
    assert_trims("", 0, 0);
    key_text_trim("   ", 3, &start, &len);
    assert_int_equal(len, 0);
}

static void files_put_in_the_wrong_place_are_named(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"-----BEGIN PRIVATE KEY-----\n", "a PEM block"},
        {"\n -----BEGIN CERTIFICATE-----\n", "a PEM block"},
        {"AGE-SECRET-KEY-1QQQQ", "an age identity"},
        {"# created: 2026-01-01T00:00:00Z\n# public key: age1", "an age identity"},
        {"untrusted comment: minisign encrypted secret key", "a minisign key"},
        {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", "an SSH public key"},
        {"ssh-rsa AAAAB3NzaC1yc2EAAAA", "an SSH public key"},
        {"ecdsa-sha2-nistp256 AAAAE2VjZHNh", "an SSH public key"},
        {"apiVersion: v1\nkind: Secret\n", "a Kubernetes manifest"},
        {"sk-ssh-ed25519@openssh.com AAAAGnNr", "an SSH public key"},
        {"PuTTY-User-Key-File-3: ssh-ed25519", "a PuTTY key"},
        {"# public key: age1ql3z7hjy54pw3hyww", "an age identity"},
        {"\xEF\xBB\xBF-----BEGIN PRIVATE KEY-----\n", "a PEM block"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_string_equal(key_text_misplaced(texts[i][0], strlen(texts[i][0])), texts[i][1]);
}

static void keys_are_not_misplaced(void **state)
{
    (void)state;
    const char *const texts[] = {
        HEX, BASE64, "", "----", "correct horse battery staple", "key -----BEGIN"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_null(key_text_misplaced(texts[i], strlen(texts[i])));
}

static bool is_openpgp(const char *text)
{
    return key_text_is_openpgp(text, strlen(text));
}

static void messages_are_told_from_keys(void **state)
{
    (void)state;
    /* version 3, for an RSA key, then the next packet */
    unsigned char binary[64] = {0x84, 40, 3, 1, 2, 3, 4, 5, 6, 7, 8, 1};
    binary[42] = 0xD2;
    assert_true(key_text_is_message((const char *)binary, sizeof binary));
    assert_false(key_text_is_openpgp((const char *)binary, sizeof binary));
    binary[42] = 0x12;
    assert_false(key_text_is_message((const char *)binary, sizeof binary));
    binary[42] = 0xD2;
    binary[2] = 4;
    assert_false(key_text_is_message((const char *)binary, sizeof binary));
    binary[2] = 3;
    binary[11] = 99;
    assert_false(key_text_is_message((const char *)binary, sizeof binary));
    /* version 6, for X25519, by a fingerprint of version 6, by one that is too long, by none */
    unsigned char newer[64] = {0xC1, 60, 6, 33, 6, [2 + 2 + 33] = 25};
    assert_true(key_text_is_message((const char *)newer, sizeof newer));
    unsigned char longer[64] = {0xC1, 60, 6, 34, 6, [2 + 2 + 34] = 25};
    assert_false(key_text_is_message((const char *)longer, sizeof longer));
    unsigned char hidden[64] = {0xC1, 60, 6, 0, 25};
    assert_true(key_text_is_message((const char *)hidden, sizeof hidden));
    const char armored[] = "a comment\n-----BEGIN PGP MESSAGE-----\n";
    assert_true(key_text_is_message(armored, sizeof armored - 1));
    assert_false(key_text_is_message(HEX, sizeof HEX - 1));
    assert_false(key_text_is_message("", 0));
}

static void armored_openpgp_keys_are_recognised_at_the_start_of_any_line(void **state)
{
    (void)state;
    assert_true(is_openpgp("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ"));
    assert_true(is_openpgp("-----BEGIN PGP PRIVATE KEY BLOCK-----\r\n"));
    assert_true(is_openpgp("a comment\n \t-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
}

static void other_armor_is_no_openpgp_key(void **state)
{
    (void)state;
    assert_false(is_openpgp("-----BEGIN PGP MESSAGE-----\n\nmDMEZ"));
    assert_false(is_openpgp("-----BEGIN PRIVATE KEY-----\n"));
    assert_false(is_openpgp("see -----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
    assert_false(is_openpgp("-----BEGIN PGP PUBLIC KEY BLOCK"));
}

/* A key packet of body_len octets behind head, then rest octets that begin with next. */
static bool packet_is_key(const char *head, size_t head_len, const char *body, size_t body_len,
                          size_t rest, unsigned char next)
{
    unsigned char bytes[1024] = {0};
    size_t len = head_len + body_len + rest;
    memset(bytes + len, 0xFF, sizeof bytes - len); /* looks like a packet to one who reads on */
    memcpy(bytes, head, head_len);
    memcpy(bytes + head_len, body, 8);
    if (rest > 0)
        bytes[head_len + body_len] = next;
    return key_text_is_openpgp((const char *)bytes, len);
}

#define V4_ED25519 "\x04\x66\x00\x00\x00\x16\x09\x2B"
#define V6_ED25519 "\x06\x66\x00\x00\x00\x1B\x00\x00"
#define V3_RSA "\x03\x36\x00\x00\x00\x00\x00\x01"

static void binary_openpgp_keys_are_recognised_in_every_form_of_head(void **state)
{
    (void)state;
    assert_true(packet_is_key("\x98\x33", 2, V4_ED25519, 51, 40, 0xB4));
    assert_true(packet_is_key("\x99\x01\x0D", 3, V4_ED25519, 269, 40, 0xB4));
    assert_true(packet_is_key("\x9A\x00\x00\x01\x0D", 5, V4_ED25519, 269, 40, 0xB4));
    assert_true(packet_is_key("\x94\x58", 2, V4_ED25519, 88, 40, 0xB4));
    assert_true(packet_is_key("\xC6\x2A", 2, V6_ED25519, 42, 40, 0xC2));
    assert_true(packet_is_key("\xC6\xBF", 2, V4_ED25519, 191, 40, 0xCD));
    assert_true(packet_is_key("\xC6\xC0\x00", 3, V4_ED25519, 192, 40, 0xCD));
    assert_true(packet_is_key("\xC5\xC0\x4D", 3, V4_ED25519, 269, 40, 0xCD));
    assert_true(packet_is_key("\xC6\xFF\x00\x00\x01\x0D", 6, V4_ED25519, 269, 40, 0xCD));
    assert_true(packet_is_key("\x98\x8D", 2, V3_RSA, 141, 0, 0));
}

static void what_is_not_quite_an_openpgp_key_is_none(void **state)
{
    (void)state;
    /* too short as a whole; a body beyond the end; no definite length; a signature; version 2;
     * algorithm 99; something that is no packet behind it */
    assert_false(packet_is_key("\x98\x30", 2, V4_ED25519, 48, 13, 0xB4));
    assert_false(packet_is_key("\x99\x03\x0D", 3, V4_ED25519, 269, 40, 0xB4));
    assert_false(packet_is_key("\x9B\x33", 2, V4_ED25519, 51, 40, 0xB4));
    assert_false(packet_is_key("\xC6\xE5", 2, V4_ED25519, 51, 40, 0xB4));
    assert_false(packet_is_key("\x88\x33", 2, V4_ED25519, 51, 40, 0xB4));
    assert_false(packet_is_key("\x98\x33", 2, "\x02\x66\x00\x00\x00\x16\x09\x2B", 51, 40, 0xB4));
    assert_false(packet_is_key("\x98\x33", 2, "\x04\x66\x00\x00\x00\x63\x09\x2B", 51, 40, 0xB4));
    assert_false(packet_is_key("\x98\x33", 2, V4_ED25519, 51, 40, 0x34));
    assert_false(packet_is_key("\x18\x33", 2, V4_ED25519, 51, 40, 0xB4));
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transforms_have_names_and_names_are_transforms),
        cmocka_unit_test(other_names_are_no_transforms),
        cmocka_unit_test_setup(hex_is_64_digits_of_either_case, clear),
        cmocka_unit_test_setup(white_space_around_hex_and_base64_is_ignored, clear),
        cmocka_unit_test(hex_of_another_length_is_refused_with_its_length),
        cmocka_unit_test(the_first_bad_character_is_told_by_its_place_in_the_text),
        cmocka_unit_test(a_character_that_is_not_ascii_is_no_base64_digit),
        cmocka_unit_test(a_space_inside_hex_is_refused),
        cmocka_unit_test_setup(base64_is_44_characters_that_end_in_padding, clear),
        cmocka_unit_test_setup(base64_knows_all_of_the_standard_alphabet, clear),
        cmocka_unit_test_setup(line_breaks_inside_base64_are_ignored, clear),
        cmocka_unit_test(a_space_inside_base64_is_refused),
        cmocka_unit_test_setup(unused_bits_in_base64_may_be_anything, clear),
        cmocka_unit_test(base64_without_padding_or_of_other_lengths_is_refused),
        cmocka_unit_test_setup(none_is_the_bytes_themselves, clear),
        cmocka_unit_test_setup(none_of_25_to_31_bytes_is_padded_with_zeros, clear),
        cmocka_unit_test_setup(none_of_more_than_32_bytes_is_cut, clear),
        cmocka_unit_test(none_of_less_than_25_bytes_is_refused),
        cmocka_unit_test_setup(none_takes_white_space_and_zero_bytes_as_they_are, clear),
        cmocka_unit_test(nothing_and_white_space_are_named_for_what_they_are),
        cmocka_unit_test(a_failure_says_which_transform_would_fit),
        cmocka_unit_test(a_mistyped_key_is_not_taken_for_none),
        cmocka_unit_test(what_resembles_hex_or_base64_is_near_it),
        cmocka_unit_test(a_failure_names_a_misplaced_file_instead_of_a_transform),
        cmocka_unit_test(no_failure_shows_the_text),
        cmocka_unit_test(fitting_and_reading_agree),
        cmocka_unit_test(trimming_takes_off_the_white_space_of_unicode),
        cmocka_unit_test(trimming_leaves_what_only_resembles_white_space),
        cmocka_unit_test(trimming_nothing_or_only_white_space_leaves_nothing),
        cmocka_unit_test(files_put_in_the_wrong_place_are_named),
        cmocka_unit_test(keys_are_not_misplaced),
        cmocka_unit_test(messages_are_told_from_keys),
        cmocka_unit_test(armored_openpgp_keys_are_recognised_at_the_start_of_any_line),
        cmocka_unit_test(other_armor_is_no_openpgp_key),
        cmocka_unit_test(binary_openpgp_keys_are_recognised_in_every_form_of_head),
        cmocka_unit_test(what_is_not_quite_an_openpgp_key_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
