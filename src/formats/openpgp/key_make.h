/*
 * New keys of version 4, of the kind that WAL-G, gpg and every other reader of RFC 4880 has: a
 * primary key that certifies and signs, a user ID, and a subkey that encrypts.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_KEY_MAKE_H
#define WALSEAL_FORMATS_OPENPGP_KEY_MAKE_H

#include "format.h"

/* The key as two armored blocks, secret and public, which were read back and unlocked. */
bool openpgp_make_key(const struct key_wish *wish, struct new_key *key, struct error *err);

#endif
