/*
 * Who owns what, when.
 *
 * There is a ring of slots; chunk n lives in slot n % depth and moves through
 *
 *     FREE -> READING -> READ -> CRYPTING -> CRYPTED -> FREE
 *
 * A worker owns a READING and a CRYPTING slot, the writer (the calling thread) a CRYPTED one until
 * it frees it; a READ slot waits for a worker. The owner may touch the chunk without the lock; the
 * states, and all fields of struct ring below it, only with it. Handing a slot over, under the
 * lock, is what makes one thread's writes visible to the next.
 *
 * A worker that is free crypts the next chunk that is READ, or else reads on; one reads at a time,
 * and with a chained codec one crypts at a time. So a worker mostly crypts what it has just read,
 * while it is in its processor's cache, and with a chained codec the one that crypts goes on
 * crypting while the other reads ahead: nobody waits for a processor that another one holds.
 *
 * A worker ends the ring: it puts the number of the last chunk (one past it) into `end`, be it
 * that the source ended or that it failed. A read that failed travels in its slot like a chunk,
 * so the writer, which takes the slots in stream order, meets every failure where it stands in
 * the stream, and the outcome is the same for any number of workers. The writer ends
 * everything: it sets `stop` and wakes the worker that may be blocked in the source, through
 * the wake pipe. Depth times room is all the memory there is.
 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "pipeline.h"

#include "base/secret.h"
#include "io/wait.h"
#include "pipeline_threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

enum slot_state {
    SLOT_FREE,
    SLOT_READ,
    SLOT_BUSY, /* READING or CRYPTING: a worker's */
    SLOT_CRYPTED,
};

enum { DEPTH_MIN = 4, SPARE_SLOTS = 2 };

struct slot {
    enum slot_state state;
    struct chunk chunk;
    struct error read_error;
};

struct ring {
    const struct codec *codec;
    struct source *source;
    struct sink *sink;
    unsigned char *rooms; /* in and out of every slot, one mapping */
    size_t rooms_len;
    struct slot *slots;
    size_t depth;
    unsigned workers_wanted;

    pthread_mutex_t lock;
    pthread_cond_t work;    /* workers wait for it */
    pthread_cond_t crypted; /* the writer waits for it */
    uint64_t next_read;
    uint64_t next_crypt;
    uint64_t end;       /* one past the last chunk, UINT64_MAX until it is known */
    uint64_t crypt_end; /* the same, less a chunk that could not be read */
    bool reading;
    bool crypting; /* counts with a chained codec only */
    bool stop;

    pthread_t workers[PIPELINE_THREADS_MAX];
    unsigned worker_count;
};

static size_t page_round(size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (len + page - 1) / page * page;
}

static void ring_free(struct ring *ring)
{
    if (ring->slots != NULL)
        for (size_t i = 0; i < ring->depth; i++)
            secret_free(ring->slots[i].chunk.note);
    free(ring->slots);
    if (ring->rooms != NULL)
        munmap(ring->rooms, ring->rooms_len);
}

/* Slots beyond the first are given their rooms here too, but cost nothing until they are
 * touched. */
static bool ring_init(struct ring *ring, struct error *err)
{
    const struct codec_ops *ops = ring->codec->ops;
    size_t in_room = page_round(ops->in_room);
    size_t out_room = page_round(ops->out_room);
    ring->slots = calloc(ring->depth, sizeof *ring->slots);
    if (ring->slots == NULL)
        return fail_memory(err);
    ring->rooms_len = ring->depth * (in_room + out_room);
    void *rooms =
        mmap(NULL, ring->rooms_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (rooms == MAP_FAILED)
        return fail_memory(err);
    ring->rooms = rooms;
    secret_hide_from_dumps(rooms, ring->rooms_len);
    for (size_t i = 0; i < ring->depth; i++) {
        struct chunk *chunk = &ring->slots[i].chunk;
        chunk->in = ring->rooms + i * (in_room + out_room);
        chunk->out = chunk->in + in_room;
        chunk->note = secret_new(ops->note_size);
        if (chunk->note == NULL)
            return fail_memory(err);
    }
    return true;
}

/* ---- the workers ---- */

enum job { JOB_CRYPT, JOB_READ, JOB_NONE };

static bool may_crypt(const struct ring *ring)
{
    const struct slot *slot = &ring->slots[ring->next_crypt % ring->depth];
    return slot->state == SLOT_READ && slot->chunk.index == ring->next_crypt &&
           !(ring->codec->ops->chained && ring->crypting);
}

static bool may_read(const struct ring *ring)
{
    return !ring->reading && ring->next_read < ring->end &&
           ring->slots[ring->next_read % ring->depth].state == SLOT_FREE;
}

/* A read that failed is never crypted: then nothing is left once all before it are taken. */
static bool is_all_taken(const struct ring *ring)
{
    return ring->stop || ring->next_crypt >= ring->crypt_end;
}

/* What the calling worker does next, and on which slot, which is then its own. */
static enum job take_job(struct ring *ring, struct slot **slot)
{
    enum job job = JOB_NONE;
    pthread_mutex_lock(&ring->lock);
    while (job == JOB_NONE && !is_all_taken(ring)) {
        if (may_crypt(ring)) {
            job = JOB_CRYPT;
            ring->crypting = true;
            *slot = &ring->slots[ring->next_crypt++ % ring->depth];
        } else if (may_read(ring)) {
            job = JOB_READ;
            ring->reading = true;
            *slot = &ring->slots[ring->next_read % ring->depth];
            (*slot)->chunk.index = ring->next_read++;
        } else {
            pthread_cond_wait(&ring->work, &ring->lock);
        }
    }
    if (job != JOB_NONE)
        (*slot)->state = SLOT_BUSY;
    pthread_mutex_unlock(&ring->lock);
    return job;
}

static void read_slot(struct ring *ring, struct slot *slot)
{
    bool good = ring->codec->ops->read_chunk(ring->codec->state, ring->source, &slot->chunk,
                                             &slot->read_error);
    pthread_mutex_lock(&ring->lock);
    ring->reading = false;
    slot->state = good ? SLOT_READ : SLOT_CRYPTED;
    if (!good || slot->chunk.last) {
        ring->end = slot->chunk.index + 1;
        ring->crypt_end = good ? ring->end : slot->chunk.index;
        pthread_cond_broadcast(&ring->work);
    } else {
        pthread_cond_signal(&ring->work);
    }
    if (!good)
        pthread_cond_signal(&ring->crypted);
    pthread_mutex_unlock(&ring->lock);
}

static void crypt_slot(struct ring *ring, void *worker, struct slot *slot)
{
    ring->codec->ops->crypt_chunk(ring->codec->state, worker, &slot->chunk);
    pthread_mutex_lock(&ring->lock);
    ring->crypting = false;
    slot->state = SLOT_CRYPTED;
    pthread_cond_signal(&ring->crypted);
    pthread_mutex_unlock(&ring->lock);
}

struct worker_start {
    struct ring *ring;
    void *worker;
};

static void *worker_main(void *argument)
{
    struct worker_start start = *(struct worker_start *)argument;
    free(argument);
    struct slot *slot;
    enum job job;
    while ((job = take_job(start.ring, &slot)) != JOB_NONE) {
        if (job == JOB_READ)
            read_slot(start.ring, slot);
        else
            crypt_slot(start.ring, start.worker, slot);
    }
    start.ring->codec->ops->worker_free(start.worker);
    return NULL;
}

/* ---- the writer, which is the calling thread ---- */

static void wait_for_crypted_slot(struct ring *ring, struct slot *slot)
{
    pthread_mutex_lock(&ring->lock);
    while (slot->state != SLOT_CRYPTED)
        threads_wait(&ring->crypted, &ring->lock);
    pthread_mutex_unlock(&ring->lock);
}

static bool write_slot(struct ring *ring, struct slot *slot, struct error *err)
{
    if (slot->read_error.kind != ERROR_NONE) {
        *err = slot->read_error;
        return false;
    }
    wait_tick();
    return ring->codec->ops->write_chunk(ring->codec->state, ring->sink, &slot->chunk, err);
}

static bool write_all(struct ring *ring, struct error *err)
{
    for (uint64_t index = 0;; index++) {
        struct slot *slot = &ring->slots[index % ring->depth];
        wait_for_crypted_slot(ring, slot);
        if (!write_slot(ring, slot, err))
            return false;
        if (slot->chunk.last)
            return true;
        pthread_mutex_lock(&ring->lock);
        slot->state = SLOT_FREE;
        pthread_cond_signal(&ring->work);
        pthread_mutex_unlock(&ring->lock);
    }
}

/* ---- starting and ending the threads ---- */

static bool start_worker(struct ring *ring)
{
    struct worker_start *start = malloc(sizeof *start);
    if (start == NULL)
        return false;
    start->ring = ring;
    start->worker = ring->codec->ops->worker_new(ring->codec->state);
    if (start->worker != NULL &&
        threads_start(&ring->workers[ring->worker_count], worker_main, start)) {
        ring->worker_count++;
        return true;
    }
    ring->codec->ops->worker_free(start->worker);
    free(start);
    return false;
}

/* Fewer threads than wanted will do. */
static bool start_threads(struct ring *ring)
{
    while (ring->worker_count < ring->workers_wanted && start_worker(ring))
        ;
    return ring->worker_count > 0;
}

static void join_threads(struct ring *ring, bool early)
{
    pthread_mutex_lock(&ring->lock);
    ring->stop = true;
    pthread_cond_broadcast(&ring->work);
    pthread_mutex_unlock(&ring->lock);
    /* a regular file never blocks its reader, and there may be other runs behind this one */
    if (early && !source_can_rewind(ring->source))
        wait_wake();
    for (unsigned i = 0; i < ring->worker_count; i++)
        pthread_join(ring->workers[i], NULL);
}

static bool run_loop(struct ring *ring, struct error *err)
{
    const struct codec *codec = ring->codec;
    struct slot *slot = &ring->slots[0];
    void *worker = codec->ops->worker_new(codec->state);
    if (worker == NULL)
        return fail_memory(err);
    bool good = true;
    for (bool last = false; good && !last;) {
        codec->ops->crypt_chunk(codec->state, worker, &slot->chunk);
        good = write_slot(ring, slot, err);
        last = slot->chunk.last;
        if (good && !last) {
            slot->chunk.index++;
            good = codec->ops->read_chunk(codec->state, ring->source, &slot->chunk, err);
        }
    }
    codec->ops->worker_free(worker);
    return good;
}

static bool run_with_threads(struct ring *ring, struct error *err)
{
    ring->slots[0].state = SLOT_READ;
    ring->next_read = 1;
    if (!start_threads(ring))
        return run_loop(ring, err);
    bool good = write_all(ring, err);
    join_threads(ring, !good);
    return good;
}

static void sync_init(struct ring *ring)
{
    pthread_mutex_init(&ring->lock, NULL);
    pthread_cond_init(&ring->work, NULL);
    threads_init_condition(&ring->crypted);
}

static void sync_destroy(struct ring *ring)
{
    pthread_cond_destroy(&ring->crypted);
    pthread_cond_destroy(&ring->work);
    pthread_mutex_destroy(&ring->lock);
}

bool pipeline_run(const struct codec *codec, struct source *source, struct sink *sink,
                  unsigned threads, struct error *err)
{
    unsigned most = codec->ops->workers_max > 0 ? codec->ops->workers_max : PIPELINE_THREADS_MAX;
    unsigned workers = threads < most ? threads : most;
    size_t depth = workers + SPARE_SLOTS < DEPTH_MIN ? DEPTH_MIN : workers + SPARE_SLOTS;
    struct ring ring = {
        .codec = codec,
        .source = source,
        .sink = sink,
        .depth = threads > 1 ? depth : 1,
        .workers_wanted = workers,
        .end = UINT64_MAX,
        .crypt_end = UINT64_MAX,
    };
    sync_init(&ring);
    struct slot *first;
    bool good = ring_init(&ring, err);
    if (good) {
        first = &ring.slots[0];
        good = codec->ops->read_chunk(codec->state, source, &first->chunk, err);
    }
    if (good)
        good =
            threads > 1 && !first->chunk.last ? run_with_threads(&ring, err) : run_loop(&ring, err);
    if (good)
        good = codec->ops->end(codec->state, err);
    sync_destroy(&ring);
    ring_free(&ring);
    return good;
}

/* ---- how many processors there are ---- */

unsigned pipeline_quota(const char *path, unsigned limit)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return limit;
    unsigned long quota;
    unsigned long period;
    int fields = fscanf(file, "%lu %lu", &quota, &period);
    fclose(file);
    if (fields != 2 || period == 0)
        return limit;
    unsigned long processors = (quota + period - 1) / period;
    return processors < 1 ? 1 : processors < limit ? (unsigned)processors : limit;
}

unsigned pipeline_processors(void)
{
    unsigned count = 1;
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        count = (unsigned)CPU_COUNT(&set);
    /* inside a container its own group is mounted as the root of the hierarchy */
    count = pipeline_quota("/sys/fs/cgroup/cpu.max", count);
#else
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    count = online > 1 ? (unsigned)online : 1;
#endif
    return count < 1 ? 1 : count;
}
