/*
 * The names in a directory of keys, at one moment.
 *
 * A Kubernetes mount is a directory of symbolic links through "..data", which a rotation replaces:
 * names looked up one after the other could belong to two versions. So "..data", where it is a
 * directory, is opened once and everything is read through it.
 */
#ifndef WALSEAL_KEYS_KEY_DIRECTORY_H
#define WALSEAL_KEYS_KEY_DIRECTORY_H

#include "base/error.h"

struct key_directory {
    int fd;       /* what to openat the names from */
    char **names; /* sorted by byte; without those that start with a dot */
    size_t count;
};

/* Lists what is behind fd, a directory, and takes fd over, also when it fails. False: ERROR_KEY,
 * also where all names but "." and ".." start with a dot. path is for the message. Owned by the
 * caller: key_directory_close. */
bool key_directory_read(int fd, const char *path, struct key_directory *directory,
                        struct error *err);

/* Frees and closes; also what failed to be read. */
void key_directory_close(struct key_directory *directory);

#endif
