/*
 * A sink in front of another one, which gets what proves to be a certain WAL segment: not a byte
 * before the segment's header was checked, and no end before its length was.
 */
#define _GNU_SOURCE /* strdup */
#include "io/sink_kind.h"

#include "base/magic.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct wal_check {
    struct wal_segment wal;
    bool has_system_id;
    uint64_t system_id;
    size_t header_len;
    uint64_t size;
    unsigned char header[WAL_HEADER_LEN];
};

static bool fail_header(const struct wal_check *check, const struct error *reason,
                        struct error *err)
{
    const char *compression = magic_compression(check->header, check->header_len);
    fail(err, reason->kind, "what was decrypted %s", reason->text);
    if (compression != NULL)
        error_append(err, ": it is compressed by %s, which --filter undoes before this is checked",
                     compression);
    return false;
}

/* Checks what was gathered of the header and hands it on. */
static bool check_header(struct sink *sink, struct error *err)
{
    struct wal_check *check = sink->wal;
    struct error reason = {.kind = ERROR_NONE};
    if (!wal_segment_check(&check->wal, check->has_system_id ? &check->system_id : NULL,
                           check->header, check->header_len, &check->size, &reason))
        return fail_header(check, &reason, err);
    return sink_write(sink->inner, check->header, check->header_len, err);
}

static bool write_wal(struct sink *sink, const void *bytes, size_t len, struct error *err)
{
    struct wal_check *check = sink->wal;
    const unsigned char *from = bytes;
    sink->bytes += len;
    if (check->header_len < WAL_HEADER_LEN) {
        size_t room = WAL_HEADER_LEN - check->header_len;
        size_t taken = len < room ? len : room;
        if (taken > 0)
            memcpy(check->header + check->header_len, from, taken);
        check->header_len += taken;
        if (check->header_len < WAL_HEADER_LEN)
            return true;
        if (!check_header(sink, err))
            return false;
        from += taken;
        len -= taken;
    }
    return sink_write(sink->inner, from, len, err);
}

static bool finish_wal(struct sink *sink, struct error *err)
{
    const struct wal_check *check = sink->wal;
    if (check->header_len < WAL_HEADER_LEN)
        return check_header(sink, err);
    if (sink->bytes != check->size)
        return fail(err, ERROR_DAMAGED,
                    "what was decrypted has %" PRIu64 " bytes, and a WAL segment here has %" PRIu64,
                    sink->bytes, check->size);
    return sink_finish(sink->inner, err);
}

static void abandon_wal(struct sink *sink, struct error *reason)
{
    sink_abandon(sink->inner, reason);
}

static const struct sink_ops wal_ops = {write_wal, finish_wal, abandon_wal};

struct sink *sink_new_wal(struct sink *inner, const struct wal_segment *wal,
                          const uint64_t *system_id, struct error *err)
{
    struct sink *sink = sink_new(&wal_ops, strdup(sink_name(inner)), err);
    if (sink == NULL)
        return NULL;
    sink->wal = calloc(1, sizeof *sink->wal);
    if (sink->wal == NULL) {
        fail_memory(err);
        sink->ended = true; /* nothing was begun, and inner isn't this one's */
        sink_free(sink);
        return NULL;
    }
    sink->wal->wal = *wal;
    sink->wal->has_system_id = system_id != NULL;
    sink->wal->system_id = system_id != NULL ? *system_id : 0;
    sink->inner = inner;
    return sink;
}
