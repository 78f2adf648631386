/*
 * The commands of a run: which there are, how they are piped together, and where walseal stands
 * among them.
 */
#ifndef WALSEAL_COMMANDS_RUN_COMMANDS_H
#define WALSEAL_COMMANDS_RUN_COMMANDS_H

#include "commands/run.h"

/* Starts those of the options. The run's source, where there is one already, is read by the first
 * filter when encrypting, its sink written to by the last one else; then the run's own stand in
 * front of them. Where filters return (run_put_filters), the sink is left as it is. */
bool run_start_commands(struct run *run, struct error *err);

#endif
