/*
 * The keys of a run: read from files, directories and the environment into locked memory, each in
 * every reading that is to be tried.
 *
 * A keyring is made for a purpose. For encrypting there is one key in one reading. For decrypting
 * there are candidates, in the order in which they should be tried: what was asked for first, and
 * behind that, marked as hints, readings that were not asked for, which serve to say "it opens as
 * hex" when nothing else does. The keyring prints nothing: warnings and notes are left in struct
 * notes.
 */
#ifndef WALSEAL_KEYS_KEYRING_H
#define WALSEAL_KEYS_KEYRING_H

#include "base/error.h"
#include "base/notes.h"
#include "keys/key_text.h"

/* Largest key file that is read; a longer one is ERROR_KEY. */
enum { KEY_FILE_MAX = 1024 * 1024, KEYRING_MAX = 4096 };

enum { KEY_FINGERPRINT_SIZE = 17 };

enum key_purpose { KEY_FOR_ENCRYPT, KEY_FOR_DECRYPT };

struct key {
    const unsigned char *bytes;   /* SODIUM_KEY_LEN bytes in secret memory */
    enum key_transform transform; /* the reading that gave them, never AUTO */
    bool hint_only;     /* not asked for: a stream it opens is to be refused, with a hint */
    const char *origin; /* the file's path or the variable's name, for messages */
    char fingerprint[KEY_FINGERPRINT_SIZE]; /* 16 hex digits: BLAKE2b of the bytes, keyed with a
                                               fixed context */
};

struct keyring;

/* An empty keyring, or NULL without memory. */
struct keyring *keyring_new(enum key_purpose purpose);

/* Adds the key in the file at path (also a named pipe or /dev/fd/N, read once to the end), or, for
 * decrypting, every key in the directory at path: the versions of a Kubernetes mount are pinned by
 * opening the directory once; dot files and what is no key are passed over with a verbose note.
 * transform AUTO: every reading that the text allows (decrypting only). False: ERROR_KEY (missing,
 * unreadable, malformed; for encrypting also an OpenPGP key, which this version can't use yet: for
 * decrypting it is passed over, and keyring_complete says so), or ERROR_USAGE beyond KEYRING_MAX.
 */
bool keyring_add_path(struct keyring *ring, const char *path, enum key_transform transform,
                      struct notes *notes, struct error *err);

/* Adds a copy of a key that another keyring has read (a named pipe can be read only once). */
bool keyring_add_key(struct keyring *ring, const struct key *key, struct error *err);

/* What the environment says about keys, taken out of it: the texts are in secret memory and the
 * process's own copies (also the bytes behind environ, which /proc shows) are wiped and the
 * variables unset. */
struct key_environment;

/* Takes every key variable out of the environment, whether it is needed or not: commands must not
 * inherit them. */
struct key_environment *key_environment_take(struct error *err);

/* Wipes and frees; NULL is allowed. */
void key_environment_free(struct key_environment *environment);

/* Adds the keys that the variables name, by WAL-G's rules (WALG_LIBSODIUM_KEY before
 * WALG_LIBSODIUM_KEY_PATH; WALG_LIBSODIUM_KEY_TRANSFORM, or none; an empty key variable is an
 * error). override: -t as given, or NULL. sodium_only: the OpenPGP variables are not looked at (-m
 * sodium). False: ERROR_KEY; also for variables of WAL-G that walseal can't serve (KMS, envelope,
 * GPG_KEY_ID), which are named, for OpenPGP keys where there is nothing else, and for encrypting
 * with both kinds; no key variable at all adds nothing and is no error. */
bool keyring_add_environment(struct keyring *ring, const struct key_environment *environment,
                             const enum key_transform *override, bool sodium_only,
                             struct notes *notes, struct error *err);

/* Judges what was added; once, after the last key. False: ERROR_KEY when there is no usable key,
 * ERROR_USAGE when there are several for encrypting. Warns of the OpenPGP keys that were passed
 * over. */
bool keyring_complete(const struct keyring *ring, struct notes *notes, struct error *err);

/* How many there are, candidates and hints. */
size_t keyring_count(const struct keyring *ring);

/* Key number index (< keyring_count). Owned by the keyring. */
const struct key *keyring_get(const struct keyring *ring, size_t index);

/* How many files or variables were added that hold a key which no other before them held. */
size_t keyring_origins(const struct keyring *ring);

/* Wipes and frees; NULL is allowed. */
void keyring_free(struct keyring *ring);

#endif
