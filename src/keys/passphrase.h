/*
 * The passphrase of a run, for secret OpenPGP keys and for messages that were encrypted with one:
 * from -p's file or the environment, or asked for when it is first needed.
 */
#ifndef WALSEAL_KEYS_PASSPHRASE_H
#define WALSEAL_KEYS_PASSPHRASE_H

#include "base/bytes.h"
#include "base/error.h"

#include <sys/stat.h>

enum { PASSPHRASE_MAX = 4096 };

/* Asks a person. text has room for PASSPHRASE_MAX octets. False: ERROR_KEY, there is nobody to ask;
 * ERROR_INTERRUPTED. */
typedef bool passphrase_ask(const char *prompt, char *text, size_t *len, struct error *err);

struct passphrase;

/* None is known yet. ask may be NULL. NULL without memory. */
struct passphrase *passphrase_new(passphrase_ask *ask);

/* Reads the file at path to its end; one newline at the end is dropped. False: ERROR_KEY, unreadable or longer than PASSPHRASE_MAX. */
bool passphrase_read_file(struct passphrase *passphrase, const char *path, struct error *err);

/* Copies text. False: ERROR_KEY, too long. name is for the message. */
bool passphrase_set(struct passphrase *passphrase, const char *name, const char *text, size_t len,
                    struct error *err);

/* Whether it was read from the file that status describes. */
bool passphrase_was_read_from(const struct passphrase *passphrase, const struct stat *status);

/* Whether one was given (it may be empty). */
bool passphrase_is_given(const struct passphrase *passphrase);

/* The one that was given, or else asked for, once: "for_what: passphrase: ". *text is owned by
 * passphrase. False: as passphrase_ask. */
bool passphrase_get(struct passphrase *passphrase, const char *for_what, struct bytes *text,
                    struct error *err);

/* One thread at a time asks, and derives keys, which may take gigabytes: around passphrase_get and what
 * is done with its text, where the run has more threads than one. */
void passphrase_hold(struct passphrase *passphrase);
void passphrase_release(struct passphrase *passphrase);

/* Wipes and frees; NULL is allowed. */
void passphrase_free(struct passphrase *passphrase);

#endif
