/*
 * Reads and writes of a descriptor, blocking or not, that wait where a signal can end them.
 */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "io/descriptor.h"
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PIPE_WANTED = 1024 * 1024,
    COMMAND_SHOWN = 200, /* bytes of a command in a message, so that what follows still fits */
};

/* Whether a call that failed is to be tried again after waiting. */
static bool is_passing(int errno_value)
{
    return errno_value == EINTR || errno_value == EAGAIN || errno_value == EWOULDBLOCK;
}

enum io_outcome descriptor_read(int fd, void *bytes, size_t len, size_t *got)
{
    *got = 0;
    for (;;) {
        if (wait_ready(fd, POLLIN, -1) < 0)
            return IO_INTERRUPTED;
        ssize_t count = read(fd, bytes, len);
        if (count >= 0) {
            *got = (size_t)count;
            return IO_DONE;
        }
        if (!is_passing(errno))
            return IO_FAILED;
    }
}

enum io_outcome descriptor_write(int fd, const void *bytes, size_t len, size_t piece_len,
                                 size_t *written)
{
    const unsigned char *from = bytes;
    *written = 0;
    while (*written < len) {
        size_t piece = len - *written;
        if (piece_len > 0 && piece > piece_len)
            piece = piece_len;
        if (wait_ready(fd, POLLOUT, -1) < 0)
            return IO_INTERRUPTED;
        ssize_t count = write(fd, from + *written, piece);
        if (count >= 0)
            *written += (size_t)count;
        else if (!is_passing(errno))
            return IO_FAILED;
    }
    return IO_DONE;
}

size_t descriptor_piece_len(int fd, const struct stat *status)
{
    int flags = fcntl(fd, F_GETFL);
    bool may_block = flags >= 0 && !(flags & O_NONBLOCK);
    return may_block && (S_ISFIFO(status->st_mode) || S_ISSOCK(status->st_mode)) ? PIPE_BUF : 0;
}

int descriptor_open(const char *path, int flags)
{
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC);
    while (fd < 0 && errno == EINTR && !wait_woken());
    return fd;
}

enum io_outcome descriptor_sync(int fd)
{
    while (fsync(fd) != 0) {
        if (errno != EINTR)
            return IO_FAILED;
        if (wait_woken())
            return IO_INTERRUPTED;
    }
    return IO_DONE;
}

bool descriptor_is_named(int dir_fd, const char *name, const struct stat *status)
{
    struct stat named;
    return fstatat(dir_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           named.st_dev == status->st_dev && named.st_ino == status->st_ino;
}

bool descriptor_close(int fd)
{
    /* After EINTR the descriptor is gone on Linux: closing again could hit another one. */
    return close(fd) == 0 || errno == EINTR;
}

bool descriptor_is_read_up(int fd)
{
    struct stat status;
    char byte;
    if (fstat(fd, &status) != 0)
        return false;
    if (S_ISREG(status.st_mode))
        return lseek(fd, 0, SEEK_CUR) >= status.st_size;
    if (S_ISSOCK(status.st_mode)) {
        ssize_t peeked = recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
        return peeked == 0 || (peeked < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    }
    struct pollfd pipe = {.fd = fd, .events = POLLIN};
    return !S_ISFIFO(status.st_mode) || (poll(&pipe, 1, 0) > 0 && !(pipe.revents & POLLIN));
}

void descriptor_grow_pipe(int fd, const struct stat *status)
{
#ifdef F_SETPIPE_SZ
    if (S_ISFIFO(status->st_mode) && fcntl(fd, F_GETPIPE_SZ) < PIPE_WANTED)
        (void)fcntl(fd, F_SETPIPE_SZ, PIPE_WANTED);
#else
    (void)fd;
    (void)status;
#endif
}

size_t descriptor_cut_len(const char *text, size_t most)
{
    size_t len = strnlen(text, most + 1);
    if (len <= most)
        return len;
    len = most;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return len;
}

char *descriptor_command_name(const char *command)
{
    size_t len = descriptor_cut_len(command, COMMAND_SHOWN);
    size_t size = len + sizeof "command \"...\"";
    char *name = malloc(size);
    if (name)
        snprintf(name, size, "command \"%.*s%s\"", (int)len, command, command[len] ? "..." : "");
    return name;
}
