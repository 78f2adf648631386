/* Numbers of algorithms: each against the library that serves it. */
#include "formats/openpgp/algorithms.h"
#include "crypto/libgcrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail

#include <gcrypt.h>

static int begin_library(void **state)
{
    (void)state;
    struct error err = {0};
    return libgcrypt_begin(&err) ? 0 : -1;
}

static void every_cipher_has_the_lengths_that_libgcrypt_gives_it(void **state)
{
    (void)state;
    size_t known = 0;
    for (unsigned cipher = 0; cipher < 256; cipher++) {
        const char *name = openpgp_cipher_name((uint8_t)cipher);
        int gcrypt = openpgp_cipher_gcrypt((uint8_t)cipher);
        size_t key_len = openpgp_cipher_key_len((uint8_t)cipher);
        size_t block_len = openpgp_cipher_block_len((uint8_t)cipher);
        if (name == NULL) {
            assert_true(gcrypt == 0 && key_len == 0 && block_len == 0);
            continue;
        }
        known++;
        assert_int_equal(key_len, gcry_cipher_get_algo_keylen(gcrypt));
        assert_int_equal(block_len, gcry_cipher_get_algo_blklen(gcrypt));
        assert_true(key_len <= OPENPGP_SESSION_KEY_MAX);
    }
    assert_int_equal(known, 11);
}

static void ciphers_have_the_numbers_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        uint8_t number;
        int gcrypt;
        const char *name;
    } ciphers[] = {
        {1, GCRY_CIPHER_IDEA, "IDEA"},
        {2, GCRY_CIPHER_3DES, "3DES"},
        {3, GCRY_CIPHER_CAST5, "CAST5"},
        {4, GCRY_CIPHER_BLOWFISH, "Blowfish"},
        {7, GCRY_CIPHER_AES128, "AES-128"},
        {8, GCRY_CIPHER_AES192, "AES-192"},
        {9, GCRY_CIPHER_AES256, "AES-256"},
        {10, GCRY_CIPHER_TWOFISH, "Twofish"},
        {11, GCRY_CIPHER_CAMELLIA128, "Camellia-128"},
        {12, GCRY_CIPHER_CAMELLIA192, "Camellia-192"},
        {13, GCRY_CIPHER_CAMELLIA256, "Camellia-256"},
    };
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++) {
        assert_int_equal(openpgp_cipher_gcrypt(ciphers[i].number), ciphers[i].gcrypt);
        assert_string_equal(openpgp_cipher_name(ciphers[i].number), ciphers[i].name);
    }
}

static void aead_modes_are_three(void **state)
{
    (void)state;
    assert_string_equal(openpgp_aead_name(1), "EAX");
    assert_string_equal(openpgp_aead_name(2), "OCB");
    assert_string_equal(openpgp_aead_name(3), "GCM");
    assert_int_equal(openpgp_aead_nonce_len(1), 16);
    assert_int_equal(openpgp_aead_nonce_len(2), 15);
    assert_int_equal(openpgp_aead_nonce_len(3), 12);
    assert_int_equal(openpgp_aead_gcrypt(1), GCRY_CIPHER_MODE_EAX);
    assert_int_equal(openpgp_aead_gcrypt(2), GCRY_CIPHER_MODE_OCB);
    assert_int_equal(openpgp_aead_gcrypt(3), GCRY_CIPHER_MODE_GCM);
    static const uint8_t others[] = {0, 4, 255};
    for (size_t i = 0; i < sizeof others; i++) {
        assert_null(openpgp_aead_name(others[i]));
        assert_int_equal(openpgp_aead_nonce_len(others[i]), 0);
        assert_int_equal(openpgp_aead_gcrypt(others[i]), 0);
    }
}

static void hashes_have_the_numbers_of_the_rfc(void **state)
{
    (void)state;
    /* 4 to 7 and 13 are reserved; libgcrypt's numbers are OpenPGP's up to 11 */
    static const int kinds[] = {
        [1] = DIGEST_MD5,     [2] = DIGEST_SHA1,      [3] = DIGEST_RIPEMD160,
        [8] = DIGEST_SHA256,  [9] = DIGEST_SHA384,    [10] = DIGEST_SHA512,
        [11] = DIGEST_SHA224, [12] = DIGEST_SHA3_256, [14] = DIGEST_SHA3_512,
    };
    size_t known = 0;
    for (unsigned hash = 0; hash < 256; hash++) {
        enum digest_kind digest;
        if (!openpgp_hash_digest((uint8_t)hash, &digest))
            continue;
        known++;
        assert_true(hash < sizeof kinds / sizeof kinds[0]);
        assert_int_equal(digest, kinds[hash]);
        if (hash <= 11)
            assert_int_equal(digest_len(digest), gcry_md_get_algo_dlen((int)hash));
    }
    assert_int_equal(known, 9);
}

static void public_key_algorithms_have_names_unknown_ones_their_number(void **state)
{
    (void)state;
    assert_string_equal(openpgp_public_key_name(1), "RSA");
    assert_string_equal(openpgp_public_key_name(16), "ElGamal");
    assert_string_equal(openpgp_public_key_name(18), "ECDH");
    assert_string_equal(openpgp_public_key_name(22), "EdDSA");
    assert_string_equal(openpgp_public_key_name(25), "X25519");
    assert_string_equal(openpgp_public_key_name(28), "Ed448");
    assert_string_equal(openpgp_public_key_name(255), "public-key algorithm 255");
}

/* The Weierstrass curves go with ECDH and ECDSA. */
static void assert_curve(const char *oid, size_t oid_len, enum public_key_curve wanted)
{
    enum public_key_kind kind;
    enum public_key_curve curve;
    struct bytes octets = {(const unsigned char *)oid, oid_len};
    assert_true(openpgp_curve(OPENPGP_ECDH, octets, &kind, &curve));
    assert_int_equal(kind, PUBLIC_KEY_ECDH);
    assert_int_equal(curve, wanted);
    assert_true(openpgp_curve(OPENPGP_ECDSA, octets, &kind, &curve));
    assert_int_equal(kind, PUBLIC_KEY_ECDSA);
    assert_int_equal(curve, wanted);
    assert_false(openpgp_curve(OPENPGP_EDDSA_LEGACY, octets, &kind, &curve));
    octets.len--;
    assert_false(openpgp_curve(OPENPGP_ECDH, octets, &kind, &curve));
}

static void curves_are_known_by_their_identifiers(void **state)
{
    (void)state;
    assert_curve("\x2A\x86\x48\xCE\x3D\x03\x01\x07", 8, CURVE_P256);
    assert_curve("\x2B\x81\x04\x00\x22", 5, CURVE_P384);
    assert_curve("\x2B\x81\x04\x00\x23", 5, CURVE_P521);
    assert_curve("\x2B\x24\x03\x03\x02\x08\x01\x01\x07", 9, CURVE_BRAINPOOL_P256);
    assert_curve("\x2B\x24\x03\x03\x02\x08\x01\x01\x0B", 9, CURVE_BRAINPOOL_P384);
    assert_curve("\x2B\x24\x03\x03\x02\x08\x01\x01\x0D", 9, CURVE_BRAINPOOL_P512);
}

static void the_legacy_curves_go_with_one_algorithm_each(void **state)
{
    (void)state;
    static const struct bytes ed25519 = {
        (const unsigned char *)"\x2B\x06\x01\x04\x01\xDA\x47\x0F\x01", 9};
    static const struct bytes curve25519 = {
        (const unsigned char *)"\x2B\x06\x01\x04\x01\x97\x55\x01\x05\x01", 10};
    enum public_key_kind kind;
    enum public_key_curve curve;
    assert_true(openpgp_curve(OPENPGP_EDDSA_LEGACY, ed25519, &kind, &curve));
    assert_int_equal(kind, PUBLIC_KEY_ED25519);
    assert_int_equal(curve, CURVE_NONE);
    assert_false(openpgp_curve(OPENPGP_ECDH, ed25519, &kind, &curve));
    assert_false(openpgp_curve(OPENPGP_ECDSA, ed25519, &kind, &curve));
    assert_true(openpgp_curve(OPENPGP_ECDH, curve25519, &kind, &curve));
    assert_int_equal(kind, PUBLIC_KEY_X25519);
    assert_int_equal(curve, CURVE_NONE);
    assert_false(openpgp_curve(OPENPGP_ECDSA, curve25519, &kind, &curve));
    assert_false(openpgp_curve(OPENPGP_EDDSA_LEGACY, curve25519, &kind, &curve));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cipher_has_the_lengths_that_libgcrypt_gives_it),
        cmocka_unit_test(ciphers_have_the_numbers_of_the_rfc),
        cmocka_unit_test(aead_modes_are_three),
        cmocka_unit_test(hashes_have_the_numbers_of_the_rfc),
        cmocka_unit_test(public_key_algorithms_have_names_unknown_ones_their_number),
        cmocka_unit_test(curves_are_known_by_their_identifiers),
        cmocka_unit_test(the_legacy_curves_go_with_one_algorithm_each),
    };
    return cmocka_run_group_tests_name("algorithms", tests, begin_library, NULL);
}
