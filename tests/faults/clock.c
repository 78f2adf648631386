/*
 * A clock that somebody sets while walseal runs, to be preloaded: each look at the time of day is
 * CLOCK_JUMP seconds later or earlier than the truth, in turn; the monotonic clock, which nobody sets,
 * goes on by as much at every look, as after a long sleep of the machine.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

static long jump(void)
{
    const char *text = getenv("CLOCK_JUMP");
    return text != NULL ? atol(text) : 0;
}

static int look(clockid_t clock, struct timespec *now)
{
    static int (*next)(clockid_t, struct timespec *);
    static atomic_long looks;
    if (next == NULL)
        next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = next(clock, now);
    long count = ++looks;
    if (clock == CLOCK_REALTIME)
        now->tv_sec += count % 2 == 0 ? jump() : -jump();
    else
        now->tv_sec += count * jump();
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    return look(clock, now);
}

time_t time(time_t *result)
{
    struct timespec now;
    look(CLOCK_REALTIME, &now);
    if (result != NULL)
        *result = now.tv_sec;
    return now.tv_sec;
}
