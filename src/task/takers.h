/* takers.h - who took of what anybody may give back. Floor 4.
 *
 * A semaphore's slots and a queue's items have no owners: who took last is a hint at who may let
 * others go on, no more. The readers of a reader-writer lock are known in the same way; they must
 * leave before a writer comes in. Kept of objects that are not shared only, as numbers of tasks:
 * nothing needs to be done when one ends.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_TAKERS_H
#define CEDE_TASK_TAKERS_H

#include <string.h>

#include "task/wait_queue.h"

enum { CEDE__N_TAKERS = 4 };

/* The number of a running task. */
static inline uint64_t cede__task_number(struct cede_task *task)
{
    if (cede__unlikely(!task->coro.is_listed))
        cede__task_enlist(task);
    return task->number;
}

/* Whether a running task has that number, not 0, and nothing keeps it from going on. */
static inline bool cede__task_may_go_on(const struct cede_task *task, uint64_t number)
{
    return cede__coro_may_just_park(&task->coro) && task->number == number;
}

/* Inside the guard: the running task, or NULL, took of the object. */
static inline void cede__takers_add(struct cede__takers *takers, const struct cede__sync *sync,
                                    struct cede_task *task)
{
    if (!task || sync->shared)
        return;
    memmove(&takers->numbers[1], &takers->numbers[0], sizeof takers->numbers - sizeof(uint64_t));
    takers->numbers[0] = cede__task_number(task);
}

/* The same: what it takes is granted to a spot. */
static inline void cede__takers_add_spot(struct cede__takers *takers, struct cede__spot *spot)
{
    if (!spot->sync->shared)
        cede__takers_add(takers, spot->sync, cede__spot_task(spot));
}

/* The running task, or NULL, gave back what it took, or what another did. Whether it was known. */
bool cede__takers_remove(struct cede__takers *takers, const struct cede_task *task);

/* The unfinished tasks of this loop among them, one a call, the last first; NULL: no more. `*at` is
 * NULL at first, then this function's. */
struct cede_task *cede__takers_next(const struct cede__waiter *waiter, const void **at);

/* Whether the waiter's object knows of any, also of ended ones. */
bool cede__takers_any(const struct cede__waiter *waiter);

/* "task 'a', a task that has ended" */
void cede__takers_name(const struct cede__waiter *waiter, struct cede__text *text);

/* " last taken by task 'a', task 'b'"; nothing if nobody is known. */
void cede__takers_describe(const struct cede__waiter *waiter, struct cede__text *text);

#endif
