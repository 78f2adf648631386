/*
 * Memory that is refused.
 */
#define _GNU_SOURCE /* reallocarray */
#include "fault.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

FAULT_CALL(void *, malloc, (size_t size), (size), ENOMEM, FAULT_FAIL, NULL)
FAULT_CALL(void *, realloc, (void *old, size_t size), (old, size), ENOMEM, FAULT_FAIL, NULL)
FAULT_CALL(void *, reallocarray, (void *old, size_t count, size_t size), (old, count, size), ENOMEM,
           FAULT_FAIL, NULL)
FAULT_CALL(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size), ENOMEM,
           FAULT_FAIL, NULL)
FAULT_CALL(int, posix_memalign, (void **made, size_t alignment, size_t size),
           (made, alignment, size), ENOMEM, FAULT_FAIL, ENOMEM)
FAULT_CALL(char *, strdup, (const char *text), (text), ENOMEM, FAULT_FAIL, NULL)
FAULT_CALL(char *, strndup, (const char *text, size_t size), (text, size), ENOMEM, FAULT_FAIL, NULL)
FAULT_CALL(void *, tsearch,
           (const void *key, void **root, int (*compare)(const void *, const void *)),
           (key, root, compare), ENOMEM, FAULT_FAIL, NULL)

FAULT_SITE(calloc, ENOMEM, FAULT_FAIL);

/* dlsym may want memory while it is asked where calloc is; a little is kept for that. */
void *calloc(size_t count, size_t size)
{
    static char kept[4096] __attribute__((aligned(16)));
    static size_t used;
    static bool asking;
    if (asking) {
        size_t begin = used;
        used += (count * size + 15) & ~(size_t)15;
        return used <= sizeof kept ? kept + begin : NULL;
    }
    if (FAULT_MEET(calloc) != FAULT_NONE)
        return NULL;
    asking = site_of_calloc.next == NULL;
    void *(*next)(size_t, size_t) = FAULT_NEXT(calloc);
    asking = false;
    return next(count, size);
}

FAULT_CALL(void *, mmap, (void *at, size_t len, int protection, int flags, int fd, off_t offset),
           (at, len, protection, flags, fd, offset), ENOMEM, FAULT_FAIL, MAP_FAILED)
FAULT_WIDE(mmap)
FAULT_CALL(int, mprotect, (void *at, size_t len, int protection), (at, len, protection), ENOMEM,
           FAULT_FAIL, -1)
FAULT_CALL(int, madvise, (void *at, size_t len, int advice), (at, len, advice), EINVAL, FAULT_FAIL,
           -1)
FAULT_CALL(int, mlock, (const void *at, size_t len), (at, len), ENOMEM, FAULT_FAIL, -1)
