/*
 * A comparison: bytes that must equal what another source gives.
 */
#define _GNU_SOURCE /* strdup */
#include "io/sink_kind.h"
#include "base/secret.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE_ALIGNMENT = 4096,
    COMPARED_AT_ONCE = 64 * 1024,
};

static size_t same_len(const unsigned char *left, const unsigned char *right, size_t len)
{
    size_t same = 0;
    while (same < len && left[same] == right[same])
        same++;
    return same;
}

static bool write_compare(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    const unsigned char *from = bytes;
    while (len > 0) {
        size_t want = len < COMPARED_AT_ONCE ? len : COMPARED_AT_ONCE;
        size_t got;
        if (!source_read(sink->plain, sink->buffer, want, &got, err))
            return false;
        size_t same =
            memcmp(from, sink->buffer, got) == 0 ? got : same_len(from, sink->buffer, got);
        sink->bytes += same;
        if (same < got)
            return fail(err, ERROR_DIFFERS, "%s: differs from byte %" PRIu64 " on", sink->name,
                        sink->bytes);
        if (got < want)
            return fail(err, ERROR_DIFFERS, "%s: differs: it ends at byte %" PRIu64, sink->name,
                        sink->bytes);
        from += got;
        len -= got;
    }
    return true;
}

static bool finish_compare(struct sink *sink, struct error *err)
{
    size_t got;
    if (!source_read(sink->plain, sink->buffer, 1, &got, err))
        return false;
    if (got > 0)
        return fail(err, ERROR_DIFFERS, "%s: differs: it goes on after byte %" PRIu64, sink->name,
                    sink->bytes);
    return true;
}

static void abandon_compare(struct sink *sink, struct error *reason)
{
    (void)sink;
    (void)reason;
}

static const struct sink_ops compare_ops = {write_compare, finish_compare, abandon_compare};

struct sink *sink_new_compare(struct source *plain, struct error *err)
{
    struct sink *sink = sink_new(&compare_ops, strdup(source_name(plain)), err);
    if (!sink)
        return NULL;
    sink->plain = plain;
    sink->buffer = aligned_alloc(PAGE_ALIGNMENT, COMPARED_AT_ONCE);
    if (!sink->buffer) {
        fail_memory(err);
        sink_free(sink);
        return NULL;
    }
    secret_hide_from_dumps(sink->buffer, COMPARED_AT_ONCE);
    return sink;
}
