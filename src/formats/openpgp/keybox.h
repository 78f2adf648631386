/*
 * All OpenPGP keys of a run: the keyring's blocks, dearmored and parsed to certificates.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_KEYBOX_H
#define WALSEAL_FORMATS_OPENPGP_KEYBOX_H

#include "formats/openpgp/certificate.h"
#include "keys/keyring.h"

enum { KEYBOX_CERTIFICATES_MAX = 1024 };

struct keybox;

/* Parses every block of ring, which may hold several armored texts and several certificates each.
 * now: for dates. What can't be used is ERROR_KEY where it was named, and passed over with a
 * warning where it stood in a directory. NULL on failure; ERROR_IO: out of memory. */
struct keybox *keybox_new(const struct keyring *ring, time_t now, struct notes *notes,
                          struct error *err);

/* The certificates, each fingerprint once: what several copies of one know counts together
 * (certificate_merge). index < keybox_count. */
size_t keybox_count(const struct keybox *box);
const struct certificate *keybox_certificate(const struct keybox *box, size_t index);

/* Where certificate number index was read. */
const char *keybox_origin(const struct keybox *box, size_t index);

/* Whether there is any secret part among them, even one that isn't here (a stub). */
bool keybox_has_secret(const struct keybox *box);

/* Wipes and frees; NULL is allowed. */
void keybox_free(struct keybox *box);

#endif
