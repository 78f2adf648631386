#include "formats/openpgp/recognise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail

/* A PKESK version 3 for RSA, of 12 octets behind its header. */
#define PKESK                                                                                      \
    "\xC1\x0C\x03"                                                                                 \
    "ABCDEFGH\x01\x00\x00"
/* The same of a version that nobody knows. */
#define STRANGE_PKESK                                                                              \
    "\xC1\x0C\x09"                                                                                 \
    "ABCDEFGH\x63\x00\x00"
#define SEIPD "\xD2\xC0\x50\x01"
#define MESSAGE(text, whole)                                                                       \
    openpgp_is_message((struct bytes){(const unsigned char *)(text), sizeof(text) - 1}, whole)

static void packets_that_lead_to_a_container_are_a_message(void **state)
{
    (void)state;
    assert_true(MESSAGE(PKESK SEIPD, false));
    assert_true(MESSAGE(STRANGE_PKESK SEIPD, false));
    assert_true(MESSAGE("\xCA\x03PGP" PKESK SEIPD, false));
    assert_true(MESSAGE(PKESK "\xD2\xC0\x50\x09", false));
    assert_false(MESSAGE(STRANGE_PKESK "\xD2\xC0\x50\x09", false));
    assert_false(MESSAGE("\xCA\x03QGP" SEIPD, false));
}

static void a_container_alone_has_to_end_where_the_input_does(void **state)
{
    (void)state;
    assert_true(MESSAGE("\xD2\x05\x01"
                        "abcd",
                        true));
    assert_false(MESSAGE("\xD2\x05\x01"
                         "abcd",
                         false));
    assert_false(MESSAGE("\xD2\x05\x01"
                         "abc",
                         true));
}

static void a_message_that_is_cut_behind_its_keys_is_one(void **state)
{
    (void)state;
    assert_true(MESSAGE(PKESK, true));
    assert_true(MESSAGE(PKESK "\xD2", true));
    assert_false(MESSAGE(PKESK, false));
    assert_false(MESSAGE("\xC1\x0C\x03"
                         "ABCDEFGH\x01",
                         true));
    assert_false(MESSAGE(PKESK "abcdefgh", true));
}

static void many_keys_are_one_even_if_the_container_is_out_of_sight(void **state)
{
    (void)state;
    assert_true(MESSAGE(PKESK PKESK PKESK "\xC1", false));
    assert_true(MESSAGE(PKESK PKESK PKESK, false));
    assert_false(MESSAGE(PKESK PKESK, false));
}

static void armor_is_a_message_and_other_text_is_none(void **state)
{
    (void)state;
    assert_true(MESSAGE("-----BEGIN PGP MESSAGE-----\n\n", false));
    assert_false(MESSAGE("a text", true));
    assert_false(MESSAGE("", true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_that_lead_to_a_container_are_a_message),
        cmocka_unit_test(a_container_alone_has_to_end_where_the_input_does),
        cmocka_unit_test(a_message_that_is_cut_behind_its_keys_is_one),
        cmocka_unit_test(many_keys_are_one_even_if_the_container_is_out_of_sight),
        cmocka_unit_test(armor_is_a_message_and_other_text_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
