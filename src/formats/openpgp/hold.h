/*
 * Plaintext that isn't proven yet, held back from the sink: all of it up to a bound, and nothing
 * any more once there was more than that.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_HOLD_H
#define WALSEAL_FORMATS_OPENPGP_HOLD_H

#include "io/sink.h"

struct hold;

/* room: the bound, in bytes. Memory is touched as it fills. NULL without memory. */
struct hold *hold_new(size_t room);

/* Holds bytes back; where they would be more than room with those that are held already, all go to
 * sink, and so do all that come later. False: as sink_write. */
bool hold_add(struct hold *hold, struct sink *sink, const void *bytes, size_t len,
              struct error *err);

/* It is proven: what is held goes to sink, and so does all that comes later. False: as
 * sink_write. */
bool hold_release(struct hold *hold, struct sink *sink, struct error *err);

/* Frees, without writing what is still held; NULL is allowed. */
void hold_free(struct hold *hold);

#endif
