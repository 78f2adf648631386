/*
 * A ring of bytes with a bell at each end.
 *
 * `written` is the writer's and `taken` the reader's; the other side only looks at it, so there is
 * no lock: storing it hands over the bytes, or the room, before it. Who finds too little says in
 * its `wants` how much would do, looks once more, and waits for its bell, a pipe that never carries
 * a byte of the stream. Who has moved on rings the other one's bell where that much is there. Both
 * ask for half of the ring at most, so they never wait for each other, and a waiting thread isn't
 * woken for a few bytes. Sequential consistency is what makes the second look safe: of two that
 * store and then look, one sees what the other has stored.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "io/conduit.h"

#include "base/secret.h"
#include "io/pair.h"
#include "io/wait.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* How long a side waits at most before it looks again: a bell that couldn't be rung ends nothing.
 */
enum { LOOK_AGAIN_MS = 1000 };

enum ending { ENDING_NONE, ENDING_FINISHED, ENDING_ABANDONED };

struct side {
    _Atomic size_t wants; /* 0: doesn't wait */
    int bell[2];
};

struct conduit {
    unsigned char *ring;
    _Atomic uint64_t written;
    _Atomic uint64_t taken;
    _Atomic enum ending ending;
    struct side writer;
    struct side reader;
};

static bool side_begin(struct side *side, struct error *err)
{
    if (!pair_new_pipe(side->bell))
        return fail_errno(err, ERROR_IO, errno, "a pipe cannot be made");
    /* a bell that rings already need not ring louder, and none may block its ringer */
    if (!pair_set_nonblocking(side->bell[0]) || !pair_set_nonblocking(side->bell[1]))
        return fail_errno(err, ERROR_IO, errno, "a pipe cannot be made");
    return true;
}

struct conduit *conduit_new(struct error *err)
{
    struct conduit *conduit = calloc(1, sizeof *conduit);
    if (conduit == NULL) {
        fail_memory(err);
        return NULL;
    }
    conduit->writer.bell[0] = conduit->writer.bell[1] = -1;
    conduit->reader.bell[0] = conduit->reader.bell[1] = -1;
    void *ring =
        mmap(NULL, CONDUIT_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ring == MAP_FAILED) {
        conduit_free(conduit);
        fail_memory(err);
        return NULL;
    }
    conduit->ring = ring;
    secret_hide_from_dumps(ring, CONDUIT_LEN);
    if (side_begin(&conduit->writer, err) && side_begin(&conduit->reader, err))
        return conduit;
    conduit_free(conduit);
    return NULL;
}

static size_t filled(const struct conduit *conduit)
{
    return (size_t)(conduit->written - conduit->taken);
}

static size_t room(const struct conduit *conduit)
{
    return CONDUIT_LEN - filled(conduit);
}

static void ring_bell(const struct side *side)
{
    ssize_t written = write(side->bell[1], "", 1);
    (void)written; /* full: it rings */
}

static void still_bell(const struct side *side)
{
    char rung[64];
    while (read(side->bell[0], rung, sizeof rung) > 0)
        ;
}

static size_t at_most_half(size_t len)
{
    return len < CONDUIT_LEN / 2 ? len : CONDUIT_LEN / 2;
}

/* Waits until there is as much as side wants, by measure, or the writer has ended. False: woken. */
static bool wait_for(struct conduit *conduit, struct side *side, size_t wanted,
                     size_t (*measure)(const struct conduit *))
{
    bool good = true;
    side->wants = wanted;
    while (good && measure(conduit) < wanted && conduit->ending == ENDING_NONE) {
        good = wait_ready(side->bell[0], POLLIN, LOOK_AGAIN_MS) >= 0;
        still_bell(side);
    }
    side->wants = 0;
    return good;
}

/* Where the ring goes on behind position; *len is cut to what lies there in one piece. */
static unsigned char *ring_at(const struct conduit *conduit, uint64_t position, size_t *len)
{
    size_t offset = (size_t)(position % CONDUIT_LEN);
    if (*len > CONDUIT_LEN - offset)
        *len = CONDUIT_LEN - offset;
    return conduit->ring + offset;
}

enum io_outcome conduit_write(struct conduit *conduit, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;
    while (len > 0) {
        size_t piece = room(conduit);
        if (piece == 0) {
            if (!wait_for(conduit, &conduit->writer, at_most_half(len), room))
                return IO_INTERRUPTED;
            continue;
        }
        piece = len < piece ? len : piece;
        unsigned char *to = ring_at(conduit, conduit->written, &piece);
        memcpy(to, from, piece);
        conduit->written += piece;
        size_t wants = conduit->reader.wants;
        if (wants > 0 && filled(conduit) >= wants)
            ring_bell(&conduit->reader);
        from += piece;
        len -= piece;
    }
    return IO_DONE;
}

static void end(struct conduit *conduit, enum ending ending)
{
    conduit->ending = ending;
    ring_bell(&conduit->reader);
}

void conduit_finish(struct conduit *conduit)
{
    end(conduit, ENDING_FINISHED);
}

void conduit_abandon(struct conduit *conduit)
{
    end(conduit, ENDING_ABANDONED);
}

enum io_outcome conduit_read(struct conduit *conduit, void *bytes, size_t len, size_t *got)
{
    *got = 0;
    if (filled(conduit) == 0 && !wait_for(conduit, &conduit->reader, at_most_half(len), filled))
        return IO_INTERRUPTED;
    /* what was written before the writer failed is of no use */
    enum ending ending = conduit->ending;
    if (ending == ENDING_ABANDONED)
        return IO_INTERRUPTED;
    size_t piece = filled(conduit);
    if (piece == 0)
        return IO_DONE;
    piece = len < piece ? len : piece;
    const unsigned char *from = ring_at(conduit, conduit->taken, &piece);
    memcpy(bytes, from, piece);
    conduit->taken += piece;
    size_t wants = conduit->writer.wants;
    if (wants > 0 && room(conduit) >= wants)
        ring_bell(&conduit->writer);
    *got = piece;
    return IO_DONE;
}

void conduit_free(struct conduit *conduit)
{
    if (conduit == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        pair_close_end(&conduit->writer.bell[i]);
        pair_close_end(&conduit->reader.bell[i]);
    }
    if (conduit->ring != NULL) {
        bool is_full = conduit->written >= CONDUIT_LEN;
        secret_wipe(conduit->ring, is_full ? CONDUIT_LEN : (size_t)conduit->written);
        munmap(conduit->ring, CONDUIT_LEN);
    }
    free(conduit);
}
