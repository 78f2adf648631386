/*
 * Asking the person at the controlling terminal for a secret.
 */
#ifndef WALSEAL_IO_TERMINAL_H
#define WALSEAL_IO_TERMINAL_H

#include "base/error.h"

/* Whether terminal_ask would have somebody to ask. */
bool terminal_is_there(void);

/* Opens the terminal for a terminal_ask that comes when nothing can be opened any more. It stays
 * open for the life of the process. False: there is none. */
bool terminal_hold(void);

/* Shows prompt on /dev/tty and reads a line of at most size bytes, without echo, into text (secret
 * memory); the newline isn't part of it. Standard input and output are not touched. False:
 * ERROR_KEY, there is no terminal, this process isn't in its foreground, or the line is too long;
 * ERROR_INTERRUPTED. The terminal is always put back as it was. */
bool terminal_ask(const char *prompt, char *text, size_t size, size_t *len, struct error *err);

#endif
