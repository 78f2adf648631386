/* Armor and the octets behind it, written: by known answers, and read back. */
#include "formats/openpgp/armor_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

static unsigned char room[8192];
static struct writer out;

static int begin(void **state)
{
    (void)state;
    memset(room, 0xEE, sizeof room);
    out = (struct writer){.at = room, .room = sizeof room};
    return 0;
}

static void assert_written(const void *expected, size_t len)
{
    assert_false(out.is_full);
    assert_int_equal(out.len, len);
    assert_memory_equal(room, expected, len);
}

/* The check value of CRC-24/OPENPGP: of "123456789" it is 21CF02. */
static void a_block_is_that_of_the_rfc(void **state)
{
    (void)state;
    static const char expected[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
                                   "\n"
                                   "MTIzNDU2Nzg5\n"
                                   "=Ic8C\n"
                                   "-----END PGP PUBLIC KEY BLOCK-----\n";
    armor_write(&out, ARMOR_PUBLIC_KEY, (struct bytes){(const unsigned char *)"123456789", 9});
    assert_written(expected, sizeof expected - 1);
}

/* By printf ... | gpg --enarmor, but for its comment and its kind. */
static void lines_have_64_characters_and_the_last_one_its_padding(void **state)
{
    (void)state;
    unsigned char octets[49];
    static const char expected[] =
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"
        "\n"
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\n"
        "MA==\n"
        "=e65P\n"
        "-----END PGP PRIVATE KEY BLOCK-----\n";
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (unsigned char)i;
    armor_write(&out, ARMOR_PRIVATE_KEY, (struct bytes){octets, sizeof octets});
    assert_written(expected, sizeof expected - 1);
}

static void every_length_reads_back(void **state)
{
    (void)state;
    unsigned char octets[200], again[sizeof room];
    for (size_t len = 0; len < sizeof octets; len++) {
        struct error err = {.kind = ERROR_NONE};
        struct armor armor;
        size_t again_len;
        octets[len] = (unsigned char)(0xA5 * len);
        out.len = 0;
        armor_write(&out, ARMOR_PRIVATE_KEY, (struct bytes){octets, len});
        struct bytes text = writer_since(&out, 0);
        assert_true(armor_begin(&armor, &text, &err));
        assert_int_equal(armor.kind, ARMOR_PRIVATE_KEY);
        assert_true(armor_decode(&armor, &text, again, &again_len, &err));
        assert_true(armor_end(&armor, &err));
        assert_int_equal(again_len, len);
        assert_memory_equal(again, octets, len);
    }
}

static void numbers_are_big_endian(void **state)
{
    (void)state;
    static const unsigned char expected[] = {1, 2, 3, 4, 5, 6, 7};
    writer_add_u8(&out, 1);
    writer_add_u16(&out, 0x0203);
    writer_add_u32(&out, 0x04050607);
    assert_written(expected, sizeof expected);
}

static void an_mpi_has_its_bits_and_no_leading_zeros(void **state)
{
    (void)state;
    static const unsigned char number[] = {0, 0, 1, 2}, zero[] = {0};
    static const unsigned char expected[] = {0, 9, 1, 2, 0, 0};
    writer_add_mpi(&out, (struct bytes){number, sizeof number});
    writer_add_mpi(&out, (struct bytes){zero, sizeof zero});
    assert_written(expected, sizeof expected);
}

static void a_packet_has_its_header(void **state)
{
    (void)state;
    static const unsigned char expected[] = {0xCD, 2, 'h', 'i'};
    writer_add_packet(&out, 13, (struct bytes){(const unsigned char *)"hi", 2});
    assert_written(expected, sizeof expected);
}

static void what_does_not_fit_is_left_out_and_told(void **state)
{
    (void)state;
    static const unsigned char expected[] = {'a', 'b', 'c', 0xEE};
    out.room = 3;
    writer_add(&out, "abc", 3);
    assert_false(out.is_full);
    writer_add_mpi(&out, (struct bytes){(const unsigned char *)"d", 1});
    assert_true(out.is_full);
    assert_int_equal(out.len, 3);
    assert_memory_equal(room, expected, sizeof expected);
}

/* What would fit behind it would make sense of nonsense. */
static void behind_what_did_not_fit_nothing_does(void **state)
{
    (void)state;
    out.room = 3;
    writer_add(&out, "abcd", 4);
    writer_add(&out, "e", 1);
    assert_true(out.is_full);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, begin)
        TEST(a_block_is_that_of_the_rfc),
        TEST(lines_have_64_characters_and_the_last_one_its_padding),
        TEST(every_length_reads_back),
        TEST(numbers_are_big_endian),
        TEST(an_mpi_has_its_bits_and_no_leading_zeros),
        TEST(a_packet_has_its_header),
        TEST(what_does_not_fit_is_left_out_and_told),
        TEST(behind_what_did_not_fit_nothing_does),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
