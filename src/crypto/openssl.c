#include "crypto/openssl.h"

#include <openssl/crypto.h>

bool openssl_begin(void)
{
    /* No configuration file: it can load code into the process, and reading it costs time. No exit
     * handler: it would free what a thread may still use. No tables of names from before providers:
     * nothing asks them, and filling them takes a tenth of a short run. */
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
                                   OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                                   OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
                               NULL) == 1;
}
