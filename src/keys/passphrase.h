/*
 * The passphrase of a run, for secret OpenPGP keys and for messages that were encrypted with one:
 * from -p's files or the environment, or asked for when it is first needed. Several may be given;
 * all are tried, in that order.
 */
#ifndef WALSEAL_KEYS_PASSPHRASE_H
#define WALSEAL_KEYS_PASSPHRASE_H

#include "base/bytes.h"
#include "base/error.h"

#include <sys/stat.h>

enum {
    PASSPHRASE_MAX = 4096, /* octets in one */
    PASSPHRASES_MAX = 8,   /* each multiplies the work of finding the one that fits */
};

/* Asks a person. text has room for PASSPHRASE_MAX octets. False: ERROR_KEY, there is nobody to ask;
 * ERROR_INTERRUPTED. */
typedef bool passphrase_ask(const char *prompt, char *text, size_t *len, struct error *err);

struct passphrase;

/* None is known yet. ask may be NULL. NULL without memory. */
struct passphrase *passphrase_new(passphrase_ask *ask);

/* Reads the file at path to its end, and adds that; one newline at the end is dropped. A file that
 * was read already (a pipe has nothing more) adds nothing. False: ERROR_KEY, unreadable, or as
 * passphrase_add. */
bool passphrase_add_file(struct passphrase *passphrase, const char *path, struct error *err);

/* Adds a copy of text, unless it is there already. False: ERROR_KEY, longer than PASSPHRASE_MAX, or
 * more than PASSPHRASES_MAX. name is for the message. */
bool passphrase_add(struct passphrase *passphrase, const char *name, const char *text, size_t len,
                    struct error *err);

/* Whether one was read from the file that status describes. */
bool passphrase_was_read_from(const struct passphrase *passphrase, const struct stat *status);

/* Whether one was given (it may be empty). */
bool passphrase_is_given(const struct passphrase *passphrase);

/* *count: of those that were given, or else 1, which was asked for, once: "for_what: passphrase: ".
 * False: as passphrase_ask. */
bool passphrase_need(struct passphrase *passphrase, const char *for_what, size_t *count,
                     struct error *err);

/* Number index, below passphrase_need's count. Owned by passphrase. */
struct bytes passphrase_text(const struct passphrase *passphrase, size_t index);

/* One thread at a time asks, and derives keys, which may take gigabytes: around passphrase_need and
 * what is done with the texts, where the run has more threads than one. */
void passphrase_hold(struct passphrase *passphrase);
void passphrase_release(struct passphrase *passphrase);

/* Wipes and frees; NULL is allowed. */
void passphrase_free(struct passphrase *passphrase);

#endif
