/*
 * The one temporary name beside a file, and who owns it: whoever holds the lock (flock) of the
 * inode that it names, and nobody else removes or renames it. So after every lock that was won it
 * has to be asked whether the name still is that inode: between open and lock its owner may have
 * renamed or removed it.
 */
#ifndef WALSEAL_IO_TEMPORARY_H
#define WALSEAL_IO_TEMPORARY_H

#include "base/error.h"
#include "io/descriptor.h"

#include <limits.h>

struct temporary {
    int dir_fd;       /* not owned */
    const char *path; /* of the file, for messages; not owned */
    char name[NAME_MAX + 1];
};

enum temporary_claim {
    TEMPORARY_FREED,          /* nothing is there, or it was left behind and is removed */
    TEMPORARY_OWNED_BY_OTHER, /* another process holds it */
    TEMPORARY_FAILED,         /* err says why */
};

/* Fills temporary: ".FILE_NAME.walseal", cut to what the file system of dir_fd takes. */
void temporary_begin(struct temporary *temporary, int dir_fd, const char *file_name,
                     const char *path);

/* Whether name is such a one, of any file. */
bool temporary_is_name(const char *name);

/* Whether the name is the inode of fd. */
bool temporary_is(const struct temporary *temporary, int fd);

/* Takes the lock of fd. IO_FAILED with EWOULDBLOCK: somebody else has it. */
enum io_outcome temporary_lock(int fd);

/* Removes the name if a process that was killed left it there. */
enum temporary_claim temporary_reclaim(const struct temporary *temporary, struct error *err);

#endif
