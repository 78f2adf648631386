/*
 * What keys can do, tried before an archive depends on it.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_CHECK_H
#define WALSEAL_FORMATS_OPENPGP_CHECK_H

#include "format.h"

/* As format.h has it. */
bool openpgp_check(const struct format_run *encrypting, const struct format_run *decrypting,
                   struct findings *findings, struct error *err);

#endif
