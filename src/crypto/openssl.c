#include "crypto/openssl.h"

#include <openssl/crypto.h>

bool openssl_begin(void)
{
    /* No configuration file: it can load code into the process, and reading it costs time. No exit
     * handler: it would free what a thread may still use. */
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) == 1;
}
