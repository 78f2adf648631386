/* The format as a whole: what it claims, and both ways through the pipeline. */
#define _GNU_SOURCE
#include "formats/openpgp/openpgp.h"

#include "pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vector.h"

static struct notes notes;

static enum format_claim claim_of(const void *octets, size_t len)
{
    enum format_claim claim;
    const struct format_run run = {.notes = &notes};
    FILE *file = fopen(in_folder("in"), "wb");
    assert_true(file != NULL && fwrite(octets, 1, len, file) == len && fclose(file) == 0);
    struct source *source = open_vector(in_folder("in"));
    assert_true(openpgp_format.claims(&run, source, &claim, &err));
    assert_int_equal(source_bytes(source), 0);
    source_free(source);
    return claim;
}

static void armor_is_surely_openpgp(void **state)
{
    (void)state;
    const char message[] = "-----BEGIN PGP MESSAGE-----\n\nwcBMA\n";
    const char behind[] = "some text\n\n-----BEGIN PGP MESSAGE-----\n\nwcBMA\n";
    assert_int_equal(claim_of(message, sizeof message - 1), FORMAT_SURE);
    assert_int_equal(claim_of(behind, sizeof behind - 1), FORMAT_SURE);
}

static void packets_that_begin_as_a_message_does_are_likely(void **state)
{
    (void)state;
    static const unsigned char heads[][16] = {{0xC1, 94, 3, 1, 2, 3, 4, 5, 6, 7, 8, 18},
                                              {0x84, 94, 3, 1, 2, 3, 4, 5, 6, 7, 8, 1},
                                              {0x85, 1, 12, 3, 1, 2, 3, 4, 5, 6, 7, 8, 16},
                                              {0xCB, 94, 'b'},
                                              {0xCA, 3, 'P', 'G', 'P'}};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        assert_int_equal(claim_of(heads[i], sizeof heads[i]), FORMAT_LIKELY);
}

static void octets_that_only_have_the_first_bit_are_not_openpgp(void **state)
{
    (void)state;
    static const unsigned char heads[][16] = {
        {0xC1, 94, 9}, {0xFF, 94, 3}, {0x80, 94, 3}, {0xC3, 13, 3}};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        assert_int_equal(claim_of(heads[i], sizeof heads[i]), FORMAT_NO);
}

static void anything_else_is_not_openpgp(void **state)
{
    (void)state;
    assert_int_equal(claim_of("", 0), FORMAT_NO);
    assert_int_equal(claim_of("plain text\n", 11), FORMAT_NO);
    assert_int_equal(claim_of("\x41\x42", 2), FORMAT_NO);
}

/* Runs a codec of keys at key_path from "in" to "out". */
static bool run_codec(enum key_purpose purpose, const char *key_path, const char *in,
                      const char *out)
{
    struct codec codec;
    struct keyring *ring = keyring_new(purpose);
    add_key_file(ring, key_path);
    struct format_run run = {.ring = ring, .passphrase = passphrase_new(NULL), .notes = &notes};
    notes.count = 0;
    assert_true(openpgp_format.load_keys(&run, purpose, &err));
    struct source *source = open_vector(in_folder(in));
    struct sink *sink = sink_new_file(in_folder(out), false, source, &err);
    assert_non_null(sink);
    bool good = purpose == KEY_FOR_ENCRYPT ? openpgp_format.encrypter(&run, &codec, &err)
                                           : openpgp_format.decrypter(&run, source, &codec, &err);
    if (good) {
        good = codec.ops->begin(codec.state, source, sink, &notes, &err) &&
               pipeline_run(&codec, source, sink, 2, &err) && sink_finish(sink, &err);
        codec.ops->free(codec.state);
    }
    sink_free(sink);
    source_free(source);
    openpgp_format.free_keys(run.keys);
    passphrase_free(run.passphrase);
    keyring_free(ring);
    return good;
}

static void what_is_encrypted_to_a_key_opens_with_it(void **state)
{
    (void)state;
    put("plain", BIG);
    assert_true(run_codec(KEY_FOR_ENCRYPT, VECTORS "walg/cv25519.pub.asc", "plain", "sealed"));
    assert_true(run_codec(KEY_FOR_DECRYPT, VECTORS "walg/cv25519.sec.asc", "sealed", "opened"));
    static unsigned char opened[BIG + 1];
    FILE *file = fopen(in_folder("opened"), "rb");
    assert_non_null(file);
    assert_int_equal(fread(opened, 1, sizeof opened, file), BIG);
    fclose(file);
    assert_memory_equal(opened, pattern(), BIG);
}

static void a_key_that_cannot_encrypt_is_refused_when_it_is_loaded(void **state)
{
    (void)state;
    struct keyring *ring = keyring_new(KEY_FOR_ENCRYPT);
    add_key_file(ring, VECTORS "keys/sign-only.pgp");
    struct format_run run = {.ring = ring, .notes = &notes};
    assert_false(openpgp_format.load_keys(&run, KEY_FOR_ENCRYPT, &err));
    assert_int_equal(err.kind, ERROR_KEY);
    openpgp_format.free_keys(run.keys);
    keyring_free(ring);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(armor_is_surely_openpgp),
        IN_FOLDER(packets_that_begin_as_a_message_does_are_likely),
        IN_FOLDER(octets_that_only_have_the_first_bit_are_not_openpgp),
        IN_FOLDER(anything_else_is_not_openpgp),
        IN_FOLDER(what_is_encrypted_to_a_key_opens_with_it),
        IN_FOLDER(a_key_that_cannot_encrypt_is_refused_when_it_is_loaded),
    };
    return cmocka_run_group_tests(tests, start_libraries, NULL);
}
