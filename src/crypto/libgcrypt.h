/*
 * Starting libgcrypt, which serves OpenPGP's ciphers, and OpenSSL, which serves its digests and
 * most public keys.
 */
#ifndef WALSEAL_CRYPTO_LIBGCRYPT_H
#define WALSEAL_CRYPTO_LIBGCRYPT_H

#include "base/error.h"

/* Starts both, libgcrypt with secure memory (unlocked where locking is refused), without reading
 * anything of the machine's configuration beyond what the libraries insist on, and silences
 * libgcrypt. Before any other function of crypto/ but secretstream's, and before any thread; later
 * calls do nothing. False: ERROR_IO, a library is too old or doesn't start. */
bool libgcrypt_begin(struct error *err);

#endif
