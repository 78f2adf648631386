/* The OpenPGP keys of a run. */
#define _GNU_SOURCE
#include "formats/openpgp/keybox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "../../emulated.h"
#include "vector.h"

static struct keyring *ring;
static struct keybox *box;
static struct notes notes;
static const time_t now = 1700000000;

static bool load(void)
{
    keybox_free(box);
    error_clear(&err);
    box = keybox_new(ring, now, &notes, &err);
    return box != NULL;
}

static void assert_refused(const char *text)
{
    assert_false(load());
    assert_int_equal(err.kind, ERROR_KEY);
    if (strstr(err.text, text) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", err.text, text);
}

static void binary_and_armored_keys_are_taken(void **state)
{
    (void)state;
    add_key_file(ring, VECTORS "keys/rsa.pgp");
    add_key_file(ring, VECTORS "walg/cv25519.pub.asc");
    assert_true(load());
    assert_int_equal(keybox_count(box), 2);
    assert_string_equal(keybox_origin(box, 1), VECTORS "walg/cv25519.pub.asc");
    assert_int_equal(keybox_certificate(box, 1)->key_count, 2);
    assert_false(keybox_has_secret(box));
}

static void several_armored_texts_in_one_file_all_count(void **state)
{
    (void)state;
    add_key_file(ring, VECTORS "good/keyfile-public-then-secret/key");
    assert_true(load());
    assert_true(keybox_count(box) >= 1);
    assert_true(keybox_has_secret(box));
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_DECRYPT);
    add_key_file(ring, VECTORS "good/throw-keyids-many-keys/key");
    assert_true(load());
    assert_int_equal(keybox_count(box), 3);
}

static void a_secret_key_takes_the_place_of_its_public_one_in_either_order(void **state)
{
    (void)state;
    add_key_file(ring, VECTORS "walg/rsa.pub.asc");
    add_key_file(ring, VECTORS "walg/rsa.sec.asc");
    assert_true(load());
    assert_int_equal(keybox_count(box), 1);
    assert_true(keybox_has_secret(box));
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_DECRYPT);
    add_key_file(ring, VECTORS "walg/rsa.sec.asc");
    add_key_file(ring, VECTORS "walg/rsa.pub.asc");
    assert_true(load());
    assert_int_equal(keybox_count(box), 1);
    assert_true(keybox_has_secret(box));
}

static void no_openpgp_key_is_an_empty_box(void **state)
{
    (void)state;
    assert_true(load());
    assert_int_equal(keybox_count(box), 0);
}

static void a_named_key_that_is_broken_is_refused_by_name(void **state)
{
    (void)state;
    add_key_text(ring, "key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n", false);
    assert_refused("key.asc: ends without the end line of its armor");
}

static void an_armored_text_of_another_kind_among_keys_is_refused(void **state)
{
    (void)state;
    add_key_text(ring, "key.asc",
                 "-----BEGIN PGP MESSAGE-----\n\nyw==\n-----END PGP MESSAGE-----\n", false);
    assert_refused("key.asc: holds an armored text that is no key");
}

static void a_block_without_a_packet_is_refused(void **state)
{
    (void)state;
    add_key_text(ring, "key.asc",
                 "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n",
                 false);
    assert_refused("key.asc: holds no key");
}

static void a_broken_key_of_a_directory_is_passed_over_with_a_warning(void **state)
{
    (void)state;
    add_key_text(ring, "dir/key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n", true);
    add_key_file(ring, VECTORS "keys/rsa.pgp");
    assert_true(load());
    assert_int_equal(keybox_count(box), 1);
    assert_int_equal(notes.count, 1);
    assert_int_equal(notes.note[0].level, NOTE_WARNING);
    assert_non_null(strstr(notes.note[0].text, "dir/key.asc: ends without"));
    assert_non_null(strstr(notes.note[0].text, "passed over"));
}

static void a_key_of_a_directory_that_memory_is_missing_for_is_not_passed_over(void **state)
{
    (void)state;
#ifdef WALSEAL_INSTRUMENTED
    printf("# skipped: sanitizers end without the memory that is taken away here\n");
    return;
#endif
    if (is_emulated("qemu limits no memory"))
        return;
    add_key_text(ring, "dir/key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n", true);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    const struct rlimit none = {0, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    bool loaded = load();
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_false(loaded);
    assert_int_equal(err.kind, ERROR_IO);
    assert_string_equal(err.text, "dir/key.asc: out of memory");
}

/* A version 5 key packet that holds nothing else. */
#define VERSION_5 "\xC6\x06\x05\x60\x00\x00\x00\x16"

static void a_key_of_a_version_that_is_not_served_is_refused_only_where_it_stands_alone(
    void **state)
{
    (void)state;
    struct key_source alone = {"v5.pgp", VERSION_5, sizeof VERSION_5 - 1, false, false};
    assert_true(keyring_insert_block(ring, &alone, &err));
    assert_refused("v5.pgp: ");
    keyring_free(ring);
    ring = keyring_new(KEY_FOR_DECRYPT);
    static char both[8192];
    memcpy(both, VERSION_5, sizeof VERSION_5 - 1);
    FILE *file = fopen(VECTORS "keys/rsa.pgp", "rb");
    assert_non_null(file);
    size_t len = fread(both + sizeof VERSION_5 - 1, 1, sizeof both - sizeof VERSION_5, file);
    fclose(file);
    struct key_source source = {"both.pgp", both, len + sizeof VERSION_5 - 1, false, false};
    assert_true(keyring_insert_block(ring, &source, &err));
    assert_true(load());
    assert_int_equal(keybox_count(box), 1);
}

static int setup(void **state)
{
    notes.count = 0;
    ring = keyring_new(KEY_FOR_DECRYPT);
    return folder_setup(state);
}

static int teardown(void **state)
{
    keybox_free(box);
    box = NULL;
    keyring_free(ring);
    return folder_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(binary_and_armored_keys_are_taken),
        TEST(several_armored_texts_in_one_file_all_count),
        TEST(a_secret_key_takes_the_place_of_its_public_one_in_either_order),
        TEST(no_openpgp_key_is_an_empty_box),
        TEST(a_named_key_that_is_broken_is_refused_by_name),
        TEST(an_armored_text_of_another_kind_among_keys_is_refused),
        TEST(a_block_without_a_packet_is_refused),
        TEST(a_broken_key_of_a_directory_is_passed_over_with_a_warning),
        TEST(a_key_of_a_directory_that_memory_is_missing_for_is_not_passed_over),
        TEST(a_key_of_a_version_that_is_not_served_is_refused_only_where_it_stands_alone),
    };
    return cmocka_run_group_tests(tests, start_libraries, NULL);
}
