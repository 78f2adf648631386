/*
 * Where the symbolic links at the end of a path lead.
 */
#ifndef WALSEAL_IO_LINK_H
#define WALSEAL_IO_LINK_H

#include "base/error.h"

/* The path of the file that path means: path itself, or what its last component points at, through
 * as many links as it takes. It need not exist. A link to an open file (/dev/fd/N) is refused. To
 * be freed; NULL: ERROR_IO. */
char *link_resolve(const char *path, struct error *err);

#endif
