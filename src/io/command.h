/*
 * What a process just forked from the guardian does to become a command.
 */
#ifndef WALSEAL_IO_COMMAND_H
#define WALSEAL_IO_COMMAND_H

#include "io/guardian.h"

#include <sys/types.h>

/* null_fd: /dev/null, for an input that command has none of. All that is open above 2 is
 * close-on-exec. */
_Noreturn void command_become(const struct guardian_command *command, int null_fd,
                              pid_t guardian_pid);

#endif
