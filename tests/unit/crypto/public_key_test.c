/* Public keys: what is told of every kind. */
#include "public_key_helper.h"

static void strength_is_told_in_bits(void **state)
{
    (void)state;
    static const unsigned curve_bits[] = {256, 384, 521, 256, 384, 512};
    struct public_numbers numbers = rsa();
    assert_int_equal(public_key_bits(&numbers), 1024);
    numbers.number[0] = hex("0000 01ff");
    assert_int_equal(public_key_bits(&numbers), 9);
    numbers.number[0] = hex("0000");
    assert_int_equal(public_key_bits(&numbers), 0);
    numbers = dsa256();
    assert_int_equal(public_key_bits(&numbers), 2048);
    for (size_t i = 0; i < COUNT(curve_vectors); i++) {
        numbers = on_curve(PUBLIC_KEY_ECDH, &curve_vectors[i]);
        assert_int_equal(public_key_bits(&numbers), curve_bits[i]);
    }
    numbers = native(PUBLIC_KEY_X25519, ED25519_SHORT_POINT);
    assert_int_equal(public_key_bits(&numbers), 255);
    numbers = native(PUBLIC_KEY_ED448, ED448_POINT);
    assert_int_equal(public_key_bits(&numbers), 448);
}

static void a_key_does_only_what_its_kind_can(void **state)
{
    (void)state;
    struct public_numbers sign = native(PUBLIC_KEY_ED25519, ED25519_SHORT_POINT);
    struct public_numbers agree = native(PUBLIC_KEY_X25519, ED25519_SHORT_POINT);
    struct secret_numbers secret = scalar(ED25519_SHORT_SEED);
    unsigned char out[RSA_LEN];
    unsigned char *const outs[2] = {out, out};
    assert_false(public_key_agree(&sign, &secret, hex(ED25519_SHORT_POINT), out));
    assert_false(public_key_agree_ephemeral(&sign, out, out));
    assert_false(public_key_encrypt_raw(&agree, hex(ED25519_SHORT_POINT), outs));
    assert_false(decrypts(&agree, &secret, "02", "02", out));
    assert_false(verifies(&agree, DIGEST_SHA256, ED448_SIGNATURE, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strength_is_told_in_bits),
        cmocka_unit_test(a_key_does_only_what_its_kind_can),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
