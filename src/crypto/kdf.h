/*
 * Keys from keys and from passphrases, and keys wrapped by keys.
 */
#ifndef WALSEAL_CRYPTO_KDF_H
#define WALSEAL_CRYPTO_KDF_H

#include "base/bytes.h"
#include "crypto/digest.h"

#include <stdint.h>

/* HKDF (RFC 5869). salt and info may be empty. False: the library failed. */
bool kdf_hkdf(enum digest_kind digest, struct bytes secret, struct bytes salt, struct bytes info,
              unsigned char *out, size_t out_len);

enum { KDF_ARGON2ID_MEMORY_KIB_MAX = 1 << 21 }; /* 2 GiB */

/* Argon2id (RFC 9106). The salt has 8 octets or more. An empty passphrase is served with one lane
 * and a salt of 16 octets only. False: memory_kib is above KDF_ARGON2ID_MEMORY_KIB_MAX or more than
 * there is, or the library failed. */
bool kdf_argon2id(struct bytes passphrase, struct bytes salt, uint32_t passes, uint32_t lanes,
                  uint32_t memory_kib, unsigned char *out, size_t out_len);

/* AES key wrap (RFC 3394) with a key of 16, 24 or 32 bytes. plain.len: a multiple of 8, at least
 * 16. wrapped has plain.len + 8 bytes. */
bool kdf_wrap(struct bytes key, struct bytes plain, unsigned char *wrapped);

/* plain has wrapped.len - 8 bytes. False: wrapped.len is impossible, or it doesn't open. */
bool kdf_unwrap(struct bytes key, struct bytes wrapped, unsigned char *plain);

#endif
