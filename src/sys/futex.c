/* futex.c - waiting threads, and the slow side of the small lock. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/futex.h"

int cede__futex_wait(uint32_t *word, uint32_t expected, cede_time deadline)
{
    struct timespec ts;
    struct timespec *until = NULL;

    if (deadline != CEDE_NEVER) {
        const cede_time at = deadline > 0 ? deadline : 0;
        ts.tv_sec = (time_t)(at / 1000000000);
        ts.tv_nsec = (long)(at % 1000000000);
        until = &ts;
    }
    /* The bitset form is the one whose time is a point on the monotonic clock. */
    if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, until, NULL,
                FUTEX_BITSET_MATCH_ANY) == 0)
        return 0;
    return errno == ETIMEDOUT ? -ETIMEDOUT : 0;
}

void cede__futex_wake(uint32_t *word, int count)
{
    (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static void spin_once(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

void cede__mutex_lock_slowly(struct cede__mutex *mutex)
{
    /* Sections under this lock are a few instructions: a short spin is cheaper than a sleep, unless
     * the holder is preempted. */
    for (int spin = 0; spin < 100; spin++) {
        uint32_t free_state = 0;
        if (__atomic_compare_exchange_n(&mutex->state, &free_state, 1, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return;
        spin_once();
    }
    while (__atomic_exchange_n(&mutex->state, 2, __ATOMIC_ACQUIRE) != 0)
        (void)cede__futex_wait(&mutex->state, 2, CEDE_NEVER);
}

void cede__spinlock_lock_slowly(struct cede__spinlock *lock)
{
    enum {
        SPINS = 100,
        YIELDS = 1000,
        NAP = 50000, /* nanoseconds, so that a holder of lower priority comes to its turn */
    };
    uint32_t nobody = 0;

    for (unsigned i = 0; __atomic_load_n(&lock->is_held, __ATOMIC_RELAXED) ||
                         __atomic_exchange_n(&lock->is_held, 1, __ATOMIC_ACQUIRE);
         i++) {
        if (i < SPINS)
            spin_once();
        else if (i < YIELDS)
            (void)sched_yield();
        else
            (void)cede__futex_wait(&nobody, 0, cede__clock_monotonic() + NAP);
    }
}
