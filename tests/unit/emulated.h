/*
 * For the few tests of what an emulator of another processor can't do.
 */
#ifndef WALSEAL_TESTS_EMULATED_H
#define WALSEAL_TESTS_EMULATED_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define NO_SUBREAPER "qemu knows no subreapers: orphans go to init"

/* Whether this test runs under an emulator (see tests/run), and says then that it is skipped. */
static inline bool is_emulated(const char *why)
{
    if (getenv("EMULATOR") == NULL)
        return false;
    printf("# skipped: emulated: %s\n", why);
    return true;
}

#endif
