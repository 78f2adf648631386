/* Key derivation and key wrap: the RFCs' answers, and the reference program's for Argon2. */
#include "crypto/kdf.h"

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

#define SALT "somesaltsomesalt"

static const struct bytes nothing;

static int begin(void **state)
{
    static struct error err;
    (void)state;
    return libgcrypt_begin(&err) ? 0 : -1;
}

/* RFC 5869 appendix A.1 */
static void hkdf_makes_the_known_key(void **state)
{
    (void)state;
    unsigned char out[42];
    assert_true(kdf_hkdf(DIGEST_SHA256, hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
                         hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), out, 42));
    assert_bytes(out, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                      "34007208d5b887185865");
}

/* RFC 5869 appendix A.3 */
static void hkdf_takes_no_salt_and_no_info(void **state)
{
    (void)state;
    struct bytes secret = hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    unsigned char out[42];
    assert_true(kdf_hkdf(DIGEST_SHA256, secret, nothing, nothing, out, 42));
    assert_bytes(out, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                      "9d201395faa4b61a96c8");
    assert_true(kdf_hkdf(DIGEST_SHA256, secret, text(""), text(""), out, 42));
    assert_bytes(out, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                      "9d201395faa4b61a96c8");
}

static void hkdf_differs_by_digest_and_info(void **state)
{
    (void)state;
    unsigned char one[32], other[32];
    assert_true(kdf_hkdf(DIGEST_SHA256, text("secret"), nothing, text("a"), one, 32));
    assert_true(kdf_hkdf(DIGEST_SHA512, text("secret"), nothing, text("a"), other, 32));
    assert_memory_not_equal(one, other, 32);
    assert_true(kdf_hkdf(DIGEST_SHA256, text("secret"), nothing, text("b"), other, 32));
    assert_memory_not_equal(one, other, 32);
}

static void argon2id_makes_the_known_key_with_any_lanes(void **state)
{
    (void)state;
    unsigned char out[32];
    assert_true(kdf_argon2id(text("password"), text(SALT), 2, 4, 64, out, 32));
    assert_bytes(out, "4111a92266f8015c4224e634fdc7352dad7e17abe362d2386331333226f8189e");
    assert_true(kdf_argon2id(text("password"), text(SALT), 3, 1, 64, out, 32));
    assert_bytes(out, "6164c739a04e17de34a80bee65c6a58f4b8a240cbf5652f4a79e35ae02b7c616");
    assert_true(kdf_argon2id(text("password"), text("somesaltsomesal"), 3, 1, 64, out, 16));
    assert_bytes(out, "7837cb15626bdf08e941dea7dbd5c17b");
}

static void argon2id_takes_an_empty_passphrase_with_one_lane(void **state)
{
    (void)state;
    unsigned char out[32];
    assert_true(kdf_argon2id(text(""), text(SALT), 3, 1, 64, out, 32));
    assert_bytes(out, "4e14e5c39cd135b1b2d68a0e1879eea9c7c101dc94c82d8edecefb259830535c");
}

static void argon2id_of_more_memory_than_it_may_have_fails(void **state)
{
    (void)state;
    unsigned char out[32];
    static const uint32_t sizes[] = {KDF_ARGON2ID_MEMORY_KIB_MAX + 1, UINT32_MAX - 3, UINT32_MAX};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        assert_false(kdf_argon2id(text("password"), text(SALT), 1, 4, sizes[i], out, 32));
        assert_false(kdf_argon2id(text("password"), text(SALT), 1, 1, sizes[i], out, 32));
    }
}

/* RFC 3394 sections 4.1 to 4.6 */
static const struct {
    size_t key_len, plain_len;
    const char *wrapped;
} wraps[] = {
    {16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
    {24, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"},
    {32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"},
    {24, 24, "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2"},
    {32, 24, "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1"},
    {32, 32, "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"},
};

#define WRAPPING_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define WRAPPED_KEY "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f"

static struct bytes wrapping_key(size_t len)
{
    return (struct bytes){hex(WRAPPING_KEY).at, len};
}

static void keys_wrap_to_the_known_bytes_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wraps); i++) {
        unsigned char wrapped[40], plain[32];
        struct bytes key = wrapping_key(wraps[i].key_len);
        struct bytes expected = {hex(WRAPPED_KEY).at, wraps[i].plain_len};
        assert_true(kdf_wrap(key, expected, wrapped));
        assert_bytes(wrapped, wraps[i].wrapped);
        assert_true(kdf_unwrap(key, hex(wraps[i].wrapped), plain));
        assert_memory_equal(plain, expected.at, expected.len);
    }
}

static void a_changed_bit_or_another_key_unwraps_nothing(void **state)
{
    (void)state;
    unsigned char wrapped[40], plain[32];
    struct bytes key = wrapping_key(32), other = wrapping_key(16);
    for (size_t at = 0; at < sizeof wrapped; at++) {
        memcpy(wrapped, hex(wraps[5].wrapped).at, sizeof wrapped);
        wrapped[at] ^= 1;
        assert_false(kdf_unwrap(key, (struct bytes){wrapped, sizeof wrapped}, plain));
    }
    assert_false(kdf_unwrap(other, hex(wraps[5].wrapped), plain));
}

static void impossible_lengths_neither_wrap_nor_unwrap(void **state)
{
    (void)state;
    unsigned char out[48];
    struct bytes key = wrapping_key(16), bytes = hex(WRAPPED_KEY WRAPPED_KEY);
    for (size_t len = 0; len <= 40; len++) {
        bytes.len = len;
        assert_int_equal(kdf_wrap(key, bytes, out), len >= 16 && len % 8 == 0);
        assert_false(kdf_unwrap(key, bytes, out));
    }
    bytes.len = 16;
    static const size_t key_lens[] = {0, 1, 15, 17, 31};
    for (size_t i = 0; i < COUNT(key_lens); i++) {
        assert_false(kdf_wrap(wrapping_key(key_lens[i]), bytes, out));
        assert_false(kdf_unwrap(wrapping_key(key_lens[i]), hex(wraps[0].wrapped), out));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hkdf_makes_the_known_key),
        cmocka_unit_test(hkdf_takes_no_salt_and_no_info),
        cmocka_unit_test(hkdf_differs_by_digest_and_info),
        cmocka_unit_test(argon2id_makes_the_known_key_with_any_lanes),
        cmocka_unit_test(argon2id_takes_an_empty_passphrase_with_one_lane),
        cmocka_unit_test(argon2id_of_more_memory_than_it_may_have_fails),
        cmocka_unit_test(keys_wrap_to_the_known_bytes_and_back),
        cmocka_unit_test(a_changed_bit_or_another_key_unwraps_nothing),
        cmocka_unit_test(impossible_lengths_neither_wrap_nor_unwrap),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
