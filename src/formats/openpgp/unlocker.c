#include "formats/openpgp/unlocker.h"

#include <stdio.h>

enum { NAME_SIZE = 512 };

void unlocker_refuse(struct unlocker *unlocker, const char *origin, const struct openpgp_key *key,
                     const char *why)
{
    fail(&unlocker->reason, ERROR_KEY, "%s: key %s: %s", origin, key->id_text, why);
}

/* The passphrase, where key needs one. False: key can't be unlocked; err is set where no reason
 * was noted. */
static bool prepare(struct unlocker *unlocker, const struct openpgp_key *key, const char *origin,
                    struct bytes *passphrase, struct error *err)
{
    struct error why = {.kind = ERROR_NONE};
    char name[NAME_SIZE];
    *passphrase = (struct bytes){NULL, 0};
    switch (secret_key_state(key, &why)) {
    case SECRET_KEY_OPEN:
        return true;
    case SECRET_KEY_PROTECTED:
        snprintf(name, sizeof name, "%s: key %s", origin, key->id_text);
        return passphrase_get(unlocker->passphrase, name, passphrase, err);
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

static struct secret_key *unlock(struct unlocker *unlocker, const struct openpgp_key *key,
                                 const char *origin, struct error *err)
{
    struct bytes passphrase;
    if (!prepare(unlocker, key, origin, &passphrase, err))
        return NULL;
    struct error why = {.kind = ERROR_NONE};
    struct secret_key *secret = NULL;
    switch (secret_key_unlock(key, passphrase, &secret, &why)) {
    case SECRET_KEY_UNLOCKED:
        break;
    case SECRET_KEY_WRONG_PASSPHRASE:
        unlocker_refuse(unlocker, origin, key, "the passphrase isn't this key's");
        break;
    case SECRET_KEY_FAILED:
        unlocker_refuse(unlocker, origin, key, why.text);
    }
    return secret;
}

bool unlocker_secret(struct unlocker *unlocker, const struct openpgp_key *key, const char *origin,
                     const struct secret_key **secret, struct error *err)
{
    *secret = NULL;
    for (size_t i = 0; i < unlocker->count; i++) {
        if (unlocker->keys[i].key == key) {
            *secret = unlocker->keys[i].secret;
            return true;
        }
    }
    if (unlocker->count == UNLOCKER_KEYS_MAX)
        return true;
    struct error why = {.kind = ERROR_NONE};
    struct secret_key *unlocked = unlock(unlocker, key, origin, &why);
    unlocker->keys[unlocker->count].key = key;
    unlocker->keys[unlocker->count++].secret = unlocked;
    *secret = unlocked;
    if (why.kind == ERROR_INTERRUPTED)
        return fail(err, why.kind, "%s", why.text);
    if (why.kind != ERROR_NONE)
        fail(&unlocker->reason, why.kind, "%s", why.text);
    return true;
}

void unlocker_end(struct unlocker *unlocker)
{
    for (size_t i = 0; i < unlocker->count; i++)
        secret_key_free(unlocker->keys[i].secret);
    unlocker->count = 0;
}
