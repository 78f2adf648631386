/*
 * Waiting for a descriptor in a way that a signal handler or another thread can end.
 *
 * One wake pipe for the process. Whoever would block (a read, a write, a command's status) waits
 * here first, beside the wake pipe; wait_wake, once called, ends every wait in every thread, now
 * and later: it means that the run is over.
 */
#ifndef WALSEAL_IO_WAIT_H
#define WALSEAL_IO_WAIT_H

#include "base/error.h"

/* Makes the wake pipe (close-on-exec). Before the first handler, thread, or wait. */
bool wait_begin(struct error *err);

/* Closes the wake pipe; wait_begin may be called again (tests do). */
void wait_end(void);

/* Ends every wait. Async-signal-safe, callable from any thread, any number of times. */
void wait_wake(void);

/* Whether wait_wake was called. */
bool wait_woken(void);

/* Waits until fd is ready for events (POLLIN, POLLOUT; 0 waits for an error or hang-up only), for
 * at most timeout_ms (-1: without end).
 * Returns 1: ready, or in an error that the next read or write tells; 0: time is up; -1: woken. */
int wait_ready(int fd, short events, int timeout_ms);

/* As wait_ready, until one of two descriptors is ready. */
int wait_either(int fd, short events, int other_fd, short other_events, int timeout_ms);

/* For the calling thread only: tick is called now and then (each quarter of a second at least, and
 * soon after a signal) while wait_ready waits. NULL: no more. */
void wait_set_tick(void (*tick)(void));

/* Calls the calling thread's tick now: for one that is busy, or waits for another thread. */
void wait_tick(void);

#endif
