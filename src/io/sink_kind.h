/*
 * What sink.c and its neighbours share: a kind of sink is a row of three functions.
 */
#ifndef WALSEAL_IO_SINK_KIND_H
#define WALSEAL_IO_SINK_KIND_H

#include "io/atomic_file.h"
#include "io/sink.h"

#include <sys/types.h>

struct sink_ops {
    bool (*write)(struct sink *sink, const void *bytes, size_t len, struct error *err);
    bool (*finish)(struct sink *sink, struct error *err);
    void (*abandon)(struct sink *sink, struct error *reason);
};

struct sink {
    const struct sink_ops *ops;
    char *name;
    uint64_t bytes;
    bool ended;       /* finished or abandoned */
    int fd;           /* where to write */
    size_t piece_len; /* as of descriptor_write */
    bool owns_fd;     /* closed by this sink */
    mode_t type;      /* what fd is: standard output and devices */
    struct atomic_file *file;
    struct children *children; /* not owned */
    size_t index;
    bool left_early;       /* the command stopped reading */
    struct source *plain;  /* not owned */
    unsigned char *buffer; /* to read plain into, or what commands write */
    bool output_ended;     /* the commands' */
    struct sink *inner;    /* freed with this one */
    struct wal_check *wal;
    struct proof *proof;   /* not owned */
    unsigned char *memory; /* bytes of it are used */
    size_t memory_max;
    struct conduit *conduit; /* not owned */
};

/* What the commands of a sink, seen to have left, are given before they are killed. See
 * sink_abandon. */
void sink_abandon_commands(struct sink *sink, struct error *reason);

/* Notes and says that the first of the commands has left. Always false. */
bool sink_fail_left_early(struct sink *sink, struct error *err);

/* Writes to the commands what they take at once, of *len bytes at *from, and moves both on: by
 * nothing where they take none. False: ERROR_IO. */
bool sink_feed_commands(struct sink *sink, const unsigned char **from, size_t *len,
                        struct error *err);

/* Waits until all of the commands have ended well. */
bool sink_await_commands(struct sink *sink, struct error *err);

/* A sink of that kind that has nothing open yet. name is taken over, and may be NULL for want of
 * memory. */
struct sink *sink_new(const struct sink_ops *ops, char *name, struct error *err);

#endif
