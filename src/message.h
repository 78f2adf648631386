/*
 * The printing of messages: one line each on standard error, starting "walseal: ", written by one
 * write call so that lines of processes that share a log don't mix. Control characters in names are
 * shown as \xNN, so a file's name can't make a second line.
 */
#ifndef WALSEAL_MESSAGE_H
#define WALSEAL_MESSAGE_H

#include "base/error.h"
#include "base/notes.h"

enum message_verbosity { MESSAGE_QUIET, MESSAGE_NORMAL, MESSAGE_VERBOSE };

/* How much is said from here on; MESSAGE_NORMAL at first. */
void message_set_verbosity(enum message_verbosity verbosity);

/* Why the run failed: always printed. ERROR_INTERRUPTED has nothing to say and prints nothing, nor
 * does an error without text, which was told already. */
void message_error(const struct error *err);

/* One line of the given level, if the verbosity lets it through. */
void message_note(enum note_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Every line of notes that the verbosity lets through, and empties them. */
void message_notes(struct notes *notes);

/* Text for standard output (help, version), as it is. False: ERROR_IO, not every byte was accepted.
 */
bool message_print(const char *text, struct error *err);

#endif
