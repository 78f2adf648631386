/* Session keys under public keys: what peers write, what is malformed, and what walseal writes. */
#define _POSIX_C_SOURCE 200809L
#include "formats/openpgp/pkesk.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/packet.h"

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

/* A key and a PKESK of a line of vectors. */
struct fixture {
    struct vector_key key;
    struct secret_key *secret;
    struct bytes body;
    struct pkesk pkesk;
};

static void fixture_begin(struct fixture *fixture, const char *tag, const char *key,
                          const char *passphrase, const char *body)
{
    vector_key_begin(&fixture->key, tag, key);
    fixture->secret = vector_unlock(&fixture->key.key, passphrase);
    fixture->body = hex_octets(body);
    assert_true(pkesk_parse(fixture->body, &fixture->pkesk, &err));
}

static void fixture_end(struct fixture *fixture)
{
    hex_free(fixture->body);
    secret_key_free(fixture->secret);
    vector_key_end(&fixture->key);
}

static bool opens(const struct fixture *fixture, const struct pkesk *pkesk)
{
    memset(session, 0, sizeof *session);
    return pkesk_open(pkesk, &fixture->key.key, secret_key_numbers(fixture->secret), session);
}

static bool session_is(const char *expected)
{
    const char *digits = strchr(expected, ':') + 1;
    struct bytes key = hex_octets(digits);
    bool same = session->cipher == atoi(expected) && bytes_equal(key, session->bytes, session->len);
    hex_free(key);
    return same;
}

static void check_opens(const struct vector *vector)
{
    struct fixture fixture;
    fixture_begin(&fixture, vector->field[1], vector->field[2], vector->field[3], vector->field[4]);
    assert_true(pkesk_is_for(&fixture.pkesk, &fixture.key.key));
    assert_true(opens(&fixture, &fixture.pkesk));
    assert_true(session_is(vector->field[5]));
    fixture_end(&fixture);
}

static void the_session_keys_of_peers_open(void **state)
{
    (void)state;
    vectors_each("pkesk", 6, check_opens);
}

static void check_malformed(const struct vector *vector)
{
    struct fixture fixture;
    fixture_begin(&fixture, vector->field[1], vector->field[2], "", vector->field[3]);
    bool opened = opens(&fixture, &fixture.pkesk);
    if (strcmp(vector->field[4], "nothing") == 0) {
        assert_false(opened);
    } else {
        static unsigned char before[OPENPGP_SESSION_KEY_MAX];
        assert_true(opened);
        assert_int_equal(session->cipher, OPENPGP_AES256);
        assert_int_equal(session->len, OPENPGP_SESSION_KEY_MAX);
        /* another one for other octets, the same for the same */
        assert_memory_not_equal(session->bytes, before, sizeof before);
        memcpy(before, session->bytes, sizeof before);
        assert_true(opens(&fixture, &fixture.pkesk));
        assert_memory_equal(session->bytes, before, sizeof before);
    }
    fixture_end(&fixture);
}

static void malformed_ones_give_nothing_or_a_substitute_as_the_algorithm_asks(void **state)
{
    (void)state;
    vectors_each("malformed-pkesk", 5, check_malformed);
}

/* Zero, which is in range for every key and never has padding. */
static void check_substitute_of_the_key(const struct vector *vector)
{
    static unsigned char before[OPENPGP_SESSION_KEY_MAX];
    static unsigned char before_id[8];
    static const unsigned char zero[2];
    struct fixture fixture;
    fixture_begin(&fixture, vector->field[1], vector->field[2], vector->field[3], vector->field[4]);
    struct pkesk pkesk = {
        .version = 3, .algorithm = OPENPGP_RSA, .is_hidden = true, .fields = {zero, sizeof zero}};
    if (fixture.key.key.algorithm == OPENPGP_RSA) {
        assert_true(opens(&fixture, &pkesk));
        bool same_key = memcmp(before_id, fixture.key.key.id, sizeof before_id) == 0;
        assert_int_equal(memcmp(before, session->bytes, sizeof before) == 0, same_key);
        memcpy(before, session->bytes, sizeof before);
        memcpy(before_id, fixture.key.key.id, sizeof before_id);
    }
    fixture_end(&fixture);
}

static void a_substitute_is_the_secret_keys_own(void **state)
{
    (void)state;
    vectors_each("pkesk", 6, check_substitute_of_the_key);
}

static bool has_padding(const struct openpgp_key *key)
{
    return key->numbers.kind == PUBLIC_KEY_RSA || key->numbers.kind == PUBLIC_KEY_ELGAMAL;
}

/* Fields that are cut short, have a tail, or an octet flipped. */
static void check_damage(const struct vector *vector)
{
    struct fixture fixture;
    fixture_begin(&fixture, vector->field[1], vector->field[2], vector->field[3], vector->field[4]);
    struct bytes whole = fixture.pkesk.fields;
    unsigned char *octets = malloc(whole.len + 1);
    assert_non_null(octets);
    memcpy(octets, whole.at, whole.len);
    octets[whole.len] = 0;
    struct pkesk pkesk = fixture.pkesk;
    size_t step = whole.len > 200 ? 37 : 5;
    for (size_t len = 0; len <= whole.len + 1; len++)
        if (len != whole.len && (len < 4 || len + 2 > whole.len || len % step == 0)) {
            pkesk.fields = (struct bytes){octets, len};
            assert_false(opens(&fixture, &pkesk));
        }
    pkesk.fields = (struct bytes){octets, whole.len};
    for (size_t at = 2; at < whole.len; at += step) {
        octets[at] ^= 0x04;
        bool opened = opens(&fixture, &pkesk);
        assert_int_equal(opened, has_padding(&fixture.key.key));
        assert_false(opened && session_is(vector->field[5]));
        octets[at] ^= 0x04;
    }
    free(octets);
    fixture_end(&fixture);
}

static void damaged_fields_never_give_the_session_key(void **state)
{
    (void)state;
    vectors_each("pkesk", 6, check_damage);
}

/* ---- whom one is for ---- */

static void is_for_whom_it_names(const struct vector *vector)
{
    struct fixture fixture;
    fixture_begin(&fixture, vector->field[1], vector->field[2], vector->field[3], vector->field[4]);
    struct openpgp_key other = fixture.key.key;
    other.id[0] ^= 1;
    other.fingerprint[0] ^= 1;
    assert_int_equal(pkesk_is_for(&fixture.pkesk, &other), fixture.pkesk.is_hidden);
    struct pkesk hidden = fixture.pkesk;
    hidden.is_hidden = true;
    hidden.recipient.len = 0;
    assert_true(pkesk_is_for(&hidden, &fixture.key.key));
    other = fixture.key.key;
    other.algorithm = other.algorithm == OPENPGP_ECDH ? OPENPGP_ELGAMAL : OPENPGP_ECDH;
    assert_false(pkesk_is_for(&fixture.pkesk, &other));
    assert_false(pkesk_is_for(&hidden, &other));
    other = fixture.key.key;
    other.is_known = false;
    assert_false(pkesk_is_for(&fixture.pkesk, &other));
    assert_false(pkesk_open(&fixture.pkesk, &other, secret_key_numbers(fixture.secret), session));
    fixture_end(&fixture);
}

static void one_is_for_the_key_it_names_or_for_any_of_the_algorithm(void **state)
{
    (void)state;
    vectors_each("pkesk", 6, is_for_whom_it_names);
}

/* The key ID of every key made so far against the hidden PKESK of another curve. */
static struct pkesk of_curve25519;
static unsigned char curve25519_fields[256];

static void find_curve25519(const struct vector *vector)
{
    struct bytes body;
    if (strcmp(vector->field[0], "cv25519-gpg") != 0)
        return;
    body = hex_octets(vector->field[4]);
    assert_true(pkesk_parse(body, &of_curve25519, &err));
    memcpy(curve25519_fields, of_curve25519.fields.at, of_curve25519.fields.len);
    of_curve25519.fields.at = curve25519_fields;
    of_curve25519.is_hidden = true;
    hex_free(body);
}

static void no_other_curve_takes_it(const struct vector *vector)
{
    struct vector_key key;
    vector_key_begin(&key, vector->field[1], vector->field[2]);
    assert_int_equal(pkesk_is_for(&of_curve25519, &key.key),
                     key.key.algorithm == OPENPGP_ECDH &&
                         key.key.numbers.kind == PUBLIC_KEY_X25519);
    vector_key_end(&key);
}

static void a_hidden_recipient_is_a_key_of_the_same_curve(void **state)
{
    (void)state;
    vectors_each("pkesk", 6, find_curve25519);
    vectors_each("pkesk", 6, no_other_curve_takes_it);
}

static void rsa_and_rsa_for_encryption_only_are_one_algorithm(void **state)
{
    (void)state;
    unsigned char modulus[256];
    memset(modulus, 0xFF, sizeof modulus);
    struct openpgp_key key = {
        .is_known = true,
        .algorithm = OPENPGP_RSA_ENCRYPT_ONLY,
        .numbers = {.kind = PUBLIC_KEY_RSA, .number = {{modulus, sizeof modulus}}}};
    struct pkesk pkesk = {.version = 3, .algorithm = OPENPGP_RSA, .recipient = {key.id, 8}};
    assert_true(pkesk_is_for(&pkesk, &key));
    key.algorithm = OPENPGP_RSA_SIGN_ONLY;
    assert_false(pkesk_is_for(&pkesk, &key));
}

/* ---- parsing ---- */

#define ID "0102030405060708"
#define FINGERPRINT_20 "000102030405060708090a0b0c0d0e0f10111213"
#define FINGERPRINT_32 FINGERPRINT_20 "1415161718191a1b1c1d1e1f"

static bool parses(const char *body, struct pkesk *pkesk)
{
    struct bytes octets = hex_octets(body);
    error_clear(&err);
    bool parsed = pkesk_parse(octets, pkesk, &err);
    hex_free(octets);
    return parsed;
}

static void recipients_are_named_by_id_or_fingerprint_or_hidden(void **state)
{
    (void)state;
    struct pkesk pkesk;
    assert_true(parses("03" ID "12abcd", &pkesk));
    assert_int_equal(pkesk.version, 3);
    assert_int_equal(pkesk.algorithm, OPENPGP_ECDH);
    assert_int_equal(pkesk.recipient.len, 8);
    assert_false(pkesk.is_hidden);
    assert_int_equal(pkesk.fields.len, 2);
    assert_true(parses("03000000000000000001", &pkesk));
    assert_true(pkesk.is_hidden);
    assert_int_equal(pkesk.recipient.len, 0);
    assert_true(parses("061504" FINGERPRINT_20 "19ab", &pkesk));
    assert_int_equal(pkesk.recipient.len, 20);
    assert_int_equal(pkesk.algorithm, OPENPGP_X25519);
    assert_true(parses("062106" FINGERPRINT_32 "19", &pkesk));
    assert_int_equal(pkesk.recipient.len, 32);
    assert_false(pkesk.is_hidden);
    assert_true(parses("060019ab", &pkesk));
    assert_true(pkesk.is_hidden);
    assert_int_equal(pkesk.fields.len, 1);
}

static void assert_refused(const char *body, enum error_kind kind)
{
    struct pkesk pkesk;
    assert_false(parses(body, &pkesk));
    assert_int_equal(err.kind, kind);
}

static void other_versions_and_cut_bodies_are_refused(void **state)
{
    (void)state;
    assert_refused("02" ID "01", ERROR_UNSUPPORTED);
    assert_refused("04" ID "01", ERROR_UNSUPPORTED);
    assert_refused("062105" FINGERPRINT_32 "19", ERROR_UNSUPPORTED);
    assert_refused("062104" FINGERPRINT_32 "19", ERROR_DAMAGED);
    assert_refused("061506" FINGERPRINT_20 "19", ERROR_DAMAGED);
    assert_refused("060106", ERROR_DAMAGED);
    static const char *const whole[] = {"03" ID "01", "062106" FINGERPRINT_32 "19", "060019"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (size_t len = 0; len < strlen(whole[i]); len += 2) {
            char cut[128];
            snprintf(cut, sizeof cut, "%.*s", (int)len, whole[i]);
            assert_refused(cut, ERROR_DAMAGED);
        }
}

/* ---- writing ---- */

/* Writes a session key of cipher for key, reads it back, and returns the packet's length. */
static size_t write_and_open(const struct fixture *fixture, uint8_t cipher, bool hide)
{
    static unsigned char packet[ESK_PACKET_MAX];
    size_t packet_len;
    struct session_key made = {.cipher = cipher, .len = openpgp_cipher_key_len(cipher)};
    for (size_t i = 0; i < made.len; i++)
        made.bytes[i] = (unsigned char)(0xF8 + 3 * i);
    assert_true(pkesk_write(&fixture->key.key, hide, &made, packet, &packet_len, &err));
    struct bytes from = {packet, packet_len};
    struct bytes body;
    struct pkesk pkesk;
    uint8_t tag;
    assert_true(packet_take(&from, &tag, &body, &err));
    assert_int_equal(tag, PACKET_PKESK);
    assert_int_equal(from.len, 0);
    assert_true(pkesk_parse(body, &pkesk, &err));
    assert_int_equal(pkesk.version, 3);
    assert_int_equal(pkesk.is_hidden, hide);
    assert_true(opens(fixture, &pkesk));
    assert_int_equal(session->cipher, cipher);
    assert_int_equal(session->len, made.len);
    assert_memory_equal(session->bytes, made.bytes, made.len);
    return packet_len;
}

static void check_writes(const struct vector *vector)
{
    struct fixture fixture;
    fixture_begin(&fixture, vector->field[1], vector->field[2], vector->field[3], vector->field[4]);
    size_t len = write_and_open(&fixture, OPENPGP_AES256, false);
    size_t hidden_len = write_and_open(&fixture, OPENPGP_AES256, true);
    size_t len_128 = write_and_open(&fixture, OPENPGP_AES128, false);
    /* RSA's and ElGamal's numbers are shorter by an octet once in 256 */
    if (!has_padding(&fixture.key.key))
        assert_int_equal(hidden_len, len);
    if (fixture.key.key.algorithm == OPENPGP_ECDH)
        assert_int_equal(len_128, len);
    fixture_end(&fixture);
}

static void what_is_written_for_every_algorithm_opens(void **state)
{
    (void)state;
    vectors_each("pkesk", 6, check_writes);
}

static void check_refuses_to_write(const struct vector *vector)
{
    struct vector_key key;
    unsigned char packet[ESK_PACKET_MAX];
    size_t packet_len;
    struct session_key made = {.cipher = OPENPGP_TWOFISH, .len = 32};
    vector_key_begin(&key, vector->field[1], vector->field[2]);
    error_clear(&err);
    uint8_t algorithm = key.key.algorithm;
    if (algorithm == OPENPGP_X25519 || algorithm == OPENPGP_X448) {
        assert_false(pkesk_write(&key.key, false, &made, packet, &packet_len, &err));
        assert_int_equal(err.kind, ERROR_KEY);
    } else if (algorithm == OPENPGP_ECDH) {
        assert_true(pkesk_write(&key.key, false, &made, packet, &packet_len, &err));
        key.key.kdf_cipher = OPENPGP_CAST5;
        assert_false(pkesk_write(&key.key, false, &made, packet, &packet_len, &err));
        assert_int_equal(err.kind, ERROR_KEY);
        error_clear(&err);
        key.key.kdf_cipher = OPENPGP_AES256;
        key.key.kdf_hash = 2; /* SHA-1 is too short for it */
        assert_false(pkesk_write(&key.key, false, &made, packet, &packet_len, &err));
    } else if (algorithm == OPENPGP_RSA) {
        key.key.numbers.number[0].len = 63;
        assert_false(pkesk_write(&key.key, false, &made, packet, &packet_len, &err));
        assert_int_equal(err.kind, ERROR_KEY);
        error_clear(&err);
        key.key.algorithm = OPENPGP_RSA_SIGN_ONLY;
        assert_false(pkesk_write(&key.key, false, &made, packet, &packet_len, &err));
        assert_int_equal(err.kind, ERROR_KEY);
    }
    vector_key_end(&key);
}

static void keys_and_ciphers_that_cannot_are_refused(void **state)
{
    (void)state;
    vectors_each("pkesk", 6, check_refuses_to_write);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_session_keys_of_peers_open, clear),
        cmocka_unit_test_setup(malformed_ones_give_nothing_or_a_substitute_as_the_algorithm_asks,
                               clear),
        cmocka_unit_test_setup(a_substitute_is_the_secret_keys_own, clear),
        cmocka_unit_test_setup(damaged_fields_never_give_the_session_key, clear),
        cmocka_unit_test_setup(one_is_for_the_key_it_names_or_for_any_of_the_algorithm, clear),
        cmocka_unit_test_setup(a_hidden_recipient_is_a_key_of_the_same_curve, clear),
        cmocka_unit_test(rsa_and_rsa_for_encryption_only_are_one_algorithm),
        cmocka_unit_test_setup(recipients_are_named_by_id_or_fingerprint_or_hidden, clear),
        cmocka_unit_test_setup(other_versions_and_cut_bodies_are_refused, clear),
        cmocka_unit_test_setup(what_is_written_for_every_algorithm_opens, clear),
        cmocka_unit_test_setup(keys_and_ciphers_that_cannot_are_refused, clear),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
