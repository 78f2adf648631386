/*
 * OpenSSL's keys, put together of parameters. A failure on the way is kept until the end, so that
 * the steps need no checks between them.
 */
#ifndef WALSEAL_CRYPTO_OPENSSL_KEY_H
#define WALSEAL_CRYPTO_OPENSSL_KEY_H

#include "base/bytes.h"

#include <openssl/evp.h>
#include <openssl/param_build.h>

enum { OPENSSL_KEY_NUMBERS_MAX = 8 };

struct openssl_key {
    OSSL_PARAM_BLD *builder;
    BIGNUM *number[OPENSSL_KEY_NUMBERS_MAX]; /* which builder points to */
    size_t count;
    bool failed;
};

void openssl_key_begin(struct openssl_key *key);

/* name: an OSSL_PKEY_PARAM_. Takes number over; NULL is the failure to make it. */
void openssl_key_add_number(struct openssl_key *key, const char *name, BIGNUM *number);

/* text, octets: outlive openssl_key_end. */
void openssl_key_add_text(struct openssl_key *key, const char *name, const char *text);
void openssl_key_add_octets(struct openssl_key *key, const char *name, struct bytes octets);

/* selection: EVP_PKEY_PUBLIC_KEY or EVP_PKEY_KEYPAIR. Wipes and frees what was added. NULL: a step
 * failed, or OpenSSL doesn't take the parameters. */
EVP_PKEY *openssl_key_end(struct openssl_key *key, const char *type, int selection);

/* The secret of length len that key and their key share. False: theirs isn't valid, the secret is
 * zero or of another length. */
bool openssl_key_agree(EVP_PKEY *key, EVP_PKEY *theirs, unsigned char *shared, size_t len);

/* Whether signature, the numbers r and s of DSA or ECDSA, is key's over hash. key NULL: false. */
bool openssl_key_verify(EVP_PKEY *key, struct bytes hash, const struct bytes signature[2]);

#endif
