/*
 * What a stream that no key opens may be: file types known by their first bytes, to help the person
 * who fetched the wrong object.
 */
#ifndef WALSEAL_BASE_MAGIC_H
#define WALSEAL_BASE_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

/* A name to put after "is" ("an OpenPGP message"), or NULL. *certain: the mark is so long that
 * random bytes never have it; otherwise it may be an encrypted stream that begins like this by
 * chance. */
const char *magic_name(const unsigned char *prefix, size_t prefix_len, bool *certain);

/* The name of the compression that begins like this ("gzip"), or NULL. */
const char *magic_compression(const unsigned char *prefix, size_t prefix_len);

#endif
