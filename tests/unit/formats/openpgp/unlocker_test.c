/* The secret keys of a run: each unlocked once, however many there are. */
#define _POSIX_C_SOURCE 200809L
#include "formats/openpgp/unlocker.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#undef fail

#include "secret_vectors.h"

enum { KEYS = 200 };

static struct error err;
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

static int setup(void **state)
{
    (void)state;
    error_clear(&err);
    passphrase = passphrase_new(NULL);
    unlocker = (struct unlocker){.passphrase = passphrase, .keys = &unlocked};
    if (passphrase == NULL)
        return -1;
    vectors_each("secret-keys", 4, use);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlocked_keys_free(&unlocked);
    passphrase_free(passphrase);
    vector_key_end(&one);
    hex_free(fits);
    return 0;
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
    };
    return cmocka_run_group_tests(tests, begin, vectors_end);
}
