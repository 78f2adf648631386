/*
 * The guardian: the process between walseal and its commands. child.h says what it is for; only
 * child.c talks to it.
 *
 * Commands that are piped together are a chain, and one that fails takes its chain with it: none of
 * it is ever let see the end of its input. That end is passed on from a command to the next only
 * once everything before it has succeeded, and all of it was read.
 *
 * walseal speaks to it through the line, a socket, in single bytes: below CHILDREN_MAX, let go of
 * that command's input; GUARDIAN_STOP and GUARDIAN_CONTINUE, pass the signal on; GUARDIAN_SPARE and
 * up, leave alone what command 0 and up has left. The end of the line ends the commands and the
 * guardian. It answers through one pipe for each command.
 */
#ifndef WALSEAL_IO_GUARDIAN_H
#define WALSEAL_IO_GUARDIAN_H

#include <stdbool.h>
#include <stddef.h>

enum { GUARDIAN_STOP = 'T', GUARDIAN_CONTINUE = 'C', GUARDIAN_SPARE = 0x80 };

struct guardian_command {
    const char *command;
    size_t chain;  /* the first command of the chain that it is in */
    bool piped;    /* its input comes from the command before it: no request lets go of it */
    bool given;    /* its input is a file or a pipe, which must hold something before it is run */
    int input_fd;  /* its standard input; -1: /dev/null */
    int output_fd; /* its standard output; -1: standard error */
    int hold_fd;   /* the write end of its input, held until told to let go; -1: none */
    int report_fd; /* where the reports about it go */
};

enum guardian_report_kind {
    REPORT_STARTED,     /* value: its process and process group */
    REPORT_NOT_STARTED, /* value: errno; the commands behind it are not started either */
    REPORT_RELEASED,    /* the guardian has let go of its input; given: all of it was read */
    REPORT_ENDED,       /* by itself, not by the guardian; value: as waitpid's */
    REPORT_OVER,        /* its chain has failed and was killed: nothing more will be said of it */
};

/* Small enough for a pipe to take it whole. */
struct guardian_report {
    enum guardian_report_kind kind;
    int value;
};

/* Where the arguments of this process lie, size bytes from first. The guardian will call itself
 * something else there: who kills walseal by its command line doesn't mean the guardian. Nothing of
 * them is read afterwards. */
void guardian_set_title_room(char *first, size_t size);

/* The life of the guardian, in the process just forked, all signals blocked. All descriptors are
 * above 2 and close-on-exec; those not named here are closed first. The commands don't lie in the
 * room of the title. */
_Noreturn void guardian_run(const struct guardian_command *commands, size_t count, int line_fd,
                            int null_fd);

#endif
