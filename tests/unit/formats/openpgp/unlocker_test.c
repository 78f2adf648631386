/* The secret keys of a run: each unlocked once, however many there are. */
#define _GNU_SOURCE
#include "formats/openpgp/unlocker.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/s2k_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "secret_vectors.h"

#include "../../io/folder.h"

enum { KEYS = 200 };

static struct passphrase *passphrase;
static struct unlocked_keys unlocked;
static struct unlocker unlocker;
static struct vector_key one;
static struct bytes fits;             /* its passphrase */
static struct openpgp_key keys[KEYS]; /* as many, for all that the unlocker knows */

/* Of the line of a protected key whose derivation is short. */
static void use(const struct vector *vector)
{
    if (strcmp(vector->field[0], "protect-salted-sha256-aes192") != 0)
        return;
    vector_key_begin(&one, vector->field[1], vector->field[2]);
    fits = hex_octets(vector->field[3]);
    for (size_t i = 0; i < KEYS; i++)
        keys[i] = one.key;
}

static void give(const char *text)
{
    assert_true(passphrase_add(passphrase, "p", text, strlen(text), &err));
}

static void give_what_fits(void)
{
    assert_true(passphrase_add(passphrase, "p", (const char *)fits.at, fits.len, &err));
}

/* A key that asks for 2 GiB four times over, on a machine that has none: what is tried fails at once. */
static void use_dear(const struct vector *vector)
{
    static const char as_it_is[] = "51361a03011f"; /* the salt's end, passes, lanes, exponent */
    if (strcmp(vector->field[0], "key-argon2-huge") != 0)
        return;
    char *parameters = strstr(vector->field[2], as_it_is);
    assert_non_null(parameters);
    memcpy(parameters, "51361a040115", sizeof as_it_is - 1);
    vector_key_end(&one);
    vector_key_begin(&one, vector->field[1], vector->field[2]);
    keys[0] = one.key;
    FILE *file = fopen(in_folder("meminfo"), "w");
    assert_true(file != NULL && fputs("MemAvailable: 1 kB\n", file) >= 0 && fclose(file) == 0);
    s2k_memory_begin_in(folder, folder);
}

static int setup(void **state)
{
    if (folder_setup(state) != 0)
        return -1;
    passphrase = passphrase_new(NULL);
    unlocker = (struct unlocker){.passphrase = passphrase, .keys = &unlocked};
    if (passphrase == NULL)
        return -1;
    vectors_each("secret-keys", 4, use);
    return 0;
}

static int teardown(void **state)
{
    unlocked_keys_free(&unlocked);
    passphrase_free(passphrase);
    vector_key_end(&one);
    hex_free(fits);
    s2k_memory_begin_in("/proc", "/sys/fs/cgroup");
    return folder_teardown(state);
}

static void as_many_protected_keys_are_unlocked_as_there_are(void **state)
{
    (void)state;
    give_what_fits();
    for (size_t i = 0; i < KEYS; i++) {
        const struct secret_key *secret;
        assert_true(unlocker_secret(&unlocker, &keys[i], "key.asc", &secret, &err));
        assert_non_null(secret);
    }
    assert_int_equal(unlocker.reason.kind, ERROR_NONE);
}

static void a_key_is_unlocked_once_for_all_messages(void **state)
{
    (void)state;
    give_what_fits();
    struct unlocker another = {.passphrase = passphrase, .keys = &unlocked};
    const struct secret_key *first;
    const struct secret_key *second;
    assert_true(unlocker_secret(&unlocker, &keys[0], "key.asc", &first, &err));
    assert_true(unlocker_secret(&another, &keys[0], "key.asc", &second, &err));
    assert_ptr_equal(first, second);
}

static void a_key_that_stays_locked_tells_every_message_why(void **state)
{
    (void)state;
    give("wrong");
    for (int i = 0; i < 2; i++) {
        struct unlocker each = {.passphrase = passphrase, .keys = &unlocked};
        const struct secret_key *secret;
        assert_true(unlocker_secret(&each, &keys[0], "key.asc", &secret, &err));
        assert_null(secret);
        assert_int_equal(each.reason.kind, ERROR_KEY);
        assert_non_null(strstr(each.reason.text, "the passphrase isn't this key's"));
    }
}

static void each_passphrase_is_tried_in_its_order(void **state)
{
    (void)state;
    const struct secret_key *secret;
    give("wrong");
    give("");
    give_what_fits();
    give("behind it");
    assert_true(unlocker_secret(&unlocker, &keys[0], "key.asc", &secret, &err));
    assert_non_null(secret);
    assert_int_equal(unlocker.reason.kind, ERROR_NONE);
}

static void where_no_passphrase_fits_their_number_is_told(void **state)
{
    (void)state;
    const struct secret_key *secret;
    char expected[128];
    give("wrong");
    give("wrong");
    give("wrong too");
    assert_true(unlocker_secret(&unlocker, &keys[0], "key.asc", &secret, &err));
    assert_null(secret);
    assert_int_equal(unlocker.reason.kind, ERROR_KEY);
    snprintf(expected, sizeof expected, "key.asc: key %s: none of the 2 passphrases unlocks it",
             keys[0].id_text);
    assert_string_equal(unlocker.reason.text, expected);
}

static void what_fails_otherwise_than_by_a_wrong_passphrase_is_told(void **state)
{
    (void)state;
    const struct secret_key *secret;
    vectors_each("unusable-secret-keys", 4, use_dear);
    give("one");
    give("two");
    assert_true(unlocker_secret(&unlocker, &keys[0], "key.asc", &secret, &err));
    assert_null(secret);
    assert_non_null(strstr(unlocker.reason.text, "needs 2048 MiB of memory for Argon2"));
}

static void all_passphrases_share_the_work_that_is_done_for_one_key(void **state)
{
    (void)state;
    const struct secret_key *secret;
    vectors_each("unusable-secret-keys", 4, use_dear);
    give("one");
    give("two");
    give("three");
    assert_true(unlocker_secret(&unlocker, &keys[0], "key.asc", &secret, &err));
    assert_null(secret);
    assert_int_equal(unlocker.reason.kind, ERROR_KEY);
    assert_non_null(strstr(unlocker.reason.text,
                           "asks for more work than is done for so many passphrases: give fewer"));
}

static int begin(void **state)
{
    (void)state;
    return secret_begin(&err) && libgcrypt_begin(&err) ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(as_many_protected_keys_are_unlocked_as_there_are),
        TEST(a_key_is_unlocked_once_for_all_messages),
        TEST(a_key_that_stays_locked_tells_every_message_why),
        TEST(each_passphrase_is_tried_in_its_order),
        TEST(where_no_passphrase_fits_their_number_is_told),
        TEST(what_fails_otherwise_than_by_a_wrong_passphrase_is_told),
        TEST(all_passphrases_share_the_work_that_is_done_for_one_key),
    };
    return cmocka_run_group_tests(tests, begin, vectors_end);
}
