/*
 * seccomp: the list of the system calls that a process can still make.
 */
#ifndef WALSEAL_SANDBOX_CALLS_H
#define WALSEAL_SANDBOX_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct sandbox_calls {
    bool makes; /* files are made */
    bool reads; /* .. opened for reading */
    const pid_t *groups;
    size_t group_count; /* process groups that may be sent signals */
};

/* Puts the list in force for the calling thread and what it starts. 0, or errno: the system
 * refuses. */
int sandbox_calls_limit(const struct sandbox_calls *calls);

#endif
