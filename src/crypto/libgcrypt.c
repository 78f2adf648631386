#include "crypto/libgcrypt.h"

#include "crypto/openssl.h"

#include <gcrypt.h>

enum { SECURE_MEMORY_LEN = 32 * 1024, SECURE_MEMORY_STEP = 32 * 1024 };

#define VERSION_MIN "1.10.0"

/* What it would print is told by the error of the call that failed. */
static void say_nothing(void *context, int level, const char *format, va_list arguments)
{
    (void)context;
    (void)level;
    (void)format;
    (void)arguments;
}

/* These must come before gcry_check_version. */
static void prepare(void)
{
    /* In FIPS mode the ciphers that old archives need are missing. */
    gcry_control(GCRYCTL_NO_FIPS_MODE);
    gcry_set_log_handler(say_nothing, NULL);
    /* The kernel's generator alone: the library's own one measures the clock's jitter first. */
    gcry_control(GCRYCTL_SET_PREFERRED_RNG_TYPE, GCRY_RNG_TYPE_SYSTEM);
}

bool libgcrypt_begin(struct error *err)
{
    if (!openssl_begin())
        return fail(err, ERROR_IO, "OpenSSL doesn't start");
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0)
        return true;
    prepare();
    if (gcry_check_version(VERSION_MIN) == NULL)
        return fail(err, ERROR_IO, "libgcrypt is %s: " VERSION_MIN " or newer is needed",
                    gcry_check_version(NULL));
    /* Where locking is refused it serves unlocked, and the library's answer is an error. */
    gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, SECURE_MEMORY_STEP);
    gcry_control(GCRYCTL_INIT_SECMEM, SECURE_MEMORY_LEN);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED);
    return true;
}
