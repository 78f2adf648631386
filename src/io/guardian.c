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
#include "io/close_all_but.h"
#include "io/command.h"
#include "io/descriptor.h"
#include "io/pair.h"

#include <errno.h>
#include <fcntl.h>
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
#endif

#define NAME "ws-guardian" /* nothing that killall or pkill walseal would find */

static char *title;
static size_t title_size;

/* How often the end of a command's output is offered to the next one, ever more seldom. */
enum { OFFER_NS = 100 * 1000, OFFER_MAX_NS = 10 * 1000 * 1000 };

/* How often, a millisecond apart, what was killed is asked whether that ended it. */
enum { LAST_WORDS_TRIES = 200 };

/* How long it sleeps at most: an end that no signal told of, or that couldn't be asked for, is
 * found then. */
enum { LOOK_AGAIN_S = 1 };

struct ward {
    pid_t pid;
    int hold_fd;
    bool is_read_up; /* what it was given */
    bool ended;
    int wait_status;
    bool told;   /* its end was reported */
    bool spared; /* it succeeded: what it left in its group goes on */
    bool over;   /* its chain was killed */
};

struct guardian {
    const struct guardian_command *commands;
    size_t started;
    int line_fd;
    int null_fd;
    bool unheard; /* a report was lost: walseal would wait for it for ever */
    struct ward wards[CHILDREN_MAX];
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

static void report(struct guardian *guardian, size_t index, enum guardian_report_kind kind,
                   int value)
{
    struct guardian_report message = {.kind = kind, .value = value};
    ssize_t written;
    do
        written = write(guardian->commands[index].report_fd, &message, sizeof message);
    while (written < 0 && errno == EINTR);
    if (written != (ssize_t)sizeof message)
        guardian->unheard = true;
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
        command_become(&guardian->commands[index], guardian->null_fd, self);
    /* Here too, so that the group exists whichever of the two runs first. */
    setpgid(pid, pid);
    guardian->wards[index].pid = pid;
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
        bool is_held = i + 1 < count && guardian->commands[i + 1].piped;
        if (guardian->commands[i].input_fd >= 0 && !guardian->commands[i].given)
            close(guardian->commands[i].input_fd);
        if (guardian->commands[i].output_fd >= 0 && !is_held)
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
    if (!guardian->wards[index].spared)
        kill(-guardian->wards[index].pid, signal_number);
}

static void signal_groups(const struct guardian *guardian, int signal_number)
{
    for (size_t i = 0; i < guardian->started; i++)
        signal_group(guardian, i, signal_number);
}

/* One past the last of the chain. */
static size_t chain_end_of(const struct guardian *guardian, size_t chain)
{
    size_t end = chain;
    while (end < guardian->started && guardian->commands[end].chain == chain)
        end++;
    return end;
}

static void signal_chain(const struct guardian *guardian, size_t chain, int signal_number)
{
    for (size_t i = chain; i < chain_end_of(guardian, chain); i++)
        signal_group(guardian, i, signal_number);
}

static void note_ends(struct guardian *guardian)
{
    for (size_t i = 0; i < guardian->started; i++) {
        struct ward *ward = &guardian->wards[i];
        siginfo_t info = {.si_pid = 0};
        if (ward->ended || waitid(P_PID, (id_t)ward->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
            continue;
        if (info.si_pid != ward->pid)
            continue;
        ward->ended = true;
        ward->wait_status = wait_status_of(&info);
    }
}

static void tell_end(struct guardian *guardian, size_t index)
{
    struct ward *ward = &guardian->wards[index];
    if (!ward->told)
        report(guardian, index, REPORT_ENDED, ward->wait_status);
    ward->told = true;
}

/* Waits a moment for what was killed: who was about to end by itself does so with a status of its
 * own, after its pipes have been closed and the one before it has died of that. */
static void note_last_words(struct guardian *guardian, size_t chain)
{
    for (int tries = 0; tries < LAST_WORDS_TRIES; tries++) {
        bool all_ended = true;
        note_ends(guardian);
        for (size_t i = chain; i < chain_end_of(guardian, chain); i++)
            all_ended = all_ended && guardian->wards[i].ended;
        if (all_ended)
            return;
        nanosleep(&(struct timespec){.tv_nsec = OFFER_NS * 10}, NULL);
    }
}

/* The run has failed. What goes on of the chain would only delay that, by holding its pipes open.
 */
static void end_chain(struct guardian *guardian, size_t chain)
{
    size_t end = chain_end_of(guardian, chain);
    signal_chain(guardian, chain, SIGSTOP);
    note_ends(guardian); /* before it is killed: who ended by itself may be the cause */
    for (size_t i = chain; i < end; i++)
        if (guardian->wards[i].ended)
            tell_end(guardian, i);
    signal_chain(guardian, chain, SIGKILL);
    note_last_words(guardian, chain);
    for (size_t i = chain; i < end; i++) {
        struct ward *ward = &guardian->wards[i];
        if (ward->ended && ward->wait_status != SIGKILL)
            tell_end(guardian, i);
        ward->told = true;
        ward->ended = true;
        ward->over = true;
        report(guardian, i, REPORT_OVER, 0);
    }
}

static void report_ends(struct guardian *guardian)
{
    note_ends(guardian);
    for (size_t i = 0; i < guardian->started; i++) {
        const struct ward *ward = &guardian->wards[i];
        if (!ward->ended || ward->told)
            continue;
        if (ward->wait_status != 0)
            end_chain(guardian, guardian->commands[i].chain);
        else
            tell_end(guardian, i);
    }
}

static bool is_leader(const struct guardian *guardian, pid_t pid)
{
    for (size_t i = 0; i < guardian->started; i++)
        if (guardian->wards[i].pid == pid && !guardian->wards[i].spared)
            return true;
    return false;
}

/* Of those that type and id name (as waitid's), up to the first leader that has ended: it hides
 * what is behind it, and isn't to be reaped. */
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
        if (!guardian->wards[i].ended)
            reap_up_to_leader(guardian, P_PGID, (id_t)guardian->wards[i].pid);
}

static void release(struct guardian *guardian, size_t index)
{
    pair_close_end(&guardian->wards[index].hold_fd);
    report(guardian, index, REPORT_RELEASED, 0);
}

/* Whether the command has done its part, whatever those before it did. */
static bool has_succeeded(const struct guardian *guardian, size_t index)
{
    const struct ward *ward = &guardian->wards[index];
    return ward->ended && ward->wait_status == 0 && ward->hold_fd < 0 && !ward->over &&
           (!guardian->commands[index].given || ward->is_read_up);
}

/* What was given to a command is nobody's to end: it's looked at once the command has ended. */
static void judge_given(struct guardian *guardian, size_t index)
{
    struct ward *ward = &guardian->wards[index];
    if (!guardian->commands[index].given || !ward->ended || ward->is_read_up || ward->over)
        return;
    ward->is_read_up = descriptor_is_read_up(guardian->commands[index].input_fd);
    if (ward->is_read_up)
        report(guardian, index, REPORT_RELEASED, 0);
    else
        end_chain(guardian, guardian->commands[index].chain);
}

/* The end of what a command wrote is the next one's end of input, once it has read all of it: held
 * back until then, so that one that leaves before is found. True: there is one to be offered
 * again. */
static bool pass_ends_on(struct guardian *guardian)
{
    bool again = false;
    for (size_t i = 0; i < guardian->started; i++) {
        struct ward *ward = &guardian->wards[i];
        judge_given(guardian, i);
        if (!guardian->commands[i].piped || ward->hold_fd < 0 || ward->over ||
            !has_succeeded(guardian, i - 1))
            continue;
        if (pair_unread(ward->hold_fd) == 0)
            release(guardian, i);
        else if (ward->ended)
            end_chain(guardian, guardian->commands[i].chain);
        else
            again = true;
    }
    return again;
}

static void spare(struct guardian *guardian, size_t index)
{
    struct ward *ward = &guardian->wards[index];
    if (!ward->ended || ward->spared || ward->over)
        return;
    ward->spared = true;
    /* Its number isn't used any more. */
    waitpid(ward->pid, NULL, WNOHANG);
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
    if (request < guardian->started && !guardian->commands[request].piped)
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
        if (!guardian->wards[i].spared)
            reap_group(guardian->wards[i].pid, while_waiting);
}

static void wake_up(int signal_number)
{
    (void)signal_number;
}

_Noreturn void guardian_run(const struct guardian_command *commands, size_t count, int line_fd,
                            int null_fd)
{
    struct guardian guardian = {.commands = commands, .line_fd = line_fd, .null_fd = null_fd};
    /* Without a terminal nothing can stop for ever, unseen, because it wants to read from one in
     * the background; it is told instead that there is none. */
    setsid();
    take_name();
#ifdef __linux__
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans of the groups come here to be reaped */
#endif
    for (size_t i = 0; i < count; i++)
        guardian.wards[i].hold_fd = commands[i].hold_fd;
    struct sigaction action = {.sa_handler = wake_up, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, NULL);
    sigset_t while_waiting; /* a child's end is the only signal that counts, and only here */
    sigfillset(&while_waiting);
    sigdelset(&while_waiting, SIGCHLD);

    keep_own_descriptors(&guardian, count);
    start_commands(&guardian, count);
    bool line_open = true;
    for (long pause_ns = OFFER_NS; line_open && !guardian.unheard;) {
        report_ends(&guardian);
        reap_orphans(&guardian);
        bool again = pass_ends_on(&guardian);
        struct timespec pause = {.tv_sec = again ? 0 : LOOK_AGAIN_S,
                                 .tv_nsec = again ? pause_ns : 0};
        pause_ns = !again ? OFFER_NS : pause_ns < OFFER_MAX_NS / 2 ? pause_ns * 2 : OFFER_MAX_NS;
        struct pollfd line = {.fd = line_fd, .events = POLLIN};
        if (ppoll(&line, 1, &pause, &while_waiting) > 0)
            line_open = serve(&guardian);
    }
    report_ends(&guardian);
    end_commands(&guardian, &while_waiting);
    _exit(0);
}
