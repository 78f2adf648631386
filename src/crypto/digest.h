/*
 * Hash functions, as streams: MD5, SHA-1, RIPEMD-160, SHA-2, SHA-3.
 */
#ifndef WALSEAL_CRYPTO_DIGEST_H
#define WALSEAL_CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum digest_kind {
    DIGEST_MD5,
    DIGEST_SHA1,
    DIGEST_RIPEMD160,
    DIGEST_SHA224,
    DIGEST_SHA256,
    DIGEST_SHA384,
    DIGEST_SHA512,
    DIGEST_SHA3_256,
    DIGEST_SHA3_512,
    DIGEST_COUNT,
};

enum { DIGEST_LEN_MAX = 64 };

/* Bytes of its result. */
size_t digest_len(enum digest_kind kind);

/* What OpenSSL calls it, for the other files of crypto/. */
const char *digest_openssl_name(enum digest_kind kind);

/* One running hash; used by one thread at a time. */
struct digest;

/* NULL: memory, or this machine's library doesn't have it. */
struct digest *digest_new(enum digest_kind kind);

/* False: the library failed. */
bool digest_add(struct digest *digest, const void *bytes, size_t len);

/* Writes digest_len(kind) bytes; the digest is then as new. */
bool digest_take(struct digest *digest, unsigned char *result);

/* Wipes and frees; NULL is allowed. */
void digest_free(struct digest *digest);

/* Of one piece. */
bool digest_of(enum digest_kind kind, const void *bytes, size_t len, unsigned char *result);

#endif
