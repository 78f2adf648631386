/*
 * What the ring and the jobs of pipeline.h have in common: how threads are started and waited for.
 */
#ifndef WALSEAL_PIPELINE_THREADS_H
#define WALSEAL_PIPELINE_THREADS_H

#include <pthread.h>
#include <stdbool.h>

/* Starts a thread that no signal comes to: signals are the calling thread's, the one that a blocked
 * call needs to be interrupted in. */
bool threads_start(pthread_t *thread, void *(*main)(void *), void *argument);

/* A condition for threads_wait. */
void threads_init_condition(pthread_cond_t *condition);

/* For the calling thread: waits for condition, under lock, for a while at most, and ticks
 * (wait_tick), without the lock. */
void threads_wait(pthread_cond_t *condition, pthread_mutex_t *lock);

#endif
