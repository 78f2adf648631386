/* New keys, judged by the rest of public_key.h, and signing, by known answers. */
#include "public_key_helper.h"

static void an_rsa_key_is_whole(void **state)
{
    (void)state;
    struct public_key_pair *pair = public_key_generate(PUBLIC_KEY_RSA, 2048);
    assert_non_null(pair);
    assert_int_equal(public_key_bits(&pair->numbers), 2048);
    struct bytes exponent = hex("010001");
    assert_true(bytes_equal(pair->numbers.number[1], exponent.at, exponent.len));
    assert_true(public_key_fits(&pair->numbers, &pair->secret));
    /* as GnuPG keeps them: p < q */
    struct bytes p = pair->secret.number[1], q = pair->secret.number[2];
    assert_int_equal(p.len, q.len);
    assert_true(memcmp(p.at, q.at, p.len) < 0);
    secret_free(pair);
}

static void an_rsa_key_longer_than_its_room_is_refused(void **state)
{
    (void)state;
    assert_null(public_key_generate(PUBLIC_KEY_RSA, 4104));
}

static void no_two_keys_are_alike(void **state)
{
    (void)state;
    static const enum public_key_kind kinds[] = {PUBLIC_KEY_ED25519, PUBLIC_KEY_X25519};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct public_key_pair *one = public_key_generate(kinds[i], 0);
        struct public_key_pair *other = public_key_generate(kinds[i], 0);
        assert_non_null(one);
        assert_non_null(other);
        assert_true(public_key_fits(&one->numbers, &one->secret));
        assert_false(public_key_fits(&one->numbers, &other->secret));
        secret_free(one);
        secret_free(other);
    }
}

/* RFC 7748 section 5 */
static void an_x25519_secret_is_clamped_and_agrees(void **state)
{
    (void)state;
    unsigned char point[32], shared[32], again[32];
    struct public_key_pair *pair = public_key_generate(PUBLIC_KEY_X25519, 0);
    assert_non_null(pair);
    const unsigned char *secret = pair->secret.number[0].at;
    assert_int_equal(secret[0] & 0x07, 0);
    assert_int_equal(secret[31] & 0xC0, 0x40);
    assert_true(public_key_agree_ephemeral(&pair->numbers, point, shared));
    assert_true(public_key_agree(&pair->numbers, &pair->secret, (struct bytes){point, 32}, again));
    assert_memory_equal(shared, again, sizeof shared);
    secret_free(pair);
}

static void keys_of_other_kinds_are_not_made(void **state)
{
    (void)state;
    assert_null(public_key_generate(PUBLIC_KEY_X448, 0));
    assert_null(public_key_generate(PUBLIC_KEY_ED448, 0));
}

static bool sign_text(const struct public_numbers *numbers, const struct secret_numbers *secret,
                      enum digest_kind digest, const char *signed_text, struct bytes *signature)
{
    static unsigned char made[PUBLIC_KEY_NUMBER_LEN_MAX];
    unsigned char hash[DIGEST_LEN_MAX];
    signature->at = made;
    return digest_of(digest, signed_text, strlen(signed_text), hash) &&
           public_key_sign(numbers, secret, digest, hash, made, &signature->len);
}

static void rsa_signs_as_its_vectors_say(void **state)
{
    (void)state;
    struct public_numbers numbers = rsa();
    struct secret_numbers secret = rsa_secret();
    struct bytes signature;
    assert_true(sign_text(&numbers, &secret, DIGEST_SHA256, TEXT, &signature));
    assert_int_equal(signature.len, RSA_LEN);
    assert_bytes(signature.at, RSA_SIGNATURE_SHA256);
    assert_true(sign_text(&numbers, &secret, DIGEST_SHA512, TEXT, &signature));
    assert_bytes(signature.at, RSA_SIGNATURE_SHA512);
}

/* RFC 8032 section 7.1, TEST SHA(abc) */
static void ed25519_signs_as_its_vector_says(void **state)
{
    (void)state;
    struct public_numbers numbers = native(
        PUBLIC_KEY_ED25519, "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
    struct secret_numbers secret =
        scalar("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42");
    struct bytes signature;
    assert_true(sign_text(&numbers, &secret, DIGEST_SHA512, "abc", &signature));
    assert_int_equal(signature.len, 64);
    assert_bytes(signature.at, "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                               "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704");
}

/* As a fault of the machine would make one: here the secret isn't the public key's. */
static void a_signature_that_does_not_verify_is_not_given_out(void **state)
{
    (void)state;
    struct public_numbers numbers = native(
        PUBLIC_KEY_ED25519, "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
    struct secret_numbers secret = scalar(ED25519_SHORT_SEED);
    struct bytes signature;
    assert_false(sign_text(&numbers, &secret, DIGEST_SHA512, "abc", &signature));
}

static void keys_that_do_not_sign_refuse(void **state)
{
    (void)state;
    struct public_numbers numbers = elgamal();
    struct secret_numbers secret = elgamal_secret();
    struct bytes signature;
    assert_false(sign_text(&numbers, &secret, DIGEST_SHA256, TEXT, &signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_rsa_key_is_whole),
        cmocka_unit_test(an_rsa_key_longer_than_its_room_is_refused),
        cmocka_unit_test(no_two_keys_are_alike),
        cmocka_unit_test(an_x25519_secret_is_clamped_and_agrees),
        cmocka_unit_test(keys_of_other_kinds_are_not_made),
        cmocka_unit_test(rsa_signs_as_its_vectors_say),
        cmocka_unit_test(ed25519_signs_as_its_vector_says),
        cmocka_unit_test(a_signature_that_does_not_verify_is_not_given_out),
        cmocka_unit_test(keys_that_do_not_sign_refuse),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
