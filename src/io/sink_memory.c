/*
 * What is small and is to be read again at once.
 */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "io/sink_kind.h"

#include <stdlib.h>
#include <string.h>

static bool write_memory(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    size_t used = (size_t)sink->bytes;
    if (len > sink->memory_max - used)
        return fail(err, ERROR_IO, "%s: has no room for more than %zu bytes", sink->name,
                    sink->memory_max);
    if (len > 0)
        memcpy(sink->memory + used, bytes, len);
    sink->bytes += len;
    return true;
}

static bool finish_memory(struct sink *sink, struct error *err)
{
    (void)sink;
    (void)err;
    return true;
}

static void abandon_memory(struct sink *sink, struct error *reason)
{
    (void)sink;
    (void)reason;
}

static const struct sink_ops memory_ops = {write_memory, finish_memory, abandon_memory};

struct sink *sink_new_memory(size_t max, struct error *err)
{
    struct sink *sink = sink_new(&memory_ops, strdup("memory"), err);
    if (!sink)
        return NULL;
    sink->memory_max = max;
    sink->memory = malloc(max > 0 ? max : 1);
    if (sink->memory)
        return sink;
    sink_free(sink);
    fail_memory(err);
    return NULL;
}

struct bytes sink_memory(const struct sink *sink)
{
    return (struct bytes){sink->memory, (size_t)sink->bytes};
}
