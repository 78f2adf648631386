/* The cursor that parsers take from: never behind the end, and as it was where there isn't enough. */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const unsigned char octets[] = {0x80, 0x01, 0xFE, 0xFF, 0x05, 0x06, 0x07};

static void taking_moves_the_cursor_on(void **state)
{
    (void)state;
    struct bytes from = {octets, sizeof octets};
    struct bytes taken;
    assert_true(bytes_take(&from, 3, &taken));
    assert_ptr_equal(taken.at, octets);
    assert_int_equal(taken.len, 3);
    assert_ptr_equal(from.at, octets + 3);
    assert_int_equal(from.len, sizeof octets - 3);
}

static void all_can_be_taken_and_then_no_more(void **state)
{
    (void)state;
    struct bytes from = {octets, sizeof octets};
    struct bytes taken;
    assert_true(bytes_take(&from, sizeof octets, &taken));
    assert_int_equal(from.len, 0);
    assert_true(bytes_take(&from, 0, &taken));
    assert_int_equal(taken.len, 0);
    assert_false(bytes_take(&from, 1, &taken));
}

static void what_is_not_there_is_not_taken(void **state)
{
    (void)state;
    struct bytes from = {octets, sizeof octets};
    struct bytes taken;
    assert_false(bytes_take(&from, sizeof octets + 1, &taken));
    assert_false(bytes_take(&from, SIZE_MAX, &taken));
    assert_ptr_equal(from.at, octets);
    assert_int_equal(from.len, sizeof octets);
}

static void nothing_can_be_taken_from_nothing(void **state)
{
    (void)state;
    struct bytes from = {NULL, 0};
    struct bytes taken;
    assert_true(bytes_take(&from, 0, &taken));
    assert_null(from.at);
    assert_int_equal(taken.len, 0);
    assert_false(bytes_take(&from, 1, &taken));
    assert_int_equal(bytes_take_rest(&from).len, 0);
}

static void integers_are_big_endian(void **state)
{
    (void)state;
    struct bytes from = {octets, sizeof octets};
    uint32_t four;
    uint16_t two;
    uint8_t one;
    assert_true(bytes_take_u32_be(&from, &four));
    assert_int_equal(four, 0x8001FEFF);
    assert_true(bytes_take_u16_be(&from, &two));
    assert_int_equal(two, 0x0506);
    assert_true(bytes_take_u8(&from, &one));
    assert_int_equal(one, 0x07);
    assert_int_equal(from.len, 0);
}

static void an_integer_that_is_cut_is_not_taken(void **state)
{
    (void)state;
    uint32_t four;
    uint16_t two;
    uint8_t one;
    struct bytes from = {octets, 3};
    assert_false(bytes_take_u32_be(&from, &four));
    assert_int_equal(from.len, 3);
    from = (struct bytes){octets, 1};
    assert_false(bytes_take_u16_be(&from, &two));
    assert_int_equal(from.len, 1);
    from = (struct bytes){octets, 0};
    assert_false(bytes_take_u8(&from, &one));
    assert_ptr_equal(from.at, octets);
}

static void the_rest_is_all_that_was_not_taken(void **state)
{
    (void)state;
    struct bytes from = {octets, sizeof octets};
    uint16_t two;
    assert_true(bytes_take_u16_be(&from, &two));
    struct bytes rest = bytes_take_rest(&from);
    assert_ptr_equal(rest.at, octets + 2);
    assert_int_equal(rest.len, sizeof octets - 2);
    assert_int_equal(from.len, 0);
}

static void bytes_are_equal_to_the_same_bytes_of_the_same_length(void **state)
{
    (void)state;
    struct bytes bytes = {octets, 3};
    assert_true(bytes_equal(bytes, "\x80\x01\xFE", 3));
    assert_false(bytes_equal(bytes, "\x80\x01\xFF", 3));
    assert_false(bytes_equal(bytes, "\x80\x01\xFE\xFF", 4));
    assert_false(bytes_equal(bytes, "\x80\x01", 2));
    assert_true(bytes_equal((struct bytes){NULL, 0}, NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taking_moves_the_cursor_on),
        cmocka_unit_test(all_can_be_taken_and_then_no_more),
        cmocka_unit_test(what_is_not_there_is_not_taken),
        cmocka_unit_test(nothing_can_be_taken_from_nothing),
        cmocka_unit_test(integers_are_big_endian),
        cmocka_unit_test(an_integer_that_is_cut_is_not_taken),
        cmocka_unit_test(the_rest_is_all_that_was_not_taken),
        cmocka_unit_test(bytes_are_equal_to_the_same_bytes_of_the_same_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
