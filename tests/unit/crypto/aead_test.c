/* AEAD: known answers of each mode, and that nothing opens that was changed. */
#include "crypto/aead.h"

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

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { TEXT_LEN = 40 };

#define KEY "000102030405060708090a0b0c0d0e0f"
#define NONCE KEY
#define TEXT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"

static const struct {
    int mode;
    size_t nonce_len;
    const char *sealed, *tag, *tag_of_nothing;
} cases[] = {
    {GCRY_CIPHER_MODE_OCB, 15,
     "5e2fa7367ffbdb3938845cfd415fcc71ec79634eb31451609d27505f5e2978f43c44213d8fa441ee",
     "a1585347aae69f7ebc9cbf9f20fea4b2", "3d4b04c766dd3f65de9d1d1966872a1e"},
    {GCRY_CIPHER_MODE_GCM, 12,
     "936da5cd621ef15343db6b813aae7e07a33708f547f8ebe1fe38eb360859bc73a585f9d4d0a591c4",
     "8aac703d730f094387691e57a62403a0", "353a7082274d24772abbce5e4741464d"},
    {GCRY_CIPHER_MODE_EAX, 16,
     "29d878d1a3be857b6fb8c8ea5950a778331fbf2ccf33986f35e8cf121dcb30bc5c87f59b057a40e9",
     "2915d8064ed00de45fc2f0e4d9aca3fb", "950ec0db2b104625588ab5cf5c64a0a1"},
};

static int begin(void **state)
{
    static struct error err;
    (void)state;
    return libgcrypt_begin(&err) ? 0 : -1;
}

static struct aead *of_case(size_t i)
{
    struct aead *aead = aead_new(GCRY_CIPHER_AES128, cases[i].mode, hex(KEY).at, 16);
    assert_non_null(aead);
    return aead;
}

static struct bytes nonce_of_case(size_t i)
{
    return (struct bytes){hex(NONCE).at, cases[i].nonce_len};
}

static void each_mode_makes_the_known_bytes_and_opens_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct aead *aead = of_case(i);
        struct bytes nonce = nonce_of_case(i);
        unsigned char out[TEXT_LEN], tag[AEAD_TAG_LEN];
        for (int round = 0; round < 2; round++) {
            assert_true(aead_seal(aead, nonce, text("head"), hex(TEXT), out, tag));
            assert_bytes(out, cases[i].sealed);
            assert_bytes(tag, cases[i].tag);
            assert_true(aead_open(aead, nonce, text("head"), hex(cases[i].sealed), tag, out));
            assert_bytes(out, TEXT);
        }
        aead_free(aead);
    }
}

static void nothing_is_sealed_and_opened_too(void **state)
{
    (void)state;
    const struct bytes nothing = {NULL, 0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct aead *aead = of_case(i);
        struct bytes nonce = nonce_of_case(i);
        unsigned char out[1], tag[AEAD_TAG_LEN];
        assert_true(aead_seal(aead, nonce, text("head"), nothing, out, tag));
        assert_bytes(tag, cases[i].tag_of_nothing);
        assert_true(aead_open(aead, nonce, text("head"), nothing, tag, out));
        assert_false(aead_open(aead, nonce, nothing, nothing, tag, out));
        assert_true(aead_seal(aead, nonce, nothing, nothing, out, tag));
        assert_true(aead_open(aead, nonce, nothing, nothing, tag, out));
        aead_free(aead);
    }
}

static void texts_of_all_lengths_round_a_block_open_in_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct aead *aead = of_case(i);
        for (size_t len = 0; len <= TEXT_LEN; len++) {
            unsigned char room[TEXT_LEN], tag[AEAD_TAG_LEN];
            const struct bytes in = {room, len};
            memcpy(room, hex(TEXT).at, TEXT_LEN);
            assert_true(aead_seal(aead, nonce_of_case(i), text("head"), in, room, tag));
            assert_true(aead_open(aead, nonce_of_case(i), text("head"), in, tag, room));
            assert_bytes(room, TEXT);
        }
        aead_free(aead);
    }
}

/* Whether it opens; if not, that no byte of the text is left. */
static bool opens(struct aead *aead, struct bytes nonce, struct bytes additional,
                  struct bytes sealed, struct bytes tag)
{
    static const unsigned char zeros[TEXT_LEN];
    unsigned char out[TEXT_LEN];
    memset(out, 0xEE, sizeof out);
    if (aead_open(aead, nonce, additional, sealed, tag.at, out))
        return true;
    assert_memory_equal(out, zeros, sealed.len);
    return false;
}

static struct bytes changed(struct bytes bytes, size_t at)
{
    static unsigned char room[TEXT_LEN];
    memcpy(room, bytes.at, bytes.len);
    room[at] ^= 0x10;
    return (struct bytes){room, bytes.len};
}

static void one_changed_bit_anywhere_opens_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct aead *aead = of_case(i);
        struct bytes nonce = nonce_of_case(i), head = text("head");
        struct bytes sealed = hex(cases[i].sealed), tag = hex(cases[i].tag);
        assert_true(opens(aead, nonce, head, sealed, tag));
        for (size_t at = 0; at < sealed.len; at++)
            assert_false(opens(aead, nonce, head, changed(sealed, at), tag));
        for (size_t at = 0; at < tag.len; at++)
            assert_false(opens(aead, nonce, head, sealed, changed(tag, at)));
        for (size_t at = 0; at < nonce.len; at++)
            assert_false(opens(aead, changed(nonce, at), head, sealed, tag));
        assert_false(opens(aead, nonce, text("heads"), sealed, tag));
        assert_false(opens(aead, nonce, text(""), sealed, tag));
        sealed.len--;
        assert_false(opens(aead, nonce, head, sealed, tag));
        sealed.len++;
        assert_true(opens(aead, nonce, head, sealed, tag));
        aead_free(aead);
    }
}

static void other_128_bit_ciphers_serve_too(void **state)
{
    (void)state;
    static const int ciphers[] = {GCRY_CIPHER_TWOFISH, GCRY_CIPHER_CAMELLIA256, GCRY_CIPHER_AES256};
    for (size_t i = 0; i < COUNT(cases) * COUNT(ciphers); i++) {
        size_t mode = i / COUNT(ciphers);
        struct aead *aead =
            aead_new(ciphers[i % COUNT(ciphers)], cases[mode].mode, hex(KEY KEY).at, 32);
        unsigned char sealed[TEXT_LEN], out[TEXT_LEN], tag[AEAD_TAG_LEN];
        assert_non_null(aead);
        assert_true(aead_seal(aead, nonce_of_case(mode), text("head"), hex(TEXT), sealed, tag));
        assert_true(aead_open(aead, nonce_of_case(mode), text("head"),
                              (struct bytes){sealed, TEXT_LEN}, tag, out));
        assert_bytes(out, TEXT);
        aead_free(aead);
    }
}

static void what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    struct bytes key = hex(KEY KEY);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(aead_new(GCRY_CIPHER_AES128, cases[i].mode, key.at, 15));
        assert_null(aead_new(GCRY_CIPHER_AES128, cases[i].mode, key.at, 32));
        assert_null(aead_new(9999, cases[i].mode, key.at, 16));
    }
    assert_null(aead_new(GCRY_CIPHER_CAST5, GCRY_CIPHER_MODE_OCB, key.at, 16));
    assert_null(aead_new(GCRY_CIPHER_CAST5, GCRY_CIPHER_MODE_GCM, key.at, 16));
    aead_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mode_makes_the_known_bytes_and_opens_them),
        cmocka_unit_test(nothing_is_sealed_and_opened_too),
        cmocka_unit_test(texts_of_all_lengths_round_a_block_open_in_place),
        cmocka_unit_test(one_changed_bit_anywhere_opens_nothing),
        cmocka_unit_test(other_128_bit_ciphers_serve_too),
        cmocka_unit_test(what_does_not_go_together_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
