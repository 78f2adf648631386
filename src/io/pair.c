#define _GNU_SOURCE /* F_DUPFD_CLOEXEC */
#include "io/pair.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

void pair_close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Closes both on failure. */
static bool lift(int fds[2])
{
    int cause = 0;
    for (int i = 0; i < 2; i++) {
        int lifted = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
        if (lifted < 0)
            cause = errno;
        close(fds[i]);
        fds[i] = lifted;
    }
    if (cause == 0)
        return true;
    pair_close_end(&fds[0]);
    pair_close_end(&fds[1]);
    errno = cause;
    return false;
}

bool pair_new_pipe(int fds[2])
{
    return pipe(fds) == 0 && lift(fds);
}

bool pair_new_socket(int fds[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0 && lift(fds);
}

int pair_unread(int fd)
{
    int unread = 0;
    return ioctl(fd, FIONREAD, &unread) == 0 ? unread : 0;
}

bool pair_set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}
