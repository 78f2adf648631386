/*
 * The commands: each says what to open, what to run and what to say; main ends with the exit
 * status.
 */
#ifndef WALSEAL_COMMANDS_COMMANDS_H
#define WALSEAL_COMMANDS_COMMANDS_H

#include "options.h"

bool command_encrypt(const struct options *options, struct error *err);
bool command_decrypt(const struct options *options, struct error *err);
bool command_check(const struct options *options, struct error *err);
bool command_verify(const struct options *options, struct error *err);
bool command_rekey(const struct options *options, struct error *err);
bool command_inspect(const struct options *options, struct error *err);
bool command_keygen(const struct options *options, struct error *err);
bool command_help(const struct options *options, struct error *err);
bool command_version(const struct options *options, struct error *err);

/* The documented exit status of a command that failed with kind. */
int command_status(enum command command, enum error_kind kind);

#endif
