/* Bytes written as hexadecimal digits, for the tests of crypto/. */
#ifndef WALSEAL_TESTS_HEX_H
#define WALSEAL_TESTS_HEX_H

#include "base/bytes.h"

#include <sodium.h>
#include <string.h>

/* Lies in memory that the 64th call after it reuses: a test needs fewer at once. */
static inline struct bytes hex(const char *digits)
{
    static unsigned char room[64][2048];
    static size_t next;
    unsigned char *bytes = room[next++ % 64];
    size_t len;
    if (sodium_hex2bin(bytes, sizeof room[0], digits, strlen(digits), " ", &len, NULL) != 0)
        len = 0;
    return (struct bytes){bytes, len};
}

static inline struct bytes text(const char *characters)
{
    return (struct bytes){(const unsigned char *)characters, strlen(characters)};
}

#define assert_bytes(is, digits)                                                                   \
    do {                                                                                           \
        struct bytes expected_bytes = hex(digits);                                                 \
        assert_memory_equal(is, expected_bytes.at, expected_bytes.len);                            \
    } while (0)

#endif
