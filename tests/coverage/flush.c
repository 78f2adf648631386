/*
 * Linked into what `make coverage` builds: gcov writes a process's counts only when it leaves by
 * exit. walseal's guardian leaves by _exit, a run that a signal ends by raise, and a command's
 * process by execl; each goes through here first (the linker's --wrap). A fork would have both
 * processes write what was counted before it.
 */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <gcov.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

_Noreturn void __real__exit(int status);
int __real_raise(int signal_number);
pid_t __real_fork(void);
int __real_execl(const char *path, const char *first, ...);

_Noreturn void __wrap__exit(int status);
int __wrap_raise(int signal_number);
pid_t __wrap_fork(void);
int __wrap_execl(const char *path, const char *first, ...);

/* Where a test takes away the right to open or to write files, gcov would say so among the words of
 * the program. ends: nothing will be said behind it. */
static void dump(bool ends)
{
    int kept_fd = ends ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null_fd >= 0 && (ends || kept_fd >= 0))
        dup2(null_fd, STDERR_FILENO);
    else if (ends)
        close(STDERR_FILENO);
    __gcov_dump();
    if (kept_fd >= 0)
        dup2(kept_fd, STDERR_FILENO);
    close(kept_fd);
    close(null_fd);
}

/* What is written can't be counted again, however the process ends. */
static void flush(void)
{
    dump(false);
    __gcov_reset();
}

/* In front of gcov's own, which then has nothing left to do. */
__attribute__((destructor)) static void at_exit(void)
{
    dump(true);
}

_Noreturn void __wrap__exit(int status)
{
    dump(true);
    __real__exit(status);
}

int __wrap_raise(int signal_number)
{
    flush();
    return __real_raise(signal_number);
}

pid_t __wrap_fork(void)
{
    flush();
    return __real_fork();
}

/* Only as command.c calls it: sh, -c and a command. */
int __wrap_execl(const char *path, const char *first, ...)
{
    va_list rest;
    va_start(rest, first);
    const char *option = va_arg(rest, const char *);
    const char *command = va_arg(rest, const char *);
    va_end(rest);
    flush();
    return __real_execl(path, first, option, command, (char *)NULL);
}
