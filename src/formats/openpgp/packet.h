/*
 * Packet headers and body lengths (RFC 9580 section 4.2), old and new format, in three settings: in
 * memory (keys), from a stream (messages), and for writing.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_PACKET_H
#define WALSEAL_FORMATS_OPENPGP_PACKET_H

#include "base/bytes.h"
#include "base/error.h"
#include "formats/openpgp/octets.h"

enum packet_tag {
    PACKET_PKESK = 1,
    PACKET_SIGNATURE = 2,
    PACKET_SKESK = 3,
    PACKET_ONE_PASS_SIGNATURE = 4,
    PACKET_SECRET_KEY = 5,
    PACKET_PUBLIC_KEY = 6,
    PACKET_SECRET_SUBKEY = 7,
    PACKET_COMPRESSED = 8,
    PACKET_SYMMETRIC = 9, /* without integrity */
    PACKET_MARKER = 10,
    PACKET_LITERAL = 11,
    PACKET_TRUST = 12,
    PACKET_USER_ID = 13,
    PACKET_PUBLIC_SUBKEY = 14,
    PACKET_USER_ATTRIBUTE = 17,
    PACKET_SEIPD = 18,
    PACKET_MDC = 19,
    PACKET_AEAD = 20, /* LibrePGP's */
    PACKET_PADDING = 21,
    PACKET_NOT_CRITICAL = 40, /* unknown tags from here on may be skipped */
};

enum { PACKET_HEADER_MAX = 6 };

enum packet_length {
    PACKET_DEFINITE,
    PACKET_PARTIAL,       /* the first part of several */
    PACKET_INDETERMINATE, /* old format: to the end of what holds it */
};

struct packet_header {
    uint8_t tag;
    bool old_format;
    enum packet_length length;
    uint32_t body_len; /* of the body, or of its first part */
};

enum packet_parse { PACKET_GOOD, PACKET_SHORT, PACKET_BAD };

/* Takes one header off the front of from. PACKET_SHORT: from may be the beginning of one, and is as
 * it was; PACKET_BAD: bit 7 isn't set, tag 0, or a partial length below 512 or of a packet that can't have
 * one (section 4.2.1.4: data packets only) */
enum packet_parse packet_take_header(struct bytes *from, struct packet_header *header);

/* The next length octets of a body with partial lengths. more: it isn't the last part. */
enum packet_parse packet_take_part_length(struct bytes *from, uint32_t *len, bool *more);

/* Takes a whole packet off the front of a key in memory. False: ERROR_DAMAGED, malformed or cut, or of
 * a length kind that only messages may have; the text names no object. */
bool packet_take(struct bytes *from, uint8_t *tag, struct bytes *body, struct error *err);

/* Writes a new-format header with a definite length. Returns its octets, at most
 * PACKET_HEADER_MAX. */
size_t packet_write_header(unsigned char *out, uint8_t tag, size_t body_len);

/* Writes a definite length alone, 1, 2 or 5 octets. */
size_t packet_write_length(unsigned char *out, size_t len);

/* ---- a packet of a stream, whose body is read part by part ---- */

struct packet_stream {
    struct octets *octets;
    struct packet_header header;
    uint64_t part_left; /* octets of the part that stands here */
    bool last_part;
};

/* Reads the header of the next packet. *more false: the message ended before it. False: the source
 * or armor failed; ERROR_DAMAGED, no packet begins here; ERROR_TRUNCATED, it ends inside the
 * header. */
bool packet_stream_next(struct packet_stream *stream, bool *more, struct error *err);

/* Reads len octets of the body, fewer only at its end. False: as above; ERROR_TRUNCATED, the input
 * ends before the body does. The body of an indeterminate length ends with the input. */
bool packet_stream_read(struct packet_stream *stream, void *into, size_t len, size_t *got,
                        struct error *err);

/* Skips what is left of the body. */
bool packet_stream_skip(struct packet_stream *stream, struct error *err);

#endif
