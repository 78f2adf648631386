/*
 * The guardian's side, see guardian.h. It runs in a copy of walseal's memory, so it touches nothing
 * but its own few variables, and leaves by _exit.
 *
 * A leader that has ended is left unreaped until the end: its number, which is its group's, could
 * otherwise be given to a stranger before the group is killed.
 */
#define _GNU_SOURCE

#include "io/guardian.h"

#include "io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#define NAME "ws-guardian" /* nothing that killall or pkill walseal would find */

static char *title;
static size_t title_size;

struct guardian {
    const struct guardian_command *commands;
    size_t started;
    int line_fd;
    int null_fd;
    int hold_fds[CHILDREN_MAX];
    pid_t pids[CHILDREN_MAX];
    bool ended[CHILDREN_MAX];
    bool spared[CHILDREN_MAX]; /* it succeeded: what it left in its group goes on */
};

void guardian_set_title_room(char *first, size_t size)
{
    title = first;
    title_size = size;
}

static void take_name(void)
{
#ifdef __linux__
    prctl(PR_SET_NAME, NAME);
#endif
    if (title_size == 0)
        return;
    memset(title, 0, title_size);
    snprintf(title, title_size, "%s", NAME);
}

/* Closes first to last, both included. */
static void close_between(unsigned first, unsigned last)
{
    if (first > last)
        return;
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, last, 0) == 0)
        return;
#endif
    /* Bounded: some containers allow a thousand million descriptors. */
    enum { CLOSE_MAX = 65536 };
    for (unsigned fd = first; fd <= last && fd < CLOSE_MAX; fd++)
        close((int)fd);
}

static void close_all_but(const int *kept, size_t kept_count)
{
    unsigned first = 3;
    for (;;) {
        unsigned next = UINT_MAX;
        for (size_t i = 0; i < kept_count; i++)
            if (kept[i] >= (int)first && (unsigned)kept[i] < next)
                next = (unsigned)kept[i];
        if (next == UINT_MAX)
            break;
        close_between(first, next - 1);
        first = next + 1;
    }
    close_between(first, UINT_MAX);
}

/* What walseal had open goes: whoever reads walseal's output must see its end when walseal ends.
 * Only standard error stays, until the commands have inherited it. */
static void keep_own_descriptors(struct guardian *guardian, size_t count)
{
    int kept[2 + 4 * CHILDREN_MAX];
    size_t kept_count = 0;
    kept[kept_count++] = guardian->line_fd;
    kept[kept_count++] = guardian->null_fd;
    for (size_t i = 0; i < count; i++) {
        kept[kept_count++] = guardian->commands[i].input_fd;
        kept[kept_count++] = guardian->commands[i].output_fd;
        kept[kept_count++] = guardian->commands[i].hold_fd;
        kept[kept_count++] = guardian->commands[i].report_fd;
    }
    close_all_but(kept, kept_count);
    dup2(guardian->null_fd, STDIN_FILENO);
    dup2(guardian->null_fd, STDOUT_FILENO);
    if (fcntl(STDERR_FILENO, F_GETFD) < 0)
        dup2(guardian->null_fd, STDERR_FILENO);
}

static void report(const struct guardian *guardian, size_t index, enum guardian_report_kind kind,
                   int value)
{
    struct guardian_report message = {.kind = kind, .value = value};
    ssize_t written = write(guardian->commands[index].report_fd, &message, sizeof message);
    (void)written; /* it can only fail when walseal is gone, which the line tells */
}

static void default_signals(void)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &by_default, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void command_run(const struct guardian_command *command, int null_fd,
                                  pid_t guardian_pid)
{
    setpgid(0, 0);
#ifdef __linux__
    /* The second line of defence, for a guardian that is killed itself. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    int input_fd = command->input_fd >= 0 ? command->input_fd : null_fd;
    int output_fd = command->output_fd >= 0 ? command->output_fd : STDERR_FILENO;
    if (getppid() == guardian_pid && dup2(input_fd, STDIN_FILENO) >= 0 &&
        dup2(output_fd, STDOUT_FILENO) >= 0) {
        default_signals();
        /* All that the guardian has above 2 is closed on exec. */
        execl("/bin/sh", "sh", "-c", command->command, (char *)NULL);
    }
    _exit(127); /* what a shell says of a program it doesn't find */
}

static bool start_command(struct guardian *guardian, size_t index)
{
    pid_t self = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        report(guardian, index, REPORT_NOT_STARTED, errno);
        return false;
    }
    if (pid == 0)
        command_run(&guardian->commands[index], guardian->null_fd, self);
    /* Here too, so that the group exists whichever of the two runs first. */
    setpgid(pid, pid);
    guardian->pids[index] = pid;
    guardian->started++;
    report(guardian, index, REPORT_STARTED, pid);
    return true;
}

static void start_commands(struct guardian *guardian, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!start_command(guardian, i))
            break;
    /* A read end kept here would hide from walseal that its command has left, a write end kept here
     * that its command's output has ended. */
    for (size_t i = 0; i < count; i++) {
        if (guardian->commands[i].input_fd >= 0)
            close(guardian->commands[i].input_fd);
        if (guardian->commands[i].output_fd >= 0)
            close(guardian->commands[i].output_fd);
    }
    dup2(guardian->null_fd, STDERR_FILENO);
}

static int wait_status_of(const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED)
        return (info->si_status & 0xff) << 8;
    return info->si_code == CLD_DUMPED ? info->si_status | 0x80 : info->si_status;
}

static void signal_group(const struct guardian *guardian, size_t index, int signal_number)
{
    if (!guardian->spared[index])
        kill(-guardian->pids[index], signal_number);
}

static void signal_groups(const struct guardian *guardian, int signal_number)
{
    for (size_t i = 0; i < guardian->started; i++)
        signal_group(guardian, i, signal_number);
}

static void report_ends(struct guardian *guardian)
{
    for (size_t i = 0; i < guardian->started; i++) {
        siginfo_t info = {.si_pid = 0};
        if (guardian->ended[i] ||
            waitid(P_PID, (id_t)guardian->pids[i], &info, WEXITED | WNOHANG | WNOWAIT) != 0)
            continue;
        if (info.si_pid != guardian->pids[i])
            continue;
        guardian->ended[i] = true;
        int wait_status = wait_status_of(&info);
        if (wait_status != 0) {
            /* The run has failed. What holds the pipe open from behind it would only delay that. */
            signal_group(guardian, i, SIGSTOP);
            signal_group(guardian, i, SIGKILL);
        }
        report(guardian, i, REPORT_ENDED, wait_status);
    }
}

static bool is_leader(const struct guardian *guardian, pid_t pid)
{
    for (size_t i = 0; i < guardian->started; i++)
        if (guardian->pids[i] == pid && !guardian->spared[i])
            return true;
    return false;
}

/* Of those that type and id name (as waitid's), up to the first leader that has ended: it hides what
 * is behind it, and isn't to be reaped. */
static void reap_up_to_leader(const struct guardian *guardian, idtype_t type, id_t id)
{
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(type, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0 ||
            is_leader(guardian, info.si_pid))
            return;
        waitpid(info.si_pid, NULL, WNOHANG);
    }
}

/* Who loses its parent in a command comes here, and there may be many in a long run. */
static void reap_orphans(const struct guardian *guardian)
{
    reap_up_to_leader(guardian, P_ALL, 0);
    for (size_t i = 0; i < guardian->started; i++)
        if (!guardian->ended[i])
            reap_up_to_leader(guardian, P_PGID, (id_t)guardian->pids[i]);
}

static void release(struct guardian *guardian, size_t index)
{
    if (guardian->hold_fds[index] >= 0)
        close(guardian->hold_fds[index]);
    guardian->hold_fds[index] = -1;
    report(guardian, index, REPORT_RELEASED, 0);
}

static void spare(struct guardian *guardian, size_t index)
{
    if (!guardian->ended[index] || guardian->spared[index])
        return;
    guardian->spared[index] = true;
    /* Its number isn't used any more. */
    waitpid(guardian->pids[index], NULL, WNOHANG);
}

/* Takes one request. False: the line has ended. */
static bool serve(struct guardian *guardian)
{
    unsigned char request;
    ssize_t got = read(guardian->line_fd, &request, 1);
    if (got < 0 && errno == EINTR)
        return true;
    if (got != 1)
        return false;
    if (request < guardian->started)
        release(guardian, request);
    else if (request == GUARDIAN_STOP)
        signal_groups(guardian, SIGTSTP);
    else if (request == GUARDIAN_CONTINUE)
        signal_groups(guardian, SIGCONT);
    else if (request >= GUARDIAN_SPARE && request - GUARDIAN_SPARE < (int)guardian->started)
        spare(guardian, request - GUARDIAN_SPARE);
    return true;
}

static void reap_group(pid_t group, const sigset_t *while_waiting)
{
    for (;;) {
        pid_t reaped = waitpid(-group, NULL, WNOHANG);
        if (reaped > 0)
            continue;
        if (reaped < 0)
            return;
        /* Who changed its user (sudo) can't be killed. Waiting for it while holding its input would
         * be for ever. */
        if (kill(-group, SIGKILL) != 0)
            return;
        ppoll(NULL, 0, &(struct timespec){.tv_nsec = 100000000}, while_waiting);
    }
}

/* Nothing that was stopped runs on when the death of its neighbour in a pipeline ends its input. */
static void end_commands(const struct guardian *guardian, const sigset_t *while_waiting)
{
    signal_groups(guardian, SIGSTOP);
    signal_groups(guardian, SIGKILL);
    for (size_t i = 0; i < guardian->started; i++)
        if (!guardian->spared[i])
            reap_group(guardian->pids[i], while_waiting);
}

static void wake_up(int signal_number)
{
    (void)signal_number;
}

_Noreturn void guardian_run(const struct guardian_command *commands, size_t count, int line_fd,
                            int null_fd)
{
    struct guardian guardian = {.commands = commands, .line_fd = line_fd, .null_fd = null_fd};
    /* Without a terminal nothing can stop for ever, unseen, because it wants to read from one in the
     * background; it is told instead that there is none. */
    setsid();
    take_name();
#ifdef __linux__
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans of the groups come here to be reaped */
#endif
    for (size_t i = 0; i < count; i++)
        guardian.hold_fds[i] = commands[i].hold_fd;
    struct sigaction action = {.sa_handler = wake_up, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, NULL);
    sigset_t while_waiting; /* a child's end is the only signal that counts, and only here */
    sigfillset(&while_waiting);
    sigdelset(&while_waiting, SIGCHLD);

    keep_own_descriptors(&guardian, count);
    start_commands(&guardian, count);
    bool line_open = true;
    while (line_open) {
        report_ends(&guardian);
        reap_orphans(&guardian);
        struct pollfd line = {.fd = line_fd, .events = POLLIN};
        if (ppoll(&line, 1, NULL, &while_waiting) > 0)
            line_open = serve(&guardian);
    }
    report_ends(&guardian);
    end_commands(&guardian, &while_waiting);
    _exit(0);
}
