/*
 * The secret keys of a run, each unlocked when it is first needed, and only once: a passphrase's key
 * derivation takes its time.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_UNLOCKER_H
#define WALSEAL_FORMATS_OPENPGP_UNLOCKER_H

#include "formats/openpgp/secret_key.h"
#include "keys/passphrase.h"

enum { UNLOCKER_KEYS_MAX = 64 };

/* Begins as {.passphrase = passphrase}, which isn't owned. */
struct unlocker {
    struct passphrase *passphrase;
    size_t count;
    struct {
        const struct openpgp_key *key;
        struct secret_key *secret; /* or NULL: it can't be unlocked */
    } keys[UNLOCKER_KEYS_MAX];
    struct error reason; /* why the first of them can't, with its name: ERROR_KEY */
};

/* *secret: of key, which was read at origin, or NULL where it can't be unlocked, or
 * UNLOCKER_KEYS_MAX were; owned by unlocker. False: ERROR_INTERRUPTED. */
bool unlocker_secret(struct unlocker *unlocker, const struct openpgp_key *key, const char *origin,
                     const struct secret_key **secret, struct error *err);

/* Notes another reason why a key of this run can't be used, if it is the first. */
void unlocker_refuse(struct unlocker *unlocker, const char *origin, const struct openpgp_key *key,
                     const char *why);

/* Wipes the secrets. */
void unlocker_end(struct unlocker *unlocker);

#endif
