/*
 * A codec run over octets in memory, for fuzz targets; they define _GNU_SOURCE first.
 */
#ifndef WALSEAL_TESTS_FUZZ_RUN_H
#define WALSEAL_TESTS_FUZZ_RUN_H

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "format.h"
#include "fuzz.h"
#include "io/wait.h"
#include "pipeline.h"

#include <sys/mman.h>
#include <unistd.h>

/* Once: what main starts. */
static inline void run_start(void)
{
    static bool started;
    struct error err = {.kind = ERROR_NONE};
    if (!started)
        must(secret_begin(&err) && wait_begin(&err) && libgcrypt_begin(&err));
    started = true;
}

/* A file in memory, which is no name in any folder: each of a run's has its own number. */
static inline struct source *run_source(unsigned number, const uint8_t *data, size_t size)
{
    static int files[2] = {-1, -1};
    struct error err = {.kind = ERROR_NONE};
    const struct source_policy policy = {.standby = false};
    char path[32];
    if (files[number] < 0)
        files[number] = memfd_create("walseal-fuzz", MFD_CLOEXEC);
    must(files[number] >= 0 && ftruncate(files[number], 0) == 0);
    must(pwrite(files[number], data, size, 0) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", files[number]);
    struct source *source = source_new_file(path, &policy, &err);
    must(source != NULL);
    return source;
}

/* Runs codec and frees it. *written: what the sink took. */
static inline bool run_codec(struct codec *codec, struct source *source, struct sink *sink,
                             struct notes *notes, unsigned threads, uint64_t *written,
                             struct error *err)
{
    bool good = codec->ops->begin(codec->state, source, sink, notes, err) &&
                pipeline_run(codec, source, sink, threads, err) && sink_finish(sink, err);
    *written = sink_bytes(sink);
    codec->ops->free(codec->state);
    if (wait_woken()) { /* a run of several threads that failed ends every wait */
        struct error again = {.kind = ERROR_NONE};
        wait_end();
        must(wait_begin(&again));
    }
    return good;
}

#endif
