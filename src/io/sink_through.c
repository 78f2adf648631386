/*
 * A sink in front of another one, with commands between them of which both ends are walseal's.
 * Neither end may be waited for alone: a command that can't write doesn't read.
 */
#define _GNU_SOURCE /* aligned_alloc */
#include "io/sink_kind.h"
#include "base/secret.h"
#include "io/pair.h"
#include "io/wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PAGE_ALIGNMENT = 4096,
    MOVED_AT_ONCE = 64 * 1024,
    LOOK_MS = 250,     /* how often commands that neither read nor write are looked after */
    EMPTY_LOOK_MS = 2, /* how often the input that they are to read up is looked at */
};

/* Hands on what there is of their output, up to a buffer's length. *moved: there was some, or its
 * end. */
static bool move_some(struct sink *sink, bool *moved, struct error *err)
{
    *moved = false;
    if (sink->output_ended)
        return true;
    int fd =
        children_output_fd(sink->children, children_chain_end(sink->children, sink->index) - 1);
    ssize_t got = read(fd, sink->buffer, MOVED_AT_ONCE);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return true;
    if (got < 0)
        return fail_errno(err, ERROR_IO, errno, "%s: its output cannot be read", sink->name);
    *moved = true;
    sink->output_ended = got == 0;
    return got == 0 || sink_write(sink->inner, sink->buffer, (size_t)got, err);
}

/* Until they write, or events come of their input. */
static bool await_commands(const struct sink *sink, short events, int timeout_ms, struct error *err)
{
    int input_fd = events != 0 ? sink->fd : -1;
    int output_fd = sink->output_ended
                        ? -1
                        : children_output_fd(sink->children,
                                             children_chain_end(sink->children, sink->index) - 1);
    if (wait_either(input_fd, events, output_fd, POLLIN, timeout_ms) < 0)
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    return true;
}

static bool have_left(struct sink *sink)
{
    int wait_status;
    return children_ended(sink->children, sink->index, &wait_status);
}

static bool write_through(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    const unsigned char *from = bytes;
    while (len > 0) {
        bool moved;
        size_t left = len;
        if (!move_some(sink, &moved, err) || !sink_feed_commands(sink, &from, &len, err))
            return false;
        if (len == left && !moved) {
            if (have_left(sink))
                return sink_fail_left_early(sink, err);
            if (!await_commands(sink, POLLOUT, LOOK_MS, err))
                return false;
        }
    }
    return true;
}

/* Moves on what they write while they read up their input, so that it can be ended. */
static bool read_up(struct sink *sink, struct error *err)
{
    for (;;) {
        bool moved;
        bool left = have_left(sink);
        if (!move_some(sink, &moved, err))
            return false;
        if (pair_unread(sink->fd) == 0)
            return true;
        if (left)
            return sink_fail_left_early(sink, err);
        if (!moved && !await_commands(sink, 0, EMPTY_LOOK_MS, err))
            return false;
    }
}

static bool finish_through(struct sink *sink, struct error *err)
{
    struct error own = {.kind = ERROR_NONE};
    if (!read_up(sink, err))
        return false;
    if (!children_close_input(sink->children, sink->index, &own))
        return own.kind == ERROR_IO ? sink_fail_left_early(sink, err)
                                    : fail(err, own.kind, "%s", own.text);
    while (!sink->output_ended) {
        bool moved;
        if (!move_some(sink, &moved, err))
            return false;
        if (!moved && !await_commands(sink, 0, -1, err))
            return false;
    }
    return sink_await_commands(sink, err) && sink_finish(sink->inner, err);
}

static void abandon_through(struct sink *sink, struct error *reason)
{
    sink_abandon_commands(sink, reason);
    sink_abandon(sink->inner, reason);
}

static const struct sink_ops through_ops = {write_through, finish_through, abandon_through};

struct sink *sink_new_through(struct children *children, size_t index, struct sink *inner,
                              struct error *err)
{
    unsigned char *buffer = aligned_alloc(PAGE_ALIGNMENT, MOVED_AT_ONCE);
    struct sink *sink = buffer != NULL ? sink_new_command(children, index, err) : NULL;
    if (buffer == NULL)
        fail_memory(err);
    if (sink == NULL) {
        free(buffer);
        return NULL;
    }
    secret_hide_from_dumps(buffer, MOVED_AT_ONCE);
    sink->ops = &through_ops;
    sink->buffer = buffer;
    sink->inner = inner;
    return sink;
}
