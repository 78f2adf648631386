/*
 * The text of one key file, read once to its end into secret memory.
 */
#ifndef WALSEAL_KEYS_KEY_FILE_H
#define WALSEAL_KEYS_KEY_FILE_H

#include "base/error.h"

struct key_file {
    char *text; /* secret memory */
    size_t len;
};

/* Opens path for reading: a file, a pipe, a directory. /dev/fd/N also works where the file behind N
 * may not be opened again (a socket, another user's file). -1: ERROR_KEY. */
int key_file_open(const char *path, struct error *err);

/* Reads what is behind fd, which stays open; name is for the message. False: ERROR_KEY;
 * *errno_value is then why reading failed, or 0 when it wasn't that. Owned by the caller:
 * key_file_free. */
bool key_file_read(int fd, const char *name, struct key_file *file, int *errno_value,
                   struct error *err);

/* Wipes and frees the text. */
void key_file_free(struct key_file *file);

#endif
