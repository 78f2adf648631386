/*
 * Big buffers for what passes through: whole pages that cost nothing until they are touched, go
 * back to the system when freed, and are kept out of core dumps.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_PAGES_H
#define WALSEAL_FORMATS_OPENPGP_PAGES_H

#include <stddef.h>

/* len zeroed bytes, or NULL without memory. */
void *pages_new(size_t len);

/* len: what they were made with. NULL is allowed. */
void pages_free(void *pages, size_t len);

#endif
