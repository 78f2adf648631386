/*
 * What source.c and source_command.c share.
 */
#ifndef WALSEAL_IO_SOURCE_KIND_H
#define WALSEAL_IO_SOURCE_KIND_H

#include "io/source.h"

#include <stdatomic.h>
#include <sys/stat.h>

struct source {
    int fd;
    bool owns_fd;
    struct children *children; /* of a command, otherwise NULL; not owned */
    size_t index;
    struct source *input;    /* what the first of the commands reads, or NULL */
    struct conduit *conduit; /* or NULL; not owned */
    struct source_policy policy;
    char *name;
    struct stat status; /* as it was opened; not for a command */
    uint64_t start;     /* offset of the first byte, in a regular file */
    uint64_t arrived;
    _Atomic uint64_t handed_out;
    _Atomic uint64_t *sum; /* of several sources, or NULL; not owned */
    bool ended;
    unsigned char *peeked; /* SOURCE_PEEK_MAX bytes, or NULL before the first peek */
    size_t peek_start;
    size_t peek_len;
    struct bytes memory; /* what is left of it; not owned. NULL: not of memory */
};

/* A source that has nothing open yet. name is taken over, and may be NULL for want of memory. */
struct source *source_new(char *name, const struct source_policy *policy, struct error *err);

/* What a broken source is called: to a standby that asks again, just absent. */
enum error_kind source_broken(const struct source_policy *policy);

/* After the end of a regular file: whether it is still what was opened. PostgreSQL gives a segment
 * that was archived another name and other content, at the same size, and doesn't know of an
 * archive command that has outlived its server. */
bool source_judge_kept(const struct source *source, struct error *err);

/* After the end of what the commands of source wrote: whether they have ended well. */
bool source_judge_commands(const struct source *source, struct error *err);

#endif
