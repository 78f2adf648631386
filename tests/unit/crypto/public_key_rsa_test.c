/* RSA: known answers, and what must be refused. */
#include "public_key_helper.h"

static void rsa_signatures_of_every_digest_verify(void **state)
{
    (void)state;
    static const char *const signatures[DIGEST_COUNT] = {
        [DIGEST_MD5] = RSA_SIGNATURE_MD5,
        [DIGEST_SHA1] = RSA_SIGNATURE_SHA1,
        [DIGEST_RIPEMD160] = RSA_SIGNATURE_RIPEMD160,
        [DIGEST_SHA224] = RSA_SIGNATURE_SHA224,
        [DIGEST_SHA256] = RSA_SIGNATURE_SHA256,
        [DIGEST_SHA384] = RSA_SIGNATURE_SHA384,
        [DIGEST_SHA512] = RSA_SIGNATURE_SHA512,
        [DIGEST_SHA3_256] = RSA_SIGNATURE_SHA3_256,
        [DIGEST_SHA3_512] = RSA_SIGNATURE_SHA3_512,
    };
    struct public_numbers numbers = rsa();
    for (int digest = 0; digest < DIGEST_COUNT; digest++) {
        enum digest_kind kind = (enum digest_kind)digest;
        assert_true(verifies(&numbers, kind, signatures[digest], ""));
        assert_false(verifies_text(&numbers, kind, "another", hex(signatures[digest]), hex("")));
    }
    assert_false(verifies(&numbers, DIGEST_SHA3_256, RSA_SIGNATURE_SHA256, ""));
}

static void an_rsa_signature_may_lack_leading_zeros_and_have_more(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    struct bytes signature = hex(RSA_SHORT_SIGNATURE);
    assert_true(signature.len < RSA_LEN);
    assert_true(verifies_text(&numbers, DIGEST_SHA256, RSA_SHORT_TEXT, signature, hex("")));
    assert_true(
        verifies_text(&numbers, DIGEST_SHA256, TEXT, hex("000000" RSA_SIGNATURE_SHA256), hex("")));
    numbers.number[0] = hex("0000" RSA_N);
    assert_true(verifies(&numbers, DIGEST_SHA256, RSA_SIGNATURE_SHA256, ""));
}

static void rsa_signatures_that_are_malformed_do_not_verify(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    assert_false(verifies(&numbers, DIGEST_SHA256, "", ""));
    assert_false(verifies(&numbers, DIGEST_SHA256, "01", ""));
    assert_false(verifies(&numbers, DIGEST_SHA256, RSA_N, ""));
    assert_false(verifies(&numbers, DIGEST_SHA256, RSA_SIGNATURE_SHA256 "00", ""));
    /* bytes behind a hash that stands too far to the left: what makes forging easy where e is 3 */
    assert_false(verifies(&numbers, DIGEST_SHA256, RSA_SIGNATURE_LOOSE, ""));
}

static void rsa_decrypts_to_the_full_length(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    struct secret_numbers secret = rsa_secret();
    unsigned char out[RSA_LEN];
    assert_true(decrypts(&numbers, &secret, RSA_CIPHER, "", out));
    assert_bytes(out, RSA_PLAIN);
    assert_true(decrypts(&numbers, &secret, RSA_SHORT_CIPHER, "", out));
    assert_bytes(out, RSA_SHORT_PLAIN);
    secret.number[0] = hex(RSA_D_LCM);
    assert_true(decrypts(&numbers, &secret, RSA_CIPHER, "", out));
    assert_bytes(out, RSA_PLAIN);
}

static void rsa_decrypts_whichever_prime_is_the_larger(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    struct secret_numbers swapped = {{hex(RSA_D), hex(RSA_Q), hex(RSA_P), hex(RSA_U_SWAPPED)}};
    unsigned char out[RSA_LEN];
    assert_true(public_key_fits(&numbers, &swapped));
    assert_true(decrypts(&numbers, &swapped, RSA_CIPHER, "", out));
    assert_bytes(out, RSA_PLAIN);
}

static void rsa_numbers_out_of_range_are_not_decrypted(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    struct secret_numbers secret = rsa_secret();
    unsigned char out[RSA_LEN + 1];
    const struct bytes cipher[2] = {hex(RSA_CIPHER)};
    assert_false(decrypts(&numbers, &secret, RSA_N, "", out));
    assert_false(decrypts(&numbers, &secret, "01" RSA_CIPHER, "", out));
    assert_false(public_key_decrypt_raw(&numbers, &secret, cipher, out, RSA_LEN - 1));
    assert_false(public_key_decrypt_raw(&numbers, &secret, cipher, out, RSA_LEN + 1));
}

static void rsa_encrypts(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    unsigned char cipher[RSA_LEN];
    unsigned char *const out[2] = {cipher};
    assert_true(public_key_encrypt_raw(&numbers, hex(RSA_PLAIN), out));
    assert_bytes(cipher, RSA_CIPHER);
    assert_false(public_key_encrypt_raw(&numbers, hex(RSA_N), out));
    assert_false(public_key_encrypt_raw(&numbers, hex("01"), out));
}

static void every_rsa_number_must_fit(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    struct secret_numbers secret = rsa_secret();
    assert_true(public_key_fits(&numbers, &secret));
    secret.number[0] = hex(RSA_D_LCM);
    assert_true(public_key_fits(&numbers, &secret));
    for (size_t i = 0; i < 4; i++) {
        secret = rsa_secret();
        ((unsigned char *)(uintptr_t)secret.number[i].at)[secret.number[i].len - 1] ^= 2;
        assert_false(public_key_fits(&numbers, &secret));
        secret.number[i] = hex("");
        assert_false(public_key_fits(&numbers, &secret));
        secret.number[i] = hex("01");
        assert_false(public_key_fits(&numbers, &secret));
    }
    secret = (struct secret_numbers){{hex(RSA_D), hex("01"), hex(RSA_N), hex("01")}};
    assert_false(public_key_fits(&numbers, &secret));
    /* each of these fails one equation alone */
    secret = (struct secret_numbers){{hex(RSA_D_WRONG_FOR_P), hex(RSA_P), hex(RSA_Q), hex(RSA_U)}};
    assert_false(public_key_fits(&numbers, &secret));
    secret.number[0] = hex(RSA_D_WRONG_FOR_Q);
    assert_false(public_key_fits(&numbers, &secret));
    secret = rsa_secret();
    secret.number[3] = hex(RSA_U_LARGE);
    assert_false(public_key_fits(&numbers, &secret));
    secret = rsa_secret();
    ((unsigned char *)(uintptr_t)numbers.number[0].at)[RSA_LEN - 1] ^= 2;
    assert_false(public_key_fits(&numbers, &secret));
    numbers = rsa();
    numbers.number[1] = hex("010003");
    assert_false(public_key_fits(&numbers, &secret));
}

static void an_rsa_exponent_that_would_cost_minutes_is_refused(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    struct secret_numbers secret = rsa_secret();
    unsigned char out[RSA_LEN];
    unsigned char *const outs[2] = {out};
    secret.number[0] = hex(RSA_D_LONG);
    numbers.number[1] = hex(RSA_E_LONG);
    assert_false(public_key_fits(&numbers, &secret));
    assert_false(decrypts(&numbers, &secret, RSA_CIPHER, "", out));
    assert_false(public_key_encrypt_raw(&numbers, hex(RSA_PLAIN), outs));
    numbers.number[1] = hex(RSA_N);
    assert_false(verifies(&numbers, DIGEST_SHA256, RSA_SIGNATURE_SHA256, ""));
}

static void absurd_rsa_keys_are_refused(void **state)
{
    (void)state;
    static const char *const exponents[] = {"", "00", "01", "02", "010000"};
    static unsigned char longest[PUBLIC_KEY_NUMBER_LEN_MAX + 1];
    unsigned char out[PUBLIC_KEY_NUMBER_LEN_MAX + 1];
    unsigned char *const outs[2] = {out};
    struct public_numbers numbers = rsa();
    for (size_t i = 0; i < COUNT(exponents); i++) {
        numbers.number[1] = hex(exponents[i]);
        assert_false(public_key_encrypt_raw(&numbers, hex(RSA_PLAIN), outs));
    }
    numbers = rsa();
    memset(longest, 0xff, sizeof longest);
    numbers.number[1] = hex("03");
    for (size_t len = 1; len < 65; len++) {
        unsigned char padded[64] = {0};
        numbers.number[0] = (struct bytes){longest, len};
        bool taken = public_key_encrypt_raw(&numbers, (struct bytes){padded, len}, outs);
        assert_int_equal(taken, len == 64);
    }
    numbers = rsa();
    numbers.number[0] = hex("");
    assert_false(public_key_encrypt_raw(&numbers, hex(""), outs));
    assert_false(verifies(&numbers, DIGEST_SHA256, "", ""));
    numbers.number[0] = (struct bytes){longest, sizeof longest};
    assert_false(verifies(&numbers, DIGEST_SHA256, RSA_SIGNATURE_SHA256, ""));
    assert_false(public_key_encrypt_raw(&numbers, numbers.number[0], outs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_signatures_of_every_digest_verify),
        cmocka_unit_test(an_rsa_signature_may_lack_leading_zeros_and_have_more),
        cmocka_unit_test(rsa_signatures_that_are_malformed_do_not_verify),
        cmocka_unit_test(rsa_decrypts_to_the_full_length),
        cmocka_unit_test(rsa_decrypts_whichever_prime_is_the_larger),
        cmocka_unit_test(rsa_numbers_out_of_range_are_not_decrypted),
        cmocka_unit_test(rsa_encrypts),
        cmocka_unit_test(every_rsa_number_must_fit),
        cmocka_unit_test(an_rsa_exponent_that_would_cost_minutes_is_refused),
        cmocka_unit_test(absurd_rsa_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
