/*
 * The commands of a run, and the guardian that ends them before their input could end.
 *
 * Every command runs as /bin/sh -c COMMAND in a process group of its own. A command that reads what
 * walseal writes must never take the end of a failed stream for the end of a good one. So a
 * guardian process, forked from walseal and parent of all commands, holds a second write end of
 * each such pipe, and one end of a line to walseal. When the line ends (walseal failed, or was
 * killed with SIGKILL) it stops (SIGSTOP) and then kills (SIGKILL) all the process groups, whole,
 * and reaps them, before it lets go of the pipes: stopped first, since in a pipeline inside COMMAND
 * the death of one program is the end of input of the next.
 *
 * Commands that are piped together are a chain. Between them the guardian passes the end of input
 * on only from a command that has succeeded, and that had read all of its own. A chain of which one
 * fails, or leaves before it has read all, is killed in the same way at once, also since what is
 * left of it could hold a pipe open; the group of one that succeeded (children_status) isn't
 * touched any more.
 *
 * A command gets: /dev/null as standard input where nothing is piped to it, standard error as
 * standard output where nothing reads it, no descriptor above 2, no controlling terminal, default
 * signal dispositions, an empty signal mask, and walseal's environment (from which the keys have
 * been removed before).
 */
#ifndef WALSEAL_IO_CHILD_H
#define WALSEAL_IO_CHILD_H

#include "base/error.h"

#include <sys/types.h>

enum child_role {
    CHILD_FROM, /* walseal reads its standard output */
    CHILD_TO,   /* walseal writes its standard input */
};

struct child_spec {
    enum child_role role; /* of all that are piped together: the last writes, or the first reads */
    const char *command;
    bool piped; /* reads what the one before writes */
    const int
        *input; /* the first of CHILD_FROM: its standard input, which it is to read to its end,
                          not owned; or NULL */
    const int *output; /* the last of CHILD_TO: its standard output, not owned; or NULL */
    bool returns;      /* the last of CHILD_TO: walseal reads its standard output */
    bool kept;         /* what it leaves running is not left alone */
};

/* How the end of a command is to be taken, as far as it is known yet. */
enum child_end {
    CHILD_RUNS,
    CHILD_SUCCEEDED,
    CHILD_FAILED,
    CHILD_LEFT_EARLY, /* exited with 0, but not because its input had ended */
    CHILD_WAS_KILLED, /* with its chain: another one is to blame */
};

enum { CHILDREN_MAX = 18 };

struct children;

/* Starts the guardian and through it count (1 to CHILDREN_MAX) commands, in order. Before any
 * thread. NULL: ERROR_IO. */
struct children *children_start(const struct child_spec *specs, size_t count, struct error *err);

/* walseal's end of the pipe of command index: non-blocking, close-on-exec, as large as it may be.
 * Owned by children. -1: it has none, being in the middle of a chain. */
int children_fd(const struct children *children, size_t index);

/* The output of a command that returns, as children_fd. */
int children_output_fd(const struct children *children, size_t index);

/* One past the last command of the chain that command index is in. */
size_t children_chain_end(const struct children *children, size_t index);

/* How many commands there are, and the process group of each, once they have been started. */
size_t children_count(const struct children *children);
pid_t children_group(const struct children *children, size_t index);

/* The command as given. */
const char *children_command(const struct children *children, size_t index);

/* The first of CHILD_TO: the stream is whole. Waits until the command has taken every byte, then
 * ends its input. False: ERROR_IO, it left before the end; ERROR_INTERRUPTED. */
bool children_close_input(struct children *children, size_t index, struct error *err);

/* Waits for command index to end and stores its wait status (as waitpid's). After everything was
 * read from it, or its input was closed: if it is 0, what the command left running is left alone
 * from here on. May be called again, and from another thread than other indexes. False:
 * ERROR_INTERRUPTED, or ERROR_IO (the guardian is gone). */
bool children_status(struct children *children, size_t index, int *wait_status, struct error *err);

/* What children_status and children_ended have learned of command index. */
enum child_end children_end(const struct children *children, size_t index);

/* As children_status, without waiting: true only if the command has already ended. */
bool children_ended(struct children *children, size_t index, int *wait_status);

/* Says how a command ended: "exited with status 3", "was killed by signal 9 (Killed)". */
void children_describe_status(int wait_status, char *text, size_t text_size);

/* Ends everything that still runs and wasn't left alone, in the way above, and waits for that.
 * Before the pipe ends are closed. Idempotent. */
void children_kill(struct children *children);

/* Async-signal-safe: passes SIGTSTP or SIGCONT on to all process groups. NULL is allowed. */
void children_forward(struct children *children, int signal_number);

/* Kills what still runs, closes everything, reaps the guardian, frees. NULL is allowed. */
void children_free(struct children *children);

#endif
