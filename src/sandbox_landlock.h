/*
 * Landlock: which files a process can still open, make and remove, and that it makes no connection.
 * By raw system calls, and by the numbers that the kernel fixes: C libraries and headers come later
 * than kernels.
 */
#ifndef WALSEAL_SANDBOX_LANDLOCK_H
#define WALSEAL_SANDBOX_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct sandbox_landlock {
    int rules_fd;    /* -1: the system refuses */
    int version;     /* of the kernel's interface, 1 and up */
    int errno_value; /* why it refuses */
};

enum sandbox_access {
    SANDBOX_READ, /* files, and the names in directories */
    SANDBOX_MAKE, /* that, and to write, make and remove files */
    SANDBOX_ALL,
};

/* Begins a set of rules that allows nothing. Never fails: see rules_fd. */
void sandbox_landlock_begin(struct sandbox_landlock *landlock);

/* Allows access to the file of fd, or to all below it where it is a directory. */
void sandbox_landlock_allow(struct sandbox_landlock *landlock, int fd, enum sandbox_access access);

/* Puts the rules in force. False: errno_value. */
bool sandbox_landlock_close(struct sandbox_landlock *landlock);

/* Frees the set. */
void sandbox_landlock_end(struct sandbox_landlock *landlock);

#endif
