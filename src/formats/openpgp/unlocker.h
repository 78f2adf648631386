/*
 * The secret keys of a run, each unlocked when it is first needed, and only once: a passphrase's
 * key derivation takes its time.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_UNLOCKER_H
#define WALSEAL_FORMATS_OPENPGP_UNLOCKER_H

#include "formats/openpgp/secret_key.h"
#include "keys/passphrase.h"

/* What was unlocked so far, for all messages of a run. Begins as {.first = NULL}; whoever holds the
 * passphrase (passphrase_hold) may touch it. The keys themselves must outlive it. */
struct unlocked_keys {
    struct unlocked_key *first;
};

/* The keys that one message needs. Begins as {.passphrase = .., .keys = ..}, which aren't owned. */
struct unlocker {
    struct passphrase *passphrase;
    struct unlocked_keys *keys;
    struct error reason; /* why the first of them can't, with its name: ERROR_KEY */
};

/* *secret: of key, which was read at origin, or NULL where it can't be unlocked; owned by
 * unlocker->keys. Several threads may be here, each with its own unlocker. False:
 * ERROR_INTERRUPTED, or no memory. */
bool unlocker_secret(struct unlocker *unlocker, const struct openpgp_key *key, const char *origin,
                     const struct secret_key **secret, struct error *err);

/* Notes another reason why a key of this run can't be used, if it is the first. */
void unlocker_refuse(struct unlocker *unlocker, const char *origin, const struct openpgp_key *key,
                     const char *why);

/* Wipes the secrets. */
void unlocked_keys_free(struct unlocked_keys *keys);

#endif
