/*
 * The list of formats. A new one is one folder and one line here.
 */
#ifndef WALSEAL_FORMATS_H
#define WALSEAL_FORMATS_H

#include "format.h"
#include "keys/keyring.h"

/* The codec that encrypts to the first key of ring. Owned by the caller: codec->ops->free. ring
 * must outlive it. */
bool formats_encrypter(const struct keyring *ring, struct codec *codec, struct error *err);

/* The codec that decrypts what source holds, told from its first bytes, with any key of ring.
 * ERROR_UNSUPPORTED: no format knows it. */
bool formats_decrypter(struct source *source, const struct keyring *ring, struct codec *codec,
                       struct error *err);

#endif
