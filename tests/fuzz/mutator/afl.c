/*
 * The mutator as afl++ loads it (AFL_CUSTOM_MUTATOR_LIBRARY): a library of its own.
 */
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

struct mutator {
    uint8_t *out;
    size_t room;
};

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *state, uint8_t *data, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_len, size_t room);
void afl_custom_deinit(void *state);

/* afl++ seeds nothing but this: its children are forked from one process. */
static uint64_t state = 1;

static unsigned next(void)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(state >> 33);
}

/* Stands in for libFuzzer's: one octet set, added or taken out. */
static size_t mutate_octets(uint8_t *octets, size_t size, size_t room)
{
    size_t at = next() % (size + 1);
    unsigned kind = next() % 4;
    if (kind == 0 && size > 0) {
        at = at < size ? at : 0;
        memmove(octets + at, octets + at + 1, size - at - 1);
        return size - 1;
    }
    if ((kind == 1 || size == 0) && size < room) {
        memmove(octets + at + 1, octets + at, size - at);
        size++;
    }
    if (at < size)
        octets[at] = kind == 2 ? octets[at] ^ (uint8_t)(1U << next() % 8) : (uint8_t)next();
    return size;
}

void *afl_custom_init(void *afl, unsigned seed)
{
    (void)afl;
    state = seed;
    return calloc(1, sizeof(struct mutator));
}

size_t afl_custom_fuzz(void *custom, uint8_t *data, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_len, size_t room)
{
    struct mutator *mutator = custom;
    if (room > mutator->room) {
        free(mutator->out);
        mutator->out = malloc(room);
        mutator->room = mutator->out != NULL ? room : 0;
    }
    *out = data;
    if (mutator->out == NULL || size > room)
        return size;
    size_t len = 0;
    if (other != NULL && next() % 4 == 0)
        len = packets_cross(data, size, other, other_len, mutator->out, room, next());
    if (len == 0) {
        memcpy(mutator->out, data, size);
        len = packets_mutate(mutator->out, size, room, next(), mutate_octets);
    }
    if (len > 0)
        *out = mutator->out;
    return len > 0 ? len : size;
}

void afl_custom_deinit(void *custom)
{
    struct mutator *mutator = custom;
    free(mutator->out);
    free(mutator);
}
