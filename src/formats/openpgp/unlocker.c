#include "formats/openpgp/unlocker.h"

#include "formats/openpgp/s2k.h"
#include "io/wait.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAME_SIZE = 512 };

struct unlocked_key {
    const struct openpgp_key *key;
    struct secret_key *secret; /* or NULL: it can't be unlocked */
    struct error why;          /* then */
    struct unlocked_key *next;
};

void unlocker_refuse(struct unlocker *unlocker, const char *origin, const struct openpgp_key *key,
                     const char *why)
{
    fail(&unlocker->reason, ERROR_KEY, "%s: key %s: %s", origin, key->id_text, why);
}

/* *count: passphrases to try, or 0 where key needs none. False: key can't be unlocked; err is set
 * where no reason was noted. */
static bool prepare(struct unlocker *unlocker, const struct openpgp_key *key, const char *origin,
                    size_t *count, struct error *err)
{
    struct error why = {.kind = ERROR_NONE};
    char name[NAME_SIZE];
    *count = 0;
    switch (secret_key_state(key, &why)) {
    case SECRET_KEY_OPEN:
        return true;
    case SECRET_KEY_PROTECTED:
        snprintf(name, sizeof name, "%s: key %s", origin, key->id_text);
        return passphrase_need(unlocker->passphrase, name, count, err);
    case SECRET_KEY_ABSENT:
        unlocker_refuse(unlocker, origin, key, "its secret part isn't in this file (a GNU dummy)");
        return false;
    case SECRET_KEY_ON_CARD:
        unlocker_refuse(unlocker, origin, key, "its secret part is on a smart card");
        return false;
    case SECRET_KEY_UNKNOWN:
        break;
    }
    unlocker_refuse(unlocker, origin, key, why.text);
    return false;
}

/* Notes why none of count passphrases fits. What failed otherwise than by a wrong one says more. */
static void refuse_all(struct unlocker *unlocker, const struct openpgp_key *key, const char *origin,
                       size_t count, const struct error *failed)
{
    char why[NAME_SIZE];
    if (count == 1)
        snprintf(why, sizeof why, "the passphrase isn't this key's");
    else
        snprintf(why, sizeof why, "none of the %zu passphrases unlocks it", count);
    unlocker_refuse(unlocker, origin, key, failed->kind != ERROR_NONE ? failed->text : why);
}

/* Tries count passphrases in their order. NULL: as unlock. */
static struct secret_key *try_passphrases(struct unlocker *unlocker, const struct openpgp_key *key,
                                          const char *origin, size_t count, struct error *err)
{
    uint64_t work = secret_key_work(key);
    struct error failed = {.kind = ERROR_NONE};
    struct secret_key *secret = NULL;
    for (size_t i = 0; i < count; i++) {
        if ((i + 1) * work > S2K_WORK_MAX) {
            unlocker_refuse(unlocker, origin, key,
                            "asks for more work than is done for so many passphrases: give fewer");
            return NULL;
        }
        struct bytes passphrase = passphrase_text(unlocker->passphrase, i);
        if (secret_key_unlock(key, passphrase, &secret, &failed) == SECRET_KEY_UNLOCKED)
            return secret;
        if (wait_woken()) {
            fail(err, ERROR_INTERRUPTED, "%s", "");
            return NULL;
        }
    }
    refuse_all(unlocker, key, origin, count, &failed);
    return NULL;
}

/* NULL: key can't be unlocked; err is set where no reason was noted. */
static struct secret_key *unlock(struct unlocker *unlocker, const struct openpgp_key *key,
                                 const char *origin, struct error *err)
{
    size_t count;
    if (!prepare(unlocker, key, origin, &count, err))
        return NULL;
    if (count > 0)
        return try_passphrases(unlocker, key, origin, count, err);
    struct error failed = {.kind = ERROR_NONE};
    struct secret_key *secret = NULL;
    secret_key_unlock(key, (struct bytes){NULL, 0}, &secret, &failed);
    if (secret == NULL)
        unlocker_refuse(unlocker, origin, key, failed.text);
    return secret;
}

static struct unlocked_key *find(const struct unlocked_keys *keys, const struct openpgp_key *key)
{
    struct unlocked_key *one = keys->first;
    while (one != NULL && one->key != key)
        one = one->next;
    return one;
}

/* Unlocks with an unlocker of its own, whose reason stays with the key: the next message needs it,
 * too. False: ERROR_INTERRUPTED, no memory. */
static bool add(struct unlocker *unlocker, const struct openpgp_key *key, const char *origin,
                struct unlocked_key **added, struct error *err)
{
    struct unlocker one = {.passphrase = unlocker->passphrase};
    struct error why = {.kind = ERROR_NONE};
    *added = calloc(1, sizeof **added);
    if (*added == NULL)
        return fail_memory(err);
    (*added)->key = key;
    (*added)->secret = unlock(&one, key, origin, &why);
    if (why.kind == ERROR_INTERRUPTED) {
        free(*added);
        return fail(err, why.kind, "%s", why.text);
    }
    (*added)->why = one.reason.kind != ERROR_NONE ? one.reason : why;
    (*added)->next = unlocker->keys->first;
    unlocker->keys->first = *added;
    return true;
}

bool unlocker_secret(struct unlocker *unlocker, const struct openpgp_key *key, const char *origin,
                     const struct secret_key **secret, struct error *err)
{
    *secret = NULL;
    passphrase_hold(unlocker->passphrase);
    struct unlocked_key *one = find(unlocker->keys, key);
    bool good = one != NULL || add(unlocker, key, origin, &one, err);
    passphrase_release(unlocker->passphrase);
    if (!good)
        return false;
    *secret = one->secret;
    if (one->why.kind != ERROR_NONE)
        fail(&unlocker->reason, one->why.kind, "%s", one->why.text);
    return true;
}

void unlocked_keys_free(struct unlocked_keys *keys)
{
    while (keys->first != NULL) {
        struct unlocked_key *one = keys->first;
        keys->first = one->next;
        secret_key_free(one->secret);
        free(one);
    }
}
