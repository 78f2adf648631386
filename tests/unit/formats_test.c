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

#include "io/folder.h"

static struct keyring *ring;

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
    bool good = formats_decrypter(source, ring, &codec, &err);
    if (good)
        codec.ops->free(codec.state);
    source_free(source);
    return good;
}

static void anything_may_be_sodium(void **state)
{
    (void)state;
    assert_true(decrypter("whatever"));
    assert_true(decrypter(""));
    assert_true(decrypter("\x28\xB5\x2F\xFD that may be a header by chance"));
}

static void what_is_surely_something_else_is_named(void **state)
{
    (void)state;
    assert_false(decrypter("-----BEGIN PGP MESSAGE-----\n\n"));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "OpenPGP message"));
    assert_false(decrypter("age-encryption.org/v1\n"));
    assert_int_equal(err.kind, ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "age file"));
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
    assert_true(formats_decrypter(source, ring, &codec, &err));
    codec.ops->free(codec.state);
    assert_int_equal(source_bytes(source), 0);
    assert_true(source_read(source, bytes, sizeof bytes, &got, &err));
    assert_memory_equal(bytes, pattern(), sizeof bytes);
    source_free(source);
}

static void the_encrypter_is_sodiums(void **state)
{
    (void)state;
    struct codec codec;
    assert_true(formats_encrypter(ring, &codec, &err));
    assert_true(codec.ops->chained);
    codec.ops->free(codec.state);
}

static int start(void **state)
{
    (void)state;
    static const unsigned char bytes[SODIUM_KEY_LEN] = {1};
    struct key key = {.bytes = bytes, .transform = KEY_TRANSFORM_HEX, .origin = "test"};
    if (!secret_begin(&err) || (ring = keyring_new(KEY_FOR_DECRYPT)) == NULL)
        return -1;
    return keyring_add_key(ring, &key, &err) ? 0 : -1;
}

static int finish(void **state)
{
    (void)state;
    keyring_free(ring);
    return 0;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(anything_may_be_sodium),
        IN_FOLDER(what_is_surely_something_else_is_named),
        IN_FOLDER(looking_takes_no_byte_from_the_stream),
        IN_FOLDER(the_encrypter_is_sodiums),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
