/*
 * Choosing without branches: for what must not show in time whether a secret is well-formed.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_MASK_H
#define WALSEAL_FORMATS_OPENPGP_MASK_H

#include "formats/openpgp/session_key.h"

#include <stddef.h>
#include <stdint.h>

/* All ones or all zeros. The compiler can't see what is in one, and so makes no branch of it. */
typedef uint32_t mask;

static inline mask mask_hidden(mask value)
{
#ifdef __GNUC__
    __asm__ volatile("" : "+r"(value));
    return value;
#else
    volatile mask copy = value;
    return copy;
#endif
}

static inline mask mask_is_zero(uint32_t value)
{
    return mask_hidden((mask)(((uint64_t)value - 1) >> 32));
}

static inline mask mask_is_equal(uint32_t a, uint32_t b)
{
    return mask_is_zero(a ^ b);
}

static inline uint32_t mask_choose(mask condition, uint32_t yes, uint32_t no)
{
    return (condition & yes) | (~condition & no);
}

/* Whether cipher is one whose keys have key_len octets, which is public. */
mask mask_cipher_has_key_len(uint32_t cipher, size_t key_len);

/* The sum of section 5.1.3. */
uint32_t mask_sum(const unsigned char *key, size_t key_len);

/* Where condition is, session becomes key of key_len octets for cipher. */
void mask_choose_session(mask condition, uint32_t cipher, const unsigned char *key, size_t key_len,
                         struct session_key *session);

#endif
