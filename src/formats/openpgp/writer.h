/*
 * Octets put one behind the other into room that somebody else owns. What doesn't fit is left out
 * whole, and is_full says so at the end: the steps need no checks between them.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_WRITER_H
#define WALSEAL_FORMATS_OPENPGP_WRITER_H

#include "base/bytes.h"

struct writer {
    unsigned char *at;
    size_t room;
    size_t len;
    bool is_full; /* something didn't fit: what is there means nothing */
};

void writer_add(struct writer *writer, const void *octets, size_t len);

/* Big-endian. */
void writer_add_u8(struct writer *writer, uint8_t value);
void writer_add_u16(struct writer *writer, uint16_t value);
void writer_add_u32(struct writer *writer, uint32_t value);

/* number as an MPI: see mpi_write. */
void writer_add_mpi(struct writer *writer, struct bytes number);

/* A whole packet: its header, its body. */
void writer_add_packet(struct writer *writer, uint8_t tag, struct bytes body);

/* What was put behind the first from octets. */
struct bytes writer_since(const struct writer *writer, size_t from);

#endif
