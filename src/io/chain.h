/*
 * How the commands that are piped together ended as a whole, and which of them is to blame.
 */
#ifndef WALSEAL_IO_CHAIN_H
#define WALSEAL_IO_CHAIN_H

#include "io/child.h"

/* Room for what chain_describe says: two commands, cut as descriptor_command_name does. */
enum { CHAIN_TEXT_SIZE = 768 };

struct chain_end {
    enum child_end
        end; /* CHILD_SUCCEEDED: all of them; FAILED and LEFT_EARLY: index did; RUNS: none
                           is to blame yet */
    size_t index;
    int wait_status; /* index's */
};

/* Waits until all commands of the chain that begins with command first have ended. Of CHILD_TO
 * after children_close_input. False: as children_status. */
bool chain_wait(struct children *children, size_t first, struct chain_end *end, struct error *err);

/* As chain_wait, as far as it is known now. */
struct chain_end chain_look(struct children *children, size_t first);

/* Says what the command to blame did: "command "X" exited with status 3". */
void chain_describe(struct children *children, size_t first, const struct chain_end *end,
                    char text[CHAIN_TEXT_SIZE]);

#endif
