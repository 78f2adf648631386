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
    assert_true(MESSAGE("\xCA\x03PGP", true));
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

#define CLAIM(text)                                                                                \
    openpgp_claim((struct bytes){(const unsigned char *)(text), sizeof(text) - 1}, false)

static void each_packet_that_may_come_first_is_likely_by_what_its_body_begins_with(void **state)
{
    (void)state;
    static const struct {
        const char *octets; /* 32 of them, the string's end among them */
        enum format_claim claim;
    } cases[] = {
        {"\xC1\x7F\x03"
         "ABCDEFGH\x12...................",
         FORMAT_LIKELY},
        {"\xC1\x7F\x03"
         "ABCDEFGH\x40...................",
         FORMAT_NO},
        {"\xC1\x7F\x06\x15\x04....................\x19......", FORMAT_LIKELY},
        {"\xC1\x7F\x06\x14\x04....................\x19......", FORMAT_NO},
        {"\xC1\x7F\x06\x00\x19..........................", FORMAT_LIKELY},
        {"\xC3\x7F\x04\x09\x03..........................", FORMAT_LIKELY},
        {"\xC3\x7F\x04\x09\x04..........................", FORMAT_LIKELY},
        {"\xC3\x7F\x04\x09\x05..........................", FORMAT_NO},
        {"\xC3\x7F\x04\x05\x03..........................", FORMAT_NO},
        {"\xC3\x7F\x04\x09\x09..........................", FORMAT_NO},
        {"\xC3\x7F\x05\x09\x02..........................", FORMAT_LIKELY},
        {"\xC3\x7F\x06\x1e\x09\x02.........................", FORMAT_LIKELY},
        {"\xC3\x7F\x06\x1e\x09\x07.........................", FORMAT_NO},
        {"\xD2\x7F\x01............................", FORMAT_NO},
        {"\xD2\x7F\x02\x09\x02\x0c.........................", FORMAT_LIKELY},
        {"\xD2\x7F\x02\x09\x02\x7c.........................", FORMAT_NO},
        {"\xD4\x7F\x01\x09\x02\x10.........................", FORMAT_LIKELY},
        {"\xD4\x7F\x02\x09\x02\x10.........................", FORMAT_NO},
        {"\xA3\x01.............................", FORMAT_LIKELY},
        {"\xA0\x7F\x01............................", FORMAT_NO},
        {"\xC8\xEF\x02\x78\x9C..........................", FORMAT_LIKELY},
        {"\xC8\xEF\x02\x78\x9D..........................", FORMAT_NO},
        {"\xC8\x7F\x03"
         "BZh.........................",
         FORMAT_LIKELY},
        {"\xCB\x7F"
         "b\x04name\x60.......................",
         FORMAT_LIKELY},
        {"\xCB\x7F"
         "b\x00\x10..........................",
         FORMAT_NO},
        {"\xCB\x7F"
         "b\x04na\x01"
         "e\x60.......................",
         FORMAT_NO},
        {"\xC2\x7F\x04\x10\x16..........................", FORMAT_LIKELY},
        {"\xC2\x7F\x04\x10\x0C..........................", FORMAT_NO},
        {"\xC2\x7F\x03\x05\x10............\x01.............", FORMAT_LIKELY},
        {"\xC4\x7F\x03\x00\x08\x01.........................", FORMAT_LIKELY},
        {"\xC4\x7F\x03\x00\x08\x05.........................", FORMAT_NO},
        {"\x99\x01\x0D\x04....\x01.......................", FORMAT_LIKELY},
        {"\x99\x01\x0D\x04....\x05.......................", FORMAT_NO},
        {"\x99\x01\x0D\x07....\x01.......................", FORMAT_NO},
        {"\x95\x01\x0D\x03......\x01.....................", FORMAT_LIKELY},
        {"\xCA\x03PGP..........................", FORMAT_LIKELY},
        {"\xCA\x03QGP..........................", FORMAT_NO},
        {"\xC0..............................", FORMAT_NO},
        {"a text that is none, nor is armor", FORMAT_NO},
        {"-----BEGIN PGP MESSAGE-----\n\nhQE", FORMAT_SURE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes octets = {(const unsigned char *)cases[i].octets, 31};
        if (openpgp_claim(octets, false) != cases[i].claim)
            print_error("case %zu\n", i);
        assert_int_equal(openpgp_claim(octets, false), cases[i].claim);
    }
}

static void a_signature_is_likely_by_its_type(void **state)
{
    (void)state;
    const char known[] = "\x00\x01\x02\x10\x11\x12\x13\x18\x19\x1f\x20\x28\x30\x40\x50";
    for (int type = 0; type <= 255; type++) {
        unsigned char octets[32] = "\xC2\x7F\x04_\x16";
        octets[3] = (unsigned char)type;
        bool is_known = memchr(known, type, sizeof known - 1) != NULL;
        assert_int_equal(openpgp_claim((struct bytes){octets, sizeof octets}, false),
                         is_known ? FORMAT_LIKELY : FORMAT_NO);
    }
}

static void a_few_octets_prove_too_little(void **state)
{
    (void)state;
    assert_int_equal(CLAIM("\xC1\x7F\x03"
                           "ABCDEFGH\x12..."),
                     FORMAT_PERHAPS);
    assert_int_equal(CLAIM(""), FORMAT_NO);
}

static void a_container_that_ends_where_the_input_does_is_perhaps_one(void **state)
{
    (void)state;
    static const unsigned char container[] = "\xD2\x1D\x01............................";
    struct bytes octets = {container, sizeof container - 1};
    assert_int_equal(openpgp_claim(octets, true), FORMAT_PERHAPS);
    assert_int_equal(openpgp_claim(octets, false), FORMAT_NO);
}

/* The random header of a sodium stream that no key opens must not be told to be OpenPGP. */
static void random_octets_are_hardly_ever_taken_for_a_message(void **state)
{
    (void)state;
    enum { COUNT = 4000000, TAKEN_MAX = COUNT / 10000 };
    uint64_t random[8] = {1};
    uint64_t seed = 88172645463325252;
    size_t taken = 0;
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < sizeof random / sizeof *random; j++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            random[j] = seed;
        }
        taken += openpgp_claim((struct bytes){(const unsigned char *)random, sizeof random},
                               false) != FORMAT_NO;
    }
    print_message("# taken for it: %zu of %d\n", taken, COUNT);
    assert_in_range(taken, 0, TAKEN_MAX);
}

/* A packet that is skipped, keys of which nobody knows the first, and a container behind them. */
static void a_container_behind_kilobytes_of_keys_is_looked_for(void **state)
{
    (void)state;
    enum { KEYS = 4, KEY_LEN = 3 + 526 };
    static const char *const first[] = {"\xD5\x01x", STRANGE_PKESK};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        unsigned char message[3 + 11 + KEYS * KEY_LEN + 4 + 0x50] = {0};
        struct error err = {.kind = ERROR_NONE};
        enum format_claim claim = FORMAT_NO;
        size_t len = strlen(first[i]) < 4 ? 3 : sizeof STRANGE_PKESK - 1;
        memcpy(message, first[i], len);
        for (size_t key = 0; key < KEYS; key++, len += KEY_LEN)
            memcpy(message + len, "\xC1\xC1\x4E\x09", 4);
        memcpy(message + len, SEIPD, sizeof SEIPD - 1);
        struct bytes all = {message, len + sizeof SEIPD - 1 + 0x50};
        struct source *source = source_new_memory("message", all, &err);
        assert_true(openpgp_claims(NULL, source, &claim, &err));
        assert_int_equal(claim, FORMAT_PERHAPS);
        source_free(source);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_that_lead_to_a_container_are_a_message),
        cmocka_unit_test(a_container_alone_has_to_end_where_the_input_does),
        cmocka_unit_test(a_message_that_is_cut_behind_its_keys_is_one),
        cmocka_unit_test(many_keys_are_one_even_if_the_container_is_out_of_sight),
        cmocka_unit_test(armor_is_a_message_and_other_text_is_none),
        cmocka_unit_test(each_packet_that_may_come_first_is_likely_by_what_its_body_begins_with),
        cmocka_unit_test(a_signature_is_likely_by_its_type),
        cmocka_unit_test(a_container_that_ends_where_the_input_does_is_perhaps_one),
        cmocka_unit_test(a_few_octets_prove_too_little),
        cmocka_unit_test(random_octets_are_hardly_ever_taken_for_a_message),
        cmocka_unit_test(a_container_behind_kilobytes_of_keys_is_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
