/* Public keys: known answers of every algorithm, and what must be refused. */
#include "crypto/public_key.h"

#include "base/secret.h"
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
#include "public_key_vectors.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define TEXT "what is signed"

enum { RSA_LEN = 128 };

static struct error err;

static int begin(void **state)
{
    (void)state;
    return secret_begin(&err) && libgcrypt_begin(&err) ? 0 : -1;
}

static struct public_numbers rsa(void)
{
    return (struct public_numbers){.kind = PUBLIC_KEY_RSA, .number = {hex(RSA_N), hex(RSA_E)}};
}

static struct secret_numbers rsa_secret(void)
{
    return (struct secret_numbers){{hex(RSA_D), hex(RSA_P), hex(RSA_Q), hex(RSA_U)}};
}

static struct public_numbers elgamal(void)
{
    return (struct public_numbers){.kind = PUBLIC_KEY_ELGAMAL,
                                   .number = {hex(ELGAMAL_P), hex(ELGAMAL_G), hex(ELGAMAL_Y)}};
}

static struct secret_numbers elgamal_secret(void)
{
    return (struct secret_numbers){{hex(ELGAMAL_X)}};
}

static struct public_numbers dsa160(void)
{
    return (struct public_numbers){
        .kind = PUBLIC_KEY_DSA,
        .number = {hex(DSA160_P), hex(DSA160_Q), hex(DSA160_G), hex(DSA160_Y)}};
}

static struct public_numbers dsa256(void)
{
    return (struct public_numbers){
        .kind = PUBLIC_KEY_DSA,
        .number = {hex(DSA256_P), hex(DSA256_Q), hex(DSA256_G), hex(DSA256_Y)}};
}

static struct public_numbers on_curve(enum public_key_kind kind, const struct curve_vector *vector)
{
    return (struct public_numbers){kind, vector->curve, {hex(vector->point)}};
}

static struct public_numbers native(enum public_key_kind kind, const char *point)
{
    return (struct public_numbers){.kind = kind, .number = {hex(point)}};
}

static struct secret_numbers scalar(const char *digits)
{
    return (struct secret_numbers){{hex(digits)}};
}

static bool verifies_text(const struct public_numbers *numbers, enum digest_kind digest,
                          const char *signed_text, struct bytes r, struct bytes s)
{
    unsigned char hash[DIGEST_LEN_MAX];
    const struct bytes signature[2] = {r, s};
    assert_true(digest_of(digest, signed_text, strlen(signed_text), hash));
    return public_key_verify(numbers, digest, hash, signature);
}

static bool verifies(const struct public_numbers *numbers, enum digest_kind digest, const char *r,
                     const char *s)
{
    return verifies_text(numbers, digest, TEXT, hex(r), hex(s));
}

static bool decrypts(const struct public_numbers *numbers, const struct secret_numbers *secret,
                     const char *first, const char *second, unsigned char *out)
{
    const struct bytes cipher[2] = {hex(first), hex(second)};
    return public_key_decrypt_raw(numbers, secret, cipher, out, RSA_LEN);
}

/* RSA */

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

/* DSA and ElGamal */

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

/* Curves */

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

/* Curve25519 and Curve448 */

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

/* All */

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
    numbers = native(PUBLIC_KEY_X25519, X25519_POINT);
    assert_int_equal(public_key_bits(&numbers), 255);
    numbers = native(PUBLIC_KEY_ED448, ED448_POINT);
    assert_int_equal(public_key_bits(&numbers), 448);
}

static void a_key_does_only_what_its_kind_can(void **state)
{
    (void)state;
    struct public_numbers sign = native(PUBLIC_KEY_ED25519, ED25519_SHORT_POINT);
    struct public_numbers agree = native(PUBLIC_KEY_X25519, X25519_POINT);
    struct secret_numbers secret = scalar(X25519_SECRET);
    unsigned char out[RSA_LEN];
    unsigned char *const outs[2] = {out, out};
    assert_false(public_key_agree(&sign, &secret, hex(X25519_THEIRS), out));
    assert_false(public_key_agree_ephemeral(&sign, out, out));
    assert_false(public_key_encrypt_raw(&agree, hex(X25519_POINT), outs));
    assert_false(decrypts(&agree, &secret, "02", "02", out));
    assert_false(verifies(&agree, DIGEST_SHA256, ED448_SIGNATURE, ""));
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
        cmocka_unit_test(dsa_signatures_verify_with_hashes_of_any_length),
        cmocka_unit_test(dsa_signatures_that_are_malformed_do_not_verify),
        cmocka_unit_test(every_dsa_number_must_fit),
        cmocka_unit_test(a_group_in_which_the_secret_could_be_guessed_does_not_fit),
        cmocka_unit_test(elgamal_decrypts_to_the_full_length),
        cmocka_unit_test(elgamal_numbers_out_of_range_are_not_decrypted),
        cmocka_unit_test(elgamal_encrypts_differently_each_time),
        cmocka_unit_test(every_elgamal_number_must_fit),
        cmocka_unit_test(absurd_moduli_are_refused),
        cmocka_unit_test(ecdsa_signatures_verify_on_every_curve),
        cmocka_unit_test(points_agree_on_every_curve_in_full_width),
        cmocka_unit_test(a_point_off_the_curve_is_refused),
        cmocka_unit_test(a_point_of_another_form_is_refused),
        cmocka_unit_test(a_scalar_that_does_not_make_the_point_does_not_fit),
        cmocka_unit_test(an_ephemeral_key_agrees_with_the_secret),
        cmocka_unit_test(a_shared_secret_of_zero_is_refused),
        cmocka_unit_test(x25519_and_x448_agree),
        cmocka_unit_test(points_that_share_zero_are_refused),
        cmocka_unit_test(native_points_of_another_length_are_refused),
        cmocka_unit_test(ed25519_signatures_verify),
        cmocka_unit_test(ed448_signatures_verify),
        cmocka_unit_test(a_seed_may_lack_leading_zeros),
        cmocka_unit_test(strength_is_told_in_bits),
        cmocka_unit_test(a_key_does_only_what_its_kind_can),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
