/*
 * walseal's side of its commands, see child.h; the guardian's is guardian.c.
 *
 * The order that everything hangs on: walseal's own write ends are closed in two places only, after
 * the guardian has let go of its copy of a stream that is whole (children_close_input), and after
 * the guardian has ended (children_free).
 */
#define _GNU_SOURCE

#include "io/child.h"

#include "io/guardian.h"
#include "io/pair.h"
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PIPE_SIZE = 1024 * 1024,
    LAST_WORDS_MS = 500, /* how long a command that closed its input may take to say why */
};

struct child {
    char
        *command; /* a copy: the arguments that it may come from give way to the guardian's title */
    enum child_role role;
    int fd;
    int report_fd;
    pid_t pid;
    bool released; /* the guardian has let go of its input */
    bool spared;   /* it has succeeded, and is nobody's to kill */
    bool ended;
    int wait_status;
};

struct children {
    size_t count;
    pid_t guardian;     /* 0: not started, or reaped */
    atomic_int line_fd; /* read by a signal handler */
    struct child child[CHILDREN_MAX];
};

static bool open_pipes(struct child *child, struct guardian_command *given)
{
    int data[2];
    int reports[2];
    if (!pair_new_pipe(data))
        return false;
#ifdef F_SETPIPE_SZ
    fcntl(data[0], F_SETPIPE_SZ, PIPE_SIZE); /* refused: it is slower, nothing more */
#endif
    if (child->role == CHILD_FROM) {
        child->fd = data[0];
        given->output_fd = data[1];
    } else {
        given->input_fd = data[0];
        child->fd = data[1];
        given->hold_fd = data[1];
    }
    if (!pair_new_pipe(reports))
        return false;
    child->report_fd = reports[0];
    given->report_fd = reports[1];
    return pair_set_nonblocking(child->fd) && pair_set_nonblocking(child->report_fd);
}

static struct children *children_new(const struct child_spec *specs, size_t count)
{
    struct children *children = calloc(1, sizeof *children);
    if (!children)
        return NULL;
    children->count = count;
    children->line_fd = -1;
    for (size_t i = 0; i < count; i++)
        children->child[i] = (struct child){
            .command = strdup(specs[i].command), .role = specs[i].role, .fd = -1, .report_fd = -1};
    for (size_t i = 0; i < count; i++)
        if (!children->child[i].command) {
            children_free(children);
            return NULL;
        }
    return children;
}

/* What the guardian is given, and walseal closes once it was. */
struct gift {
    struct guardian_command command[CHILDREN_MAX];
    size_t count;
    int line_fd;
    int null_fd;
};

static void gift_close(struct gift *gift)
{
    for (size_t i = 0; i < gift->count; i++) {
        pair_close_end(&gift->command[i].input_fd);
        pair_close_end(&gift->command[i].output_fd);
        pair_close_end(&gift->command[i].report_fd);
    }
    pair_close_end(&gift->line_fd);
    pair_close_end(&gift->null_fd);
}

static bool open_line(struct children *children, struct gift *gift)
{
    int line[2];
    if (!pair_new_socket(line))
        return false;
    children->line_fd = line[0];
    gift->line_fd = line[1];
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_fd < 0)
        return false;
    gift->null_fd = fcntl(null_fd, F_DUPFD_CLOEXEC, 3);
    int cause = errno;
    close(null_fd);
    errno = cause;
    return gift->null_fd >= 0;
}

/* No handler of walseal's may run in the guardian, so it is born with every signal blocked. */
static bool fork_guardian(struct children *children, const struct gift *gift)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    int cause = errno;
    if (pid == 0)
        guardian_run(gift->command, gift->count, gift->line_fd, gift->null_fd);
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = cause;
    if (pid < 0)
        return false;
    children->guardian = pid;
    return true;
}

static bool start_guardian(struct children *children, struct error *err)
{
    struct gift gift = {.count = children->count, .line_fd = -1, .null_fd = -1};
    for (size_t i = 0; i < children->count; i++)
        gift.command[i] = (struct guardian_command){.command = children->child[i].command,
                                                    .input_fd = -1,
                                                    .output_fd = -1,
                                                    .hold_fd = -1,
                                                    .report_fd = -1};
    bool opened = open_line(children, &gift);
    for (size_t i = 0; opened && i < children->count; i++)
        opened = open_pipes(&children->child[i], &gift.command[i]);
    bool started = opened && fork_guardian(children, &gift);
    int cause = errno;
    gift_close(&gift);
    if (!started)
        return fail_errno(err, ERROR_IO, cause, "\"%s\": can't be started",
                          children->child[0].command);
    return true;
}

static bool fail_guardian_gone(const struct child *child, struct error *err)
{
    return fail(err, ERROR_IO,
                "\"%s\": how it ended is unknown: the process that watches over it is gone",
                child->command);
}

/* Takes a report if there is one. 1: took it; 0: none yet; -1: the guardian is gone. */
static int take_report(struct child *child, struct guardian_report *report)
{
    ssize_t got;
    do
        got = read(child->report_fd, report, sizeof *report);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    if (got != (ssize_t)sizeof *report)
        return -1;
    if (report->kind == REPORT_STARTED) {
        child->pid = report->value;
    } else if (report->kind == REPORT_RELEASED) {
        child->released = true;
    } else if (report->kind == REPORT_ENDED) {
        child->ended = true;
        child->wait_status = report->value;
    }
    return 1;
}

static bool await_report(struct child *child, struct guardian_report *report, struct error *err)
{
    for (;;) {
        int taken = take_report(child, report);
        if (taken > 0)
            return true;
        if (taken < 0)
            return fail_guardian_gone(child, err);
        if (wait_ready(child->report_fd, POLLIN, -1) < 0)
            return fail(err, ERROR_INTERRUPTED, "interrupted");
    }
}

struct children *children_start(const struct child_spec *specs, size_t count, struct error *err)
{
    struct children *children = children_new(specs, count);
    if (!children) {
        fail_memory(err);
        return NULL;
    }
    bool good = start_guardian(children, err);
    for (size_t i = 0; good && i < count; i++) {
        struct guardian_report report;
        good = await_report(&children->child[i], &report, err);
        if (good && report.kind == REPORT_NOT_STARTED)
            good = fail_errno(err, ERROR_IO, report.value, "\"%s\": can't be started",
                              specs[i].command);
    }
    if (good)
        return children;
    children_free(children);
    return NULL;
}

int children_fd(const struct children *children, size_t index)
{
    return children->child[index].fd;
}

const char *children_command(const struct children *children, size_t index)
{
    return children->child[index].command;
}

bool children_ended(struct children *children, size_t index, int *wait_status)
{
    struct child *child = &children->child[index];
    struct guardian_report report;
    while (!child->ended && take_report(child, &report) > 0)
        ;
    if (child->ended)
        *wait_status = child->wait_status;
    return child->ended;
}

/* The command has done its part. One that ended before its input did hasn't, whatever it says. */
static void spare(struct children *children, size_t index)
{
    struct child *child = &children->child[index];
    unsigned char request = (unsigned char)(GUARDIAN_SPARE + index);
    if (child->spared || (child->role == CHILD_TO && !child->released))
        return;
    child->spared = true;
    send(children->line_fd, &request, 1, MSG_NOSIGNAL);
}

bool children_status(struct children *children, size_t index, int *wait_status, struct error *err)
{
    struct child *child = &children->child[index];
    struct guardian_report report;
    while (!child->ended)
        if (!await_report(child, &report, err))
            return false;
    if (child->wait_status == 0)
        spare(children, index);
    *wait_status = child->wait_status;
    return true;
}

void children_describe_status(int wait_status, char *text, size_t text_size)
{
    if (WIFSIGNALED(wait_status))
        snprintf(text, text_size, "was killed by signal %d (%s)", WTERMSIG(wait_status),
                 strsignal(WTERMSIG(wait_status)));
    else
        snprintf(text, text_size, "exited with status %d", WEXITSTATUS(wait_status));
}

/* Adds how the command ended, if it says so soon: it may have closed its input a moment before. */
static bool fail_left_early(struct children *children, size_t index, struct error *err)
{
    struct child *child = &children->child[index];
    int wait_status;
    fail(err, ERROR_IO, "\"%s\": left before the end of the stream", child->command);
    if (!children_ended(children, index, &wait_status))
        wait_ready(child->report_fd, POLLIN, LAST_WORDS_MS);
    if (children_ended(children, index, &wait_status)) {
        char how[64];
        children_describe_status(wait_status, how, sizeof how);
        error_append(err, ": it %s", how);
    }
    return false;
}

/* Bytes in the pipe that nobody has read; 0 where the system can't say. */
static int unread_bytes(int fd)
{
    int unread = 0;
    return ioctl(fd, FIONREAD, &unread) == 0 ? unread : 0;
}

/* Nothing tells when a pipe has become empty, so this looks again and again, ever more seldom. */
static bool await_empty(struct children *children, size_t index, struct error *err)
{
    const struct child *child = &children->child[index];
    for (long pause_us = 100;; pause_us = pause_us < 8000 ? pause_us * 2 : 10000) {
        /* Both are asked before the bytes are counted: what was read by then is not seen as
         * left. */
        int wait_status;
        bool left = children_ended(children, index, &wait_status);
        int ready = wait_ready(child->fd, 0, 0);
        if (ready < 0)
            return fail(err, ERROR_INTERRUPTED, "interrupted");
        if (unread_bytes(child->fd) == 0)
            return true;
        if (left || ready > 0)
            return fail_left_early(children, index, err);
        if (pause_us < 1000)
            nanosleep(&(struct timespec){.tv_nsec = pause_us * 1000}, NULL);
        else
            wait_ready(child->fd, 0, (int)(pause_us / 1000));
    }
}

bool children_close_input(struct children *children, size_t index, struct error *err)
{
    struct child *child = &children->child[index];
    if (!await_empty(children, index, err))
        return false;
    unsigned char request = (unsigned char)index;
    if (send(children->line_fd, &request, 1, MSG_NOSIGNAL) != 1)
        return fail_guardian_gone(child, err);
    struct guardian_report report;
    while (!child->released)
        if (!await_report(child, &report, err))
            return false;
    pair_close_end(&child->fd);
    return true;
}

/* The guardian was killed: its work is left to walseal, which still holds the write ends. */
static void kill_groups(const struct children *children)
{
    const int signals[] = {SIGSTOP, SIGKILL};
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < children->count; i++)
            if (children->child[i].pid > 0 && !children->child[i].spared)
                kill(-children->child[i].pid, signals[s]);
}

void children_kill(struct children *children)
{
    int line_fd = atomic_exchange(&children->line_fd, -1);
    if (line_fd >= 0)
        close(line_fd);
    if (children->guardian == 0)
        return;
    int wait_status = 0;
    pid_t reaped;
    do
        reaped = waitpid(children->guardian, &wait_status, 0);
    while (reaped < 0 && errno == EINTR);
    if (reaped > 0 && wait_status != 0)
        kill_groups(children);
    children->guardian = 0;
}

void children_forward(struct children *children, int signal_number)
{
    if (!children)
        return;
    int saved = errno;
    unsigned char request = signal_number == SIGCONT ? GUARDIAN_CONTINUE : GUARDIAN_STOP;
    /* Never blocks: a guardian that takes nothing any more is not worth waiting for. */
    send(children->line_fd, &request, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    errno = saved;
}

void children_free(struct children *children)
{
    if (!children)
        return;
    children_kill(children);
    for (size_t i = 0; i < children->count; i++) {
        pair_close_end(&children->child[i].fd);
        pair_close_end(&children->child[i].report_fd);
        free(children->child[i].command);
    }
    free(children);
}
