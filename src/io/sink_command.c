/*
 * The input of a command as a sink: it fails as soon as the command is seen to have left.
 */
#define _GNU_SOURCE /* nanosleep */
#include "io/chain.h"
#include "io/descriptor.h"
#include "io/sink_kind.h"
#include "io/wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 250,        /* how often a command that reads nothing is looked after */
    STATUS_PATIENCE = 40, /* how often a command that left is asked for its status .. */
    STATUS_RETRY_MS = 5,  /* .. and how long between: it closes its input before it ends */
};

bool sink_fail_left_early(struct sink *sink, struct error *err)
{
    sink->left_early = true;
    return fail(err, ERROR_IO, "%s stopped reading before the end of its input", sink->name);
}

/* The pipe alone doesn't tell that the command has ended: what it left in a session of its own may
 * hold it open, and never read. */
static bool await_room(struct sink *sink, struct error *err)
{
    for (;;) {
        int wait_status;
        int ready = wait_ready(sink->fd, POLLOUT, LOOK_MS);
        if (ready < 0)
            return fail(err, ERROR_INTERRUPTED, "%s", "");
        if (ready > 0)
            return true;
        if (children_ended(sink->children, sink->index, &wait_status))
            return sink_fail_left_early(sink, err);
    }
}

bool sink_feed_commands(struct sink *sink, const unsigned char **from, size_t *len,
                        struct error *err)
{
    ssize_t written = write(sink->fd, *from, *len);
    if (written < 0 && errno == EPIPE)
        return sink_fail_left_early(sink, err);
    if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        return fail_errno(err, ERROR_IO, errno, "%s: cannot be written", sink->name);
    if (written > 0) {
        *from += written;
        *len -= (size_t)written;
        sink->bytes += (size_t)written;
    }
    return true;
}

static bool write_command(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    const unsigned char *from = bytes;
    while (len > 0)
        if (!await_room(sink, err) || !sink_feed_commands(sink, &from, &len, err))
            return false;
    return true;
}

bool sink_await_commands(struct sink *sink, struct error *err)
{
    struct chain_end end;
    char text[CHAIN_TEXT_SIZE];
    if (!chain_wait(sink->children, sink->index, &end, err))
        return false;
    if (end.end == CHILD_SUCCEEDED)
        return true;
    chain_describe(sink->children, sink->index, &end, text);
    return fail(err, ERROR_IO, "%s", text);
}

static bool finish_command(struct sink *sink, struct error *err)
{
    struct error own = {.kind = ERROR_NONE};
    if (!children_close_input(sink->children, sink->index, &own))
        return own.kind == ERROR_IO ? sink_fail_left_early(sink, err)
                                    : fail(err, own.kind, "%s", own.text);
    return sink_await_commands(sink, err);
}

/* Whether it's known by now why the commands have left. *complete: as well as it ever will be. */
static bool is_explained(struct sink *sink, struct chain_end *end, bool *complete)
{
    int wait_status;
    size_t last = children_chain_end(sink->children, sink->index) - 1;
    *complete = children_ended(sink->children, last, &wait_status);
    *end = chain_look(sink->children, sink->index);
    if (!children_ended(sink->children, sink->index, &wait_status))
        return false;
    return end->end == CHILD_FAILED || end->end == CHILD_LEFT_EARLY;
}

/* What the first of the commands says for itself, or which of those behind it made it leave. */
static void explain(struct sink *sink, const struct chain_end *end, struct error *reason)
{
    char text[CHAIN_TEXT_SIZE];
    if (end->index == sink->index) {
        children_describe_status(end->wait_status, text, sizeof text);
        error_append(reason, ": it %s", text);
        return;
    }
    enum error_kind kind = reason->kind;
    chain_describe(sink->children, sink->index, end, text);
    error_clear(reason);
    fail(reason, kind, "%s", text);
}

void sink_abandon_commands(struct sink *sink, struct error *reason)
{
    size_t name_len = strlen(sink->name);
    bool is_reason = sink->left_early && reason && strncmp(reason->text, sink->name, name_len) == 0;
    bool known = false;
    bool complete = false;
    struct chain_end end;
    /* Not through wait_ready: a run that failed has often been woken already. */
    const struct timespec pause = {.tv_nsec = STATUS_RETRY_MS * 1000000L};
    for (int i = 0; is_reason && !(known && complete) && i < STATUS_PATIENCE; i++) {
        known = is_explained(sink, &end, &complete);
        if (!known || !complete)
            nanosleep(&pause, NULL);
    }
    if (known)
        explain(sink, &end, reason);
    children_kill(sink->children);
}

static const struct sink_ops command_ops = {write_command, finish_command, sink_abandon_commands};

struct sink *sink_new_command(struct children *children, size_t index, struct error *err)
{
    char *name = descriptor_command_name(children_command(children, index));
    struct sink *sink = sink_new(&command_ops, name, err);
    if (!sink)
        return NULL;
    sink->children = children;
    sink->index = index;
    sink->fd = children_fd(children, index);
    return sink;
}

/* Commands that write to another sink by themselves. */

static bool finish_filters(struct sink *sink, struct error *err)
{
    if (!finish_command(sink, err))
        return false;
    if (sink->inner->file != NULL)
        children_kill(sink->children);
    return sink_finish(sink->inner, err);
}

static void abandon_filters(struct sink *sink, struct error *reason)
{
    sink_abandon_commands(sink, reason);
    sink_abandon(sink->inner, reason);
}

static const struct sink_ops filters_ops = {write_command, finish_filters, abandon_filters};

struct sink *sink_new_filters(struct children *children, size_t index, struct sink *inner,
                              struct error *err)
{
    struct sink *sink = sink_new_command(children, index, err);
    if (!sink)
        return NULL;
    sink->ops = &filters_ops;
    sink->inner = inner;
    return sink;
}
