/*
 * Two runs that are chained by a conduit: what the first one writes, the second one reads.
 */
#include "pipeline.h"

#include "io/wait.h"
#include "pipeline_threads.h"

struct upstream {
    const struct pipeline_stage *stage;
    unsigned threads;
    bool good;
    struct error err;
};

static bool run_stage(const struct pipeline_stage *stage, unsigned threads, struct error *err)
{
    bool good = pipeline_run(stage->codec, stage->source, stage->sink, threads, err);
    /* it is over for the other one too, whatever that one waits for */
    if (!good)
        wait_wake();
    return good;
}

static void *upstream_main(void *argument)
{
    struct upstream *upstream = argument;
    const struct pipeline_stage *stage = upstream->stage;
    upstream->good = run_stage(stage, upstream->threads, &upstream->err) &&
                     sink_finish(stage->sink, &upstream->err);
    if (!upstream->good)
        sink_abandon(stage->sink, &upstream->err);
    return NULL;
}

bool pipeline_run_pair(const struct pipeline_stage *first, const struct pipeline_stage *second,
                       unsigned threads, struct error *err)
{
    unsigned half = threads / 2 > 0 ? threads / 2 : 1;
    struct upstream upstream = {.stage = first, .threads = threads > half ? threads - half : 1};
    pthread_t thread;
    if (!threads_start(&thread, upstream_main, &upstream))
        return fail(err, ERROR_IO, "a second thread cannot be started");
    struct error own = {.kind = ERROR_NONE};
    bool good = run_stage(second, half, &own);
    pthread_join(thread, NULL);
    if (good && upstream.good)
        return true;
    *err = upstream.good || upstream.err.kind == ERROR_INTERRUPTED ? own : upstream.err;
    return false;
}
