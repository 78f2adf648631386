/* What keys and messages say of themselves, in words. */
#include "formats/openpgp/describe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char *told(struct s2k s2k)
{
    static char text[DESCRIBE_SIZE];
    describe_s2k(&s2k, text);
    return text;
}

static void hashes_have_the_names_of_their_numbers(void **state)
{
    (void)state;
    static const struct {
        uint8_t number;
        const char *name;
    } hashes[] = {
        {1, "MD5"},      {2, "SHA-1"},    {3, "RIPEMD-160"}, {8, "SHA-256"},   {9, "SHA-384"},
        {10, "SHA-512"}, {11, "SHA-224"}, {12, "SHA3-256"},  {14, "SHA3-512"}, {0, "hash 0"},
        {13, "hash 13"}, {15, "hash 15"}, {255, "hash 255"},
    };
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        char expected[DESCRIBE_SIZE];
        snprintf(expected, sizeof expected, "simple S2K, %s", hashes[i].name);
        assert_string_equal(told((struct s2k){S2K_SIMPLE, .hash = hashes[i].number}), expected);
    }
}

static void each_kind_of_s2k_is_told_with_its_cost(void **state)
{
    (void)state;
    assert_string_equal(told((struct s2k){S2K_SALTED, .hash = 8}), "salted S2K, SHA-256");
    assert_string_equal(told((struct s2k){S2K_ITERATED, .hash = 10, .count = 65011712}),
                        "iterated S2K, SHA-512, 65011712 octets");
    assert_string_equal(
        told((struct s2k){S2K_ARGON2, .passes = 3, .lanes = 4, .memory_exponent = 16}),
        "Argon2, 3 passes, 4 lanes, 2^16 KiB");
    assert_string_equal(told((struct s2k){.kind = S2K_GNU_DUMMY}), "a stub");
    assert_string_equal(told((struct s2k){.kind = S2K_GNU_CARD}), "a stub of a smart card");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_have_the_names_of_their_numbers),
        cmocka_unit_test(each_kind_of_s2k_is_told_with_its_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
