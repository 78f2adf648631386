/*
 * The keys of a run: read from files, directories and the environment into locked memory. A key of
 * the sodium method is kept in every reading that is to be tried; OpenPGP keys are kept as the text
 * that they were read from, for the format to parse.
 *
 * A keyring is made for a purpose. For encrypting there is one sodium key in one reading, or any
 * number of OpenPGP keys. For decrypting there are candidates, in the order in which they should be
 * tried: what was asked for first, and behind that, marked as hints, readings that were not asked
 * for, which serve to say "it opens as hex" when nothing else does. The keyring prints nothing:
 * warnings and notes are left in struct notes.
 */
#ifndef WALSEAL_KEYS_KEYRING_H
#define WALSEAL_KEYS_KEYRING_H

#include "base/error.h"
#include "base/notes.h"
#include "keys/key_text.h"

#include <sys/stat.h>

/* Largest key file that is read; a longer one is ERROR_KEY. */
enum { KEY_FILE_MAX = 1024 * 1024, KEYRING_MAX = 4096, KEYRING_BLOCKS_MAX = 256 };

enum { KEY_FINGERPRINT_SIZE = 17 };

enum key_purpose { KEY_FOR_ENCRYPT, KEY_FOR_DECRYPT };

/* What a key is of. ANY: not chosen (yet). */
enum key_method { KEY_METHOD_ANY, KEY_METHOD_SODIUM, KEY_METHOD_OPENPGP };

struct key {
    const unsigned char *bytes;   /* SODIUM_KEY_LEN bytes in secret memory */
    enum key_transform transform; /* the reading that gave them, never AUTO */
    bool hint_only;     /* not asked for: a stream it opens is to be refused, with a hint */
    const char *origin; /* the file's path or the variable's name, for messages */
    char fingerprint[KEY_FINGERPRINT_SIZE];
};

/* Writes 16 hex digits that tell a sodium key from another and give nothing of it away: BLAKE2b of
 * its SODIUM_KEY_LEN bytes, keyed with a fixed context. */
void key_fingerprint(const unsigned char *bytes, char fingerprint[KEY_FINGERPRINT_SIZE]);

/* An OpenPGP key block or key ring, as it was read. */
struct key_block {
    const char *origin;
    const char *text; /* secret memory */
    size_t len;
    bool from_directory; /* it was not named: one that can't be used is passed over */
};

struct keyring;

/* An empty keyring, or NULL without memory. */
struct keyring *keyring_new(enum key_purpose purpose);

/* Adds the key in the file at path (also a named pipe or /dev/fd/N, read once to the end), or, for
 * decrypting, every key in the directory at path: the versions of a Kubernetes mount are pinned by
 * opening the directory once; dot files and what is no key are passed over with a verbose note.
 * transform AUTO: every reading that the text allows (decrypting only). False: ERROR_KEY (missing,
 * unreadable, malformed), or ERROR_USAGE beyond KEYRING_MAX or KEYRING_BLOCKS_MAX. */
bool keyring_add_path(struct keyring *ring, const char *path, enum key_transform transform,
                      struct notes *notes, struct error *err);

/* Adds copies of all that another keyring has read (a named pipe can be read only once). */
bool keyring_add_ring(struct keyring *ring, const struct keyring *other, struct error *err);

/* What the environment says about keys, taken out of it: the texts are in secret memory and the
 * process's own copies (also the bytes behind environ, which /proc shows) are wiped and the
 * variables unset. */
struct key_environment;

/* Takes every key variable out of the environment, whether it is needed or not: commands must not
 * inherit them. */
struct key_environment *key_environment_take(struct error *err);

/* Wipes and frees; NULL is allowed. */
void key_environment_free(struct key_environment *environment);

/* The value of WALG_PGP_KEY_PASSPHRASE; empty or not set: NULL. Owned by environment. */
const char *key_environment_passphrase(const struct key_environment *environment);

/* Adds the keys that the variables name, by WAL-G's rules (an inline key before a path;
 * WALG_LIBSODIUM_KEY_TRANSFORM, or none; an empty key variable is an error). override: -t as given,
 * or NULL. method: variables of the other one are not looked at. False: ERROR_KEY; also for
 * variables of WAL-G that walseal can't serve (KMS, envelope, GPG_KEY_ID), which are named, and for
 * encrypting with both kinds and no method; no key variable at all adds nothing and is no error. */
bool keyring_add_environment(struct keyring *ring, const struct key_environment *environment,
                             const enum key_transform *override, enum key_method method,
                             struct notes *notes, struct error *err);

/* Judges what was added; once, after the last key. method: as chosen, or ANY. passphrase: there is
 * one, which may serve without any key (decrypting). False: ERROR_KEY when there is no usable key,
 * ERROR_USAGE when there are several sodium keys for encrypting, both kinds and no method, or none
 * of the method's. */
bool keyring_complete(struct keyring *ring, enum key_method method, bool passphrase,
                      struct error *err);

/* For encrypting, once complete: the method that is to be used, never ANY. */
enum key_method keyring_method(const struct keyring *ring);

/* The OpenPGP keys. index < keyring_block_count. Owned by the keyring. */
size_t keyring_block_count(const struct keyring *ring);
const struct key_block *keyring_block(const struct keyring *ring, size_t index);

/* Whether there is no key of any kind. */
bool keyring_is_empty(const struct keyring *ring);

/* How many there are, candidates and hints. */
size_t keyring_count(const struct keyring *ring);

/* Key number index (< keyring_count). Owned by the keyring. */
const struct key *keyring_get(const struct keyring *ring, size_t index);

/* Whether a key was read from the file that status describes: writing to it would destroy the key,
 * and what it held can't be read as input. */
bool keyring_was_read_from(const struct keyring *ring, const struct stat *status);

/* How many files or variables were added that hold a key which no other before them held. */
size_t keyring_origins(const struct keyring *ring);

/* Wipes and frees; NULL is allowed. */
void keyring_free(struct keyring *ring);

#endif
