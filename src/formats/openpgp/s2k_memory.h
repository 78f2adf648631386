/*
 * How much memory there is for a passphrase that asks for much (Argon2).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_S2K_MEMORY_H
#define WALSEAL_FORMATS_OPENPGP_S2K_MEMORY_H

#include <stdint.h>

/* Finds it out and remembers it, once: to be called before threads and before a sandbox that hides
 * where it is told. Without it, each s2k_memory_kib looks anew. */
void s2k_memory_begin(void);

/* The same, of what stands in folders in place of /proc and /sys/fs/cgroup: for tests. */
void s2k_memory_begin_in(const char *proc, const char *cgroup);

/* KiB that can be had, by what is in use already, without swapping and without meeting a cgroup's
 * limit; UINT64_MAX where nothing tells. */
uint64_t s2k_memory_kib(void);

#endif
