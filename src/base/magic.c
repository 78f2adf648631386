#include "base/magic.h"

#include <string.h>

#define MARK(text) text, sizeof(text) - 1

static const struct magic {
    const char *bytes;
    size_t len;
    const char *name;
    const char *compression; /* or NULL */
} magics[] = {
    {MARK("-----BEGIN PGP MESSAGE-----"), "an armored OpenPGP message", NULL},
    {MARK("-----BEGIN PGP "), "an OpenPGP key or signature", NULL},
    {MARK("age-encryption.org/v1"), "an age file", NULL},
    {MARK("-----BEGIN AGE ENCRYPTED FILE-----"), "an armored age file", NULL},
    {MARK("Salted__"), "a file of openssl enc", NULL},
    {MARK("PGDMP"), "an archive of pg_dump", NULL},
    {MARK("\xFD"
          "7zXZ\0"),
     "xz data that isn't encrypted", "xz"},
    {MARK("\x28\xB5\x2F\xFD"), "zstd data that isn't encrypted", "zstd"},
    {MARK("\x04\x22\x4D\x18"), "lz4 data that isn't encrypted", "lz4"},
    {MARK("\x1F\x8B\x08"), "gzip data that isn't encrypted", "gzip"},
};

enum { CERTAIN_LEN = 15 };

static const struct magic *find(const unsigned char *prefix, size_t prefix_len)
{
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (prefix_len >= magics[i].len && memcmp(prefix, magics[i].bytes, magics[i].len) == 0)
            return &magics[i];
    return NULL;
}

const char *magic_name(const unsigned char *prefix, size_t prefix_len, bool *certain)
{
    const struct magic *found = find(prefix, prefix_len);
    *certain = found != NULL && found->len >= CERTAIN_LEN;
    return found != NULL ? found->name : NULL;
}

const char *magic_compression(const unsigned char *prefix, size_t prefix_len)
{
    const struct magic *found = find(prefix, prefix_len);
    return found != NULL ? found->compression : NULL;
}
