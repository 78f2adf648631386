/*
 * A lock for what the threads of pipeline.h share below it. Nothing takes two of them.
 */
#ifndef WALSEAL_BASE_LOCK_H
#define WALSEAL_BASE_LOCK_H

struct lock;

/* NULL without memory. */
struct lock *lock_new(void);

void lock_take(struct lock *lock);
void lock_give(struct lock *lock);

/* NULL is allowed. */
void lock_free(struct lock *lock);

#endif
