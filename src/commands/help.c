#include "commands/commands.h"

#include <bzlib.h>
#include <gcrypt.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <stdio.h>
#include <zlib.h>

bool command_help(const struct options *options, struct error *err)
{
    return message_print(options_help(options->topic), err);
}

bool command_version(const struct options *options, struct error *err)
{
    (void)options;
    char text[256];
    snprintf(text, sizeof text, "walseal %s\nlibsodium %s\n%s\nlibgcrypt %s\nzlib %s\nbzip2 %s\n",
             WALSEAL_VERSION, sodium_version_string(), OpenSSL_version(OPENSSL_VERSION),
             gcry_check_version(NULL), zlibVersion(), BZ2_bzlibVersion());
    return message_print(text, err);
}
