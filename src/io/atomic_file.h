/*
 * A file that appears under its name whole and durable, or not at all.
 *
 * Where the name is free and the file system can, the bytes go into an unnamed file (O_TMPFILE)
 * that is linked to its name at the end. Where the name is taken it is replaced by rename, through
 * one predictable temporary name beside it: ".NAME.walseal" (NAME cut so that it fits). Whoever
 * uses the temporary name holds a lock on the inode; one that nobody holds was left by a process
 * that was killed, and is reclaimed by the next. File systems without O_TMPFILE (NFS) use the
 * temporary name from the start. Symbolic links are followed: what they point at is replaced, not
 * the link. The mode comes from the umask.
 */
#ifndef WALSEAL_IO_ATOMIC_FILE_H
#define WALSEAL_IO_ATOMIC_FILE_H

#include "base/error.h"

struct atomic_file;

/* Prepares to make path. no_clobber: a file that exists is ERROR_IO, now or at commit. Two that
 * make the same path at once: each that ends well has made the whole file, the last one stays (with
 * no_clobber the first); without O_TMPFILE the second fails at once, saying so. NULL: ERROR_IO. */
struct atomic_file *atomic_file_new(const char *path, bool no_clobber, struct error *err);

/* For file systems without O_TMPFILE: what atomic_file_new falls back to. */
struct atomic_file *atomic_file_new_named(const char *path, bool no_clobber, struct error *err);

/* The descriptor to write to. Owned by file. */
int atomic_file_fd(const struct atomic_file *file);

/* That of the directory in which it gets its name. Owned by file. */
int atomic_file_directory_fd(const struct atomic_file *file);

/* Syncs the data, gives the file its name, syncs the directory. The path must still lead there,
 * also if the directory was moved meanwhile. On failure call atomic_file_free, which removes what
 * is left. */
bool atomic_file_commit(struct atomic_file *file, struct error *err);

/* Frees; what was not committed is removed. NULL is allowed. */
void atomic_file_free(struct atomic_file *file);

/* Makes an existing file at path durable: its data and its directory entry. */
bool atomic_file_sync_existing(const char *path, struct error *err);

#endif
