/* The NIST and Brainpool curves: known answers, and what must be refused. */
#include "public_key_helper.h"

static void ecdsa_signatures_verify_on_every_curve(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curve_vectors); i++) {
        const struct curve_vector *vector = &curve_vectors[i];
        struct public_numbers numbers = on_curve(PUBLIC_KEY_ECDSA, vector);
        assert_true(verifies(&numbers, DIGEST_SHA512, vector->hash_r, vector->hash_s));
        assert_false(verifies(&numbers, DIGEST_SHA512, vector->hash_s, vector->hash_r));
        assert_false(verifies(&numbers, DIGEST_SHA384, vector->hash_r, vector->hash_s));
        assert_false(verifies(&numbers, DIGEST_SHA512, vector->hash_r, ""));
        assert_false(verifies(&numbers, DIGEST_SHA512, "00", vector->hash_s));
    }
}

static void points_agree_on_every_curve_in_full_width(void **state)
{
    (void)state;
    static const size_t lens[] = {32, 48, 66, 32, 48, 64};
    for (size_t i = 0; i < COUNT(curve_vectors); i++) {
        const struct curve_vector *vector = &curve_vectors[i];
        struct public_numbers numbers = on_curve(PUBLIC_KEY_ECDH, vector);
        struct secret_numbers secret = scalar(vector->scalar);
        unsigned char shared[PUBLIC_KEY_SHARED_LEN_MAX];
        assert_int_equal(public_key_shared_len(&numbers), lens[i]);
        assert_int_equal(public_key_point_len(&numbers), 1 + 2 * lens[i]);
        assert_true(public_key_fits(&numbers, &secret));
        assert_true(public_key_agree(&numbers, &secret, hex(vector->their_point), shared));
        assert_int_equal(shared[0], 0);
        assert_bytes(shared, vector->shared);
    }
}

static void a_point_off_the_curve_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curve_vectors); i++) {
        const struct curve_vector *vector = &curve_vectors[i];
        struct public_numbers numbers = on_curve(PUBLIC_KEY_ECDH, vector);
        struct secret_numbers secret = scalar(vector->scalar);
        unsigned char point[PUBLIC_KEY_POINT_LEN_MAX], shared[PUBLIC_KEY_SHARED_LEN_MAX];
        size_t len = public_key_point_len(&numbers);
        memcpy(point, hex(vector->their_point).at, len);
        point[len - 1] ^= 1;
        assert_false(public_key_agree(&numbers, &secret, (struct bytes){point, len}, shared));
        memset(point + 1, 0, len - 1);
        assert_false(public_key_agree(&numbers, &secret, (struct bytes){point, len}, shared));
        memset(point + 1, 0xff, len - 1);
        assert_false(public_key_agree(&numbers, &secret, (struct bytes){point, len}, shared));
        numbers.number[0] = (struct bytes){point, len};
        assert_false(public_key_fits(&numbers, &secret));
        assert_false(public_key_agree_ephemeral(&numbers, point, shared));
    }
}

static void a_point_of_another_form_is_refused(void **state)
{
    (void)state;
    const struct curve_vector *vector = &curve_vectors[0];
    struct public_numbers numbers = on_curve(PUBLIC_KEY_ECDH, vector);
    struct secret_numbers secret = scalar(vector->scalar);
    unsigned char point[PUBLIC_KEY_POINT_LEN_MAX], shared[PUBLIC_KEY_SHARED_LEN_MAX];
    size_t len = public_key_point_len(&numbers);
    memcpy(point, hex(vector->their_point).at, len);
    for (size_t cut = 0; cut < len; cut++)
        assert_false(public_key_agree(&numbers, &secret, (struct bytes){point, cut}, shared));
    for (unsigned char form = 0; form < 16; form++) {
        point[0] = form;
        bool taken = public_key_agree(&numbers, &secret, (struct bytes){point, len}, shared);
        assert_int_equal(taken, form == 4);
        if (form != 4)
            assert_false(public_key_agree(&numbers, &secret, (struct bytes){point, 33}, shared));
    }
    assert_false(public_key_agree(&numbers, &secret, hex("00"), shared)); /* infinity */
    point[0] = 4;
    assert_false(public_key_agree(&numbers, &secret, (struct bytes){point, len + 1}, shared));
}

static void a_scalar_that_does_not_make_the_point_does_not_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curve_vectors); i++) {
        const struct curve_vector *vector = &curve_vectors[i];
        struct public_numbers numbers = on_curve(PUBLIC_KEY_ECDH, vector);
        struct secret_numbers secret = scalar(vector->hash_r);
        assert_false(public_key_fits(&numbers, &secret));
        secret = scalar("");
        assert_false(public_key_fits(&numbers, &secret));
        secret = scalar(vector->scalar_large);
        assert_false(public_key_fits(&numbers, &secret));
        numbers.number[0] = hex(vector->their_point);
        secret = scalar(vector->scalar);
        assert_false(public_key_fits(&numbers, &secret));
    }
}

static void an_ephemeral_key_agrees_with_the_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curve_vectors); i++) {
        const struct curve_vector *vector = &curve_vectors[i];
        struct public_numbers numbers = on_curve(PUBLIC_KEY_ECDH, vector);
        struct secret_numbers secret = scalar(vector->scalar);
        unsigned char point[2][PUBLIC_KEY_POINT_LEN_MAX];
        unsigned char ours[PUBLIC_KEY_SHARED_LEN_MAX], theirs[PUBLIC_KEY_SHARED_LEN_MAX];
        size_t len = public_key_point_len(&numbers);
        assert_true(public_key_agree_ephemeral(&numbers, point[0], ours));
        assert_true(public_key_agree_ephemeral(&numbers, point[1], ours));
        assert_memory_not_equal(point[0], point[1], len);
        assert_true(public_key_agree(&numbers, &secret, (struct bytes){point[1], len}, theirs));
        assert_memory_equal(ours, theirs, public_key_shared_len(&numbers));
    }
}

static void a_shared_secret_of_zero_is_refused(void **state)
{
    (void)state;
    struct public_numbers numbers = {PUBLIC_KEY_ECDH, CURVE_P256, {hex(P256_GENERATOR)}};
    struct secret_numbers secret = scalar("01");
    unsigned char shared[32];
    assert_true(public_key_agree(&numbers, &secret, hex(P256_GENERATOR), shared));
    assert_false(public_key_agree(&numbers, &secret, hex(P256_X_IS_ZERO), shared));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdsa_signatures_verify_on_every_curve),
        cmocka_unit_test(points_agree_on_every_curve_in_full_width),
        cmocka_unit_test(a_point_off_the_curve_is_refused),
        cmocka_unit_test(a_point_of_another_form_is_refused),
        cmocka_unit_test(a_scalar_that_does_not_make_the_point_does_not_fit),
        cmocka_unit_test(an_ephemeral_key_agrees_with_the_secret),
        cmocka_unit_test(a_shared_secret_of_zero_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
