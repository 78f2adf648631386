/*
 * Bytes from one thread to another, in memory alone: what two runs that are chained have between
 * them, plaintext. One thread writes, through a sink, and one at a time reads, through a source;
 * whoever must wait for the other one waits in wait.h, so that wait_wake ends it.
 *
 * The end is only told as the writer tells it: a source that reads the end of its input knows that
 * the writer has finished, not that it has stopped.
 */
#ifndef WALSEAL_IO_CONDUIT_H
#define WALSEAL_IO_CONDUIT_H

#include "base/error.h"
#include "io/descriptor.h"

/* All the memory there is: two runs of a format. */
enum { CONDUIT_LEN = 1024 * 1024 };

struct conduit;

/* Kept out of dumps. NULL: ERROR_IO. */
struct conduit *conduit_new(struct error *err);

/* The writer's. IO_DONE: all of len bytes were taken over; otherwise IO_INTERRUPTED. */
enum io_outcome conduit_write(struct conduit *conduit, const void *bytes, size_t len);

/* The writer's last word: that was all of it, or it failed. */
void conduit_finish(struct conduit *conduit);
void conduit_abandon(struct conduit *conduit);

/* The reader's: at least one byte and at most len (not 0), or *got 0: the end, the writer has
 * finished. IO_INTERRUPTED: the writer has failed, or the wait was ended. */
enum io_outcome conduit_read(struct conduit *conduit, void *bytes, size_t len, size_t *got);

/* Wipes and frees, when neither thread uses it any more; NULL is allowed. */
void conduit_free(struct conduit *conduit);

#endif
