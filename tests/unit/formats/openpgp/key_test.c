/* Key packets: their numbers, parts and fingerprints. */
#include "formats/openpgp/key.h"
#include "crypto/digest.h"
#include "crypto/libgcrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#undef fail

#include "formats/openpgp/algorithms.h"
#include "formats/openpgp/packet.h"
#include "key_maker.h"

static unsigned char file[16384];
static struct openpgp_key key;
static struct error err;
static struct buffer body;

static int clear(void **state)
{
    (void)state;
    memset(&key, 0xEE, sizeof key);
    memset(&body, 0, sizeof body);
    error_clear(&err);
    return 0;
}

static bool parses(uint8_t tag, const void *at, size_t len)
{
    error_clear(&err);
    return openpgp_key_parse(tag, (struct bytes){at, len}, &key, &err);
}

static void assert_malformed(uint8_t tag, const void *at, size_t len)
{
    assert_false(parses(tag, at, len));
    assert_int_equal(err.kind, ERROR_DAMAGED);
    assert_memory_equal(err.text, "is malformed: ", 14);
}

/* The index-th key packet of a file of keys. */
static void load(const char *name, size_t index)
{
    char path[256];
    snprintf(path, sizeof path, "tests/vectors/openpgp/keys/%s.pgp", name);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    struct bytes rest = {file, fread(file, 1, sizeof file, stream)};
    assert_int_equal(fclose(stream), 0);
    for (;;) {
        uint8_t tag;
        struct bytes packet;
        assert_true(packet_take(&rest, &tag, &packet, &err));
        bool is_key = tag == PACKET_PUBLIC_KEY || tag == PACKET_PUBLIC_SUBKEY ||
                      tag == PACKET_SECRET_KEY || tag == PACKET_SECRET_SUBKEY;
        if (!is_key || index-- > 0)
            continue;
        assert_true(openpgp_key_parse(tag, packet, &key, &err));
        return;
    }
}

static void assert_fingerprint(const char *wanted)
{
    char text[2 * OPENPGP_FINGERPRINT_MAX + 1];
    for (size_t i = 0; i < key.fingerprint_len; i++)
        snprintf(text + 2 * i, 3, "%02X", key.fingerprint[i]);
    assert_string_equal(text, wanted);
}

/* RFC 9580 appendix A.3 and A.1: the certificate's Ed25519 and X25519 keys, and the legacy one. */
static void fingerprints_and_ids_are_those_of_the_rfc(void **state)
{
    (void)state;
    static const unsigned char primary[] = {
        0x06, 0x63, 0x87, 0x7f, 0xe3, 0x1b, 0x00, 0x00, 0x00, 0x20, 0xf9, 0x4d, 0xa7, 0xbb,
        0x48, 0xd6, 0x0a, 0x61, 0xe5, 0x67, 0x70, 0x6a, 0x65, 0x87, 0xd0, 0x33, 0x19, 0x99,
        0xbb, 0x9d, 0x89, 0x1a, 0x08, 0x24, 0x2e, 0xad, 0x84, 0x54, 0x3d, 0xf8, 0x95, 0xa3};
    static const unsigned char legacy[] = {
        0x04, 0x53, 0xf3, 0x5f, 0x0b, 0x16, 0x09, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda,
        0x47, 0x0f, 0x01, 0x01, 0x07, 0x40, 0x3f, 0x09, 0x89, 0x94, 0xbd, 0xd9, 0x16,
        0xed, 0x40, 0x53, 0x19, 0x79, 0x34, 0xe4, 0xa8, 0x7c, 0x80, 0x73, 0x3a, 0x12,
        0x80, 0xd6, 0x2f, 0x80, 0x10, 0x99, 0x2e, 0x43, 0xee, 0x3b, 0x24, 0x06};
    assert_true(parses(PACKET_PUBLIC_KEY, primary, sizeof primary));
    assert_fingerprint("CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9");
    assert_string_equal(key.id_text, "CB186C4F0609A697");
    assert_true(key.is_known);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_ED25519);
    assert_true(bytes_equal(key.numbers.number[0], primary + 10, 32));
    assert_true(parses(PACKET_PUBLIC_KEY, legacy, sizeof legacy));
    assert_fingerprint("C959BDBAFA32A2F89A153B678CFDE12197965A9A");
    assert_string_equal(key.id_text, "8CFDE12197965A9A");
    assert_int_equal(key.created, 0x53F35F0B);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_ED25519);
    assert_true(bytes_equal(key.numbers.number[0], legacy + 19, 32));
}

static void a_secret_key_has_the_fingerprint_of_its_public_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        load("rsa", i);
        struct openpgp_key public_form = key;
        assert_false(key.has_secret);
        assert_int_equal(key.is_subkey, i == 1);
        load("rsa-secret", i);
        assert_true(key.has_secret);
        assert_int_equal(key.is_subkey, i == 1);
        assert_int_equal(key.secret_part.at[0], 0); /* unprotected */
        assert_ptr_equal(key.secret_part.at, key.public_part.at + key.public_part.len);
        assert_memory_equal(key.fingerprint, public_form.fingerprint, 20);
    }
}

static void numbers_are_those_of_the_algorithm(void **state)
{
    (void)state;
    load("rsa", 1);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_RSA);
    assert_int_equal(key.numbers.number[0].len, 256);
    assert_true(bytes_equal(key.numbers.number[1], "\x01\x00\x01", 3));
    load("dsa-elgamal", 0);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_DSA);
    assert_int_equal(key.numbers.number[0].len, 256);
    assert_true(key.numbers.number[3].len > 250);
    load("dsa-elgamal", 1);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_ELGAMAL);
    assert_true(key.numbers.number[2].len > 250);
    load("nistp521", 0);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_ECDSA);
    assert_int_equal(key.numbers.curve, CURVE_P521);
    assert_int_equal(key.numbers.number[0].len, 1 + 2 * 66);
    load("brainpoolP384r1", 1);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_ECDH);
    assert_int_equal(key.numbers.curve, CURVE_BRAINPOOL_P384);
    assert_int_equal(key.kdf_hash, 9);
    assert_int_equal(key.kdf_cipher, OPENPGP_AES192);
    load("cv25519-rnp", 1);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_X25519);
    assert_int_equal(key.numbers.number[0].len, 32);
    assert_int_equal(key.oid.len, 10);
    load("x25519-v4-openpgpjs", 1);
    assert_int_equal(key.algorithm, OPENPGP_X25519);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_X25519);
    load("x448-v6-openpgpjs", 1);
    assert_int_equal(key.version, 6);
    assert_int_equal(key.numbers.kind, PUBLIC_KEY_X448);
    assert_int_equal(key.numbers.number[0].len, 56);
}

static void only_some_algorithms_encrypt(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool of_primary;
    } keys[] = {{"rsa", true},         {"dsa-elgamal", false},  {"nistp256", false},
                {"cv25519-sq", false}, {"x25519-v6-sq", false}, {"x448-v6-openpgpjs", false}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        load(keys[i].name, 0);
        assert_int_equal(openpgp_key_encrypts(&key), keys[i].of_primary);
    }
    static const char *const encrypting[] = {
        "rsa",         "dsa-elgamal",         "nistp256",
        "cv25519-rnp", "x25519-v4-openpgpjs", "x448-v6-openpgpjs"};
    for (size_t i = 0; i < sizeof encrypting / sizeof encrypting[0]; i++) {
        load(encrypting[i], 1);
        assert_true(openpgp_key_encrypts(&key));
    }
}

static void a_key_of_an_unknown_algorithm_parses_but_isn_t_known(void **state)
{
    (void)state;
    assert_true(parses(PACKET_PUBLIC_SUBKEY, "\x04\0\0\0\1\x63what", 10));
    assert_false(key.is_known);
    assert_int_equal(key.public_part.len, 10);
    assert_false(openpgp_key_encrypts(&key));
    /* version 6 says where the public part ends */
    assert_true(parses(PACKET_SECRET_SUBKEY, "\x06\0\0\0\1\x63\0\0\0\4whatsecret", 20));
    assert_false(key.is_known);
    assert_int_equal(key.public_part.len, 14);
    assert_true(bytes_equal(key.secret_part, "secret", 6));
}

static void a_key_on_an_unknown_curve_parses_but_isn_t_known(void **state)
{
    (void)state;
    assert_true(parses(PACKET_SECRET_SUBKEY, "\x04\0\0\0\1\x12\2ab\0\x08?\3\1\x08\x07s", 17));
    assert_false(key.is_known);
    assert_true(bytes_equal(key.oid, "ab", 2));
    assert_true(bytes_equal(key.secret_part, "s", 1));
}

static void version_6_has_no_legacy_curves(void **state)
{
    (void)state;
    struct maker_key legacy;
    make_encrypting_key(&legacy, 1, 0);
    put(&body, "\x06\0\0\0\0\x12", 6);
    put_number(&body, 4, (uint32_t)legacy.body.len - 6);
    put(&body, legacy.body.at + 6, legacy.body.len - 6);
    assert_true(parses(PACKET_PUBLIC_SUBKEY, body.at, body.len));
    assert_false(key.is_known);
}

static void other_versions_are_refused_by_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        const char *text;
    } versions[] = {
        {"\x03?", "is a version 3 key, of the kind made before 1998, which nothing protects from "
                  "forgery: make a new key"},
        {"\x05?",
         "is a LibrePGP version 5 key, which only GnuPG 2.4 and later read: make a version "
         "4 key"},
        {"\x07?", "is a key of version 7, which isn't known"},
    };
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        assert_false(parses(PACKET_PUBLIC_KEY, versions[i].body, 2));
        assert_int_equal(err.kind, ERROR_UNSUPPORTED);
        assert_string_equal(err.text, versions[i].text);
    }
}

static void a_public_key_that_is_cut_anywhere_is_malformed(void **state)
{
    (void)state;
    static const char *const names[] = {"rsa", "dsa-elgamal", "nistp256", "brainpoolP384r1"};
    for (size_t i = 0; i < 2 * sizeof names / sizeof names[0]; i++) {
        load(names[i / 2], i % 2);
        struct bytes whole = key.public_part;
        for (size_t len = 0; len < whole.len; len++) {
            unsigned char *cut = malloc(len + 1); /* reading behind it is seen */
            assert_non_null(cut);
            memcpy(cut, whole.at, len);
            assert_malformed(PACKET_PUBLIC_KEY, cut, len);
            free(cut);
        }
    }
}

static void more_behind_a_public_key_and_no_secret_in_a_secret_one_are_malformed(void **state)
{
    (void)state;
    struct maker_key made;
    make_encrypting_key(&made, 1, 0);
    assert_true(parses(PACKET_PUBLIC_SUBKEY, made.body.at, made.body.len));
    assert_malformed(PACKET_SECRET_SUBKEY, made.body.at, made.body.len);
    put_number(&made.body, 1, 0);
    assert_malformed(PACKET_PUBLIC_SUBKEY, made.body.at, made.body.len);
    assert_true(parses(PACKET_SECRET_SUBKEY, made.body.at, made.body.len));
}

static void version_6_s_count_of_public_octets_must_be_right(void **state)
{
    (void)state;
    load("x25519-v6-openpgpjs", 1);
    put(&body, key.public_part.at, key.public_part.len);
    assert_true(parses(PACKET_PUBLIC_SUBKEY, body.at, body.len));
    body.at[9]--;
    assert_malformed(PACKET_SECRET_SUBKEY, body.at, body.len);
    body.at[9] = (unsigned char)(body.at[9] + 2);
    put_number(&body, 1, 0);
    assert_malformed(PACKET_PUBLIC_SUBKEY, body.at, body.len);
    memset(body.at + 6, 0xFF, 4);
    assert_malformed(PACKET_PUBLIC_SUBKEY, body.at, body.len);
}

static void points_of_another_form_are_malformed(void **state)
{
    (void)state;
    load("nistp256", 1);
    put(&body, key.public_part.at, key.public_part.len);
    size_t point = 6 + 1 + key.oid.len + 2;
    assert_int_equal(body.at[point], 0x04);
    body.at[point] = 0x02;
    assert_malformed(PACKET_PUBLIC_SUBKEY, body.at, body.len);
    struct maker_key made;
    make_encrypting_key(&made, 1, 0);
    assert_int_equal(made.body.at[19], 0x40);
    made.body.at[19] = 0x41;
    assert_malformed(PACKET_PUBLIC_SUBKEY, made.body.at, made.body.len);
}

static void a_number_that_is_nothing_is_malformed(void **state)
{
    (void)state;
    assert_malformed(PACKET_PUBLIC_KEY, "\x04\0\0\0\1\1\0\0\0\1\3", 11);
    assert_malformed(PACKET_PUBLIC_KEY, "\x04\0\0\0\1\1\0\1\3\0\1\0", 12);
    assert_true(parses(PACKET_PUBLIC_KEY, "\x04\0\0\0\1\1\0\1\3\0\1\1", 12));
}

static void reserved_lengths_of_curve_identifiers_are_malformed(void **state)
{
    (void)state;
    memcpy(body.at, "\x04\0\0\0\1\x13\xFE", 7);
    assert_true(parses(PACKET_PUBLIC_KEY, body.at, 7 + 254 + 2));
    body.at[6] = 255;
    assert_malformed(PACKET_PUBLIC_KEY, body.at, 7 + 255 + 2);
    body.at[6] = 0;
    assert_malformed(PACKET_PUBLIC_KEY, body.at, 7 + 2);
}

static void unknown_parameters_of_ecdh_make_it_unknown(void **state)
{
    (void)state;
    struct maker_key made;
    make_encrypting_key(&made, 1, 0);
    assert_true(parses(PACKET_PUBLIC_SUBKEY, made.body.at, made.body.len));
    assert_true(key.is_known);
    made.body.at[made.body.len - 3] = 2;
    assert_true(parses(PACKET_PUBLIC_SUBKEY, made.body.at, made.body.len));
    assert_false(key.is_known);
    made.body.at[made.body.len - 4] = 2;
    assert_malformed(PACKET_SECRET_SUBKEY, made.body.at, made.body.len);
}

static void a_key_of_more_than_64_kib_is_refused(void **state)
{
    (void)state;
    static unsigned char large[KEY_PACKET_MAX + 1] = "\6\0\0\0\0\x63\0\0\xFF\xF6";
    assert_true(parses(PACKET_PUBLIC_SUBKEY, large, KEY_PACKET_MAX));
    large[8] = 0xFF;
    large[9] = 0xF7;
    assert_malformed(PACKET_PUBLIC_SUBKEY, large, KEY_PACKET_MAX + 1);
}

static int begin_library(void **state)
{
    (void)state;
    return sodium_init() < 0 || !libgcrypt_begin(&err) ? -1 : 0;
}

#define TEST(name) cmocka_unit_test_setup(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fingerprints_and_ids_are_those_of_the_rfc),
        TEST(a_secret_key_has_the_fingerprint_of_its_public_form),
        TEST(numbers_are_those_of_the_algorithm),
        TEST(only_some_algorithms_encrypt),
        TEST(a_key_of_an_unknown_algorithm_parses_but_isn_t_known),
        TEST(a_key_on_an_unknown_curve_parses_but_isn_t_known),
        TEST(version_6_has_no_legacy_curves),
        TEST(other_versions_are_refused_by_their_names),
        TEST(a_public_key_that_is_cut_anywhere_is_malformed),
        TEST(more_behind_a_public_key_and_no_secret_in_a_secret_one_are_malformed),
        TEST(version_6_s_count_of_public_octets_must_be_right),
        TEST(points_of_another_form_are_malformed),
        TEST(a_number_that_is_nothing_is_malformed),
        TEST(reserved_lengths_of_curve_identifiers_are_malformed),
        TEST(unknown_parameters_of_ecdh_make_it_unknown),
        TEST(a_key_of_more_than_64_kib_is_refused),
    };
    return cmocka_run_group_tests_name("key", tests, begin_library, NULL);
}
