/* Digests: known answers, in one piece and in many. */
#include "crypto/digest.h"

#include "crypto/libgcrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#undef fail

#include "hex.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    enum digest_kind kind;
    const char *of_abc;
} cases[] = {
    {DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72"},
    {DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {DIGEST_RIPEMD160, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
    {DIGEST_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {DIGEST_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                    "8086072ba1e7cc2358baeca134c825a7"},
    {DIGEST_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {DIGEST_SHA3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
    {DIGEST_SHA3_512, "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
                      "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"},
};

static int begin(void **state)
{
    static struct error err;
    (void)state;
    return libgcrypt_begin(&err) ? 0 : -1;
}

static void the_cases_are_all_digests_there_are(void **state)
{
    (void)state;
    assert_int_equal(COUNT(cases), DIGEST_COUNT);
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(cases[i].kind, i);
}

static void each_makes_its_known_result(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char result[DIGEST_LEN_MAX];
        assert_int_equal(digest_len(cases[i].kind), strlen(cases[i].of_abc) / 2);
        assert_true(digest_of(cases[i].kind, "abc", 3, result));
        assert_bytes(result, cases[i].of_abc);
    }
}

static void nothing_has_a_result_too(void **state)
{
    (void)state;
    unsigned char result[DIGEST_LEN_MAX];
    assert_true(digest_of(DIGEST_SHA1, NULL, 0, result));
    assert_bytes(result, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_true(digest_of(DIGEST_SHA1, "", 0, result));
    assert_bytes(result, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

static void pieces_are_hashed_as_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char result[DIGEST_LEN_MAX];
        struct digest *digest = digest_new(cases[i].kind);
        assert_non_null(digest);
        assert_true(digest_add(digest, "", 0));
        assert_true(digest_add(digest, "a", 1));
        assert_true(digest_add(digest, "bc", 2));
        assert_true(digest_take(digest, result));
        assert_bytes(result, cases[i].of_abc);
        digest_free(digest);
    }
}

static void a_digest_is_as_new_once_it_was_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char result[DIGEST_LEN_MAX];
        struct digest *digest = digest_new(cases[i].kind);
        assert_non_null(digest);
        assert_true(digest_add(digest, "before", 6));
        assert_true(digest_take(digest, result));
        assert_true(digest_add(digest, "abc", 3));
        assert_true(digest_take(digest, result));
        assert_bytes(result, cases[i].of_abc);
        digest_free(digest);
    }
}

static void two_of_a_kind_do_not_meet(void **state)
{
    (void)state;
    unsigned char result[DIGEST_LEN_MAX];
    struct digest *one = digest_new(DIGEST_SHA1), *other = digest_new(DIGEST_SHA1);
    assert_non_null(one);
    assert_non_null(other);
    assert_true(digest_add(one, "ab", 2));
    assert_true(digest_add(other, "not", 3));
    assert_true(digest_add(one, "c", 1));
    assert_true(digest_take(one, result));
    assert_bytes(result, cases[DIGEST_SHA1].of_abc);
    digest_free(one);
    digest_free(other);
    digest_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cases_are_all_digests_there_are),
        cmocka_unit_test(each_makes_its_known_result),
        cmocka_unit_test(nothing_has_a_result_too),
        cmocka_unit_test(pieces_are_hashed_as_one),
        cmocka_unit_test(a_digest_is_as_new_once_it_was_taken),
        cmocka_unit_test(two_of_a_kind_do_not_meet),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
