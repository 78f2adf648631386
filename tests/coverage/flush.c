/*
 * Linked into what `make coverage` builds: gcov writes a process's counts only when it leaves by exit.
 * walseal's guardian leaves by _exit, a run that a signal ends by raise, and a command's process by
 * execl; each goes through here first (the linker's --wrap). A fork would have both processes write
 * what was counted before it.
 */
#include <gcov.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

_Noreturn void __real__exit(int status);
int __real_raise(int signal_number);
pid_t __real_fork(void);
int __real_execl(const char *path, const char *first, ...);

_Noreturn void __wrap__exit(int status);
int __wrap_raise(int signal_number);
pid_t __wrap_fork(void);
int __wrap_execl(const char *path, const char *first, ...);

/* What is written can't be counted again, however the process ends. */
static void flush(void)
{
    __gcov_dump();
    __gcov_reset();
}

_Noreturn void __wrap__exit(int status)
{
    flush();
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
