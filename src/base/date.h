/*
 * Days as people write them.
 */
#ifndef WALSEAL_BASE_DATE_H
#define WALSEAL_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether text is a day from 1970-01-01 to 9999-12-31 as YYYY-MM-DD; *seconds is when it begins,
 * since 1970, in UTC. */
bool date_parse(const char *text, int64_t *seconds);

#endif
