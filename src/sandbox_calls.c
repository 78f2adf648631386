#define _GNU_SOURCE /* CLONE_THREAD, F_GETPIPE_SZ, O_ASYNC, O_TMPFILE */
#include "sandbox_calls.h"

#include <errno.h>

#ifdef __linux__

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By their names: processors have other ones for the same, and what one doesn't have, or the
 * library doesn't know, is passed over. */
static const char *const always[] = {
    /* bytes */
    "read", "readv", "pread64", "write", "writev", "pwrite64", "lseek", "_llseek", "close", "dup",
    "poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6", "pselect6_time64",
    "recvfrom", "recv", "send", "pipe", "pipe2", "fadvise64", "fadvise64_64", "arm_fadvise64_64",
    /* what is known of files */
    "fstat", "fstat64", "newfstatat", "fstatat64", "statx", "stat", "stat64", "lstat", "lstat64",
    "fstatfs", "fstatfs64",
    /* memory */
    "brk", "munmap", "mremap", "madvise", "mlock", "mlock2", "munlock", "map_shadow_stack",
    /* threads */
    "futex", "futex_time64", "futex_waitv", "set_robust_list", "rseq", "sched_yield",
    "sched_getaffinity", "gettid", "exit", "exit_group",
    /* signals, and the end of the guardian */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaction", "sigprocmask", "sigreturn",
    "sigaltstack", "restart_syscall", "wait4", "waitpid", "waitid",
    /* time */
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "gettimeofday",
    "time", "nanosleep", "clock_nanosleep", "clock_nanosleep_time64",
    /* what a process may know of itself and the machine */
    "getrandom", "getpid", "getpgrp", "getpgid", "getuid", "getuid32", "geteuid", "geteuid32",
    "getgid", "getgid32", "getegid", "getegid32", "getcpu", "uname", "sysinfo", "getrusage",
    "getrlimit", "ugetrlimit", "setrlimit"};

static const char *const of_making[] = {
    "linkat",   "renameat",   "renameat2", "fsync",     "fdatasync",  "flock",
    "readlink", "readlinkat", "access",    "faccessat", "faccessat2", "getdents64",
};

static const char *const of_reading[] = {"getdents64", "getdents", "fsync", "readlink",
                                         "readlinkat"};

#ifdef WALSEAL_INSTRUMENTED
/* What sanitizers do while the process runs, and at its end when they look for leaks; and what gcov
 * does, which writes its counts there. */
static const char *const of_instruments[] = {"open",
                                             "openat",
                                             "readlink",
                                             "readlinkat",
                                             "getdents64",
                                             "getdents",
                                             "clone",
                                             "ptrace",
                                             "prctl",
                                             "mmap",
                                             "mprotect",
                                             "dup",
                                             "dup2",
                                             "fcntl",
                                             "getppid",
                                             "tgkill",
                                             "tkill",
                                             "arch_prctl",
                                             "personality",
                                             "access",
                                             "faccessat",
                                             "mkdir",
                                             "mkdirat",
                                             "ftruncate",
                                             "unlink",
                                             "unlinkat",
                                             "process_vm_readv",
                                             "mincore",
                                             "sched_setaffinity",
                                             "prlimit64"};
#endif

#define INT_MASK UINT32_MAX /* of an int: what stands above it is anything */
#define NEW_NAMESPACES                                                                             \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |  \
     CLONE_NEWNET)

#ifdef __s390__
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

/* A call is allowed where its argument number index, under mask, is value. */
struct limited {
    const char *name;
    unsigned index;
    uint64_t mask;
    uint64_t value;
};

/* The termios2 requests are in no header beside those of termios. */
enum { TCGETS2_REQUEST = (int)0x802c542a, TCSETSF2_REQUEST = 0x402c542d };

static const struct limited limited[] = {
    /* no code: pages are never executable */
    {"mmap2", 2, PROT_EXEC, 0},
    {"mprotect", 2, PROT_EXEC, 0},
#if !defined __s390__ && !defined __i386__ /* their mmap has its arguments in memory */
    {"mmap", 2, PROT_EXEC, 0},
    {"sendto", 4, UINT64_MAX, 0}, /* as send: to whom it is connected with, not by address */
#endif
    /* threads, never processes */
    {"clone", CLONE_FLAGS, CLONE_THREAD | NEW_NAMESPACES, CLONE_THREAD},
    {"prlimit64", 0, INT_MASK, 0}, /* its own */
    {"prctl", 0, INT_MASK, PR_GET_DUMPABLE},
#ifdef PR_SET_VMA
    {"prctl", 0, INT_MASK, PR_SET_VMA}, /* names for what is mapped, by malloc and stacks */
#endif
    {"fcntl", 1, INT_MASK, F_GETFD},
    {"fcntl", 1, INT_MASK, F_SETFD},
    {"fcntl", 1, INT_MASK, F_GETFL},
    {"fcntl", 1, INT_MASK, F_DUPFD_CLOEXEC},
    {"fcntl", 1, INT_MASK, F_GETPIPE_SZ},
    {"fcntl", 1, INT_MASK, F_SETPIPE_SZ},
    {"fcntl64", 1, INT_MASK, F_GETFD},
    {"fcntl64", 1, INT_MASK, F_SETFD},
    {"fcntl64", 1, INT_MASK, F_GETFL},
    {"fcntl64", 1, INT_MASK, F_DUPFD_CLOEXEC},
    {"fcntl64", 1, INT_MASK, F_GETPIPE_SZ},
    {"fcntl64", 1, INT_MASK, F_SETPIPE_SZ},
    /* what is in a pipe; and the terminal: its width, and its echo while a passphrase is typed */
    {"ioctl", 1, INT_MASK, FIONREAD},
    {"ioctl", 1, INT_MASK, TIOCGWINSZ},
    {"ioctl", 1, INT_MASK, TIOCGPGRP},
    {"ioctl", 1, INT_MASK, TCGETS},
    {"ioctl", 1, INT_MASK, TCSETSF},
    {"ioctl", 1, INT_MASK, (uint32_t)TCGETS2_REQUEST},
    {"ioctl", 1, INT_MASK, TCSETSF2_REQUEST},
};

#define LEN(array) (sizeof(array) / sizeof(array)[0])

/* Asked first, for a rule about what isn't there costs as much time as another one. Numbers below
 * zero are calls of other processors and, where that is, the parts of socketcall. */
static bool is_there(int call)
{
#if defined __s390__ || defined __i386__
    return call != __NR_SCMP_ERROR;
#else
    return call >= 0;
#endif
}

static int add(scmp_filter_ctx filter, uint32_t action, const char *name,
               const struct scmp_arg_cmp *arguments, unsigned count)
{
    int call = seccomp_syscall_resolve_name(name);
    if (!is_there(call))
        return 0;
    return count == 0 ? seccomp_rule_add(filter, action, call, 0)
                      : seccomp_rule_add_array(filter, action, call, count, arguments);
}

static int allow_where(scmp_filter_ctx filter, const struct limited *call)
{
    const struct scmp_arg_cmp argument =
        SCMP_CMP64(call->index, SCMP_CMP_MASKED_EQ, call->mask, call->value);
    return add(filter, SCMP_ACT_ALLOW, call->name, &argument, 1);
}

static int allow(scmp_filter_ctx filter, const char *const *names, size_t count)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < count; i++)
        result = add(filter, SCMP_ACT_ALLOW, names[i], NULL, 0);
    return result;
}

/* But for O_ASYNC: the kernel would send signals to whoever has the terminal in the foreground. */
static int allow_file_flags(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp arguments[] = {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, INT_MASK, F_SETFL),
                                             SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, O_ASYNC, 0)};
    int result = add(filter, SCMP_ACT_ALLOW, "fcntl", arguments, LEN(arguments));
    return result != 0 ? result : add(filter, SCMP_ACT_ALLOW, "fcntl64", arguments, LEN(arguments));
}

/* Opened is what is there; made is only what gets its name at the end. */
static int allow_files(scmp_filter_ctx filter, const struct sandbox_calls *calls)
{
    const uint64_t making = O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
    const struct limited read_only = {"openat", 2, making | O_ACCMODE, O_RDONLY};
    const struct limited made = {"openat", 2, making, 0};
    const struct limited removal = {"unlinkat", 2, INT_MASK, 0};
    int result = 0;
    if (calls->reads)
        result = allow_where(filter, &read_only);
    if (result == 0 && calls->reads)
        result = allow(filter, of_reading, LEN(of_reading));
    if (result == 0 && calls->makes)
        result = allow_where(filter, &made);
    if (result == 0 && calls->makes)
        result = allow_where(filter, &removal);
    if (result == 0 && calls->makes)
        result = allow(filter, of_making, LEN(of_making));
    return result;
}

/* To itself: a signal that ends it is raised again once all is cleaned up. And to the commands,
 * where the guardian that would end them was killed. */
static int allow_signals(scmp_filter_ctx filter, const struct sandbox_calls *calls)
{
    const struct limited own[] = {{"tgkill", 0, INT_MASK, (uint32_t)getpid()},
                                  {"tkill", 0, INT_MASK, (uint32_t)getpid()}};
    int result = 0;
    for (size_t i = 0; result == 0 && i < LEN(own); i++)
        result = allow_where(filter, &own[i]);
    for (size_t i = 0; result == 0 && i < calls->group_count; i++) {
        const struct limited group = {"kill", 0, INT_MASK, (uint32_t)-calls->groups[i]};
        result = allow_where(filter, &group);
    }
    return result;
}

static int make_list(scmp_filter_ctx filter, const struct sandbox_calls *calls)
{
    int result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (result == 0) /* errno as the kernel has it */
        result = seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
    /* Kernels before 5.16 would guard against speculation, which costs time and is for those who
     * run strangers' code; where it isn't known nothing is lost. */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
    /* A tree of comparisons rather than a line: as it takes the list, the kernel goes through it
     * once for each call there is. */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (result == 0)
        result = allow(filter, always, LEN(always));
    for (size_t i = 0; result == 0 && i < LEN(limited); i++)
        result = allow_where(filter, &limited[i]);
    if (result == 0)
        result = allow_file_flags(filter);
#if defined __s390__ || defined __i386__
    const char *const hidden[] = {"mmap", "sendto"};
    if (result == 0)
        result = allow(filter, hidden, LEN(hidden));
#endif
    if (result == 0)
        result = allow_files(filter, calls);
    if (result == 0)
        result = allow_signals(filter, calls);
#ifdef WALSEAL_INSTRUMENTED
    if (result == 0)
        result = allow(filter, of_instruments, LEN(of_instruments));
#endif
    return result != 0 ? result : add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", NULL, 0);
}

/* The library says only that it can't end a process by a filter. */
static int why_not(void)
{
    uint32_t action = SCMP_ACT_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 ? ENOMEM : errno;
}

int sandbox_calls_limit(const struct sandbox_calls *calls)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return why_not();
    int result = make_list(filter, calls);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    return -result;
}

#else

int sandbox_calls_limit(const struct sandbox_calls *calls)
{
    (void)calls;
    return ENOSYS;
}

#endif
