/*
 * Closing what a process was born with and has no use for.
 */
#ifndef WALSEAL_IO_CLOSE_ALL_BUT_H
#define WALSEAL_IO_CLOSE_ALL_BUT_H

#include <stddef.h>

/* Closes every descriptor above 2 that isn't among kept, where negative ones stand for nothing. */
void close_all_but(const int *kept, size_t kept_count);

#endif
