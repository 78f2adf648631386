/*
 * Packet headers and body lengths (RFC 9580 section 4.2), in memory, and for writing;
 * packet_stream.h reads packets as they come. The words are RFC 4880's: RFC 9580 calls a tag a
 * packet type ID, the new format the OpenPGP format and the old one the legacy format.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_PACKET_H
#define WALSEAL_FORMATS_OPENPGP_PACKET_H

#include "base/bytes.h"
#include "base/error.h"

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
 * it was; PACKET_BAD: bit 7 isn't set, tag 0, or a partial length below 512 or of a packet that
 * can't have one (section 4.2.1.4: data packets only). */
enum packet_parse packet_take_header(struct bytes *from, struct packet_header *header);

/* Takes the length of the next part of a body with partial lengths; it is never PACKET_BAD. more:
 * it isn't the last part. */
enum packet_parse packet_take_part_length(struct bytes *from, uint32_t *len, bool *more);

/* Takes a whole packet off the front of a key in memory. False: ERROR_DAMAGED, malformed or cut, or
 * of a length kind that only messages may have; the text names no object. */
bool packet_take(struct bytes *from, uint8_t *tag, struct bytes *body, struct error *err);

/* Writes a new-format header with a definite length. Returns its octets, at most
 * PACKET_HEADER_MAX. body_len is below 4 GiB. */
size_t packet_write_header(unsigned char *out, uint8_t tag, size_t body_len);

/* Writes a definite length alone, 1, 2 or 5 octets. */
size_t packet_write_length(unsigned char *out, size_t len);

#endif
