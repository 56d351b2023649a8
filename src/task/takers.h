/* takers.h - who took of what anybody may give back. Floor 4.
 *
 * A semaphore's slots and a queue's items have no owners: who took last is a hint at who may let
 * others go on, no more. The readers of a reader-writer lock are known in the same way; they must
 * leave before a writer comes in. Kept as numbers of parties: nothing needs to be done when one
 * ends. A thread is known of shared objects only.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_TAKERS_H
#define CEDE_TASK_TAKERS_H

#include <string.h>

#include "task/wait_queue.h"

enum { CEDE__N_TAKERS = 4 };

/* Whether a running task has that number, not 0, and nothing keeps it from going on. */
static inline bool cede__task_may_go_on(const struct cede_task *task, uint64_t number)
{
    return cede__coro_may_just_park(&task->coro) && task->number == number;
}

/* The number of the running task, or if that is NULL of the thread; 0: of no use here. */
static inline uint64_t cede__taker_number(const struct cede__sync *sync, struct cede_task *task)
{
    if (cede__likely(task != NULL))
        return cede__task_number(task);
    return sync->shared ? cede__thread_number() : 0;
}

/* Inside the guard: that one, or 0, took of the object. */
static inline void cede__takers_add(struct cede__takers *takers, uint64_t number)
{
    if (number == 0)
        return;
    memmove(&takers->numbers[1], &takers->numbers[0], sizeof takers->numbers - sizeof(uint64_t));
    takers->numbers[0] = number;
}

/* The same: what it takes is granted to a spot. */
static inline void cede__takers_add_spot(struct cede__takers *takers, struct cede__spot *spot)
{
    cede__takers_add(takers, cede__spot_number(spot));
}

/* Inside the guard: the running task, or NULL: the thread, gave back what it took, or what another
 * did. Whether it was known. */
bool cede__takers_remove(struct cede__takers *takers, const struct cede__sync *sync,
                         const struct cede_task *task);

/* Those among them who are found (see party.h), one a call, the last first; NULL: no more. `*at` is
 * NULL at first, then this function's. */
struct cede__party *cede__takers_next(const struct cede__waiter *waiter, const void **at);

/* Whether the waiter's object knows of any, also of ended ones. */
bool cede__takers_any(const struct cede__waiter *waiter);

/* "task 'a', a task that has ended" */
void cede__takers_name(const struct cede__waiter *waiter, struct cede__text *text);

/* " last taken by task 'a', task 'b'"; nothing if nobody is known. */
void cede__takers_describe(const struct cede__waiter *waiter, struct cede__text *text);

#endif
