/* semaphore.c - at most so many at once: a count of free slots, and those who wait for one.
 *
 * While anybody waits no slot is free: releasing hands the slot to the first in the queue and the
 * count stays 0. So a slot is never free with somebody waiting, and nobody can jump the queue.
 */
/* SPDX-License-Identifier: MIT */
#include "task/takers.h"
#include <cede/semaphore.h>

static void semaphore_describe(const struct cede__waiter *waiter, struct cede__text *text);

static const struct cede__spot_kind waiting_for_slot = {
    .wait = {.cancel = cede__spot_cancel,
             .describe = semaphore_describe,
             .takers = {"last taken by", offsetof(cede_semaphore, takers), CEDE__N_TAKERS, false},
             .noun = "semaphore",
             .look = CEDE__LOOK_SYNC}};

static void semaphore_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__sync_describe(cede__spot_of(waiter)->sync, "semaphore", text);
    cede__takers_describe(waiter, text);
}

int cede_semaphore_init(cede_semaphore *semaphore, const cede_semaphore_options *options)
{
    static const cede_semaphore_options defaults;
    const cede_semaphore_options *o = options ? options : &defaults;

    if (o->bounded && o->n_slots == 0)
        return cede_raise(-EINVAL, "a semaphore bounded by nothing would let nobody in");
    *semaphore = (cede_semaphore){.n_free = o->n_slots, .limit = o->bounded ? o->n_slots : 0};
    cede__sync_init(&semaphore->sync, &o->sync);
    return 0;
}

void cede_semaphore_fini(cede_semaphore *semaphore)
{
    if (semaphore)
        cede__sync_fini(&semaphore->sync);
}

int cede_semaphore_acquire(cede_semaphore *semaphore)
{
    struct cede_task *task = cede__task_here();

    if (cede__unlikely(!task || task->coro.is_cancelled))
        CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__sync_debug(&semaphore->sync));
    cede__sync_enter(&semaphore->sync);
    if (semaphore->n_free > 0) {
        semaphore->n_free--;
        cede__takers_add(&semaphore->takers, cede__taker_number(&semaphore->sync, task));
        cede__sync_leave(&semaphore->sync);
        return 0;
    }
    return cede__sync_wait(&semaphore->sync, &waiting_for_slot, NULL, task);
}

int cede_semaphore_try_acquire(cede_semaphore *semaphore)
{
    CEDE_TRY(cede__sync_debug(&semaphore->sync));
    cede__sync_enter(&semaphore->sync);
    const bool taken = semaphore->n_free > 0;
    semaphore->n_free -= taken;
    if (taken)
        cede__takers_add(&semaphore->takers,
                         cede__taker_number(&semaphore->sync, cede__task_here()));
    cede__sync_leave(&semaphore->sync);
    return taken ? 0 : -EBUSY;
}

int cede_semaphore_release(cede_semaphore *semaphore)
{
    struct cede__spot *first;
    bool full = false;

    CEDE_TRY(cede__sync_check(&semaphore->sync));
    cede__sync_enter(&semaphore->sync);
    first = cede__line_first(&semaphore->sync.line);
    cede__takers_remove(&semaphore->takers, &semaphore->sync, cede__task_here());
    if (first) {
        cede__takers_add_spot(&semaphore->takers, first);
        cede__spot_grant(first, 0);
    } else if (semaphore->n_free == (semaphore->limit > 0 ? semaphore->limit : SIZE_MAX)) {
        full = true;
    } else {
        semaphore->n_free++;
    }
    cede__sync_leave(&semaphore->sync);
    if (full)
        return cede_raise(-EOVERFLOW, "a slot is released that nobody had taken");
    return 0;
}

size_t cede_semaphore_n_free(cede_semaphore *semaphore)
{
    cede__sync_enter(&semaphore->sync);
    const size_t n = semaphore->n_free;
    cede__sync_leave(&semaphore->sync);
    return n;
}

size_t cede_semaphore_n_waiting(cede_semaphore *semaphore)
{
    return cede__sync_count(&semaphore->sync);
}
