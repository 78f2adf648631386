/* CFB: known answers of every cipher, made from the bare cipher block by block. */
#include "crypto/cfb.h"

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

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define IV "808182838485868788898a8b8c8d8e8f"
#define TEXT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
#define AES256_TEXT                                                                                \
    "b0b1f778cf92b184a95a85fc829766cdec6718f04bc9fbcbda4145fa71ca000d1d2d877d57e2c935"

static const struct {
    int cipher;
    size_t key_len, block_len;
    const char *encrypted;
} cases[] = {
    {GCRY_CIPHER_IDEA, 16, 8,
     "3e8e6b4ed3f1ac5565956cb40fa6fe4fce9bd29ad9f4fdafc45730bbb90d8952ef7326d99961b12d"},
    {GCRY_CIPHER_3DES, 24, 8,
     "724353cd71c07562cee880a0d776d3d5e113b9fa556d1290461f2a1571a651ba0bdc09c263b30870"},
    {GCRY_CIPHER_CAST5, 16, 8,
     "0189e600393640b9dbf0b78af6a5da4c67fff3c73d03342a411532120b9b3baba26995d2d0268f80"},
    {GCRY_CIPHER_BLOWFISH, 16, 8,
     "0930d81e978c6db073a2a9a3dc8df292bba3e6a81c28f98752233b29843828e82083ed1d8b12486a"},
    {GCRY_CIPHER_AES128, 16, 16,
     "ac275b1f0b8ede09efcee9a9dd43252d8e68615b2bfbb26d275ef9681774cf853312c8fd18b59693"},
    {GCRY_CIPHER_AES192, 24, 16,
     "9662fdee066672d1b2036cef8ddab2047ce06d9e874759bea700217f18fd48470bc1dc82c14f74dc"},
    {GCRY_CIPHER_AES256, 32, 16, AES256_TEXT},
    {GCRY_CIPHER_CAMELLIA128, 16, 16,
     "2fb922b4ae22a7da232e0f9ba869280bf39a71371ec36cf7cc05618427a639f50caa339a3fb8d05b"},
    {GCRY_CIPHER_CAMELLIA192, 24, 16,
     "8b233eee8df0d4912e7eb55c71dabf5db8ec81efafe13e2cd12e8539626fb78b99178490c72379a9"},
    {GCRY_CIPHER_CAMELLIA256, 32, 16,
     "3bd4a738205208b3f7d2e263b626f7baa090ef40239130317ee094d84683d856e70bb709a23a2e03"},
};

static int begin(void **state)
{
    static struct error err;
    (void)state;
    return libgcrypt_begin(&err) ? 0 : -1;
}

static struct cfb *aes256(void)
{
    struct cfb *cfb = cfb_new(GCRY_CIPHER_AES256, hex(KEY).at, 32);
    assert_non_null(cfb);
    return cfb;
}

static void every_cipher_makes_the_known_bytes_and_reads_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char out[TEXT_LEN];
        struct bytes iv = hex(IV);
        struct cfb *cfb = cfb_new(cases[i].cipher, hex(KEY).at, cases[i].key_len);
        assert_non_null(cfb);
        assert_true(cfb_set_iv(cfb, iv.at, cases[i].block_len));
        assert_true(cfb_encrypt(cfb, out, hex(TEXT).at, TEXT_LEN));
        assert_bytes(out, cases[i].encrypted);
        assert_true(cfb_set_iv(cfb, iv.at, cases[i].block_len));
        assert_true(cfb_decrypt(cfb, out, hex(cases[i].encrypted).at, TEXT_LEN));
        assert_bytes(out, TEXT);
        cfb_free(cfb);
    }
}

static void twofish_makes_the_known_block_from_zeros(void **state)
{
    (void)state;
    static const unsigned char zeros[32];
    unsigned char out[16];
    struct cfb *cfb = cfb_new(GCRY_CIPHER_TWOFISH, zeros, 32);
    assert_non_null(cfb);
    assert_true(cfb_encrypt(cfb, out, zeros, 16));
    assert_bytes(out, "57ff739d4dc92c1bd7fc01700cc8216f");
    cfb_free(cfb);
}

static void the_iv_is_zero_at_first(void **state)
{
    (void)state;
    static const unsigned char zeros[16];
    unsigned char at_first[TEXT_LEN], set[TEXT_LEN];
    struct cfb *cfb = aes256();
    assert_true(cfb_encrypt(cfb, at_first, hex(TEXT).at, TEXT_LEN));
    assert_true(cfb_set_iv(cfb, zeros, sizeof zeros));
    assert_true(cfb_encrypt(cfb, set, hex(TEXT).at, TEXT_LEN));
    assert_memory_equal(at_first, set, TEXT_LEN);
    cfb_free(cfb);
}

static void a_stream_goes_on_from_block_to_block_and_in_place(void **state)
{
    (void)state;
    static const size_t cuts[] = {0, 16, 32, TEXT_LEN};
    unsigned char text[TEXT_LEN];
    struct cfb *cfb = aes256();
    memcpy(text, hex(TEXT).at, TEXT_LEN);
    assert_true(cfb_set_iv(cfb, hex(IV).at, 16));
    for (size_t i = 1; i < COUNT(cuts); i++)
        assert_true(
            cfb_encrypt(cfb, text + cuts[i - 1], text + cuts[i - 1], cuts[i] - cuts[i - 1]));
    assert_bytes(text, AES256_TEXT);
    assert_true(cfb_set_iv(cfb, hex(IV).at, 16));
    for (size_t i = 1; i < COUNT(cuts); i++)
        assert_true(
            cfb_decrypt(cfb, text + cuts[i - 1], text + cuts[i - 1], cuts[i] - cuts[i - 1]));
    assert_bytes(text, TEXT);
    cfb_free(cfb);
}

static void any_block_decrypts_with_the_one_before_as_iv(void **state)
{
    (void)state;
    unsigned char out[TEXT_LEN];
    struct bytes encrypted = hex(AES256_TEXT), text_bytes = hex(TEXT);
    struct cfb *cfb = aes256();
    assert_true(cfb_set_iv(cfb, encrypted.at, 16));
    assert_true(cfb_decrypt(cfb, out, encrypted.at + 16, TEXT_LEN - 16));
    assert_memory_equal(out, text_bytes.at + 16, TEXT_LEN - 16);
    cfb_free(cfb);
}

static void nothing_is_a_text_too(void **state)
{
    (void)state;
    unsigned char out[1] = {0xEE};
    struct cfb *cfb = aes256();
    assert_true(cfb_encrypt(cfb, out, out, 0));
    assert_true(cfb_decrypt(cfb, out, out, 0));
    assert_int_equal(out[0], 0xEE);
    cfb_free(cfb);
}

/* what the library refuses unless it is asked not to */
static void a_weak_key_is_taken(void **state)
{
    (void)state;
    static const unsigned char zeros[8];
    unsigned char key[24], out[8];
    memset(key, 1, sizeof key);
    struct cfb *cfb = cfb_new(GCRY_CIPHER_3DES, key, sizeof key);
    assert_non_null(cfb);
    assert_true(cfb_encrypt(cfb, out, zeros, 8));
    assert_bytes(out, "8ca64de9c1b123a7"); /* plain DES, three times the same key */
    cfb_free(cfb);
}

static void a_key_of_another_length_or_an_unknown_cipher_is_refused(void **state)
{
    (void)state;
    struct bytes key = hex(KEY);
    assert_null(cfb_new(GCRY_CIPHER_AES256, key.at, 31));
    assert_null(cfb_new(GCRY_CIPHER_AES256, key.at, 16));
    assert_null(cfb_new(GCRY_CIPHER_AES128, key.at, 32));
    assert_null(cfb_new(GCRY_CIPHER_AES128, key.at, 0));
    assert_null(cfb_new(9999, key.at, 32));
    cfb_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cipher_makes_the_known_bytes_and_reads_them),
        cmocka_unit_test(twofish_makes_the_known_block_from_zeros),
        cmocka_unit_test(the_iv_is_zero_at_first),
        cmocka_unit_test(a_stream_goes_on_from_block_to_block_and_in_place),
        cmocka_unit_test(any_block_decrypts_with_the_one_before_as_iv),
        cmocka_unit_test(nothing_is_a_text_too),
        cmocka_unit_test(a_weak_key_is_taken),
        cmocka_unit_test(a_key_of_another_length_or_an_unknown_cipher_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
