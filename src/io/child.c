/*
 * walseal's side of its commands, see child.h; the guardian's is guardian.c.
 *
 * The order that everything hangs on: walseal's own write ends are closed in two places only, after
 * the guardian has let go of its copy of a stream that is whole (children_close_input), and after
 * the guardian has ended (children_free).
 */
#define _GNU_SOURCE

#include "io/child.h"

#include "io/gift.h"
#include "io/pair.h"
#include "io/wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    LAST_WORDS_MS = 500, /* how long a command that closed its input may take to say why */
};

struct child {
    /* a copy: the arguments that it may come from give way to the guardian's title */
    char *command;
    size_t chain;
    bool has_input; /* one that it may leave too early */
    bool watched;   /* .. and it's the guardian that tells */
    bool kept;      /* never spared */
    int fd;
    int output_fd;
    int report_fd;
    pid_t pid;
    bool released; /* the guardian has let go of its input */
    bool over;     /* its chain has failed */
    bool spared;   /* it has succeeded, and is nobody's to kill */
    bool ended;    /* by itself, or over */
    bool by_itself;
    int wait_status;
};

struct children {
    size_t count;
    pid_t guardian;     /* 0: not started, or reaped */
    atomic_int line_fd; /* read by a signal handler */
    struct child child[CHILDREN_MAX];
};

static struct children *children_new(const struct child_spec *specs, size_t count)
{
    struct children *children = calloc(1, sizeof *children);
    if (!children)
        return NULL;
    children->count = count;
    children->line_fd = -1;
    for (size_t i = 0; i < count; i++)
        children->child[i] = (struct child){.command = strdup(specs[i].command),
                                            .kept = specs[i].kept,
                                            .fd = -1,
                                            .report_fd = -1,
                                            .output_fd = -1};
    for (size_t i = 0; i < count; i++)
        if (!children->child[i].command) {
            children_free(children);
            return NULL;
        }
    return children;
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

static bool start_guardian(struct children *children, const struct child_spec *specs,
                           struct error *err)
{
    struct gift gift;
    bool opened = gift_open(&gift, specs, children->count);
    for (size_t i = 0; i < children->count; i++) {
        struct child *child = &children->child[i];
        gift.command[i].command = child->command;
        child->fd = gift.ends[i].data_fd;
        child->output_fd = gift.ends[i].output_fd;
        child->report_fd = gift.ends[i].report_fd;
        child->chain = gift.command[i].chain;
        child->has_input = gift.command[i].hold_fd >= 0 || gift.command[i].given;
        child->watched = gift.command[i].piped || gift.command[i].given;
    }
    children->line_fd = gift.walseals_line_fd;
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
        child->by_itself = true;
        child->wait_status = report->value;
    } else if (report->kind == REPORT_OVER) {
        child->ended = true;
        child->over = true;
        if (!child->by_itself)
            child->wait_status = SIGKILL;
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
    bool good = start_guardian(children, specs, err);
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

size_t children_count(const struct children *children)
{
    return children->count;
}

pid_t children_group(const struct children *children, size_t index)
{
    return children->child[index].pid;
}

const char *children_command(const struct children *children, size_t index)
{
    return children->child[index].command;
}

int children_output_fd(const struct children *children, size_t index)
{
    return children->child[index].output_fd;
}

size_t children_chain_end(const struct children *children, size_t index)
{
    size_t end = index;
    while (end < children->count && children->child[end].chain == children->child[index].chain)
        end++;
    return end;
}

enum child_end children_end(const struct children *children, size_t index)
{
    const struct child *child = &children->child[index];
    if (!child->by_itself)
        return child->over ? CHILD_WAS_KILLED : CHILD_RUNS;
    if (child->wait_status != 0)
        return CHILD_FAILED;
    return child->has_input && !child->released ? CHILD_LEFT_EARLY : CHILD_SUCCEEDED;
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

static bool ask_guardian(const struct children *children, unsigned char request)
{
    ssize_t sent;
    do
        sent = send(children->line_fd, &request, 1, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == 1;
}

/* The command has done its part. One that ended before its input did hasn't, whatever it says. */
static void spare(struct children *children, size_t index)
{
    struct child *child = &children->child[index];
    if (child->spared || child->kept || (child->has_input && !child->released))
        return;
    child->spared = true;
    (void)ask_guardian(children, (unsigned char)(GUARDIAN_SPARE + index));
}

/* A command that reads from another one, or a file, has succeeded only once the guardian has seen
 * that it read all. */
static bool is_settled(const struct child *child)
{
    if (child->wait_status != 0 || !child->watched)
        return child->ended;
    return child->ended && (child->released || child->over);
}

bool children_status(struct children *children, size_t index, int *wait_status, struct error *err)
{
    struct child *child = &children->child[index];
    struct guardian_report report;
    while (!is_settled(child))
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
        if (pair_unread(child->fd) == 0)
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
    if (!ask_guardian(children, (unsigned char)index))
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
        pair_close_end(&children->child[i].output_fd);
        pair_close_end(&children->child[i].report_fd);
        free(children->child[i].command);
    }
    free(children);
}
