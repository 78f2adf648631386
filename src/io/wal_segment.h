/*
 * Whether bytes are the WAL segment that a name says (PostgreSQL's XLogLongPageHeaderData, the
 * first 40 bytes of every segment): magic, page address, segment size, system identifier. The
 * timeline may be the name's or, where that began within the segment, an earlier one.
 */
#ifndef WALSEAL_IO_WAL_SEGMENT_H
#define WALSEAL_IO_WAL_SEGMENT_H

#include "base/error.h"

#include <stdint.h>

enum { WAL_HEADER_LEN = 40 };

struct wal_segment {
    uint32_t timeline;
    uint32_t log;
    uint32_t segment;
};

/* Reads name (%f): 24 upper-case hexadecimal digits, with or without ".partial" behind them, after
 * the last '/'. False: it names no segment (a history file, say), so that there is nothing to
 * check.
 */
bool wal_segment_parse(const char *name, struct wal_segment *wal);

/* Whether header (len bytes of the start, WAL_HEADER_LEN or all there are) begins that segment, of
 * the cluster system_id (NULL: any). *size: what the segment's length must be. False:
 * ERROR_DAMAGED; the text names no object. */
bool wal_segment_check(const struct wal_segment *wal, const uint64_t *system_id,
                       const unsigned char *header, size_t len, uint64_t *size, struct error *err);

#endif
