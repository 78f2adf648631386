/*
 * The key that a message is encrypted with, as it travels in the packets before it.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_SESSION_KEY_H
#define WALSEAL_FORMATS_OPENPGP_SESSION_KEY_H

#include "formats/openpgp/algorithms.h"

/* A secret: keep it in secret memory. */
struct session_key {
    uint8_t cipher; /* 0: not said here (versions 5 and 6: the container says it) */
    size_t len;
    unsigned char bytes[OPENPGP_SESSION_KEY_MAX];
};

#endif
