/*
 * The packets of a message, whose bodies are read part by part and never stand in memory whole.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_PACKET_STREAM_H
#define WALSEAL_FORMATS_OPENPGP_PACKET_STREAM_H

#include "formats/openpgp/octets.h"
#include "formats/openpgp/packet.h"

/* Begins as {.octets = octets}, not owned; may be copied between calls, the copy then goes on. */
struct packet_stream {
    struct octets *octets;
    struct packet_header header;
    uint64_t part_left; /* octets of the part that stands here */
    bool has_more_parts;
};

/* Skips what is left of the packet before, and reads the header of the next. *more false: there is
 * none, and the message has ended as it should. False: the source or armor failed; ERROR_DAMAGED,
 * no packet begins here; ERROR_TRUNCATED, it ends inside the header. */
bool packet_stream_next(struct packet_stream *stream, bool *more, struct error *err);

/* Reads len octets of the body, fewer only at its end. False: as above; ERROR_TRUNCATED, the input
 * ends before the body does. The body of an indeterminate length ends with the input. */
bool packet_stream_read(struct packet_stream *stream, void *into, size_t len, size_t *got,
                        struct error *err);

/* Skips what is left of the body. */
bool packet_stream_skip(struct packet_stream *stream, struct error *err);

#endif
