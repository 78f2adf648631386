/*
 * What somebody would try who has taken over a process: each deed returns 0 where it succeeds, or
 * errno. Whoever does it inside a sandbox mostly doesn't come back. Both the unit test of the
 * sandbox and tools/intruder, which does them inside the program, have it from here.
 */
#ifndef TESTS_TOOLS_DEEDS_H
#define TESTS_TOOLS_DEEDS_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Another process of the same user, to be set before. */
static pid_t deed_victim;

static int deed_result(long result)
{
    return result < 0 ? errno : 0;
}

static int deed_read_file(void)
{
    return deed_result(open("/etc/passwd", O_RDONLY));
}

static int deed_write_file(void)
{
    return deed_result(open("/dev/null", O_WRONLY));
}

static int deed_make_file(void)
{
    return deed_result(open("made-by-intruder", O_WRONLY | O_CREAT, 0600));
}

static int deed_make_unnamed(void)
{
    return deed_result(open(".", O_WRONLY | O_TMPFILE, 0600));
}

static int deed_make_directory(void)
{
    return deed_result(mkdir("made-by-intruder", 0700));
}

static int deed_remove(void)
{
    return deed_result(unlink("key"));
}

static int deed_change_mode(void)
{
    return deed_result(chmod("key", 0644));
}

static int deed_socket(void)
{
    return deed_result(socket(AF_INET, SOCK_STREAM, 0));
}

static int deed_unix_socket(void)
{
    return deed_result(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static int deed_exec(void)
{
    return deed_result(execl("/bin/true", "true", (char *)NULL));
}

static int deed_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return deed_result(pid);
}

static int deed_vfork(void)
{
    return deed_result(syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
}

static int deed_clone3(void)
{
    uint64_t arguments[8] = {0};
    arguments[4] = SIGCHLD;
    long pid = syscall(SYS_clone3, arguments, sizeof arguments);
    if (pid == 0)
        _exit(0);
    return deed_result(pid);
}

static int deed_signal_parent(void)
{
    return deed_result(kill(deed_victim, 0));
}

static int deed_signal_thread(void)
{
    return deed_result(syscall(SYS_tgkill, deed_victim, deed_victim, 0));
}

static int deed_trace(void)
{
    return deed_result(ptrace(PTRACE_SEIZE, deed_victim, NULL, NULL));
}

static int deed_map_code(void)
{
    void *pages = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? errno : 0;
}

static int deed_make_code(void)
{
    void *pages = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? 0 : deed_result(mprotect(pages, 4096, PROT_READ | PROT_EXEC));
}

static int deed_type(void)
{
    return deed_result(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static int deed_be_told(void)
{
    return deed_result(fcntl(STDIN_FILENO, F_SETFL, O_ASYNC));
}

static int deed_dump(void)
{
    return deed_result(prctl(PR_SET_DUMPABLE, 1));
}

static int deed_become(void)
{
    return deed_result(setuid(getuid()));
}

static const struct deed {
    const char *name;
    int (*act)(void);
} deeds[] = {
    {"read-file", deed_read_file},
    {"write-file", deed_write_file},
    {"make-file", deed_make_file},
    {"make-unnamed", deed_make_unnamed},
    {"make-directory", deed_make_directory},
    {"remove", deed_remove},
    {"change-mode", deed_change_mode},
    {"socket", deed_socket},
    {"unix-socket", deed_unix_socket},
    {"exec", deed_exec},
    {"fork", deed_fork},
    {"vfork", deed_vfork},
    {"clone3", deed_clone3},
    {"signal-parent", deed_signal_parent},
    {"signal-thread", deed_signal_thread},
    {"trace", deed_trace},
    {"map-code", deed_map_code},
    {"make-code", deed_make_code},
    {"type", deed_type},
    {"be-told", deed_be_told},
    {"dump", deed_dump},
    {"become", deed_become},
};

enum { DEEDS = sizeof deeds / sizeof deeds[0] };

#endif
