#define _POSIX_C_SOURCE 200809L
#include "pipeline_threads.h"

#include "io/wait.h"

#include <signal.h>
#include <time.h>

enum { TICK_NS = 250 * 1000 * 1000, SECOND_NS = 1000 * 1000 * 1000 };

bool threads_start(pthread_t *thread, void *(*main)(void *), void *argument)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(thread, NULL, main, argument) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void threads_init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

void threads_wait(pthread_cond_t *condition, pthread_mutex_t *lock)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_NS;
    if (until.tv_nsec >= SECOND_NS) {
        until.tv_nsec -= SECOND_NS;
        until.tv_sec++;
    }
    if (pthread_cond_timedwait(condition, lock, &until) == 0)
        return;
    pthread_mutex_unlock(lock);
    wait_tick();
    pthread_mutex_lock(lock);
}
