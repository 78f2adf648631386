#define _DEFAULT_SOURCE
#include "base/secret.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

static atomic_bool lock_refused;

bool secret_begin(struct error *err)
{
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0);
#endif
    if (sodium_init() < 0)
        return fail(err, ERROR_IO, "libsodium doesn't start");
    return true;
}

/* The pages that hold a secret hold nothing but that secret and its canary. */
static void keep_from_children(void *secret, size_t len)
{
#ifdef MADV_DONTFORK
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)secret & ~(page - 1);
    madvise((void *)start, (uintptr_t)secret + len - start, MADV_DONTFORK);
#else
    (void)secret;
    (void)len;
#endif
}

void *secret_new(size_t len)
{
    void *secret = sodium_malloc(len);
    if (secret == NULL)
        return NULL;
    /* sodium_malloc has locked it already, but doesn't tell whether it could */
    if (sodium_mlock(secret, len) != 0)
        lock_refused = true;
    keep_from_children(secret, len);
    memset(secret, 0, len);
    return secret;
}

void secret_free(void *secret)
{
    sodium_free(secret);
}

void secret_wipe(void *bytes, size_t len)
{
    sodium_memzero(bytes, len);
}

bool secret_lock_refused(void)
{
    return lock_refused;
}

bool secret_is_dumpable(void)
{
#ifdef __linux__
    if (prctl(PR_GET_DUMPABLE) == 0)
        return false;
#endif
    struct rlimit limit;
    return getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur > 0;
}

void secret_hide_from_dumps(void *pages, size_t len)
{
#ifdef MADV_DONTDUMP
    madvise(pages, len, MADV_DONTDUMP);
#else
    (void)pages;
    (void)len;
#endif
}
