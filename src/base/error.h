/*
 * What went wrong, once, in words for a person.
 *
 * A function that can fail takes a struct error, returns bool and fails in one expression:
 *
 *     return fail(err, ERROR_IO, "%s: is a directory", path);
 *
 * The first reason stays: failing again with the same struct changes nothing, so a cleanup that
 * fails too never hides the cause. Text is lower case, without a full stop, the object first,
 * errno's text after it, and last, where there is one, the next step to take. It never holds key
 * material or plaintext. Only main turns a kind into an exit status; only message.c prints.
 */
#ifndef WALSEAL_BASE_ERROR_H
#define WALSEAL_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* The values 1 to 8 are the reasons of the documented exit statuses: encrypt 100 +, decrypt 200 +.
 */
enum error_kind {
    ERROR_NONE = 0,
    ERROR_USAGE = 1,
    ERROR_KEY = 2,
    ERROR_IO = 3,
    ERROR_NO_KEY_FITS = 4,
    ERROR_DAMAGED = 5,
    ERROR_TRUNCATED = 6,
    ERROR_UNSUPPORTED = 7,
    ERROR_DIFFERS = 8,
    ERROR_ABSENT,      /* there is nothing here, and nothing is broken: exit status 1 */
    ERROR_WARNING,     /* check: something needs care soon; exit status 1 */
    ERROR_CRITICAL,    /* check: an archive that depended on this would be lost; exit status 2 */
    ERROR_INTERRUPTED, /* a signal, or another thread's failure, ended a wait: has no text of its
                          own */
};

enum { ERROR_TEXT_SIZE = 1024 };

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_SIZE];
};

/* Always returns false. Keeps the first reason; text that doesn't fit loses its middle (text.h).
 * err may not be NULL. */
bool fail(struct error *err, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As fail, with ": " and the text of errno_value behind it. */
bool fail_errno(struct error *err, enum error_kind kind, int errno_value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* As fail, out of memory. */
bool fail_memory(struct error *err);

/* Adds text to a reason that is already there (a hint, a command's status). No reason: does
 * nothing. */
void error_append(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Empties err, so that it can take a first reason again. */
void error_clear(struct error *err);

#endif
