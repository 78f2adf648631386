/*
 * A block cipher in CFB mode with full blocks (RFC 9580 section 12.9 without its
 * resynchronisation).
 */
#ifndef WALSEAL_CRYPTO_CFB_H
#define WALSEAL_CRYPTO_CFB_H

#include <gcrypt.h>
#include <stdbool.h>
#include <stddef.h>

enum { CFB_BLOCK_MAX = 16 };

/* One key; used by one thread at a time. */
struct cfb;

/* cipher: a GCRY_CIPHER_ number; key_len must be the cipher's. A weak key (3DES) is taken. NULL:
 * memory, or the library doesn't have the cipher. The IV is all zero at first. */
struct cfb *cfb_new(int cipher, const unsigned char *key, size_t key_len);

/* iv_len is the cipher's block length. */
bool cfb_set_iv(struct cfb *cfb, const unsigned char *iv, size_t iv_len);

/* Continue the stream; out may be in. len may be anything, except that only the last call of a
 * stream may end inside a block. False: the library failed. */
bool cfb_encrypt(struct cfb *cfb, unsigned char *out, const unsigned char *in, size_t len);
bool cfb_decrypt(struct cfb *cfb, unsigned char *out, const unsigned char *in, size_t len);

/* Wipes and frees; NULL is allowed. */
void cfb_free(struct cfb *cfb);

#endif
