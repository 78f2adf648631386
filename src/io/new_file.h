/*
 * A file under a name that was free: it appears whole and durable, as atomic_file.h has it, and
 * goes again unless it is kept, so that of two that belong together there is never one alone.
 */
#ifndef WALSEAL_IO_NEW_FILE_H
#define WALSEAL_IO_NEW_FILE_H

#include "base/error.h"

struct new_file;

/* Prepares to make path. is_private: only its owner may read and write it, whatever the umask.
 * NULL: ERROR_IO; something is there, be it a link that leads nowhere. */
struct new_file *new_file_new(const char *path, bool is_private, struct error *err);

/* Writes all of bytes. False: ERROR_IO, ERROR_INTERRUPTED. */
bool new_file_write(struct new_file *file, const void *bytes, size_t len, struct error *err);

/* Gives it its name. False as above; ERROR_IO also where the name was taken meanwhile. */
bool new_file_commit(struct new_file *file, struct error *err);

/* It stays. */
void new_file_keep(struct new_file *file);

/* Frees; what wasn't kept is removed. NULL is allowed. */
void new_file_free(struct new_file *file);

#endif
