/*
 * Work that takes long and can't look up from it (a passphrase's derivation), in a way that a
 * signal can end. The calling thread waits beside it (wait.h), so it does nothing else meanwhile.
 */
#ifndef WALSEAL_IO_WORK_H
#define WALSEAL_IO_WORK_H

#include <stdbool.h>

/* Calls work(job). False: woken before it was done. Then it goes on until the process ends, which
 * is soon: job and all that it points to must be left as they are, and never be freed. */
bool work_run(void (*work)(void *job), void *job);

#endif
