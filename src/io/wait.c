/* Waiting, see wait.h. The wake pipe is never drained: one byte in it ends all waits for good. */
#define _POSIX_C_SOURCE 200809L

#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 250 };

/* Written by wait_begin and wait_end only, when there is neither a handler nor a second thread. */
static int wake_read_fd = -1;
static int wake_write_fd = -1;

static atomic_bool woken;

static _Thread_local void (*tick_function)(void);

static bool fail_pipe(int cause, struct error *err)
{
    fail_errno(err, ERROR_IO, cause, "a pipe cannot be made");
    if (cause == EMFILE)
        error_append(err, ": raise the limit of open files (ulimit -n, RLIMIT_NOFILE)");
    return false;
}

bool wait_begin(struct error *err)
{
    int ends[2];
    if (pipe(ends) != 0)
        return fail_pipe(errno, err);
    for (int i = 0; i < 2; i++) {
        /* Non-blocking: a handler that wakes again and again must never block on a full pipe. */
        if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) != 0 || fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0) {
            int cause = errno;
            close(ends[0]);
            close(ends[1]);
            return fail_pipe(cause, err);
        }
    }
    atomic_store(&woken, false);
    wake_read_fd = ends[0];
    wake_write_fd = ends[1];
    return true;
}

void wait_end(void)
{
    if (wake_read_fd >= 0)
        close(wake_read_fd);
    if (wake_write_fd >= 0)
        close(wake_write_fd);
    wake_read_fd = -1;
    wake_write_fd = -1;
    atomic_store(&woken, false);
}

void wait_wake(void)
{
    int saved = errno;
    if (!atomic_exchange(&woken, true)) {
        ssize_t written = write(wake_write_fd, "", 1);
        (void)written; /* the pipe is empty here: nothing can go wrong that could be mended */
    }
    errno = saved;
}

bool wait_woken(void)
{
    return atomic_load(&woken);
}

void wait_set_tick(void (*tick)(void))
{
    tick_function = tick;
}

static long long monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void wait_tick(void)
{
    if (tick_function)
        tick_function();
}

/* How long one poll may last: to the deadline (negative: none), or to the next tick. */
static int poll_length(long long deadline)
{
    int limit = tick_function ? TICK_MS : -1;
    if (deadline < 0)
        return limit;
    long long left = deadline - monotonic_ms();
    if (left < 0)
        left = 0;
    return limit >= 0 && left > limit ? limit : (int)left;
}

int wait_ready(int fd, short events, int timeout_ms)
{
    return wait_either(fd, events, -1, 0, timeout_ms);
}

int wait_either(int fd, short events, int other_fd, short other_events, int timeout_ms)
{
    long long deadline = timeout_ms < 0 ? -1 : monotonic_ms() + timeout_ms;
    for (;;) {
        struct pollfd fds[3] = {
            {.fd = wake_read_fd, .events = POLLIN},
            {.fd = fd, .events = events},
            {.fd = other_fd, .events = other_events},
        };
        int ready = poll(fds, 3, poll_length(deadline));
        int cause = errno;
        if (atomic_load(&woken))
            return -1;
        if (ready > 0 && (fds[1].revents != 0 || fds[2].revents != 0))
            return 1;
        wait_tick();
        if (ready < 0 && cause != EINTR && cause != EAGAIN)
            return 1;
        if (ready == 0 && deadline >= 0 && monotonic_ms() >= deadline)
            return 0;
    }
}
