/*
 * The AEAD modes of OpenPGP (RFC 9580 section 9.6) over 128-bit block ciphers: whole texts with a
 * 16-byte tag.
 */
#ifndef WALSEAL_CRYPTO_AEAD_H
#define WALSEAL_CRYPTO_AEAD_H

#include "base/bytes.h"

#include <gcrypt.h>

enum { AEAD_TAG_LEN = 16, AEAD_NONCE_MAX = 16 };

/* One key, any number of texts; used by one thread at a time. */
struct aead;

/* cipher: a GCRY_CIPHER_ number with blocks of 16 bytes; mode: GCRY_CIPHER_MODE_OCB, _GCM or _EAX.
 * NULL: memory, or the library doesn't have it. */
struct aead *aead_new(int cipher, int mode, const unsigned char *key, size_t key_len);

/* nonce: 15 bytes for OCB, 12 for GCM, 16 for EAX. out has text.len bytes, tag AEAD_TAG_LEN; out
 * may be text.at. False: the library failed. */
bool aead_seal(struct aead *aead, struct bytes nonce, struct bytes additional, struct bytes text,
               unsigned char *out, unsigned char *tag);

/* False: the tag (compared in constant time) doesn't fit; out is then wiped. */
bool aead_open(struct aead *aead, struct bytes nonce, struct bytes additional, struct bytes text,
               const unsigned char *tag, unsigned char *out);

/* Wipes and frees; NULL is allowed. */
void aead_free(struct aead *aead);

#endif
