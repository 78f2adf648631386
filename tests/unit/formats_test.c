/* Which format a stream is taken for. */
#define _GNU_SOURCE
#include "formats.h"

#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka has one of its own */

#include "keys/keyring_add.h"

#include "io/folder.h"

static struct keyring *ring;
static struct formats *formats;
static struct passphrase *passphrase;
static struct notes notes;

static bool load(enum key_purpose purpose)
{
    static const struct format_settings settings = {.allow_expired = false};
    formats_free(formats);
    formats = formats_new(ring, purpose, passphrase, &settings, &notes, &err);
    return formats != NULL;
}

/* Asks for a decrypter of a file with this text. */
static bool decrypter(const char *text)
{
    struct codec codec = {.ops = NULL};
    FILE *file = fopen(in_folder("in"), "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    error_clear(&err);
    struct source *source =
        source_new_file(in_folder("in"), &(struct source_policy){.standby = false}, &err);
    assert_non_null(source);
    bool good = formats_decrypter(formats, source, &codec, &err);
    if (good)
        codec.ops->free(codec.state);
    source_free(source);
    return good;
}

static void assert_refused(const char *text, enum error_kind kind, const char *why)
{
    assert_false(decrypter(text));
    assert_int_equal(err.kind, kind);
    assert_non_null(strstr(err.text, why));
}

static void with_a_sodium_key_anything_may_be_sodium(void **state)
{
    (void)state;
    assert_true(decrypter("whatever"));
    assert_true(decrypter("\x28\xB5\x2F\xFD that may be a header by chance"));
    assert_true(decrypter("\xFF that has OpenPGP's bit and nothing else of it"));
}

static void what_is_surely_something_else_is_named(void **state)
{
    (void)state;
    assert_refused("age-encryption.org/v1\n", ERROR_UNSUPPORTED, "age file");
    assert_refused("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n", ERROR_UNSUPPORTED, "key");
}

static void what_looks_like_openpgp_goes_there(void **state)
{
    (void)state;
    assert_refused("\xCB\x10"
                   "b\x04nameDATEtext.",
                   ERROR_UNSUPPORTED, "isn't encrypted");
}

static void without_a_sodium_key_only_openpgp_is_left(void **state)
{
    (void)state;
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_DECRYPT);
    assert_true(load(KEY_FOR_DECRYPT));
    assert_refused("whatever", ERROR_KEY, "no key is given");
    assert_refused("\x28\xB5\x2F\xFD data", ERROR_UNSUPPORTED, "zstd");
}

static void an_empty_stream_is_told_as_such_whatever_the_keys(void **state)
{
    (void)state;
    assert_refused("", ERROR_TRUNCATED, "is empty");
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_DECRYPT);
    assert_true(load(KEY_FOR_DECRYPT));
    assert_refused("", ERROR_TRUNCATED, "is empty");
}

static void looking_takes_no_byte_from_the_stream(void **state)
{
    (void)state;
    struct codec codec;
    unsigned char bytes[16];
    size_t got;
    put("in", 100);
    struct source *source =
        source_new_file(in_folder("in"), &(struct source_policy){.standby = false}, &err);
    assert_non_null(source);
    assert_true(formats_decrypter(formats, source, &codec, &err));
    codec.ops->free(codec.state);
    assert_int_equal(source_bytes(source), 0);
    assert_true(source_read(source, bytes, sizeof bytes, &got, &err));
    assert_memory_equal(bytes, pattern(), sizeof bytes);
    source_free(source);
}

/* The method of an encrypter is told from its header: sodium's has 24 bytes. */
static size_t header_len(void)
{
    struct codec codec;
    put("in", 100);
    struct source *source =
        source_new_file(in_folder("in"), &(struct source_policy){.standby = false}, &err);
    struct sink *sink = sink_new_count(&err);
    assert_true(source != NULL && sink != NULL);
    assert_true(formats_encrypter(formats, &codec, &err));
    assert_true(codec.ops->chained);
    assert_true(codec.ops->begin(codec.state, source, sink, &notes, &err));
    size_t len = (size_t)sink_bytes(sink);
    codec.ops->free(codec.state);
    sink_free(sink);
    source_free(source);
    return len;
}

static void the_encrypter_is_that_of_the_keys_method(void **state)
{
    (void)state;
    static const unsigned char bytes[SODIUM_KEY_LEN] = {1};
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_ENCRYPT);
    assert_true(keyring_insert(ring, bytes, KEY_TRANSFORM_HEX, false, "test", &err));
    assert_true(keyring_add_path(ring, "tests/vectors/openpgp/walg/cv25519.pub.asc",
                                 KEY_TRANSFORM_HEX, &notes, &err));
    assert_true(keyring_complete(ring, KEY_METHOD_SODIUM, false, &err));
    assert_true(load(KEY_FOR_ENCRYPT));
    assert_int_equal(header_len(), 24);
    assert_true(keyring_complete(ring, KEY_METHOD_OPENPGP, false, &err));
    assert_true(load(KEY_FOR_ENCRYPT));
    assert_true(header_len() > 24);
}

static void keys_that_a_format_refuses_are_told_before_any_stream(void **state)
{
    (void)state;
    struct key_source source = {"key.asc", "no key", 6, false, false};
    assert_true(keyring_insert_block(ring, &source, &err));
    assert_false(load(KEY_FOR_DECRYPT));
    assert_int_equal(err.kind, ERROR_KEY);
    assert_non_null(strstr(err.text, "key.asc: "));
}

static int setup(void **state)
{
    static const unsigned char bytes[SODIUM_KEY_LEN] = {1};
    notes.count = 0;
    passphrase = passphrase_new(NULL);
    ring = keyring_new(KEY_FOR_DECRYPT);
    if (folder_setup(state) != 0 || passphrase == NULL || ring == NULL)
        return -1;
    return keyring_insert(ring, bytes, KEY_TRANSFORM_HEX, false, "test", &err) &&
                   load(KEY_FOR_DECRYPT)
               ? 0
               : -1;
}

static int teardown(void **state)
{
    formats_free(formats);
    formats = NULL;
    passphrase_free(passphrase);
    keyring_free(ring);
    return folder_teardown(state);
}

static int start(void **state)
{
    (void)state;
    return secret_begin(&err) ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(with_a_sodium_key_anything_may_be_sodium),
        TEST(what_is_surely_something_else_is_named),
        TEST(what_looks_like_openpgp_goes_there),
        TEST(without_a_sodium_key_only_openpgp_is_left),
        TEST(an_empty_stream_is_told_as_such_whatever_the_keys),
        TEST(looking_takes_no_byte_from_the_stream),
        TEST(the_encrypter_is_that_of_the_keys_method),
        TEST(keys_that_a_format_refuses_are_told_before_any_stream),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
