/* DSA and ElGamal: known answers, and what must be refused. */
#include "public_key_helper.h"

static void dsa_signatures_verify_with_hashes_of_any_length(void **state)
{
    (void)state;
    struct public_numbers small = dsa160(), large = dsa256();
    assert_true(verifies(&small, DIGEST_SHA1, DSA160_R_SHA1, DSA160_S_SHA1));
    assert_true(verifies(&small, DIGEST_SHA512, DSA160_R_SHA512, DSA160_S_SHA512));
    assert_true(verifies(&large, DIGEST_SHA1, DSA256_R_SHA1, DSA256_S_SHA1));
    assert_true(verifies(&large, DIGEST_SHA512, DSA256_R_SHA512, DSA256_S_SHA512));
    assert_false(verifies(&small, DIGEST_SHA1, DSA160_S_SHA1, DSA160_R_SHA1));
    assert_false(verifies(&large, DIGEST_SHA1, DSA160_R_SHA1, DSA160_S_SHA1));
}

static void dsa_signatures_that_are_malformed_do_not_verify(void **state)
{
    (void)state;
    struct public_numbers numbers = dsa160();
    assert_false(verifies(&numbers, DIGEST_SHA1, "", ""));
    assert_false(verifies(&numbers, DIGEST_SHA1, "00", DSA160_S_SHA1));
    assert_false(verifies(&numbers, DIGEST_SHA1, DSA160_R_SHA1, "00"));
    assert_false(verifies(&numbers, DIGEST_SHA1, DSA160_Q, DSA160_S_SHA1));
    assert_false(verifies(&numbers, DIGEST_SHA1, DSA160_P, DSA160_P));
    /* with such a generator or y, these sign */
    numbers.number[2] = hex("01");
    assert_false(verifies(&numbers, DIGEST_SHA1, DSA160_Y_MOD_Q, DSA160_Y_MOD_Q));
    numbers.number[2] = hex(DSA160_G);
    numbers.number[3] = hex("01");
    assert_false(verifies(&numbers, DIGEST_SHA1, DSA160_G_MOD_Q, DSA160_HASH));
}

static void every_dsa_number_must_fit(void **state)
{
    (void)state;
    struct public_numbers numbers = dsa160();
    struct secret_numbers secret = scalar(DSA160_X);
    assert_true(public_key_fits(&numbers, &secret));
    secret = scalar("02");
    assert_false(public_key_fits(&numbers, &secret));
    secret = scalar("");
    assert_false(public_key_fits(&numbers, &secret));
    secret = scalar(DSA160_X_LARGE);
    assert_false(public_key_fits(&numbers, &secret));
    secret = scalar(DSA160_X);
    numbers.number[3] = hex(DSA160_G);
    assert_false(public_key_fits(&numbers, &secret));
    numbers = dsa160();
    numbers.number[1] = hex(DSA256_Q);
    assert_false(public_key_fits(&numbers, &secret));
}

static void a_group_in_which_the_secret_could_be_guessed_does_not_fit(void **state)
{
    (void)state;
    struct public_numbers numbers = dsa160();
    struct secret_numbers secret = scalar(DSA160_X);
    numbers.number[2] = numbers.number[3] = hex("01");
    assert_false(public_key_fits(&numbers, &secret));
    numbers = dsa160();
    numbers.number[1] = hex(DSA160_SMALL_Q);
    numbers.number[2] = hex(DSA160_SMALL_G);
    numbers.number[3] = hex(DSA160_SMALL_Y);
    secret = scalar("03");
    assert_false(public_key_fits(&numbers, &secret));
    numbers = elgamal();
    secret = elgamal_secret();
    numbers.number[1] = numbers.number[2] = hex("01");
    assert_false(public_key_fits(&numbers, &secret));
    /* p - 1, whose powers are itself and 1 */
    numbers.number[1] = numbers.number[2] = hex(ELGAMAL_P);
    ((unsigned char *)(uintptr_t)numbers.number[1].at)[RSA_LEN - 1] ^= 1;
    secret = scalar("03");
    assert_false(public_key_fits(&numbers, &secret));
}

static void elgamal_decrypts_to_the_full_length(void **state)
{
    (void)state;
    struct public_numbers numbers = elgamal();
    struct secret_numbers secret = elgamal_secret();
    unsigned char out[RSA_LEN];
    assert_true(decrypts(&numbers, &secret, ELGAMAL_A, ELGAMAL_B, out));
    assert_bytes(out, ELGAMAL_PLAIN);
    assert_true(decrypts(&numbers, &secret, "0000" ELGAMAL_A, "00" ELGAMAL_B, out));
    assert_bytes(out, ELGAMAL_PLAIN);
}

static void elgamal_numbers_out_of_range_are_not_decrypted(void **state)
{
    (void)state;
    struct public_numbers numbers = elgamal();
    struct secret_numbers secret = elgamal_secret();
    unsigned char out[RSA_LEN];
    assert_false(decrypts(&numbers, &secret, ELGAMAL_P, ELGAMAL_B, out));
    assert_false(decrypts(&numbers, &secret, ELGAMAL_A, ELGAMAL_P, out));
    assert_false(decrypts(&numbers, &secret, "00", ELGAMAL_B, out));
    assert_false(decrypts(&numbers, &secret, ELGAMAL_A, "", out));
    const struct bytes cipher[2] = {hex(ELGAMAL_A), hex(ELGAMAL_B)};
    assert_false(public_key_decrypt_raw(&numbers, &secret, cipher, out, RSA_LEN - 1));
}

static void elgamal_encrypts_differently_each_time(void **state)
{
    (void)state;
    struct public_numbers numbers = elgamal();
    struct secret_numbers secret = elgamal_secret();
    unsigned char a[2][RSA_LEN], b[2][RSA_LEN], out[RSA_LEN];
    for (size_t i = 0; i < 2; i++) {
        unsigned char *const outs[2] = {a[i], b[i]};
        const struct bytes cipher[2] = {{a[i], RSA_LEN}, {b[i], RSA_LEN}};
        assert_true(public_key_encrypt_raw(&numbers, hex(ELGAMAL_PLAIN), outs));
        assert_true(public_key_decrypt_raw(&numbers, &secret, cipher, out, RSA_LEN));
        assert_bytes(out, ELGAMAL_PLAIN);
    }
    assert_memory_not_equal(a[0], a[1], RSA_LEN);
    assert_memory_not_equal(b[0], b[1], RSA_LEN);
    unsigned char *const outs[2] = {a[0], b[0]};
    assert_false(public_key_encrypt_raw(&numbers, hex(ELGAMAL_P), outs));
    assert_false(public_key_encrypt_raw(&numbers, hex("02"), outs));
    assert_false(public_key_encrypt_raw(&numbers, hex("00" ELGAMAL_PLAIN), outs));
}

static void every_elgamal_number_must_fit(void **state)
{
    (void)state;
    struct public_numbers numbers = elgamal();
    struct secret_numbers secret = elgamal_secret();
    assert_true(public_key_fits(&numbers, &secret));
    for (size_t i = 0; i < 3; i++) {
        numbers = elgamal();
        ((unsigned char *)(uintptr_t)numbers.number[i].at)[numbers.number[i].len - 1] ^= 2;
        assert_false(public_key_fits(&numbers, &secret));
    }
    numbers = elgamal();
    secret = scalar("05");
    assert_false(public_key_fits(&numbers, &secret));
}

static void elgamal_in_a_small_group_is_not_safe(void **state)
{
    (void)state;
    struct public_numbers whole = elgamal();
    struct public_numbers other = dsa160();
    assert_true(public_key_is_safe(&whole));
    assert_true(public_key_is_safe(&other));
    for (size_t i = 0; i < COUNT(small_groups); i++) {
        const struct small_group *group = &small_groups[i];
        struct public_numbers numbers = {.kind = PUBLIC_KEY_ELGAMAL,
                                         .number = {hex(group->p), hex(group->g), hex(group->y)}};
        assert_false(public_key_is_safe(&numbers));
    }
}

static void absurd_moduli_are_refused(void **state)
{
    (void)state;
    static const char *const moduli[] = {"", "00", "01", "05", "ffff"};
    unsigned char out[RSA_LEN];
    unsigned char *const outs[2] = {out, out};
    for (size_t i = 0; i < COUNT(moduli); i++) {
        struct public_numbers numbers = elgamal();
        struct secret_numbers secret = elgamal_secret();
        numbers.number[0] = hex(moduli[i]);
        assert_false(public_key_encrypt_raw(&numbers, hex(moduli[i]), outs));
        assert_false(decrypts(&numbers, &secret, "02", "02", out));
        assert_false(public_key_fits(&numbers, &secret));
    }
    struct public_numbers even = elgamal();
    struct secret_numbers secret = elgamal_secret();
    ((unsigned char *)(uintptr_t)even.number[0].at)[RSA_LEN - 1] ^= 1;
    assert_false(decrypts(&even, &secret, ELGAMAL_A, ELGAMAL_B, out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dsa_signatures_verify_with_hashes_of_any_length),
        cmocka_unit_test(dsa_signatures_that_are_malformed_do_not_verify),
        cmocka_unit_test(every_dsa_number_must_fit),
        cmocka_unit_test(a_group_in_which_the_secret_could_be_guessed_does_not_fit),
        cmocka_unit_test(elgamal_decrypts_to_the_full_length),
        cmocka_unit_test(elgamal_numbers_out_of_range_are_not_decrypted),
        cmocka_unit_test(elgamal_encrypts_differently_each_time),
        cmocka_unit_test(every_elgamal_number_must_fit),
        cmocka_unit_test(elgamal_in_a_small_group_is_not_safe),
        cmocka_unit_test(absurd_moduli_are_refused),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
