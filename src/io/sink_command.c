/*
 * The input of a command as a sink: it fails as soon as the command is seen to have left.
 */
#define _GNU_SOURCE /* nanosleep */
#include "io/descriptor.h"
#include "io/sink_kind.h"
#include "io/wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 250,        /* how often a command that reads nothing is looked after */
    STATUS_PATIENCE = 40, /* how often a command that left is asked for its status .. */
    STATUS_RETRY_MS = 5,  /* .. and how long between: it closes its input before it ends */
};

static bool fail_left_early(struct sink *sink, struct error *err)
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
            return fail_left_early(sink, err);
    }
}

static bool write_command(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    const unsigned char *from = bytes;
    while (len > 0) {
        if (!await_room(sink, err))
            return false;
        ssize_t written = write(sink->fd, from, len);
        if (written < 0 && errno == EPIPE)
            return fail_left_early(sink, err);
        if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return fail_errno(err, ERROR_IO, errno, "%s: cannot be written", sink->name);
        if (written > 0) {
            from += written;
            len -= (size_t)written;
            sink->bytes += (size_t)written;
        }
    }
    return true;
}

static bool finish_command(struct sink *sink, struct error *err)
{
    struct error own = {.kind = ERROR_NONE};
    if (!children_close_input(sink->children, sink->index, &own))
        return own.kind == ERROR_IO ? fail_left_early(sink, err)
                                    : fail(err, own.kind, "%s", own.text);
    int wait_status;
    if (!children_status(sink->children, sink->index, &wait_status, err))
        return false;
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)
        return true;
    char ending[128];
    children_describe_status(wait_status, ending, sizeof ending);
    return fail(err, ERROR_IO, "%s %s", sink->name, ending);
}

static void abandon_command(struct sink *sink, struct error *reason)
{
    size_t name_len = strlen(sink->name);
    bool is_reason = sink->left_early && reason && strncmp(reason->text, sink->name, name_len) == 0;
    int wait_status;
    bool known = false;
    /* Not through wait_ready: a run that failed has often been woken already. */
    const struct timespec pause = {.tv_nsec = STATUS_RETRY_MS * 1000000L};
    for (int i = 0; is_reason && !known && i < STATUS_PATIENCE; i++) {
        known = children_ended(sink->children, sink->index, &wait_status);
        if (!known)
            nanosleep(&pause, NULL);
    }
    if (known) {
        char ending[128];
        children_describe_status(wait_status, ending, sizeof ending);
        error_append(reason, ": it %s", ending);
    }
    children_kill(sink->children);
}

static const struct sink_ops command_ops = {write_command, finish_command, abandon_command};

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
