/*
 * How the parts of keys/ fill a keyring, and who holds a key's text; everybody else uses keyring.h.
 */
#ifndef WALSEAL_KEYS_KEYRING_ADD_H
#define WALSEAL_KEYS_KEYRING_ADD_H

#include "keys/keyring.h"

struct key_source {
    const char *origin;
    const char *text;
    size_t len;
    bool is_inline; /* a variable's value: for none, the white space around it counts */
    bool from_directory;
};

enum key_purpose keyring_purpose(const struct keyring *ring);

/* Adds one key, as a candidate or as a hint; bytes that are there already are added again only
 * where a hint becomes a candidate. bytes and origin are copied. */
bool keyring_insert(struct keyring *ring, const unsigned char bytes[SODIUM_KEY_LEN],
                    enum key_transform transform, bool hint_only, const char *origin,
                    struct error *err);

/* How many candidates there are. */
size_t keyring_candidates(const struct keyring *ring);

/* Counts one more of keyring_origins. */
void keyring_count_origin(struct keyring *ring);

/* Remembers a file for keyring_was_read_from. */
bool keyring_note_file(struct keyring *ring, const struct stat *status, struct error *err);

/* Adds the text of an OpenPGP key; the same text again adds nothing. All is copied. */
bool keyring_insert_block(struct keyring *ring, const struct key_source *source, struct error *err);

/* Adds the readings of a text. False: as keyring_add_path. */
bool keyring_add_text(struct keyring *ring, const struct key_source *source,
                      enum key_transform transform, struct notes *notes, struct error *err);

#endif
