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
static struct openpgp_key keys[KEYS]; /* as many, for all that the unlocker knows */

/* Of the line of a protected key whose derivation is short. */
static void use(const struct vector *vector)
{
    if (strcmp(vector->field[0], "protect-salted-sha256-aes192") != 0)
        return;
    vector_key_begin(&one, vector->field[1], vector->field[2]);
    struct bytes text = hex_octets(vector->field[3]);
    assert_true(passphrase_set(passphrase, "p", (const char *)text.at, text.len, &err));
    hex_free(text);
    for (size_t i = 0; i < KEYS; i++)
        keys[i] = one.key;
}

static int setup(void **state)
{
    (void)state;
    error_clear(&err);
    passphrase = passphrase_new(NULL);
    unlocker = (struct unlocker){.passphrase = passphrase, .keys = &unlocked};
    return passphrase != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    unlocked_keys_free(&unlocked);
    passphrase_free(passphrase);
    vector_key_end(&one);
    return 0;
}

static void as_many_protected_keys_are_unlocked_as_there_are(void **state)
{
    (void)state;
    vectors_each("secret-keys", 4, use);
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
    vectors_each("secret-keys", 4, use);
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
    vectors_each("secret-keys", 4, use);
    assert_true(passphrase_set(passphrase, "p", "wrong", 5, &err));
    for (int i = 0; i < 2; i++) {
        struct unlocker each = {.passphrase = passphrase, .keys = &unlocked};
        const struct secret_key *secret;
        assert_true(unlocker_secret(&each, &keys[0], "key.asc", &secret, &err));
        assert_null(secret);
        assert_int_equal(each.reason.kind, ERROR_KEY);
        assert_non_null(strstr(each.reason.text, "the passphrase isn't this key's"));
    }
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
    };
    return cmocka_run_group_tests(tests, begin, vectors_end);
}
