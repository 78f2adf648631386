/*
 * The list of formats. A new one is one folder and one line in formats.c.
 */
#ifndef WALSEAL_FORMATS_H
#define WALSEAL_FORMATS_H

#include "format.h"

/* The formats over the keys of a run. */
struct formats;

/* Before a sandbox closes: has every format ready for untrusted bytes of which no keys were loaded
 * (inspect, check). False: ERROR_IO. */
bool formats_prepare(struct error *err);

/* Has every format that may be needed (encrypting: that of keyring_method) judge its keys. ring,
 * passphrase and notes are not owned and must outlive the formats and their codecs. NULL: ERROR_KEY
 * or ERROR_IO. */
struct formats *formats_new(const struct keyring *ring, enum key_purpose purpose,
                            struct passphrase *passphrase, const struct format_settings *settings,
                            struct notes *notes, struct error *err);

/* The same keys, for a thread of its own that leaves other notes. formats must outlive it. NULL
 * without memory. */
struct formats *formats_share(const struct formats *formats, struct notes *notes,
                              struct error *err);

/* The codec that encrypts to the keys. Owned by the caller: codec->ops->free. */
bool formats_encrypter(const struct formats *formats, struct codec *codec, struct error *err);

/* The codec that decrypts what source holds, told from its first bytes. ERROR_UNSUPPORTED: it is
 * surely something else; ERROR_TRUNCATED: it is empty; or what the format and the source fail with.
 * codec->method and is_recognised are set also where it fails; ANY: no format was chosen. */
bool formats_decrypter(const struct formats *formats, struct source *source, struct codec *codec,
                       struct error *err);

/* Makes a new key of method, SODIUM or OPENPGP. False: ERROR_IO; *key is to be freed in any case.
 */
bool formats_make_key(enum key_method method, const struct key_wish *wish, struct new_key *key,
                      struct error *err);

/* Wipes and frees what key holds, which may be nothing. */
void formats_free_key(struct new_key *key);

/* Adds what source is and what can be seen of it without any key. False: as struct format's
 * inspect; ERROR_UNSUPPORTED, it is something else; ERROR_TRUNCATED, it is empty. */
bool formats_inspect(struct source *source, struct facts *facts, struct error *err);

/* Adds what the key file is that ring was read from. False: ERROR_KEY. */
bool formats_describe(const struct keyring *ring, struct notes *notes, struct facts *facts,
                      struct error *err);

/* Adds what each key of two rings can do: encrypting's are those that encrypt would be given,
 * decrypting's are all. False: as struct format's check. */
bool formats_check(const struct keyring *encrypting, const struct keyring *decrypting,
                   struct passphrase *passphrase, struct notes *notes, struct findings *findings,
                   struct error *err);

/* Frees the keys; NULL is allowed. */
void formats_free(struct formats *formats);

#endif
