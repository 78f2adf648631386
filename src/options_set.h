/*
 * What the argument of each option says, put into the struct.
 */
#ifndef WALSEAL_OPTIONS_SET_H
#define WALSEAL_OPTIONS_SET_H

#include "options_table.h"

/* Takes value (NULL: none) of the option id, which is one of the command's. False: ERROR_USAGE. */
bool options_set(struct options *options, enum option_id id, const char *value, struct error *err);

/* Whether command's -k keys serve for decrypting, in any reading. */
bool options_decrypt_keys(enum command command);

#endif
