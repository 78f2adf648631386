#include "crypto/digest.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>

static const struct {
    const char *name;
    size_t len;
} digests[DIGEST_COUNT] = {
    [DIGEST_MD5] = {"MD5", 16},
    [DIGEST_SHA1] = {"SHA1", 20},
    [DIGEST_RIPEMD160] = {"RIPEMD160", 20},
    [DIGEST_SHA224] = {"SHA2-224", 28},
    [DIGEST_SHA256] = {"SHA2-256", 32},
    [DIGEST_SHA384] = {"SHA2-384", 48},
    [DIGEST_SHA512] = {"SHA2-512", 64},
    [DIGEST_SHA3_256] = {"SHA3-256", 32},
    [DIGEST_SHA3_512] = {"SHA3-512", 64},
};

/* Each is fetched once by whoever needs it first, then only read. Never freed: a thread that is
 * still at work when the process exits may be using it. */
static _Atomic(EVP_MD *) fetched[DIGEST_COUNT];

enum { STEP_LEN = 4096, CACHE_LINE = 64 };

struct digest {
    EVP_MD_CTX *context;
    size_t len;
};

static EVP_MD *fetch(enum digest_kind kind)
{
    EVP_MD *known = atomic_load(&fetched[kind]);
    if (known != NULL)
        return known;
    EVP_MD *fresh = EVP_MD_fetch(NULL, digests[kind].name, NULL);
    if (fresh == NULL || atomic_compare_exchange_strong(&fetched[kind], &known, fresh))
        return fresh;
    EVP_MD_free(fresh);
    return known;
}

size_t digest_len(enum digest_kind kind)
{
    return digests[kind].len;
}

const char *digest_openssl_name(enum digest_kind kind)
{
    return digests[kind].name;
}

struct digest *digest_new(enum digest_kind kind)
{
    EVP_MD *md = fetch(kind);
    struct digest *digest = calloc(1, sizeof *digest);
    if (digest == NULL)
        return NULL;
    digest->context = EVP_MD_CTX_new();
    digest->len = digests[kind].len;
    if (md != NULL && digest->context != NULL && EVP_DigestInit_ex2(digest->context, md, NULL) == 1)
        return digest;
    digest_free(digest);
    return NULL;
}

/* Asks for a step's octets while the one before is hashed: they may lie in the cache of another
 * processor, where a thread has just decrypted them, and hashing alone waits for each line of them.
 */
static void prefetch(const unsigned char *at, size_t len)
{
#ifdef __GNUC__
    for (size_t i = 0; i < len; i += CACHE_LINE)
        __builtin_prefetch(at + i);
#else
    (void)at;
    (void)len;
#endif
}

bool digest_add(struct digest *digest, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    bool good = true;
    while (good && len > 0) {
        size_t step = len < STEP_LEN ? len : STEP_LEN;
        size_t next = len - step < STEP_LEN ? len - step : STEP_LEN;
        prefetch(at + step, next);
        good = EVP_DigestUpdate(digest->context, at, step) == 1;
        at += step;
        len -= step;
    }
    return good;
}

bool digest_take(struct digest *digest, unsigned char *result)
{
    unsigned len;
    return EVP_DigestFinal_ex(digest->context, result, &len) == 1 && len == digest->len &&
           EVP_DigestInit_ex2(digest->context, NULL, NULL) == 1;
}

void digest_free(struct digest *digest)
{
    if (digest == NULL)
        return;
    EVP_MD_CTX_free(digest->context); /* wipes */
    free(digest);
}

bool digest_of(enum digest_kind kind, const void *bytes, size_t len, unsigned char *result)
{
    struct digest *digest = digest_new(kind);
    bool ok = digest != NULL && digest_add(digest, bytes, len) && digest_take(digest, result);
    digest_free(digest);
    return ok;
}
