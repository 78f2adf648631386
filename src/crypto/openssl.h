/*
 * Starting OpenSSL, for all that is taken from it.
 */
#ifndef WALSEAL_CRYPTO_OPENSSL_H
#define WALSEAL_CRYPTO_OPENSSL_H

#include <stdbool.h>

/* Starts OpenSSL without reading its configuration file. Before any other use of it; later calls do
 * nothing. libgcrypt_begin calls it. */
bool openssl_begin(void);

#endif
