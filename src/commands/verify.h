/*
 * verify's parts: what is found of one input, and how all of them are told of.
 */
#ifndef WALSEAL_COMMANDS_VERIFY_H
#define WALSEAL_COMMANDS_VERIFY_H

#include "base/json.h"
#include "commands/run.h"

/* What was found of one input. Only reason differs from one failure to the next: everything is the
 * same for any number of threads. */
struct verdict {
    struct error reason; /* ERROR_NONE: all of it was authenticated */
    struct notes notes;
    bool has_bytes; /* bytes is known */
    uint64_t bytes; /* the whole input's */
    uint64_t plain_bytes;
    enum key_method method;   /* ANY: neither a key nor the stream shows it */
    char key[CODEC_KEY_SIZE]; /* what it was opened with; empty: nothing opened it */
    const char *wal_name;     /* the name that it was checked against, or NULL */
};

/* Authenticates source to its last byte. wal_name: the name of the WAL segment that it is to be, or
 * NULL; one that isn't a segment's is not checked. plain: what its content is to equal, or NULL.
 * filtered: the run whose filters the content passes through before, or NULL. */
void verify_source(const struct options *options, const struct formats *formats,
                   struct source *source, const char *wal_name, struct source *plain,
                   const struct run *filtered, unsigned threads, struct verdict *verdict);

/* What was told of so far, from {.options = ..}. */
struct verify_report {
    const struct options *options;
    uint64_t objects;
    uint64_t bytes;
    size_t counts[ERROR_INTERRUPTED + 1]; /* of each kind */
    struct json json;
};

/* The line of standard output about the input name, with --json; and its notes. False: standard
 * output takes nothing any more. */
bool verify_report_add(struct verify_report *report, const char *name, struct verdict *verdict,
                       struct error *err);

/* The summary; and, as a failure without text, the worst that there was. */
bool verify_report_end(const struct verify_report *report, struct error *err);

#endif
