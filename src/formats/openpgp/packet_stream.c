#include "formats/openpgp/packet_stream.h"

#include <inttypes.h>

enum { PART_LENGTH_MAX = 5, SKIP_LEN = 16 * 1024 };

static bool fail_truncated(const struct packet_stream *stream, struct error *err)
{
    return fail(err, ERROR_TRUNCATED, "%s: truncated: ends at octet %" PRIu64 ", inside a packet",
                octets_name(stream->octets), octets_offset(stream->octets));
}

/* Takes what was parsed, all of peeked but left; what was too short, to its end. */
static bool take_parsed(struct packet_stream *stream, struct bytes peeked, struct bytes left,
                        enum packet_parse parse, struct error *err)
{
    unsigned char taken[PACKET_HEADER_MAX];
    size_t len = parse == PACKET_SHORT ? peeked.len : peeked.len - left.len;
    size_t got;
    return octets_read(stream->octets, taken, len, &got, err) &&
           (parse != PACKET_SHORT || fail_truncated(stream, err));
}

bool packet_stream_next(struct packet_stream *stream, bool *more, struct error *err)
{
    struct bytes peeked;
    *more = false;
    if (!packet_stream_skip(stream, err) ||
        !octets_peek(stream->octets, PACKET_HEADER_MAX, &peeked, err))
        return false;
    if (peeked.len == 0)
        return true;
    struct bytes left = peeked;
    enum packet_parse parse = packet_take_header(&left, &stream->header);
    if (parse == PACKET_BAD)
        return fail(err, ERROR_DAMAGED,
                    "%s: damaged: has no packet where one should begin, at octet %" PRIu64,
                    octets_name(stream->octets), octets_offset(stream->octets));
    if (!take_parsed(stream, peeked, left, parse, err))
        return false;
    bool to_the_end = stream->header.length == PACKET_INDETERMINATE;
    stream->part_left = to_the_end ? UINT64_MAX : stream->header.body_len;
    stream->has_more_parts = stream->header.length == PACKET_PARTIAL;
    *more = true;
    return true;
}

static bool next_part(struct packet_stream *stream, struct error *err)
{
    struct bytes peeked;
    uint32_t part_len;
    if (!octets_peek(stream->octets, PART_LENGTH_MAX, &peeked, err))
        return false;
    struct bytes left = peeked;
    bool more;
    enum packet_parse parse = packet_take_part_length(&left, &part_len, &more);
    if (!take_parsed(stream, peeked, left, parse, err))
        return false;
    stream->part_left = part_len;
    stream->has_more_parts = more;
    return true;
}

bool packet_stream_read(struct packet_stream *stream, void *into, size_t len, size_t *got,
                        struct error *err)
{
    unsigned char *to = into;
    size_t done = 0;
    *got = 0;
    while (done < len) {
        if (stream->part_left == 0) {
            if (!stream->has_more_parts)
                break;
            if (!next_part(stream, err))
                return false;
            continue;
        }
        size_t want = len - done < stream->part_left ? len - done : (size_t)stream->part_left;
        size_t count;
        if (!octets_read(stream->octets, to + done, want, &count, err))
            return false;
        done += count;
        stream->part_left -= count;
        if (count == want)
            continue;
        if (stream->header.length != PACKET_INDETERMINATE)
            return fail_truncated(stream, err);
        stream->part_left = 0;
    }
    *got = done;
    return true;
}

bool packet_stream_skip(struct packet_stream *stream, struct error *err)
{
    unsigned char skipped[SKIP_LEN];
    size_t got;
    do {
        if (!packet_stream_read(stream, skipped, sizeof skipped, &got, err))
            return false;
    } while (got > 0);
    return true;
}
