/*
 * Octets from hexadecimal digits, for known answers. Included after cmocka.h.
 */
#ifndef WALSEAL_TESTS_OPENPGP_HEX_H
#define WALSEAL_TESTS_OPENPGP_HEX_H

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

static inline unsigned hex_digit(char digit)
{
    const char *digits = "0123456789abcdef";
    const char *at = digit != '\0' ? strchr(digits, digit) : NULL;
    assert_non_null(at);
    return (unsigned)(at - digits);
}

/* The octets that text's digits (lower case) write, in memory that hex_free takes back. */
static inline struct bytes hex_octets(const char *text)
{
    size_t len = strlen(text) / 2;
    unsigned char *octets = malloc(len + 1);
    assert_non_null(octets);
    for (size_t i = 0; i < len; i++)
        octets[i] = (unsigned char)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    return (struct bytes){octets, len};
}

static inline void hex_free(struct bytes octets)
{
    free((void *)(uintptr_t)octets.at);
}

/* Whether octets are those that text's digits write. */
static inline void assert_hex(const unsigned char *octets, size_t len, const char *text)
{
    struct bytes expected = hex_octets(text);
    assert_int_equal(len, expected.len);
    if (len > 0)
        assert_memory_equal(octets, expected.at, len);
    hex_free(expected);
}

#endif
