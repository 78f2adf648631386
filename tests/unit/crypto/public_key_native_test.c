/* Curve25519 and Curve448: known answers, and what must be refused. */
#include "public_key_helper.h"

#define X25519_SECRET "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
#define X25519_POINT "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
#define X25519_THEIRS "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
#define X25519_SHARED "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
#define X448_SECRET                                                                                \
    "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127" \
    "ab1d9ac2d8c0a598726b"
#define X448_POINT                                                                                 \
    "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da8812" \
    "0d53177f80e532c41fa0"
#define X448_THEIRS                                                                                \
    "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec" \
    "3dae07bdc1c67bf33609"
#define X448_SHARED                                                                                \
    "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085" \
    "d59a449a5037514a879d"

/* RFC 7748 section 6 */
static void x25519_and_x448_agree(void **state)
{
    (void)state;
    static const struct {
        enum public_key_kind kind;
        size_t len;
        const char *secret, *point, *theirs, *shared;
    } cases[] = {
        {PUBLIC_KEY_X25519, 32, X25519_SECRET, X25519_POINT, X25519_THEIRS, X25519_SHARED},
        {PUBLIC_KEY_X448, 56, X448_SECRET, X448_POINT, X448_THEIRS, X448_SHARED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct public_numbers numbers = native(cases[i].kind, cases[i].point);
        struct secret_numbers secret = scalar(cases[i].secret);
        unsigned char point[56], shared[56], again[56];
        assert_int_equal(public_key_point_len(&numbers), cases[i].len);
        assert_int_equal(public_key_shared_len(&numbers), cases[i].len);
        assert_true(public_key_fits(&numbers, &secret));
        assert_true(public_key_agree(&numbers, &secret, hex(cases[i].theirs), shared));
        assert_bytes(shared, cases[i].shared);
        assert_true(public_key_agree_ephemeral(&numbers, point, shared));
        assert_true(
            public_key_agree(&numbers, &secret, (struct bytes){point, cases[i].len}, again));
        assert_memory_equal(shared, again, cases[i].len);
        numbers = native(cases[i].kind, cases[i].theirs);
        assert_false(public_key_fits(&numbers, &secret));
    }
}

static void points_that_share_zero_are_refused(void **state)
{
    (void)state;
    static const char *const small[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    static const unsigned char zeros[56];
    struct public_numbers numbers = native(PUBLIC_KEY_X25519, X25519_POINT);
    struct secret_numbers secret = scalar(X25519_SECRET);
    unsigned char point[56], shared[56];
    for (size_t i = 0; i < COUNT(small); i++) {
        assert_false(public_key_agree(&numbers, &secret, hex(small[i]), shared));
        struct public_numbers hostile = native(PUBLIC_KEY_X25519, small[i]);
        assert_false(public_key_agree_ephemeral(&hostile, point, shared));
    }
    numbers = native(PUBLIC_KEY_X448, X448_POINT);
    secret = scalar(X448_SECRET);
    assert_false(public_key_agree(&numbers, &secret, (struct bytes){zeros, 56}, shared));
}

static void native_points_of_another_length_are_refused(void **state)
{
    (void)state;
    struct public_numbers numbers = native(PUBLIC_KEY_X25519, X25519_POINT);
    struct secret_numbers secret = scalar(X25519_SECRET);
    unsigned char shared[56];
    assert_false(public_key_agree(&numbers, &secret, hex(""), shared));
    assert_false(public_key_agree(&numbers, &secret, hex("40" X25519_THEIRS), shared));
    assert_false(public_key_agree(&numbers, &secret, hex(X448_THEIRS), shared));
    numbers.number[0] = hex("40" X25519_POINT);
    assert_false(public_key_fits(&numbers, &secret));
    numbers.number[0] = hex(X25519_POINT);
    secret = scalar("01" X25519_SECRET);
    assert_false(public_key_fits(&numbers, &secret));
}

#define ED25519_SEED "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"

/* RFC 8032 section 7.1, TEST SHA(abc): its message is a hash */
static void ed25519_signatures_verify(void **state)
{
    (void)state;
    struct public_numbers numbers = native(
        PUBLIC_KEY_ED25519, "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
    static const char signature[] =
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704";
    struct secret_numbers secret = scalar(ED25519_SEED);
    assert_true(public_key_fits(&numbers, &secret));
    assert_true(verifies_text(&numbers, DIGEST_SHA512, "abc", hex(signature), hex("")));
    assert_false(verifies_text(&numbers, DIGEST_SHA512, "abd", hex(signature), hex("")));
    struct bytes cut = hex(signature);
    cut.len--;
    assert_false(verifies_text(&numbers, DIGEST_SHA512, "abc", cut, hex("")));
    assert_false(verifies_text(&numbers, DIGEST_SHA512, "abc", hex(""), hex("")));
}

static void ed448_signatures_verify(void **state)
{
    (void)state;
    struct public_numbers numbers = native(PUBLIC_KEY_ED448, ED448_POINT);
    struct secret_numbers secret = scalar(ED448_SEED);
    assert_true(public_key_fits(&numbers, &secret));
    assert_true(verifies(&numbers, DIGEST_SHA256, ED448_SIGNATURE, ""));
    assert_false(verifies(&numbers, DIGEST_SHA3_256, ED448_SIGNATURE, ""));
    assert_false(verifies(&numbers, DIGEST_SHA256, ED448_SIGNATURE "00", ""));
}

static void a_seed_may_lack_leading_zeros(void **state)
{
    (void)state;
    struct public_numbers numbers = native(PUBLIC_KEY_ED25519, ED25519_SHORT_POINT);
    struct secret_numbers secret = scalar(ED25519_SHORT_SEED);
    assert_int_equal(secret.number[0].len, 30);
    assert_true(public_key_fits(&numbers, &secret));
    secret = scalar(ED25519_SEED);
    assert_false(public_key_fits(&numbers, &secret));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x25519_and_x448_agree),
        cmocka_unit_test(points_that_share_zero_are_refused),
        cmocka_unit_test(native_points_of_another_length_are_refused),
        cmocka_unit_test(ed25519_signatures_verify),
        cmocka_unit_test(ed448_signatures_verify),
        cmocka_unit_test(a_seed_may_lack_leading_zeros),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
