/*
 * System calls, and what the C library makes of them.
 */
#define _GNU_SOURCE /* renameat2, ppoll, sched_getaffinity */
#include "fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
    CAN_BE_SHORT = FAULT_FAIL | FAULT_SHORT | FAULT_INTERRUPT,
    CAN_BE_INTERRUPTED = FAULT_FAIL | FAULT_INTERRUPT
};

/* ---- bytes ---- */

/* So few bytes pass through a pipe or socket in one piece (POSIX's least PIPE_BUF is 512). */
enum { NEVER_SHORT = 16 };

/* Of a call that moves bytes: all of them, one, or none. */
#define FAULT_TRANSFER(function, parameters, whole, one, len, cause)                               \
    FAULT_SITE(function, cause, CAN_BE_SHORT);                                                     \
    ssize_t function parameters                                                                    \
    {                                                                                              \
        enum fault_form form = FAULT_MEET(function);                                               \
        if (form == FAULT_NONE || (form == FAULT_SHORT && (len) <= NEVER_SHORT))                   \
            return FAULT_NEXT(function) whole;                                                     \
        return form == FAULT_SHORT ? FAULT_NEXT(function) one : -1;                                \
    }

FAULT_TRANSFER(read, (int fd, void *bytes, size_t len), (fd, bytes, len), (fd, bytes, 1), len, EIO)
FAULT_TRANSFER(pread, (int fd, void *bytes, size_t len, off_t at), (fd, bytes, len, at),
               (fd, bytes, 1, at), len, EIO)
FAULT_WIDE(pread)
FAULT_TRANSFER(write, (int fd, const void *bytes, size_t len), (fd, bytes, len), (fd, bytes, 1),
               len, ENOSPC)
FAULT_TRANSFER(recv, (int fd, void *bytes, size_t len, int flags), (fd, bytes, len, flags),
               (fd, bytes, 1, flags), len, ECONNRESET)
FAULT_TRANSFER(send, (int fd, const void *bytes, size_t len, int flags), (fd, bytes, len, flags),
               (fd, bytes, 1, flags), len, ECONNRESET)

FAULT_CALL(int, fsync, (int fd), (fd), EIO, CAN_BE_INTERRUPTED, -1)
FAULT_CALL(off_t, lseek, (int fd, off_t offset, int from), (fd, offset, from), EIO, FAULT_FAIL, -1)
FAULT_WIDE(lseek)
FAULT_CALL(int, posix_fadvise, (int fd, off_t offset, off_t len, int advice),
           (fd, offset, len, advice), EINVAL, FAULT_FAIL, EINVAL)
FAULT_WIDE(posix_fadvise)
FAULT_CALL(ssize_t, getrandom, (void *bytes, size_t len, unsigned flags), (bytes, len, flags),
           ENOSYS, CAN_BE_INTERRUPTED, -1)
FAULT_CALL(int, getentropy, (void *bytes, size_t len), (bytes, len), EIO, FAULT_FAIL, -1)

/* ---- descriptors ---- */

static mode_t mode_of(int flags, va_list rest)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

FAULT_SITE(open, EMFILE, FAULT_FAIL);

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return FAULT_MEET(open) != FAULT_NONE ? -1 : FAULT_NEXT(open)(path, flags, mode);
}

FAULT_WIDE(open)

FAULT_SITE(openat, EMFILE, FAULT_FAIL);

int openat(int dir_fd, const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return FAULT_MEET(openat) != FAULT_NONE ? -1 : FAULT_NEXT(openat)(dir_fd, path, flags, mode);
}

FAULT_WIDE(openat)

int __open_2(const char *path, int flags);
FAULT_CALL(int, __open_2, (const char *path, int flags), (path, flags), EMFILE, FAULT_FAIL, -1)
FAULT_AS(__open_2, __open64_2)

FAULT_SITE(close, EIO, CAN_BE_INTERRUPTED);

/* Closed it is all the same, as on Linux. */
int close(int fd)
{
    enum fault_form form = FAULT_MEET(close);
    int cause = errno;
    int closed = FAULT_NEXT(close)(fd);
    if (form == FAULT_NONE)
        return closed;
    errno = cause;
    return -1;
}

FAULT_SITE(fcntl, EINVAL, FAULT_FAIL);

int fcntl(int fd, int request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return FAULT_MEET(fcntl) != FAULT_NONE ? -1 : FAULT_NEXT(fcntl)(fd, request, argument);
}

FAULT_WIDE(fcntl)

FAULT_SITE(ioctl, EIO, FAULT_FAIL);

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return FAULT_MEET(ioctl) != FAULT_NONE ? -1 : FAULT_NEXT(ioctl)(fd, request, argument);
}

FAULT_CALL(int, dup, (int fd), (fd), EMFILE, FAULT_FAIL, -1)
FAULT_CALL(int, dup2, (int fd, int wanted), (fd, wanted), EMFILE, FAULT_FAIL, -1)
FAULT_CALL(int, pipe, (int ends[2]), (ends), EMFILE, FAULT_FAIL, -1)
FAULT_CALL(int, socketpair, (int family, int type, int protocol, int ends[2]),
           (family, type, protocol, ends), EMFILE, FAULT_FAIL, -1)
FAULT_CALL(int, flock, (int fd, int operation), (fd, operation), ENOLCK, CAN_BE_INTERRUPTED, -1)
FAULT_CALL(int, poll, (struct pollfd * fds, nfds_t count, int timeout_ms), (fds, count, timeout_ms),
           ENOMEM, CAN_BE_INTERRUPTED, -1)
FAULT_CALL(int, ppoll,
           (struct pollfd * fds, nfds_t count, const struct timespec *timeout,
            const sigset_t *mask),
           (fds, count, timeout, mask), ENOMEM, CAN_BE_INTERRUPTED, -1)
FAULT_CALL(int, isatty, (int fd), (fd), ENOTTY, FAULT_FAIL, 0)
FAULT_CALL(int, tcgetattr, (int fd, struct termios *settings), (fd, settings), EIO, FAULT_FAIL, -1)
FAULT_CALL(int, tcsetattr, (int fd, int when, const struct termios *settings), (fd, when, settings),
           EIO, CAN_BE_INTERRUPTED, -1)
FAULT_CALL(pid_t, tcgetpgrp, (int fd), (fd), ENOTTY, FAULT_FAIL, -1)

/* ---- names ---- */

FAULT_CALL(int, stat, (const char *path, struct stat *status), (path, status), EIO, FAULT_FAIL, -1)
FAULT_WIDE(stat)
FAULT_CALL(int, lstat, (const char *path, struct stat *status), (path, status), EIO, FAULT_FAIL, -1)
FAULT_WIDE(lstat)
FAULT_CALL(int, fstat, (int fd, struct stat *status), (fd, status), EIO, FAULT_FAIL, -1)
FAULT_WIDE(fstat)
FAULT_CALL(int, fstatat, (int fd, const char *path, struct stat *status, int flags),
           (fd, path, status, flags), EIO, FAULT_FAIL, -1)
FAULT_WIDE(fstatat)
FAULT_CALL(int, fstatfs, (int fd, struct statfs *status), (fd, status), EIO, FAULT_FAIL, -1)
FAULT_WIDE(fstatfs)
FAULT_CALL(long, fpathconf, (int fd, int name), (fd, name), EINVAL, FAULT_FAIL, -1)
FAULT_CALL(int, access, (const char *path, int mode), (path, mode), EACCES, FAULT_FAIL, -1)
FAULT_CALL(ssize_t, readlink, (const char *path, char *target, size_t size), (path, target, size),
           EIO, FAULT_FAIL, -1)
FAULT_CALL(char *, realpath, (const char *path, char *resolved), (path, resolved), ENOMEM,
           FAULT_FAIL, NULL)
FAULT_CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), EPERM, FAULT_FAIL, -1)
FAULT_CALL(int, linkat, (int from_fd, const char *from, int to_fd, const char *to, int flags),
           (from_fd, from, to_fd, to, flags), EIO, FAULT_FAIL, -1)
FAULT_CALL(int, renameat, (int from_fd, const char *from, int to_fd, const char *to),
           (from_fd, from, to_fd, to), EIO, FAULT_FAIL, -1)
FAULT_CALL(int, renameat2,
           (int from_fd, const char *from, int to_fd, const char *to, unsigned flags),
           (from_fd, from, to_fd, to, flags), EIO, FAULT_FAIL, -1)
FAULT_CALL(int, unlink, (const char *path), (path), EIO, FAULT_FAIL, -1)
FAULT_CALL(int, unlinkat, (int fd, const char *path, int flags), (fd, path, flags), EIO, FAULT_FAIL,
           -1)

/* ---- folders and streams ---- */

typedef int filter_function(const struct dirent *);
typedef int compare_function(const struct dirent **, const struct dirent **);

FAULT_CALL(DIR *, opendir, (const char *path), (path), EMFILE, FAULT_FAIL, NULL)
FAULT_CALL(DIR *, fdopendir, (int fd), (fd), ENOMEM, FAULT_FAIL, NULL)
FAULT_CALL(struct dirent *, readdir, (DIR * folder), (folder), EIO, FAULT_FAIL, NULL)
FAULT_WIDE(readdir)
FAULT_CALL(int, scandir,
           (const char *path, struct dirent ***found, filter_function *filter,
            compare_function *compare),
           (path, found, filter, compare), ENOMEM, FAULT_FAIL, -1)
FAULT_WIDE(scandir)
FAULT_CALL(FILE *, fopen, (const char *path, const char *mode), (path, mode), EMFILE, FAULT_FAIL,
           NULL)
FAULT_WIDE(fopen)
FAULT_CALL(char *, fgets, (char *line, int size, FILE *stream), (line, size, stream), EIO,
           FAULT_FAIL, NULL)

FAULT_SITE(fscanf, EIO, FAULT_FAIL);

int fscanf(FILE *stream, const char *format, ...)
{
    if (FAULT_MEET(fscanf) != FAULT_NONE)
        return EOF;
    va_list rest;
    va_start(rest, format);
    int fields = vfscanf(stream, format, rest);
    va_end(rest);
    return fields;
}

FAULT_AS(fscanf, __isoc99_fscanf)

/* ---- processes ---- */

FAULT_SITE(execl, ENOMEM, FAULT_FAIL);

int execl(const char *path, const char *argument, ...)
{
    enum { ARGUMENTS_MAX = 8 };
    const char *arguments[ARGUMENTS_MAX + 1] = {argument};
    va_list rest;
    va_start(rest, argument);
    for (int i = 1; arguments[i - 1] != NULL && i < ARGUMENTS_MAX; i++)
        arguments[i] = va_arg(rest, const char *);
    va_end(rest);
    return FAULT_MEET(execl) != FAULT_NONE ? -1 : execv(path, (char *const *)arguments);
}

FAULT_SITE(prctl, EINVAL, FAULT_FAIL);

int prctl(int option, ...)
{
    va_list rest;
    va_start(rest, option);
    unsigned long argument[4];
    for (int i = 0; i < 4; i++)
        argument[i] = va_arg(rest, unsigned long);
    va_end(rest);
    if (FAULT_MEET(prctl) != FAULT_NONE)
        return -1;
    return FAULT_NEXT(prctl)(option, argument[0], argument[1], argument[2], argument[3]);
}

FAULT_SITE(syscall, ENOSYS, FAULT_FAIL);

long syscall(long number, ...)
{
    va_list rest;
    va_start(rest, number);
    long argument[6];
    for (int i = 0; i < 6; i++)
        argument[i] = va_arg(rest, long);
    va_end(rest);
    if (FAULT_MEET(syscall) != FAULT_NONE)
        return -1;
    return FAULT_NEXT(syscall)(number, argument[0], argument[1], argument[2], argument[3],
                               argument[4], argument[5]);
}

FAULT_CALL(int, setpgid, (pid_t pid, pid_t group), (pid, group), EPERM, FAULT_FAIL, -1)
FAULT_CALL(pid_t, setsid, (void), (), EPERM, FAULT_FAIL, -1)
FAULT_CALL(pid_t, waitpid, (pid_t pid, int *status, int options), (pid, status, options), ECHILD,
           CAN_BE_INTERRUPTED, -1)
FAULT_CALL(int, waitid, (idtype_t type, id_t id, siginfo_t *info, int options),
           (type, id, info, options), ECHILD, CAN_BE_INTERRUPTED, -1)
FAULT_CALL(int, sigaction, (int number, const struct sigaction *action, struct sigaction *before),
           (number, action, before), EINVAL, FAULT_FAIL, -1)
FAULT_CALL(int, sigprocmask, (int how, const sigset_t *set, sigset_t *before), (how, set, before),
           EINVAL, FAULT_FAIL, -1)
FAULT_CALL(int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *before),
           (how, set, before), EINVAL, FAULT_FAIL, EINVAL)
FAULT_CALL(int, getrlimit, (__rlimit_resource_t resource, struct rlimit *limit), (resource, limit),
           EINVAL, FAULT_FAIL, -1)
FAULT_WIDE(getrlimit)
FAULT_CALL(int, setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit),
           (resource, limit), EPERM, FAULT_FAIL, -1)
FAULT_WIDE(setrlimit)
FAULT_CALL(int, sched_getaffinity, (pid_t pid, size_t size, cpu_set_t *set), (pid, size, set),
           EINVAL, FAULT_FAIL, -1)
FAULT_CALL(int, nanosleep, (const struct timespec *wanted, struct timespec *left), (wanted, left),
           EINTR, FAULT_FAIL, -1)
FAULT_CALL(struct tm *, gmtime_r, (const time_t *seconds, struct tm *made), (seconds, made),
           EOVERFLOW, FAULT_FAIL, NULL)

/* ---- threads ---- */

FAULT_CALL(int, pthread_create,
           (pthread_t * thread, const pthread_attr_t *attributes, void *(*begin)(void *),
            void *argument),
           (thread, attributes, begin, argument), EAGAIN, FAULT_FAIL, EAGAIN)
FAULT_CALL(int, pthread_mutex_init,
           (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes), (mutex, attributes),
           ENOMEM, FAULT_FAIL, ENOMEM)
FAULT_CALL(int, pthread_cond_init,
           (pthread_cond_t * condition, const pthread_condattr_t *attributes),
           (condition, attributes), ENOMEM, FAULT_FAIL, ENOMEM)
FAULT_CALL(int, pthread_condattr_init, (pthread_condattr_t * attributes), (attributes), ENOMEM,
           FAULT_FAIL, ENOMEM)
FAULT_CALL(int, pthread_condattr_setclock, (pthread_condattr_t * attributes, clockid_t clock),
           (attributes, clock), EINVAL, FAULT_FAIL, EINVAL)
FAULT_CALL(int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t *mutex),
           (condition, mutex), 0, FAULT_INTERRUPT, 0)
FAULT_CALL(int, pthread_cond_timedwait,
           (pthread_cond_t * condition, pthread_mutex_t *mutex, const struct timespec *until),
           (condition, mutex, until), 0, FAULT_INTERRUPT, 0)

/* ---- less power ---- */

FAULT_CALL(scmp_filter_ctx, seccomp_init, (uint32_t by_default), (by_default), ENOMEM, FAULT_FAIL,
           NULL)
FAULT_CALL(int, seccomp_load, (const scmp_filter_ctx filter), (filter), EINVAL, FAULT_FAIL, -EINVAL)
FAULT_CALL(int, seccomp_attr_set,
           (scmp_filter_ctx filter, enum scmp_filter_attr attribute, uint32_t value),
           (filter, attribute, value), EINVAL, FAULT_FAIL, -EINVAL)

FAULT_SITE(seccomp_rule_add, ENOMEM, FAULT_FAIL);

/* Without conditions, as walseal calls it. */
int seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int number, unsigned count, ...)
{
    if (count > 0)
        abort();
    if (FAULT_MEET(seccomp_rule_add) != FAULT_NONE)
        return -ENOMEM;
    return FAULT_NEXT(seccomp_rule_add)(filter, action, number, 0);
}

FAULT_CALL(int, seccomp_rule_add_array,
           (scmp_filter_ctx filter, uint32_t action, int number, unsigned count,
            const struct scmp_arg_cmp *arguments),
           (filter, action, number, count, arguments), ENOMEM, FAULT_FAIL, -ENOMEM)
