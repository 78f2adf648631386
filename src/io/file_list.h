/*
 * The files that names stand for: a file for itself, a directory for all the regular files below
 * it, in the order of their names (of octets). Below one name a directory is walked once, whichever
 * links lead to it.
 */
#ifndef WALSEAL_IO_FILE_LIST_H
#define WALSEAL_IO_FILE_LIST_H

#include "base/error.h"
#include "base/notes.h"

#include <stdint.h>

enum file_kind {
    FILE_REGULAR,
    FILE_OTHER,   /* a pipe or device that was named, or "-": reading may block */
    FILE_UNKNOWN, /* can't be examined: opening it will tell why */
    FILE_PROBLEM, /* a directory that can't be walked, or holds nothing: problem says why */
};

struct file_entry {
    char *path;
    enum file_kind kind;
    uint64_t size;         /* of a regular file */
    bool in_directory;     /* not named itself */
    struct error *problem; /* ERROR_IO */
};

/* Begins as {.count = 0}. */
struct file_list {
    struct file_entry *entries;
    size_t count;
    size_t room;
};

/* Adds what path stands for. In directories what is neither a regular file nor a directory is
 * passed over, and so are walseal's own temporary files, with a verbose note. False: no memory. */
bool file_list_add(struct file_list *list, const char *path, struct notes *notes,
                   struct error *err);

void file_list_free(struct file_list *list);

#endif
