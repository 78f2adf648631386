/*
 * The octets of an OpenPGP message: those of the source, or what its armor holds, told from the
 * first ones.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_OCTETS_H
#define WALSEAL_FORMATS_OPENPGP_OCTETS_H

#include "base/bytes.h"
#include "io/source.h"

enum { OCTETS_PEEK_MAX = 32 * 1024 };

struct octets;

/* source is not owned. NULL: memory, or what the source fails with; what neither begins as a packet
 * nor holds armor, or armor that holds no message (ERROR_UNSUPPORTED: a key, a signature, signed
 * text); armor whose head is cut off (ERROR_TRUNCATED) or doesn't end within OCTETS_PEEK_MAX
 * (ERROR_DAMAGED). An empty source is an empty message. Errors name the source. */
struct octets *octets_new(struct source *source, struct error *err);

/* Reads len octets, fewer only at the end of the message. False: as the source, or armor that is
 * damaged, cut short, or followed by more than white space. Large pieces go straight into place. */
bool octets_read(struct octets *octets, void *into, size_t len, size_t *got, struct error *err);

/* As octets_read of at most OCTETS_PEEK_MAX, without taking them; valid until the next call. */
bool octets_peek(struct octets *octets, size_t want, struct bytes *peeked, struct error *err);

/* How many were read so far. */
uint64_t octets_offset(const struct octets *octets);

/* Whether they stand in armor. */
bool octets_are_armored(const struct octets *octets);

/* How messages call the source. */
const char *octets_name(const struct octets *octets);

/* Frees; NULL is allowed. */
void octets_free(struct octets *octets);

#endif
