/*
 * Reads and writes of a descriptor, blocking or not, that wait where a signal can end them.
 */
#ifndef WALSEAL_IO_DESCRIPTOR_H
#define WALSEAL_IO_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum io_outcome {
    IO_DONE,
    IO_FAILED, /* errno says why */
    IO_INTERRUPTED,
};

/* One read of at most len bytes. *got 0: the end of the input. */
enum io_outcome descriptor_read(int fd, void *bytes, size_t len, size_t *got);

/* Writes all of len bytes, in pieces of at most piece_len (0: no limit); *written says how many
 * were accepted, also after a failure. */
enum io_outcome descriptor_write(int fd, const void *bytes, size_t len, size_t piece_len,
                                 size_t *written);

/* The longest piece that a write to fd may have so that it won't block once fd is ready: 0 where
 * there is no limit. */
size_t descriptor_piece_len(int fd, const struct stat *status);

/* Opens path (relative to the working directory), again if a signal came that isn't the end of the
 * run. The descriptor, or -1 and errno (EINTR: the run is over). */
int descriptor_open(const char *path, int flags);

/* Syncs data and metadata of fd. */
enum io_outcome descriptor_sync(int fd);

/* Whether name in the directory dir_fd (no link is followed) is the inode that status describes. */
bool descriptor_is_named(int dir_fd, const char *name, const struct stat *status);

/* Closes. False and errno: what was written before may be lost. */
bool descriptor_close(int fd);

/* Whether a reader of fd, which a regular file, a pipe or a socket is, has left nothing unread
 * there, nor to come. True of anything else. */
bool descriptor_is_read_up(int fd);

/* Makes a pipe as large as it may be; anything else stays as it is. */
void descriptor_grow_pipe(int fd, const struct stat *status);

/* The length of text, or where it is to be cut so that no more than most bytes are left and no
 * UTF-8 character is torn. */
size_t descriptor_cut_len(const char *text, size_t most);

/* What messages call a command: command "TEXT", a long TEXT cut. To be freed; NULL: no memory. */
char *descriptor_command_name(const char *command);

#endif
