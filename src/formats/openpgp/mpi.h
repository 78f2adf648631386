/*
 * Multiprecision integers (RFC 9580 section 3.2).
 */
#ifndef WALSEAL_FORMATS_OPENPGP_MPI_H
#define WALSEAL_FORMATS_OPENPGP_MPI_H

#include "base/bytes.h"

enum { MPI_BITS_MAX = 16384 };

/* Takes one: *octets are its octets, without the bit count. False: cut short, or above
 * MPI_BITS_MAX. A bit count that doesn't match the first octet is taken as it is (peers differ). */
bool mpi_take(struct bytes *from, struct bytes *octets);

/* The octets without leading zeros. */
struct bytes mpi_trim(struct bytes octets);

/* Copies number to the end of out, zeros before it. False: number, trimmed, is longer than
 * out_len. */
bool mpi_pad(struct bytes number, unsigned char *out, size_t out_len);

/* Writes number, trimmed, with its bit count. Returns the octets written: at most 2 + number.len.
 */
size_t mpi_write(unsigned char *out, struct bytes number);

#endif
