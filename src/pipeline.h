/*
 * The flow: source, read_chunk, crypt_chunk, write_chunk, sink, over a ring of slots. All threads
 * of the program live here.
 */
#ifndef WALSEAL_PIPELINE_H
#define WALSEAL_PIPELINE_H

#include "format.h"

enum { PIPELINE_THREADS_MAX = 64 };

/* Runs codec, which has begun, from source to sink until the end of input or the first failure in
 * stream order, and ends the codec. threads: most workers at once; 1 runs everything in the calling
 * thread, as does an input that fits one chunk. The outcome (bytes written, reason) is the same for
 * every number. The calling thread is the writer. Neither finishes nor abandons the sink. */
bool pipeline_run(const struct codec *codec, struct source *source, struct sink *sink,
                  unsigned threads, struct error *err);

/* Jobs that have nothing to do with each other. */
struct pipeline_jobs {
    size_t count;
    size_t window; /* most jobs that were begun and not yet told of, at least 1 */
    void *state;
    /* Does job index (< count); by any thread, in any order, several at once. */
    void (*run)(void *state, size_t index);
    /* Job index is done; in order, by the calling thread. False: no more are begun. */
    bool (*done)(void *state, size_t index, struct error *err);
};

/* Runs all jobs on that many threads; 1: in the calling one. False: what done failed with, or no
 * memory. */
bool pipeline_run_jobs(const struct pipeline_jobs *jobs, unsigned threads, struct error *err);

/* One of two runs that are chained. */
struct pipeline_stage {
    const struct codec *codec; /* which has begun */
    struct source *source;
    struct sink *sink;
};

/* Runs first, in a thread of its own, into the conduit that second reads from: first's sink and
 * second's source are its two sides. Finishes first's sink when, and only when, first's codec has
 * ended well, so second never sees the end of a stream that wasn't whole. Ends both codecs. threads
 * are shared; 1 is taken for 2, one for each. err is first's reason, or else second's: what one
 * fails with because the other did is ERROR_INTERRUPTED. Neither finishes nor abandons second's
 * sink. */
bool pipeline_run_pair(const struct pipeline_stage *first, const struct pipeline_stage *second,
                       unsigned threads, struct error *err);

/* The processors this process may use, by affinity and cgroup quota: at least 1. */
unsigned pipeline_processors(void);

/* As many processors as the quota in a cgroup's file cpu.max keeps busy, at least 1 and at most
 * limit: 150 ms each 100 ms is two. limit: no quota, or none that can be read. */
unsigned pipeline_quota(const char *path, unsigned limit);

#endif
