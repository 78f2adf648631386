/*
 * Pairs of descriptors between walseal, the guardian and the commands, out of the way of a
 * command's standard descriptors (walseal may have been started with those closed).
 */
#ifndef WALSEAL_IO_PAIR_H
#define WALSEAL_IO_PAIR_H

#include <stdbool.h>

/* A pipe, fds[0] to read from. False and errno: none is left open. */
bool pair_new_pipe(int fds[2]);

/* As pair_new_pipe, a stream in both directions. */
bool pair_new_socket(int fds[2]);

bool pair_set_nonblocking(int fd);

/* Bytes in the pipe of fd, either end, that nobody has read; 0 where the system can't say. */
int pair_unread(int fd);

/* Closes *fd, unless it is negative, and makes it so. */
void pair_close_end(int *fd);

#endif
