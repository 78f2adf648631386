/* Session keys under passphrases: what peers write, wrong passphrases, and what is refused. */
#define _POSIX_C_SOURCE 200809L
#include "formats/openpgp/skesk.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#undef fail

#include "secret_vectors.h"

static struct error err;
static struct session_key *session;

static int begin(void **state)
{
    (void)state;
    if (!secret_begin(&err) || !libgcrypt_begin(&err))
        return -1;
    session = secret_new(sizeof *session);
    return session != NULL ? 0 : -1;
}

static int end(void **state)
{
    secret_free(session);
    return vectors_end(state);
}

static int clear(void **state)
{
    (void)state;
    error_clear(&err);
    return 0;
}

static void assert_session(const char *expected)
{
    const char *key = strchr(expected, ':') + 1;
    assert_int_equal(session->cipher, atoi(expected));
    assert_hex(session->bytes, session->len, key);
}

static bool opens(struct bytes body, const char *passphrase)
{
    struct skesk skesk;
    error_clear(&err);
    assert_true(skesk_parse(body, &skesk, &err));
    return skesk_open(&skesk, (struct bytes){(const unsigned char *)passphrase, strlen(passphrase)},
                      session, &err);
}

static void check_opens(const struct vector *vector)
{
    struct bytes body = hex_octets(vector->field[2]);
    struct bytes passphrase = hex_octets(vector->field[1]);
    struct skesk skesk;
    assert_true(skesk_parse(body, &skesk, &err));
    assert_true(skesk_open(&skesk, passphrase, session, &err));
    assert_session(vector->field[3]);
    hex_free(passphrase);
    hex_free(body);
}

static void the_session_keys_of_peers_open(void **state)
{
    (void)state;
    vectors_each("skesk", 4, check_opens);
}

static void check_wrong_passphrase(const struct vector *vector)
{
    struct bytes body = hex_octets(vector->field[2]);
    /* in version 4, a wrong one sometimes gives a plausible cipher: only the data proves it */
    if (opens(body, "wrong"))
        assert_int_equal(body.at[0], 4);
    else
        assert_int_equal(err.kind, ERROR_NO_KEY_FITS);
    hex_free(body);
}

static void a_wrong_passphrase_is_told_where_it_can_be(void **state)
{
    (void)state;
    vectors_each("skesk", 4, check_wrong_passphrase);
}

/* What is cut may still have the length of a shorter key. */
static void check_damage(const struct vector *vector)
{
    struct bytes body = hex_octets(vector->field[2]);
    struct bytes passphrase = hex_octets(vector->field[1]);
    unsigned char *octets = (unsigned char *)(uintptr_t)body.at;
    struct skesk skesk;
    for (size_t len = 0; len < body.len; len++) {
        error_clear(&err);
        if (!skesk_parse((struct bytes){body.at, len}, &skesk, &err)) {
            assert_int_equal(err.kind, ERROR_DAMAGED);
        } else if (skesk.version != 4) {
            assert_false(skesk_open(&skesk, passphrase, session, &err));
            assert_int_equal(err.kind, ERROR_NO_KEY_FITS);
        }
    }
    /* of the tag and of the key; each costs a derivation */
    for (size_t at = body.len - 17; octets[0] != 4 && at < body.len; at += 16) {
        error_clear(&err);
        octets[at] ^= 1;
        if (skesk_parse(body, &skesk, &err))
            assert_false(skesk_open(&skesk, passphrase, session, &err));
        octets[at] ^= 1;
    }
    hex_free(passphrase);
    hex_free(body);
}

static void what_is_cut_short_or_flipped_does_not_open(void **state)
{
    (void)state;
    vectors_each("skesk", 4, check_damage);
}

static void assert_refused(const char *body, enum error_kind kind, const char *text)
{
    struct skesk skesk;
    struct bytes octets = hex_octets(body);
    error_clear(&err);
    assert_false(skesk_parse(octets, &skesk, &err));
    assert_int_equal(err.kind, kind);
    assert_non_null(strstr(err.text, text));
    hex_free(octets);
}

static void unknown_versions_ciphers_modes_and_s2k_are_refused(void **state)
{
    (void)state;
    assert_refused("03090008", ERROR_UNSUPPORTED, "version 3");
    assert_refused("07090008", ERROR_UNSUPPORTED, "version 7");
    assert_refused("04630008", ERROR_UNSUPPORTED, "unknown cipher 99");
    assert_refused("04000008", ERROR_UNSUPPORTED, "unknown cipher 0");
    assert_refused("04090063", ERROR_UNSUPPORTED, "algorithm 99");
    assert_refused("0409020102030405060708", ERROR_UNSUPPORTED, "kind 2");
    assert_refused("04096500474e5501", ERROR_UNSUPPORTED, "stub");
    assert_refused("0509040008", ERROR_UNSUPPORTED, "AEAD mode 4 of AES-256");
    assert_refused("0509000008", ERROR_UNSUPPORTED, "AEAD mode 0 of AES-256");
    assert_refused("0503010008", ERROR_UNSUPPORTED, "AEAD mode 1 of CAST5");
}

static void lengths_that_no_session_key_has_are_refused(void **state)
{
    (void)state;
    assert_refused("04090008"
                   "00",
                   ERROR_DAMAGED, "no session key has its length");
    assert_refused("04090008"
                   "000102030405060708090a0b0c0d0e0f",
                   ERROR_DAMAGED, "no session key has its length");
    assert_refused("0509020008"
                   "000102030405060708090a0b0c0d0e"
                   "000102030405060708090a0b0c0d0e0f",
                   ERROR_DAMAGED, "no session key has its length");
}

static void the_lengths_in_version_6_must_fit_their_parts(void **state)
{
    (void)state;
    /* count, AES-256, OCB, length of the specifier, specifier, nonce of 15, key of 16, tag of 16 */
#define NONCE "000102030405060708090a0b0c0d0e"
#define KEY_AND_TAG "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
    struct skesk skesk;
    struct bytes whole = hex_octets("061409020200"
                                    "08" NONCE KEY_AND_TAG);
    assert_true(skesk_parse(whole, &skesk, &err));
    hex_free(whole);
    assert_refused("06150902020008" NONCE "ff" KEY_AND_TAG, ERROR_DAMAGED, "don't fit");
    assert_refused("0615090203000800" NONCE KEY_AND_TAG, ERROR_DAMAGED, "don't fit");
    assert_refused("06130902020008" NONCE KEY_AND_TAG, ERROR_DAMAGED, "cut short");
}

static void the_passphrase_s_key_is_the_session_key_where_none_is_encrypted(void **state)
{
    (void)state;
    struct bytes body = hex_octets("04070001");
    assert_true(opens(body, "correct horse"));
    assert_session("7:3cb4e732631f47e6eb961f34554b7cde"); /* the passphrase's MD5 */
    hex_free(body);
}

static void few_wrong_passphrases_give_a_cipher_that_fits_the_length(void **state)
{
    (void)state;
    struct bytes body = hex_octets("04070001"
                                   "f0e1d2c3b4a5968778695a4b3c2d1e0f11");
    int opened = 0;
    for (int i = 0; i < 100; i++) {
        char passphrase[24];
        snprintf(passphrase, sizeof passphrase, "wrong %d", i);
        if (opens(body, passphrase)) {
            opened++;
            assert_int_equal(openpgp_cipher_key_len(session->cipher), 16);
        }
    }
    assert_true(opened < 10); /* 5 ciphers of 256 */
    hex_free(body);
}

static void argon2_beyond_the_memory_there_is_opens_nothing(void **state)
{
    (void)state;
    struct skesk skesk = {
        .version = 4,
        .cipher = OPENPGP_AES128,
        .s2k = {.kind = S2K_ARGON2, .passes = 1, .lanes = 1, .memory_exponent = 31}};
    assert_false(skesk_open(&skesk, (struct bytes){NULL, 0}, session, &err));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_session_keys_of_peers_open, clear),
        cmocka_unit_test_setup(a_wrong_passphrase_is_told_where_it_can_be, clear),
        cmocka_unit_test_setup(what_is_cut_short_or_flipped_does_not_open, clear),
        cmocka_unit_test_setup(unknown_versions_ciphers_modes_and_s2k_are_refused, clear),
        cmocka_unit_test_setup(lengths_that_no_session_key_has_are_refused, clear),
        cmocka_unit_test_setup(the_lengths_in_version_6_must_fit_their_parts, clear),
        cmocka_unit_test_setup(the_passphrase_s_key_is_the_session_key_where_none_is_encrypted,
                               clear),
        cmocka_unit_test_setup(few_wrong_passphrases_give_a_cipher_that_fits_the_length, clear),
        cmocka_unit_test_setup(argon2_beyond_the_memory_there_is_opens_nothing, clear),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
