/* PKCS#1 padding: every right form, and a substitute for every wrong one. */
#include "formats/openpgp/pkcs1.h"

#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#undef fail

enum { LEN = 256 };

static unsigned char padded[LEN];
static unsigned char substitute[OPENPGP_SESSION_KEY_MAX];
static struct session_key session;

static int begin(void **state)
{
    (void)state;
    struct error err = {.kind = ERROR_NONE};
    memset(substitute, 0x5A, sizeof substitute);
    return secret_begin(&err) ? 0 : -1;
}

/* Fills padded with a good message; returns where its zero separator stands. */
static size_t make(int version, uint8_t cipher, size_t key_len)
{
    size_t head_len = version == 3 ? 1 : 0;
    size_t separator = LEN - 1 - head_len - key_len - 2;
    unsigned sum = 0;
    memset(padded, 0x77, LEN);
    padded[0] = 0;
    padded[1] = 2;
    padded[separator] = 0;
    if (version == 3)
        padded[separator + 1] = cipher;
    for (size_t i = 0; i < key_len; i++) {
        padded[separator + 1 + head_len + i] = (unsigned char)(0xF0 + i);
        sum += (unsigned char)(0xF0 + i);
    }
    padded[LEN - 2] = (unsigned char)(sum >> 8);
    padded[LEN - 1] = (unsigned char)sum;
    return separator;
}

static void decode(int version)
{
    memset(&session, 0xEE, sizeof session);
    pkcs1_decode((struct bytes){padded, LEN}, (uint8_t)version, substitute, &session);
}

static void assert_decodes(int version, uint8_t cipher, size_t key_len)
{
    decode(version);
    assert_int_equal(session.cipher, cipher);
    assert_int_equal(session.len, key_len);
    for (size_t i = 0; i < key_len; i++)
        assert_int_equal(session.bytes[i], (unsigned char)(0xF0 + i));
}

static void assert_substituted(int version)
{
    decode(version);
    assert_int_equal(session.cipher, version == 3 ? OPENPGP_AES256 : 0);
    assert_int_equal(session.len, sizeof substitute);
    assert_memory_equal(session.bytes, substitute, sizeof substitute);
}

static void every_cipher_decodes_with_keys_of_its_length(void **state)
{
    (void)state;
    for (unsigned cipher = 0; cipher <= UINT8_MAX; cipher++)
        for (size_t key_len = 16; key_len <= 32; key_len += 8) {
            make(3, (uint8_t)cipher, key_len);
            if (openpgp_cipher_key_len((uint8_t)cipher) == key_len)
                assert_decodes(3, (uint8_t)cipher, key_len);
            else
                assert_substituted(3);
        }
}

static void version_6_has_no_cipher_and_keys_of_three_lengths(void **state)
{
    (void)state;
    for (size_t key_len = 0; key_len <= 40; key_len++) {
        make(6, 0, key_len);
        if (key_len == 16 || key_len == 24 || key_len == 32)
            assert_decodes(6, 0, key_len);
        else
            assert_substituted(6);
    }
}

static void one_version_is_not_taken_for_the_other(void **state)
{
    (void)state;
    make(3, OPENPGP_AES256, 32);
    assert_substituted(6);
    make(6, 0, 32);
    assert_substituted(3);
}

static void every_octet_matters(void **state)
{
    (void)state;
    for (int version = 3; version <= 6; version += 3) {
        size_t separator = make(version, OPENPGP_AES192, 24);
        for (size_t at = 0; at < LEN; at++) {
            bool in_padding = at >= 2 && at < separator;
            padded[at] ^= in_padding ? 0x77 : 0x01; /* zero in the padding ends it too early */
            assert_substituted(version);
            padded[at] ^= in_padding ? 0x77 : 0x01;
        }
        assert_decodes(version, version == 3 ? OPENPGP_AES192 : 0, 24);
    }
}

static void any_padding_without_zeros_will_do(void **state)
{
    (void)state;
    size_t separator = make(3, OPENPGP_AES128, 16);
    for (size_t at = 2; at < separator; at++)
        padded[at] = (unsigned char)(at % 255 + 1);
    assert_decodes(3, OPENPGP_AES128, 16);
}

static void all_zeros_are_no_message(void **state)
{
    (void)state;
    memset(padded, 0, LEN);
    assert_substituted(3);
    assert_substituted(6);
}

static void the_smallest_number_has_room(void **state)
{
    (void)state;
    unsigned char small[PKCS1_LEN_MIN];
    session = (struct session_key){.cipher = OPENPGP_AES256, .len = 32};
    memset(session.bytes, 0xC3, 32);
    pkcs1_encode(&session, small, sizeof small);
    memset(&session, 0, sizeof session);
    pkcs1_decode((struct bytes){small, sizeof small}, 3, substitute, &session);
    assert_int_equal(session.len, 32);
    assert_int_equal(session.bytes[31], 0xC3);
}

static void what_is_encoded_is_decoded_behind_new_padding_without_zeros(void **state)
{
    (void)state;
    unsigned char before[LEN] = {0};
    /* often enough that each octet of the padding would have been zero */
    for (int turn = 0; turn < 5000; turn++) {
        session = (struct session_key){.cipher = OPENPGP_AES128, .len = 16};
        for (size_t i = 0; i < 16; i++)
            session.bytes[i] = (unsigned char)(0xF0 + i);
        pkcs1_encode(&session, padded, LEN);
        size_t separator = LEN - 1 - 1 - 16 - 2;
        for (size_t at = 2; at < separator; at++)
            assert_int_not_equal(padded[at], 0);
        assert_memory_not_equal(before + 2, padded + 2, separator - 2);
        memcpy(before, padded, LEN);
        assert_decodes(3, OPENPGP_AES128, 16);
    }
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cipher_decodes_with_keys_of_its_length),
        cmocka_unit_test(version_6_has_no_cipher_and_keys_of_three_lengths),
        cmocka_unit_test(one_version_is_not_taken_for_the_other),
        cmocka_unit_test(every_octet_matters),
        cmocka_unit_test(any_padding_without_zeros_will_do),
        cmocka_unit_test(all_zeros_are_no_message),
        cmocka_unit_test(the_smallest_number_has_room),
        cmocka_unit_test(what_is_encoded_is_decoded_behind_new_padding_without_zeros),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
