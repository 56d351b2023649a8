/* futex.h - how a plain thread waits, and the small lock built on it. Floor 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_FUTEX_H
#define CEDE_SYS_FUTEX_H

#include <stdbool.h>
#include <stdint.h>

#include <cede/time.h>

/* Sleep while *word == expected, until woken or the monotonic clock reaches `deadline`. 0, or
 * -ETIMEDOUT; may wake for nothing. */
int cede__futex_wait(uint32_t *word, uint32_t expected, cede_time deadline);

/* Wake up to `count` threads that sleep on `word`. */
void cede__futex_wake(uint32_t *word, int count);

/* A lock of four bytes: 0 free, 1 held, 2 held and somebody may sleep. Zero-initialised memory is a
 * free lock. */
struct cede__mutex {
    uint32_t state;
};

void cede__mutex_lock_slowly(struct cede__mutex *mutex);

/* A lock of one byte, for what takes a few instructions and is rarely wanted twice at a time; who
 * waits for it does not sleep. Zero-initialised memory is a free lock. */
struct cede__spinlock {
    uint8_t is_held;
};

void cede__spinlock_lock_slowly(struct cede__spinlock *lock);

static inline void cede__spinlock_lock(struct cede__spinlock *lock)
{
    if (__atomic_exchange_n(&lock->is_held, 1, __ATOMIC_ACQUIRE))
        cede__spinlock_lock_slowly(lock);
}

static inline void cede__spinlock_unlock(struct cede__spinlock *lock)
{
    __atomic_store_n(&lock->is_held, 0, __ATOMIC_RELEASE);
}

/* Whether it was free and is now held. */
static inline bool cede__mutex_try_lock(struct cede__mutex *mutex)
{
    uint32_t free_state = 0;

    return __atomic_compare_exchange_n(&mutex->state, &free_state, 1, 0, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static inline void cede__mutex_lock(struct cede__mutex *mutex)
{
    if (!cede__mutex_try_lock(mutex))
        cede__mutex_lock_slowly(mutex);
}

static inline void cede__mutex_unlock(struct cede__mutex *mutex)
{
    if (__atomic_exchange_n(&mutex->state, 0, __ATOMIC_RELEASE) == 2)
        cede__futex_wake(&mutex->state, 1);
}

#endif
