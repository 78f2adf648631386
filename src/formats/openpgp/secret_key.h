/*
 * The secret part of a key, unlocked (RFC 9580 section 5.5.3): unprotected, CFB with SHA-1 or a
 * checksum, AEAD; every S2K.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SECRET_KEY_H
#define WALSEAL_FORMATS_OPENPGP_SECRET_KEY_H

#include "formats/openpgp/key.h"

/* Numbers in secret memory. */
struct secret_key;

enum secret_key_state {
    SECRET_KEY_OPEN, /* no passphrase needed */
    SECRET_KEY_PROTECTED,
    SECRET_KEY_ABSENT, /* GNU dummy */
    SECRET_KEY_ON_CARD,
    SECRET_KEY_UNKNOWN, /* protected in a way that isn't served, or malformed */
};

/* Only where key->has_secret. *why: for UNKNOWN. */
enum secret_key_state secret_key_state(const struct openpgp_key *key, struct error *why);

enum secret_key_unlock { SECRET_KEY_UNLOCKED, SECRET_KEY_WRONG_PASSPHRASE, SECRET_KEY_FAILED };

/* The work (s2k.h) that each passphrase costs; 0 where none is needed. */
uint64_t secret_key_work(const struct openpgp_key *key);

/* Unlocks key with passphrase (ignored where the state is OPEN) and checks the secret numbers
 * against the public ones. Freed with secret_key_free. FAILED: *err (ERROR_KEY) says why, without
 * naming the key. For version 4 CFB with a 16-bit checksum, a wrong passphrase that passes is found
 * by the check against the public numbers. */
enum secret_key_unlock secret_key_unlock(const struct openpgp_key *key, struct bytes passphrase,
                                         struct secret_key **secret, struct error *err);

const struct secret_numbers *secret_key_numbers(const struct secret_key *secret);

/* Wipes and frees; NULL is allowed. */
void secret_key_free(struct secret_key *secret);

#endif
