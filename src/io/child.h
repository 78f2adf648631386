/*
 * The commands of a run, and the guardian that ends them before their input could end.
 *
 * Every command runs as /bin/sh -c COMMAND in a process group of its own. A command that reads what
 * walseal writes must never take the end of a failed stream for the end of a good one. So a
 * guardian process, forked from walseal and parent of all commands, holds a second write end of
 * each such pipe, and one end of a line to walseal. When the line ends (walseal failed, or was
 * killed with SIGKILL) it stops (SIGSTOP) and then kills (SIGKILL) all the process groups, whole,
 * and reaps them, before it lets go of the pipes: stopped first, since in a pipeline inside COMMAND
 * the death of one program is the end of input of the next. The group of a command that fails is
 * killed in the same way at once, since what is left of it could hold its pipe open; the group of
 * one that succeeded (children_status) isn't touched any more.
 *
 * A command gets: /dev/null as standard input where nothing is piped to it, standard error as
 * standard output where nothing reads it, no descriptor above 2, no controlling terminal, default
 * signal dispositions, an empty signal mask, and walseal's environment (from which the keys have
 * been removed before).
 */
#ifndef WALSEAL_IO_CHILD_H
#define WALSEAL_IO_CHILD_H

#include "base/error.h"

enum child_role {
    CHILD_FROM, /* walseal reads its standard output */
    CHILD_TO,   /* walseal writes its standard input */
};

struct child_spec {
    enum child_role role;
    const char *command;
};

enum { CHILDREN_MAX = 16 };

struct children;

/* Starts the guardian and through it count (1 to CHILDREN_MAX) commands, in order. Before any
 * thread. NULL: ERROR_IO. */
struct children *children_start(const struct child_spec *specs, size_t count, struct error *err);

/* walseal's end of the pipe of command index: non-blocking, close-on-exec, as large as it may be.
 * Owned by children. */
int children_fd(const struct children *children, size_t index);

/* The command as given. */
const char *children_command(const struct children *children, size_t index);

/* CHILD_TO: the stream is whole. Waits until the command has taken every byte, then ends its input.
 * False: ERROR_IO, it left before the end; ERROR_INTERRUPTED. */
bool children_close_input(struct children *children, size_t index, struct error *err);

/* Waits for command index to end and stores its wait status (as waitpid's). After everything was
 * read from it, or its input was closed: if it is 0, what the command left running is left alone
 * from here on. May be called again, and from another thread than other indexes. False:
 * ERROR_INTERRUPTED, or ERROR_IO (the guardian is gone). */
bool children_status(struct children *children, size_t index, int *wait_status, struct error *err);

/* As children_status, without waiting: true only if the command has already ended. */
bool children_ended(struct children *children, size_t index, int *wait_status);

/* Says how a command ended: "exited with status 3", "was killed by signal 9 (Killed)". */
void children_describe_status(int wait_status, char *text, size_t text_size);

/* Ends everything that still runs and wasn't left alone, in the way above, and waits for that. Before the pipe ends are
 * closed. Idempotent. */
void children_kill(struct children *children);

/* Async-signal-safe: passes SIGTSTP or SIGCONT on to all process groups. NULL is allowed. */
void children_forward(struct children *children, int signal_number);

/* Kills what still runs, closes everything, reaps the guardian, frees. NULL is allowed. */
void children_free(struct children *children);

#endif
