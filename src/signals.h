/*
 * Signals: a flag and a wake-up, nothing more happens in a handler. Whoever waits notices
 * (io/wait.h), cleans up, and main ends the process by the same signal. A signal that was ignored
 * at the start stays ignored.
 */
#ifndef WALSEAL_SIGNALS_H
#define WALSEAL_SIGNALS_H

#include "io/child.h"

/* The first thing in main. SIGPIPE and SIGXFSZ become errors of write; SIGUSR1, which asks for a
 * progress line, can't end the process from here on; SIGCHLD has its default, whatever it was: who
 * ignores it isn't told how the commands ended. */
void signals_boot(void);

/* Keeps TSTP and CONT waiting, or lets them come. */
void signals_hold_stop(bool hold);

/* From here on HUP, INT, QUIT, TERM, ALRM and XCPU end every wait, USR1 ends none but is noticed in
 * it, and TSTP and CONT reach the commands too. After wait_begin. Until then they end the process
 * at once, which is right while there is nothing to clean up. */
void signals_begin(void);

/* The commands that TSTP and CONT are passed on to; NULL: none (any more). */
void signals_set_children(struct children *children);

/* The signal that asked for the end, or 0. */
int signals_caught(void);

/* Ends the process by signal_number, without a core dump. */
_Noreturn void signals_reraise(int signal_number);

#endif
