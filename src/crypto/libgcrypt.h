/*
 * Starting libgcrypt, which serves OpenPGP's ciphers and public keys.
 */
#ifndef WALSEAL_CRYPTO_LIBGCRYPT_H
#define WALSEAL_CRYPTO_LIBGCRYPT_H

#include "base/error.h"

/* Starts libgcrypt with secure memory, without reading anything of the machine's configuration
 * beyond what the library insists on. Before any other function of crypto/ but secretstream's, and
 * before any thread; later calls do nothing. False: ERROR_IO, the library is too old or doesn't
 * start. */
bool libgcrypt_begin(struct error *err);

#endif
