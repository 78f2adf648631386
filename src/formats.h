/*
 * The list of formats. A new one is one folder and one line in formats.c.
 */
#ifndef WALSEAL_FORMATS_H
#define WALSEAL_FORMATS_H

#include "format.h"

/* The codec that encrypts to the key of ring. Owned by the caller: codec->ops->free. ring must
 * outlive it. */
bool formats_encrypter(const struct keyring *ring, struct codec *codec, struct error *err);

/* The codec that decrypts what source holds, told from its first bytes, with any key of ring.
 * ERROR_UNSUPPORTED: it is surely something else; or what the source fails with. */
bool formats_decrypter(struct source *source, const struct keyring *ring, struct codec *codec,
                       struct error *err);

#endif
