/* Multiprecision integers: what is taken as it is, and what a hostile one can't do. */
#include "formats/openpgp/mpi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define TEXT(octets) ((struct bytes){(const unsigned char *)(octets), sizeof(octets) - 1})

static void assert_octets(struct bytes octets, struct bytes expected)
{
    assert_int_equal(octets.len, expected.len);
    if (expected.len > 0)
        assert_memory_equal(octets.at, expected.at, expected.len);
}

static void the_examples_of_the_standard_are_taken(void **state)
{
    (void)state;
    /* RFC 9580 section 3.2.1: 1, and 511. */
    struct bytes from = TEXT("\x00\x01\x01\x00\x09\x01\xFF rest");
    struct bytes octets;
    assert_true(mpi_take(&from, &octets));
    assert_octets(octets, TEXT("\x01"));
    assert_true(mpi_take(&from, &octets));
    assert_octets(octets, TEXT("\x01\xFF"));
    assert_octets(from, TEXT(" rest"));
}

static void zero_has_no_octets(void **state)
{
    (void)state;
    struct bytes from = TEXT("\x00\x00x");
    struct bytes octets;
    assert_true(mpi_take(&from, &octets));
    assert_int_equal(octets.len, 0);
    assert_int_equal(from.len, 1);
}

static void a_bit_count_that_the_octets_do_not_match_is_taken(void **state)
{
    (void)state;
    struct bytes from = TEXT("\x00\x10\x00\x01");
    struct bytes octets;
    assert_true(mpi_take(&from, &octets));
    assert_octets(octets, TEXT("\x00\x01"));
    from = TEXT("\x00\x09\xFF\x01");
    assert_true(mpi_take(&from, &octets));
    assert_octets(octets, TEXT("\xFF\x01"));
}

static void what_is_cut_short_is_not_taken_and_stays(void **state)
{
    (void)state;
    const struct bytes whole = TEXT("\x00\x11\x01\x02\x03");
    for (size_t len = 0; len < whole.len; len++) {
        struct bytes from = {whole.at, len};
        struct bytes octets;
        assert_false(mpi_take(&from, &octets));
        assert_ptr_equal(from.at, whole.at);
        assert_int_equal(from.len, len);
    }
}

static void the_largest_is_of_16384_bits(void **state)
{
    (void)state;
    static unsigned char largest[2 + MPI_BITS_MAX / 8 + 1] = {0x40, 0x00};
    struct bytes from = {largest, sizeof largest};
    struct bytes octets;
    assert_true(mpi_take(&from, &octets));
    assert_int_equal(octets.len, MPI_BITS_MAX / 8);
    largest[1] = 1;
    from = (struct bytes){largest, sizeof largest};
    assert_false(mpi_take(&from, &octets));
    assert_int_equal(from.len, sizeof largest);
}

static void trimming_takes_leading_zeros_alone(void **state)
{
    (void)state;
    assert_octets(mpi_trim(TEXT("\x00\x00\x01\x00")), TEXT("\x01\x00"));
    assert_octets(mpi_trim(TEXT("\x80")), TEXT("\x80"));
    assert_int_equal(mpi_trim(TEXT("\x00\x00")).len, 0);
    assert_int_equal(mpi_trim((struct bytes){NULL, 0}).len, 0);
}

static void padding_puts_zeros_before(void **state)
{
    (void)state;
    unsigned char out[4];
    memset(out, 0xEE, sizeof out);
    assert_true(mpi_pad(TEXT("\x01\x02"), out, sizeof out));
    assert_memory_equal(out, "\x00\x00\x01\x02", 4);
    assert_true(mpi_pad(TEXT("\x00\x00\x01\x02\x03\x04"), out, sizeof out));
    assert_memory_equal(out, "\x01\x02\x03\x04", 4);
    assert_true(mpi_pad((struct bytes){NULL, 0}, out, sizeof out));
    assert_memory_equal(out, "\x00\x00\x00\x00", 4);
}

static void padding_in_place_keeps_the_number(void **state)
{
    (void)state;
    unsigned char out[4] = {1, 2, 3, 0xEE};
    assert_true(mpi_pad((struct bytes){out, 3}, out, sizeof out));
    assert_memory_equal(out, "\x00\x01\x02\x03", 4);
}

static void a_number_that_is_too_long_is_not_padded(void **state)
{
    (void)state;
    unsigned char out[4] = {9, 9, 9, 9};
    assert_false(mpi_pad(TEXT("\x01\x02\x03\x04\x05"), out, sizeof out));
    assert_memory_equal(out, "\x09\x09\x09\x09", 4);
}

static void writing_counts_the_bits_of_the_trimmed_number(void **state)
{
    (void)state;
    unsigned char out[8];
    assert_int_equal(mpi_write(out, TEXT("\x00\x01\xFF")), 4);
    assert_memory_equal(out, "\x00\x09\x01\xFF", 4);
    assert_int_equal(mpi_write(out, TEXT("\xFF")), 3);
    assert_memory_equal(out, "\x00\x08\xFF", 3);
    assert_int_equal(mpi_write(out, TEXT("\x40\x00")), 4);
    assert_memory_equal(out, "\x00\x0F\x40\x00", 4);
    assert_int_equal(mpi_write(out, TEXT("\x00\x00")), 2);
    assert_memory_equal(out, "\x00\x00", 2);
}

static void what_is_written_is_taken_again(void **state)
{
    (void)state;
    static unsigned char number[MPI_BITS_MAX / 8];
    static unsigned char out[2 + sizeof number];
    memset(number, 0xA5, sizeof number);
    for (size_t len = 0; len <= sizeof number; len = len * 2 + 1) {
        size_t written = mpi_write(out, (struct bytes){number, len});
        struct bytes from = {out, written};
        struct bytes octets;
        assert_true(mpi_take(&from, &octets));
        assert_octets(octets, (struct bytes){number, len});
        assert_int_equal(from.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_are_taken),
        cmocka_unit_test(zero_has_no_octets),
        cmocka_unit_test(a_bit_count_that_the_octets_do_not_match_is_taken),
        cmocka_unit_test(what_is_cut_short_is_not_taken_and_stays),
        cmocka_unit_test(the_largest_is_of_16384_bits),
        cmocka_unit_test(trimming_takes_leading_zeros_alone),
        cmocka_unit_test(padding_puts_zeros_before),
        cmocka_unit_test(padding_in_place_keeps_the_number),
        cmocka_unit_test(a_number_that_is_too_long_is_not_padded),
        cmocka_unit_test(writing_counts_the_bits_of_the_trimmed_number),
        cmocka_unit_test(what_is_written_is_taken_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
