/*
 * The big-endian numbers of public keys, for the files of public_key alone.
 */
#ifndef WALSEAL_CRYPTO_NUMBER_H
#define WALSEAL_CRYPTO_NUMBER_H

#include "base/bytes.h"

#include <openssl/bn.h>

/* Without leading zeros. */
struct bytes number_trim(struct bytes number);

unsigned number_bits(struct bytes number);

bool number_is_odd(struct bytes number);

/* Below zero, zero or above zero as a is less than, equal to or more than b. Not for secrets. */
int number_compare(struct bytes a, struct bytes b);

/* Writes it with leading zeros to out_len octets. False: it's longer. */
bool number_pad(struct bytes number, unsigned char *out, size_t out_len);

/* For BN_free and BN_clear_free. A secret one and the copies of it are wiped, and what is
 * computed from it takes the same time whatever it is. NULL: memory, or above
 * PUBLIC_KEY_NUMBER_LEN_MAX. */
BIGNUM *number_public(struct bytes number);
BIGNUM *number_secret(struct bytes number);

#endif
