/*
 * The writer's side of a conduit.
 */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "io/sink_kind.h"

#include <string.h>

static bool write_conduit(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    if (conduit_write(sink->conduit, bytes, len) != IO_DONE)
        return fail(err, ERROR_INTERRUPTED, "%s", "");
    sink->bytes += len;
    return true;
}

static bool finish_conduit(struct sink *sink, struct error *err)
{
    (void)err;
    conduit_finish(sink->conduit);
    return true;
}

static void abandon_conduit(struct sink *sink, struct error *reason)
{
    (void)reason;
    conduit_abandon(sink->conduit);
}

static const struct sink_ops conduit_ops = {write_conduit, finish_conduit, abandon_conduit};

struct sink *sink_new_conduit(struct conduit *conduit, struct error *err)
{
    struct sink *sink = sink_new(&conduit_ops, strdup("what is encrypted again"), err);
    if (sink != NULL)
        sink->conduit = conduit;
    return sink;
}
