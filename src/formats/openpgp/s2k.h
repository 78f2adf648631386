/*
 * String-to-key: passphrases to keys (RFC 9580 section 3.7), and GnuPG's stubs that stand in their
 * place.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_S2K_H
#define WALSEAL_FORMATS_OPENPGP_S2K_H

#include "base/bytes.h"
#include "base/error.h"

enum s2k_kind {
    S2K_SIMPLE = 0,
    S2K_SALTED = 1,
    S2K_ITERATED = 3,
    S2K_ARGON2 = 4,
    S2K_GNU_DUMMY, /* the secret part isn't here */
    S2K_GNU_CARD,  /* it is on a smart card */
};

/* Argon2 beyond these is refused before any memory is touched: 2 GiB at once (and what there is),
 * 2^24 KiB times passes in all. */
enum { S2K_ARGON2_MEMORY_EXPONENT_MAX = 21 };

struct s2k {
    enum s2k_kind kind;
    uint8_t hash;
    unsigned char salt[16]; /* 8 used but by Argon2 */
    uint32_t count;         /* octets that S2K_ITERATED hashes */
    uint8_t passes, lanes, memory_exponent;
};

/* The most work, in KiB, that is done to open one key or one message, by all passphrases together:
 * what one core does in about half a minute. */
enum { S2K_WORK_MAX = 1 << 24 };

/* The work that s2k asks for with one passphrase, in KiB: Argon2's memory times its passes, or at
 * most what is hashed. */
uint64_t s2k_work(const struct s2k *s2k);

/* Takes a specifier off the front of from. False: cut short (ERROR_DAMAGED), or of a kind, hash or
 * size that isn't served (ERROR_UNSUPPORTED). The texts name no object. */
bool s2k_take(struct bytes *from, struct s2k *s2k, struct error *err);

/* Makes len octets of key (at most 32) of the passphrase, which may be empty. False: a stub,
 * ERROR_UNSUPPORTED where memory isn't enough for Argon2; ERROR_INTERRUPTED, a signal came during
 * Argon2. */
bool s2k_derive(const struct s2k *s2k, struct bytes passphrase, unsigned char *key, size_t len,
                struct error *err);

#endif
