/*
 * The compressions of OpenPGP (RFC 9580 section 5.6) behind one front: ZIP (raw deflate), ZLIB and
 * BZip2, undone piece by piece in memory that doesn't depend on what comes out.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_INFLATE_H
#define WALSEAL_FORMATS_OPENPGP_INFLATE_H

#include "base/bytes.h"

/* The algorithm numbers of section 9.4. */
enum inflate_algorithm {
    INFLATE_UNCOMPRESSED = 0,
    INFLATE_ZIP = 1,
    INFLATE_ZLIB = 2,
    INFLATE_BZIP2 = 3
};

enum inflate_status {
    INFLATE_GOES_ON,
    INFLATE_ENDED, /* the end of the compressed stream: its checksum, where it has one, was right */
    INFLATE_DAMAGED,
    INFLATE_NO_MEMORY,
};

struct inflate;

/* algorithm: one of the three that compress. NULL without memory. */
struct inflate *inflate_new(enum inflate_algorithm algorithm);

/* Decompresses from into out, until room is full, from is used up or the stream ends; what was used
 * is taken off the front of from. Where room was filled, more may be to come without more input. */
enum inflate_status inflate_run(struct inflate *stream, struct bytes *from, unsigned char *out,
                                size_t room, size_t *out_len);

/* Frees; NULL is allowed. */
void inflate_free(struct inflate *stream);

#endif
