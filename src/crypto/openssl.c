#include "crypto/openssl.h"

#include <openssl/crypto.h>

enum {
    /* OpenSSL's secure memory doesn't grow, and an allocation that doesn't fit fails: this is ten
     * times what the largest RSA key's numbers take. */
    SECURE_HEAP_LEN = 256 * 1024,
    SECURE_PIECE_MIN = 32,
};

bool openssl_begin(void)
{
    /* No configuration file: it can load code into the process, and reading it costs time. No exit
     * handler: it would free what a thread may still use. */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) != 1)
        return false;
    /* 2: it is there, but could not be locked, which is no reason to refuse the work. */
    return CRYPTO_secure_malloc_initialized() == 1 ||
           CRYPTO_secure_malloc_init(SECURE_HEAP_LEN, SECURE_PIECE_MIN) != 0;
}
