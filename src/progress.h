/*
 * How far a run is: a line on standard error with bytes, rate, time, and percentage and time left
 * where the size is known. On a terminal it is redrawn in place; elsewhere (--progress=always) a
 * line a minute. SIGUSR1 asks for one line at any time.
 */
#ifndef WALSEAL_PROGRESS_H
#define WALSEAL_PROGRESS_H

#include "io/source.h"

#include <stdatomic.h>
#include <stdint.h>

enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* Starts to watch source, in the calling thread's waits (wait_set_tick). size: bytes expected, 0 if
 * not known. source must live until progress_end. */
void progress_begin(const struct source *source, enum progress_mode mode, uint64_t size);

/* As progress_begin, of several sources: *bytes is what they have handed out (source_add_to). */
void progress_begin_sum(const _Atomic uint64_t *bytes, enum progress_mode mode, uint64_t size);

/* Draws if it is time to. Cheap; the pipeline's writer calls it after each chunk. */
void progress_tick(void);

/* Async-signal-safe: asks the next tick for one line (SIGUSR1). */
void progress_request(void);

/* Clears the line that is redrawn in place, so that a message can take its place; the next tick
 * draws it again. */
void progress_clear(void);

/* Draws nothing from here on, while a person is asked for something; then goes on. */
void progress_pause(bool paused);

/* Ends the watch and clears the line. Without progress_begin does nothing. */
void progress_end(void);

#endif
