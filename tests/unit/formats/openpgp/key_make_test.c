/* New OpenPGP keys: every octet that matters, taken apart by hand; that other programs use them is
 * tests/interop/keygen.bats's. */
#define _GNU_SOURCE /* memmem */
#include "formats/openpgp/key_make.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "formats.h"
#include "formats/openpgp/armor.h"
#include "formats/openpgp/certificate.h"
#include "formats/openpgp/secret_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

enum { CREATED = 1700000000, DAY = 24 * 3600 };

static struct error err;
static struct new_key made;
static struct certificate certificate;
static struct notes notes;
static unsigned char octets[16384];
static struct bytes packets;
static const struct key_wish plain_wish = {.user_id = "walseal backup key", .created = CREATED};

static int begin(void **state)
{
    (void)state;
    return secret_begin(&err) && libgcrypt_begin(&err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    formats_free_key(&made);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    error_clear(&err);
    memset(&notes, 0, sizeof notes);
    memset(&certificate, 0xEE, sizeof certificate);
    return 0;
}

static void make(const struct key_wish *wish)
{
    made = (struct new_key){.secret = NULL};
    assert_true(openpgp_make_key(wish, &made, &err));
    assert_int_equal(err.kind, ERROR_NONE);
}

static void take(const char *text, enum armor_kind kind, time_t now)
{
    struct armor armor;
    struct bytes from = {(const unsigned char *)text, strlen(text)};
    packets.at = octets;
    assert_true(armor_begin(&armor, &from, &err));
    assert_int_equal(armor.kind, kind);
    assert_true(armor_decode(&armor, &from, octets, &packets.len, &err));
    assert_true(armor_end(&armor, &err));
    struct bytes rest = packets;
    assert_true(certificate_take(&rest, now, &certificate, &notes, "it", &err));
    assert_int_equal(rest.len, 0);
    assert_int_equal(certificate.key_count, 2);
}

static void its_parts_are_those_of_rfc_4880_readers(void **state)
{
    (void)state;
    static const unsigned char ciphers[] = {9, 8, 7};
    make(&plain_wish);
    take(made.public_text, ARMOR_PUBLIC_KEY, CREATED);
    const struct certificate_key *primary = &certificate.keys[0], *subkey = &certificate.keys[1];
    assert_int_equal(primary->key.version, 4);
    assert_int_equal(primary->key.algorithm, 22);
    assert_int_equal(primary->key.created, CREATED);
    assert_int_equal(primary->flags, 0x03);
    assert_true(primary->is_bound);
    assert_false(primary->has_expiry);
    assert_false(primary->key.has_secret);
    assert_int_equal(subkey->key.version, 4);
    assert_int_equal(subkey->key.algorithm, 18);
    assert_int_equal(subkey->key.kdf_hash, 8);
    assert_int_equal(subkey->key.kdf_cipher, 7);
    assert_int_equal(subkey->flags, 0x0C);
    assert_true(subkey->is_bound);
    assert_false(subkey->has_expiry);
    assert_true(bytes_equal(certificate.user_id, plain_wish.user_id, 18));
    assert_true(bytes_equal(certificate.ciphers, ciphers, sizeof ciphers));
    assert_int_equal(certificate.features, 1);
    assert_ptr_equal(certificate_encryption_key(&certificate, "it", CREATED, false, &notes, &err),
                     &subkey->key);
}

static void it_prefers_what_all_readers_have(void **state)
{
    (void)state;
    static const unsigned char preferences[] = {
        4, 11, 9,  8, 7, /* AES-256, AES-192, AES-128 */
        3, 21, 10, 8,    /* SHA-512, SHA-256 */
        2, 22, 0,        /* no compression */
        2, 30, 1,        /* SEIPD version 1 */
    };
    make(&plain_wish);
    take(made.public_text, ARMOR_PUBLIC_KEY, CREATED);
    assert_non_null(memmem(packets.at, packets.len, preferences, sizeof preferences));
}

static void its_description_names_what_v_shows_later(void **state)
{
    (void)state;
    char fingerprint[41];
    make(&plain_wish);
    take(made.public_text, ARMOR_PUBLIC_KEY, CREATED);
    for (size_t i = 0; i < 20; i++)
        snprintf(fingerprint + 2 * i, 3, "%02X", certificate.keys[0].key.fingerprint[i]);
    assert_non_null(strstr(made.description, fingerprint));
    assert_non_null(strstr(made.description, certificate.keys[1].key.id_text));
}

/* The public text and the secret one are the same key. */
static void the_two_texts_belong_together(void **state)
{
    (void)state;
    unsigned char fingerprint[20];
    make(&plain_wish);
    take(made.public_text, ARMOR_PUBLIC_KEY, CREATED);
    memcpy(fingerprint, certificate.keys[1].key.fingerprint, sizeof fingerprint);
    take(made.secret, ARMOR_PRIVATE_KEY, CREATED);
    assert_memory_equal(certificate.keys[1].key.fingerprint, fingerprint, sizeof fingerprint);
    assert_true(certificate.keys[0].key.has_secret);
    assert_true(certificate.keys[1].key.has_secret);
}

static void no_two_keys_are_alike(void **state)
{
    (void)state;
    unsigned char fingerprint[20];
    make(&plain_wish);
    take(made.public_text, ARMOR_PUBLIC_KEY, CREATED);
    memcpy(fingerprint, certificate.keys[1].key.fingerprint, sizeof fingerprint);
    formats_free_key(&made);
    make(&plain_wish);
    take(made.public_text, ARMOR_PUBLIC_KEY, CREATED);
    assert_memory_not_equal(certificate.keys[1].key.fingerprint, fingerprint, sizeof fingerprint);
}

static void without_a_passphrase_it_is_open(void **state)
{
    (void)state;
    make(&plain_wish);
    take(made.secret, ARMOR_PRIVATE_KEY, CREATED);
    for (size_t i = 0; i < 2; i++) {
        struct bytes secret = certificate.keys[i].key.secret_part;
        assert_int_equal(secret.at[0], 0);
        assert_int_equal(secret_key_state(&certificate.keys[i].key, &err), SECRET_KEY_OPEN);
    }
}

/* A scalar that isn't clamped is refused, or worse, changed, by some readers: big-endian, its first
 * octet ends the number and its last one begins it. */
static void the_scalar_is_written_clamped_and_reversed(void **state)
{
    (void)state;
    make(&plain_wish);
    take(made.secret, ARMOR_PRIVATE_KEY, CREATED);
    struct bytes secret = certificate.keys[1].key.secret_part;
    assert_int_equal(secret.len, 1 + 2 + 32 + 2);
    assert_int_equal(secret.at[1], 0);
    assert_int_equal(secret.at[2], 255);
    assert_int_equal(secret.at[3] & 0xC0, 0x40);
    assert_int_equal(secret.at[34] & 0x07, 0);
}

/* What sq, rnp and OpenPGP.js 5 write, and everybody reads. */
static void a_passphrase_protects_it_in_the_common_way(void **state)
{
    (void)state;
    static const unsigned char parameters[] = {254, 9, 3, 8};
    struct bytes passphrase = {(const unsigned char *)"two words", 9};
    struct bytes wrong = {(const unsigned char *)"two word", 8};
    struct key_wish wish = plain_wish;
    struct secret_key *secret;
    wish.passphrase = &passphrase;
    make(&wish);
    take(made.secret, ARMOR_PRIVATE_KEY, CREATED);
    for (size_t i = 0; i < 2; i++) {
        const struct openpgp_key *key = &certificate.keys[i].key;
        assert_true(key->secret_part.len > 29);
        assert_memory_equal(key->secret_part.at, parameters, sizeof parameters);
        assert_int_equal(key->secret_part.at[12], 0xFF); /* 65011712 octets are hashed */
        assert_int_equal(secret_key_unlock(key, passphrase, &secret, &err), SECRET_KEY_UNLOCKED);
        secret_key_free(secret);
    }
    assert_int_equal(secret_key_unlock(&certificate.keys[1].key, wrong, &secret, &err),
                     SECRET_KEY_WRONG_PASSPHRASE);
    assert_memory_not_equal(certificate.keys[0].key.secret_part.at + 4,
                            certificate.keys[1].key.secret_part.at + 4, 8);
}

static void a_lifetime_ends_both_keys(void **state)
{
    (void)state;
    struct key_wish wish = plain_wish;
    wish.lifetime = 90 * DAY;
    make(&wish);
    take(made.public_text, ARMOR_PUBLIC_KEY, CREATED);
    for (size_t i = 0; i < 2; i++) {
        assert_true(certificate.keys[i].has_expiry);
        assert_int_equal(certificate.keys[i].expiry, CREATED + 90 * DAY);
    }
    assert_non_null(certificate_encryption_key(&certificate, "it", CREATED + 90 * DAY - 1, false,
                                               &notes, &err));
    assert_null(
        certificate_encryption_key(&certificate, "it", CREATED + 90 * DAY, false, &notes, &err));
}

static void rsa_is_for_both_keys(void **state)
{
    (void)state;
    struct key_wish wish = plain_wish;
    wish.rsa_bits = 2048;
    make(&wish);
    take(made.secret, ARMOR_PRIVATE_KEY, CREATED);
    for (size_t i = 0; i < 2; i++) {
        const struct certificate_key *key = &certificate.keys[i];
        struct secret_key *secret;
        assert_int_equal(key->key.algorithm, 1);
        assert_int_equal(public_key_bits(&key->key.numbers), 2048);
        assert_int_equal(key->flags, i == 0 ? 0x03 : 0x0C);
        assert_int_equal(secret_key_unlock(&key->key, (struct bytes){NULL, 0}, &secret, &err),
                         SECRET_KEY_UNLOCKED);
        secret_key_free(secret);
    }
}

/* The largest of everything. */
static void rsa_of_4096_bits_with_a_long_user_id_has_room(void **state)
{
    (void)state;
    char user_id[KEY_USER_ID_MAX + 1];
    struct bytes passphrase = {(const unsigned char *)"x", 1};
    struct key_wish wish = plain_wish;
    memset(user_id, 'u', KEY_USER_ID_MAX);
    user_id[KEY_USER_ID_MAX] = '\0';
    wish.rsa_bits = 4096;
    wish.user_id = user_id;
    wish.lifetime = DAY;
    wish.passphrase = &passphrase;
    make(&wish);
    take(made.secret, ARMOR_PRIVATE_KEY, CREATED);
    assert_int_equal(certificate.user_id.len, KEY_USER_ID_MAX);
    assert_int_equal(public_key_bits(&certificate.keys[1].key.numbers), 4096);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    struct new_key nothing = {.secret = NULL};
    formats_free_key(&nothing);
    formats_free_key(&nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, forget, end)
        TEST(its_parts_are_those_of_rfc_4880_readers),
        TEST(it_prefers_what_all_readers_have),
        TEST(its_description_names_what_v_shows_later),
        TEST(the_two_texts_belong_together),
        TEST(no_two_keys_are_alike),
        TEST(without_a_passphrase_it_is_open),
        TEST(the_scalar_is_written_clamped_and_reversed),
        TEST(a_passphrase_protects_it_in_the_common_way),
        TEST(a_lifetime_ends_both_keys),
        TEST(rsa_is_for_both_keys),
        TEST(rsa_of_4096_bits_with_a_long_user_id_has_room),
        TEST(freeing_nothing_is_allowed),
#undef TEST
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
