/*
 * Unlocking: every protection that peers write, and some that none writes any more; wrong
 * passphrases, damage, and keys that were tampered with.
 */
#define _POSIX_C_SOURCE 200809L
#include "formats/openpgp/secret_key.h"

#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/cfb.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/algorithms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#undef fail

#include "../../crypto/hex.h"
#include "../../crypto/public_key_vectors.h"
#include "secret_vectors.h"

static struct error err;

static int begin(void **state)
{
    (void)state;
    return secret_begin(&err) && libgcrypt_begin(&err) ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    error_clear(&err);
    return 0;
}

static enum secret_key_unlock try_unlock(const struct openpgp_key *key, const char *passphrase)
{
    struct secret_key *secret;
    error_clear(&err);
    enum secret_key_unlock outcome = secret_key_unlock(
        key, (struct bytes){(const unsigned char *)passphrase, strlen(passphrase)}, &secret, &err);
    assert_true((outcome == SECRET_KEY_UNLOCKED) == (secret != NULL));
    assert_int_equal(err.kind, outcome == SECRET_KEY_FAILED ? ERROR_KEY : ERROR_NONE);
    secret_key_free(secret);
    return outcome;
}

static void check_unlocks(const struct vector *vector)
{
    struct vector_key key;
    vector_key_begin(&key, vector->field[1], vector->field[2]);
    const char *passphrase = vector->field[3];
    assert_int_equal(secret_key_state(&key.key, &err),
                     passphrase[0] != '\0' ? SECRET_KEY_PROTECTED : SECRET_KEY_OPEN);
    secret_key_free(vector_unlock(&key.key, passphrase));
    vector_key_end(&key);
}

static void the_keys_of_peers_unlock(void **state)
{
    (void)state;
    vectors_each("secret-keys", 4, check_unlocks);
}

static void check_wrong_passphrase(const struct vector *vector)
{
    struct vector_key key;
    vector_key_begin(&key, vector->field[1], vector->field[2]);
    if (vector->field[3][0] != '\0') {
        assert_int_equal(try_unlock(&key.key, "wrong"), SECRET_KEY_WRONG_PASSPHRASE);
        assert_int_not_equal(try_unlock(&key.key, ""), SECRET_KEY_UNLOCKED);
    } else {
        assert_int_equal(try_unlock(&key.key, "needs none"), SECRET_KEY_UNLOCKED);
    }
    vector_key_end(&key);
}

static void a_wrong_passphrase_is_told_as_such_and_an_open_key_needs_none(void **state)
{
    (void)state;
    vectors_each("secret-keys", 4, check_wrong_passphrase);
}

static void check_unusable(const struct vector *vector)
{
    static const struct {
        const char *name;
        enum secret_key_state state;
        const char *text;
    } whys[] = {
        {"absent", SECRET_KEY_ABSENT, "isn't here"},
        {"card", SECRET_KEY_ON_CARD, "smart card"},
        {"unknown", SECRET_KEY_UNKNOWN, ""},
        {"damaged", SECRET_KEY_OPEN, "is damaged"},
    };
    struct vector_key key;
    vector_key_begin(&key, vector->field[1], vector->field[2]);
    size_t i = 0;
    while (strcmp(whys[i].name, vector->field[3]) != 0)
        i++;
    error_clear(&err);
    assert_int_equal(secret_key_state(&key.key, &err), whys[i].state);
    assert_int_equal(err.kind, whys[i].state == SECRET_KEY_UNKNOWN ? ERROR_KEY : ERROR_NONE);
    assert_int_equal(try_unlock(&key.key, "any"), SECRET_KEY_FAILED);
    assert_non_null(strstr(err.text, whys[i].text));
    vector_key_end(&key);
}

static void stubs_and_unknown_protections_are_told_and_fail(void **state)
{
    (void)state;
    vectors_each("unusable-secret-keys", 4, check_unusable);
}

/* Cuts short and flips octets of the secret part, one after another. */
static void check_damage(const struct vector *vector)
{
    struct vector_key whole;
    vector_key_begin(&whole, vector->field[1], vector->field[2]);
    size_t len = whole.key.secret_part.len;
    unsigned char *octets = malloc(len + 1);
    assert_non_null(octets);
    memcpy(octets, whole.key.secret_part.at, len);
    octets[len] = 0;
    struct openpgp_key key = whole.key;
    key.secret_part.at = octets;
    size_t step = len > 64 ? len / 16 : 1;
    for (size_t at = 0; at < len; at += step) {
        key.secret_part.len = at;
        assert_int_not_equal(try_unlock(&key, "wrong"), SECRET_KEY_UNLOCKED);
    }
    key.secret_part.len = len + 1;
    assert_int_not_equal(try_unlock(&key, ""), SECRET_KEY_UNLOCKED);
    key.secret_part.len = len;
    for (size_t at = 1; at < len; at += step) {
        octets[at] ^= 0x10;
        assert_int_not_equal(try_unlock(&key, ""), SECRET_KEY_UNLOCKED);
        octets[at] ^= 0x10;
    }
    free(octets);
    vector_key_end(&whole);
}

static void check_damage_of_open(const struct vector *vector)
{
    if (vector->field[3][0] == '\0')
        check_damage(vector);
}

static void a_damaged_open_key_does_not_open(void **state)
{
    (void)state;
    vectors_each("secret-keys", 4, check_damage_of_open);
}

/* ---- protections that the test makes itself ---- */

/* An open subkey of the vectors to protect in other ways. */
struct made {
    struct vector_key open;
    struct openpgp_key key; /* with another secret part */
    unsigned char part[512];
    size_t part_len;
};

static struct made made;
static size_t wanted_version;

static void find_open_native(const struct vector *vector)
{
    if (made.open.octets.at != NULL || vector->field[3][0] != '\0')
        return;
    vector_key_begin(&made.open, vector->field[1], vector->field[2]);
    bool ecdh = made.open.key.algorithm == OPENPGP_ECDH;
    bool x25519 = made.open.key.algorithm == OPENPGP_X25519;
    if (made.open.key.version == wanted_version && (wanted_version == 4 ? ecdh : x25519))
        return;
    vector_key_end(&made.open);
    made.open.octets.at = NULL;
}

static void make(size_t version)
{
    memset(&made, 0, sizeof made);
    wanted_version = version;
    vectors_each("secret-keys", 4, find_open_native);
    assert_non_null(made.open.octets.at);
    made.key = made.open.key;
}

static void add(const void *octets, size_t len)
{
    assert_true(len <= sizeof made.part - made.part_len);
    memcpy(made.part + made.part_len, octets, len);
    made.part_len += len;
    made.key.secret_part = (struct bytes){made.part, made.part_len};
}

#define ADD(octets) add(octets, sizeof(octets) - 1)

static void end(void)
{
    vector_key_end(&made.open);
}

/* The secret numbers as they stand in an open key, without usage octet and sum. */
static struct bytes open_numbers(void)
{
    struct bytes part = made.open.key.secret_part;
    size_t sum_len = made.open.key.version == 4 ? 2 : 0;
    return (struct bytes){part.at + 1, part.len - 1 - sum_len};
}

static void add_cfb(const unsigned char *key, size_t key_len, int cipher, const unsigned char *iv,
                    size_t iv_len, const unsigned char *text, size_t len)
{
    unsigned char out[512];
    struct cfb *cfb = cfb_new(cipher, key, key_len);
    assert_non_null(cfb);
    assert_true(cfb_set_iv(cfb, iv, iv_len) && cfb_encrypt(cfb, out, text, len));
    add(out, len);
    cfb_free(cfb);
}

/* The MD5 of "sesame" is the key of AES-128 in all that follow: S2K 0 with hash 1. */
static void make_key(unsigned char key[16])
{
    assert_true(digest_of(DIGEST_MD5, "sesame", 6, key));
}

static const unsigned char iv[16] = "0123456789abcdef";

/* numbers, with a right 16-bit sum behind them. */
static size_t with_sum(struct bytes numbers, unsigned char *out)
{
    unsigned sum = 0;
    memcpy(out, numbers.at, numbers.len);
    for (size_t i = 0; i < numbers.len; i++)
        sum += numbers.at[i];
    out[numbers.len] = (unsigned char)(sum >> 8);
    out[numbers.len + 1] = (unsigned char)sum;
    return numbers.len + 2;
}

static void version_6_with_sha1_unlocks(void **state)
{
    (void)state;
    unsigned char key[16];
    unsigned char text[128];
    make(6);
    struct bytes numbers = open_numbers();
    memcpy(text, numbers.at, numbers.len);
    assert_true(digest_of(DIGEST_SHA1, text, numbers.len, text + numbers.len));
    /* usage, length of: cipher, length of: S2K, IV */
    ADD("\xFE\x14\x07\x02\x00\x01");
    add(iv, 16);
    make_key(key);
    add_cfb(key, 16, GCRY_CIPHER_AES128, iv, 16, text, numbers.len + 20);
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_UNLOCKED);
    assert_int_equal(try_unlock(&made.key, "Sesame"), SECRET_KEY_WRONG_PASSPHRASE);
    made.part[1]++; /* takes an octet of the text for the parameters */
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_FAILED);
    assert_non_null(strstr(err.text, "have a tail"));
    made.part[1] -= 2;
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_FAILED);
    made.part[1]++;
    made.part[3]++; /* takes an octet of the IV for the specifier */
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_FAILED);
    end();
}

static void a_specifier_with_a_tail_is_refused(void **state)
{
    (void)state;
    make(6);
    ADD("\xFE\x15\x07\x03\x00\x01\x00");
    add(iv, 16);
    add(iv, 16);
    assert_int_equal(secret_key_state(&made.key, &err), SECRET_KEY_UNKNOWN);
    assert_non_null(strstr(err.text, "specifier has a tail"));
    end();
}

static void version_6_with_a_16_bit_sum_is_refused(void **state)
{
    (void)state;
    make(6);
    ADD("\xFF\x14\x07\x02\x00\x01");
    add(iv, 16);
    add(iv, 16);
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_FAILED);
    assert_non_null(strstr(err.text, "16-bit checksum"));
    made.part[0] = OPENPGP_AES128;
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_FAILED);
    end();
}

static void argon2_without_aead_is_refused(void **state)
{
    (void)state;
    make(4);
    ADD("\xFE\x07\x04"
        "0123456789abcdef\x01\x01\x03");
    add(iv, 16);
    add(iv, 16);
    assert_int_equal(secret_key_state(&made.key, &err), SECRET_KEY_UNKNOWN);
    assert_non_null(strstr(err.text, "Argon2 without AEAD"));
    end();
}

static void the_aead_of_openpgpjs_5_unlocks(void **state)
{
    (void)state;
    unsigned char key[16];
    unsigned char out[128];
    make(4);
    struct bytes numbers = open_numbers();
    make_key(key);
    struct aead *aead = aead_new(GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_EAX, key, 16);
    assert_non_null(aead);
    assert_true(aead_seal(aead, (struct bytes){iv, 16}, (struct bytes){NULL, 0}, numbers, out,
                          out + numbers.len));
    aead_free(aead);
    ADD("\xFD\x07\x01\x00\x01");
    add(iv, 16);
    add(out, numbers.len + AEAD_TAG_LEN);
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_UNLOCKED);
    assert_int_equal(try_unlock(&made.key, "Sesame"), SECRET_KEY_WRONG_PASSPHRASE);
    end();
}

static void aead_of_a_64_bit_cipher_or_unknown_mode_is_refused(void **state)
{
    (void)state;
    make(4);
    ADD("\xFD\x03\x01\x00\x01");
    add(iv, 16);
    add(iv, 16);
    assert_int_equal(secret_key_state(&made.key, &err), SECRET_KEY_UNKNOWN);
    assert_non_null(strstr(err.text, "AEAD mode 1 of CAST5"));
    made.part[1] = OPENPGP_AES128;
    made.part[2] = 4;
    error_clear(&err);
    assert_int_equal(secret_key_state(&made.key, &err), SECRET_KEY_UNKNOWN);
    assert_non_null(strstr(err.text, "AEAD mode 4 of AES-128"));
    end();
}

static void a_scalar_that_is_not_the_public_points_is_refused(void **state)
{
    (void)state;
    unsigned char numbers[64];
    unsigned char text[66];
    make(4);
    struct bytes honest = open_numbers();
    memcpy(numbers, honest.at, honest.len);
    numbers[10] ^= 1;
    size_t len = with_sum((struct bytes){numbers, honest.len}, text);
    ADD("\0");
    add(text, len);
    assert_int_equal(try_unlock(&made.key, ""), SECRET_KEY_FAILED);
    assert_non_null(strstr(err.text, "don't belong to its public ones"));
    end();
}

static void a_wrong_passphrase_that_passes_the_sum_is_found_by_the_public_numbers(void **state)
{
    (void)state;
    unsigned char numbers[64];
    unsigned char text[66];
    unsigned char key[16];
    make(4);
    struct bytes honest = open_numbers();
    memcpy(numbers, honest.at, honest.len);
    numbers[10] ^= 1;
    size_t len = with_sum((struct bytes){numbers, honest.len}, text);
    ADD("\xFF\x07\x00\x01");
    add(iv, 16);
    make_key(key);
    add_cfb(key, 16, GCRY_CIPHER_AES128, iv, 16, text, len);
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_WRONG_PASSPHRASE);
    made.part_len = 0;
    ADD("\xFF\x07\x00\x01");
    add(iv, 16);
    len = with_sum(honest, text);
    add_cfb(key, 16, GCRY_CIPHER_AES128, iv, 16, text, len);
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_UNLOCKED);
    end();
}

static void numbers_with_a_tail_are_refused_though_their_sum_is_right(void **state)
{
    (void)state;
    unsigned char numbers[65];
    unsigned char text[67];
    make(4);
    struct bytes honest = open_numbers();
    memcpy(numbers, honest.at, honest.len);
    numbers[honest.len] = 0;
    ADD("\0");
    add(text, with_sum((struct bytes){numbers, honest.len + 1}, text));
    assert_int_equal(try_unlock(&made.key, ""), SECRET_KEY_FAILED);
    end();
}

/* Whoever can change the public part of an open key has the secret one already. */
static void elgamal_of_a_small_group_is_refused_where_it_was_protected(void **state)
{
    (void)state;
    static const unsigned char three[] = {0, 2, 3};
    unsigned char text[sizeof three + 20];
    unsigned char key[16];
    make(4);
    made.key.algorithm = OPENPGP_ELGAMAL;
    made.key.numbers = (struct public_numbers){
        .kind = PUBLIC_KEY_ELGAMAL,
        .number = {hex(small_groups[0].p), hex(small_groups[0].g), hex(small_groups[0].y)}};
    ADD("\0");
    add(text, with_sum((struct bytes){three, sizeof three}, text));
    assert_int_equal(try_unlock(&made.key, ""), SECRET_KEY_UNLOCKED);
    made.part_len = 0;
    memcpy(text, three, sizeof three);
    assert_true(digest_of(DIGEST_SHA1, three, sizeof three, text + sizeof three));
    ADD("\xFE\x07\x00\x01");
    add(iv, 16);
    make_key(key);
    add_cfb(key, 16, GCRY_CIPHER_AES128, iv, 16, text, sizeof text);
    assert_int_equal(try_unlock(&made.key, "sesame"), SECRET_KEY_FAILED);
    assert_non_null(strstr(err.text, "don't belong to its public ones"));
    end();
}

static void a_key_of_an_unknown_curve_is_told_as_such(void **state)
{
    (void)state;
    make(4);
    made.key.is_known = false;
    assert_int_equal(secret_key_state(&made.key, &err), SECRET_KEY_UNKNOWN);
    assert_non_null(strstr(err.text, "algorithm or curve"));
    end();
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    secret_key_free(NULL);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_keys_of_peers_unlock, clear),
        cmocka_unit_test_setup(a_wrong_passphrase_is_told_as_such_and_an_open_key_needs_none,
                               clear),
        cmocka_unit_test_setup(stubs_and_unknown_protections_are_told_and_fail, clear),
        cmocka_unit_test_setup(a_damaged_open_key_does_not_open, clear),
        cmocka_unit_test_setup(version_6_with_sha1_unlocks, clear),
        cmocka_unit_test_setup(a_specifier_with_a_tail_is_refused, clear),
        cmocka_unit_test_setup(version_6_with_a_16_bit_sum_is_refused, clear),
        cmocka_unit_test_setup(argon2_without_aead_is_refused, clear),
        cmocka_unit_test_setup(the_aead_of_openpgpjs_5_unlocks, clear),
        cmocka_unit_test_setup(aead_of_a_64_bit_cipher_or_unknown_mode_is_refused, clear),
        cmocka_unit_test_setup(a_scalar_that_is_not_the_public_points_is_refused, clear),
        cmocka_unit_test_setup(
            a_wrong_passphrase_that_passes_the_sum_is_found_by_the_public_numbers, clear),
        cmocka_unit_test_setup(numbers_with_a_tail_are_refused_though_their_sum_is_right, clear),
        cmocka_unit_test_setup(elgamal_of_a_small_group_is_refused_where_it_was_protected, clear),
        cmocka_unit_test_setup(a_key_of_an_unknown_curve_is_told_as_such, clear),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, begin, vectors_end);
}
