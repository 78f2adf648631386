/*
 * Key packets of version 4, written in the forms that every reader has: RSA, legacy EdDSA over
 * Ed25519, ECDH over Curve25519 (RFC 9580 section 5.5; the latter two of RFC 6637 and GnuPG).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_KEY_WRITE_H
#define WALSEAL_FORMATS_OPENPGP_KEY_WRITE_H

#include "base/error.h"
#include "crypto/public_key.h"
#include "formats/openpgp/writer.h"

/* Writes a public key's body, which is also how a secret key's begins. numbers: of RSA, Ed25519 or
 * X25519. */
void key_write_public(struct writer *out, const struct public_numbers *numbers, uint32_t created);

/* Writes a secret key's body from there on. passphrase: NULL leaves it open; otherwise it is
 * protected by AES-256, with the passphrase hashed as often as the format allows. out is in secret
 * memory. False: ERROR_IO, the library failed. */
bool key_write_secret(struct writer *out, const struct public_key_pair *pair,
                      const struct bytes *passphrase, struct error *err);

#endif
