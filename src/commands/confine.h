/*
 * Closing the sandbox around what is left of a command to be done.
 */
#ifndef WALSEAL_COMMANDS_CONFINE_H
#define WALSEAL_COMMANDS_CONFINE_H

#include "io/file_list.h"
#include "io/child.h"
#include "keys/passphrase.h"
#include "options.h"

/* What a command is still going to do; what is 0 or NULL, it isn't. */
struct confinement {
    const struct options *options;
    int output_directory_fd;  /* -1: makes no file */
    const char *const *paths; /* opens these */
    size_t path_count;
    const struct file_list *files;       /* .. and these */
    const struct children *children;     /* ends these, where nobody else does */
    const struct passphrase *passphrase; /* asks for this, unless it is given */
};

/* Closes it, for good, as --sandbox says: once everything else is open, before the first untrusted
 * byte and the first thread. With -v says what is in force. False: ERROR_IO, it is required and the
 * system refuses. state, unless NULL: what is in force, nothing with --sandbox=off. */
bool confine(const struct confinement *what, struct sandbox_state *state, struct error *err);

#endif
