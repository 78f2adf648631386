/*
 * What a message, or a key file, shows to whoever has no key.
 */
#ifndef WALSEAL_FORMATS_OPENPGP_INSPECT_H
#define WALSEAL_FORMATS_OPENPGP_INSPECT_H

#include "format.h"

/* As format.h has them. */
bool openpgp_inspect(struct source *source, bool *taken, struct facts *facts, struct error *err);
bool openpgp_describe(const struct format_run *run, struct facts *facts, struct error *err);

#endif
