/*
 * How many pieces of secret memory there are: leaks of it are out of the sanitizers' sight. Included
 * by one file of a test, in front of libsodium's functions; it wants _GNU_SOURCE.
 */
#ifndef WALSEAL_TESTS_SECRETS_HELD_H
#define WALSEAL_TESTS_SECRETS_HELD_H

#include <dlfcn.h>
#include <sodium.h>
#include <stddef.h>

static size_t secrets_held;

void *sodium_malloc(size_t size)
{
    void *(*next)(size_t);
    *(void **)&next = dlsym(RTLD_NEXT, "sodium_malloc");
    void *made = next(size);
    secrets_held += made != NULL;
    return made;
}

void sodium_free(void *secret)
{
    void (*next)(void *);
    *(void **)&next = dlsym(RTLD_NEXT, "sodium_free");
    secrets_held -= secret != NULL;
    next(secret);
}

#endif
