/*
 * Jobs that have nothing to do with each other. Workers take them in order, the calling thread is
 * told of each in the same order. Job n has its place in ready[n % window] from when it is taken
 * until it was told of, so the fastest is never more than window ahead, and whoever keeps results
 * in as many places needs no more of them.
 */
#include "pipeline.h"

#include "io/wait.h"
#include "pipeline_threads.h"

#include <stdlib.h>

struct pool {
    const struct pipeline_jobs *jobs;
    pthread_mutex_t lock;
    pthread_cond_t work;     /* workers wait for it */
    pthread_cond_t finished; /* the calling thread waits for it */
    size_t next;             /* as all below, touched under the lock only */
    size_t told;
    bool stop;
    bool *ready;
};

static bool take(struct pool *pool, size_t *index)
{
    const struct pipeline_jobs *jobs = pool->jobs;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stop && pool->next < jobs->count && pool->next - pool->told == jobs->window)
        pthread_cond_wait(&pool->work, &pool->lock);
    bool taken = !pool->stop && pool->next < jobs->count;
    if (taken)
        *index = pool->next++;
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

static void *worker_main(void *argument)
{
    struct pool *pool = argument;
    size_t index;
    while (take(pool, &index)) {
        pool->jobs->run(pool->jobs->state, index);
        pthread_mutex_lock(&pool->lock);
        pool->ready[index % pool->jobs->window] = true;
        pthread_cond_signal(&pool->finished);
        pthread_mutex_unlock(&pool->lock);
    }
    return NULL;
}

static bool tell_all(struct pool *pool, struct error *err)
{
    const struct pipeline_jobs *jobs = pool->jobs;
    bool good = true;
    for (size_t i = 0; good && i < jobs->count; i++) {
        pthread_mutex_lock(&pool->lock);
        while (!pool->ready[i % jobs->window])
            threads_wait(&pool->finished, &pool->lock);
        pool->ready[i % jobs->window] = false;
        pthread_mutex_unlock(&pool->lock);
        good = jobs->done(jobs->state, i, err);
        pthread_mutex_lock(&pool->lock);
        pool->told++;
        pthread_cond_signal(&pool->work);
        pthread_mutex_unlock(&pool->lock);
        wait_tick();
    }
    return good;
}

static bool run_here(const struct pipeline_jobs *jobs, struct error *err)
{
    bool good = true;
    for (size_t i = 0; good && i < jobs->count; i++) {
        jobs->run(jobs->state, i);
        good = jobs->done(jobs->state, i, err);
    }
    return good;
}

static bool run_with_workers(struct pool *pool, unsigned threads, struct error *err)
{
    pthread_t workers[PIPELINE_THREADS_MAX];
    unsigned count = 0;
    while (count < threads && threads_start(&workers[count], worker_main, pool))
        count++;
    if (count == 0)
        return run_here(pool->jobs, err);
    bool good = tell_all(pool, err);
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    if (!good)
        wait_wake();
    for (unsigned i = 0; i < count; i++)
        pthread_join(workers[i], NULL);
    return good;
}

bool pipeline_run_jobs(const struct pipeline_jobs *jobs, unsigned threads, struct error *err)
{
    unsigned most = threads < PIPELINE_THREADS_MAX ? threads : PIPELINE_THREADS_MAX;
    unsigned workers = jobs->count < most ? (unsigned)jobs->count : most;
    if (workers < 2)
        return run_here(jobs, err);
    struct pool pool = {.jobs = jobs, .ready = calloc(jobs->window, sizeof *pool.ready)};
    if (pool.ready == NULL)
        return fail_memory(err);
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.work, NULL);
    threads_init_condition(&pool.finished);
    bool good = run_with_workers(&pool, workers, err);
    pthread_cond_destroy(&pool.finished);
    pthread_cond_destroy(&pool.work);
    pthread_mutex_destroy(&pool.lock);
    free(pool.ready);
    return good;
}
