#include "base/magic.h"

#include <string.h>

#define MARK(text) text, sizeof(text) - 1

static const struct magic {
    const char *bytes;
    size_t len;
    const char *name;
} magics[] = {
    {MARK("-----BEGIN PGP MESSAGE-----"), "an armored OpenPGP message"},
    {MARK("-----BEGIN PGP "), "an OpenPGP key or signature"},
    {MARK("age-encryption.org/v1"), "an age file"},
    {MARK("-----BEGIN AGE ENCRYPTED FILE-----"), "an armored age file"},
    {MARK("Salted__"), "a file of openssl enc"},
    {MARK("PGDMP"), "an archive of pg_dump"},
    {MARK("\xFD"
          "7zXZ\0"),
     "xz data that isn't encrypted"},
    {MARK("\x28\xB5\x2F\xFD"), "zstd data that isn't encrypted"},
    {MARK("\x04\x22\x4D\x18"), "lz4 data that isn't encrypted"},
    {MARK("\x1F\x8B\x08"), "gzip data that isn't encrypted"},
};

enum { CERTAIN_LEN = 15 };

const char *magic_name(const unsigned char *prefix, size_t prefix_len, bool *certain)
{
    *certain = false;
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (prefix_len >= magics[i].len && memcmp(prefix, magics[i].bytes, magics[i].len) == 0) {
            *certain = magics[i].len >= CERTAIN_LEN;
            return magics[i].name;
        }
    }
    return NULL;
}
