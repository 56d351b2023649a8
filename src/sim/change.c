/* change.c - waiting until something is true: a line of those who wait, each with its predicate.
 *
 * Announcing a change takes those off the line whose predicate is true. When one of them has its
 * turn, another may have made it false again: then it goes back to the end of the line.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/change.h>

#include "sim/sim.h"
#include "task/wait_queue.h"

/* What somebody waits for, on their stack; the item of the spot. */
struct demand {
    bool (*predicate)(void *arg);
    void *arg;
};

static void demand_describe(const struct cede__waiter *waiter, struct cede__text *text);

static const struct cede__spot_kind waiting_for_truth = {.wait = {.cancel = cede__spot_cancel,
                                                                  .describe = demand_describe,
                                                                  .noun = "change",
                                                                  .look = CEDE__LOOK_SYNC}};

static void demand_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__sync_describe(cede__spot_of(waiter)->sync, "change", text);
}

void cede_change_fini(cede_change *change)
{
    if (change)
        cede__sync_fini(&change->sync);
}

int cede_change_wait(cede_change *change, bool (*predicate)(void *arg), void *arg)
{
    struct cede_task *task = cede__task_here();
    struct demand demand = {predicate, arg};

    CEDE_TRY(cede__sync_may_wait(&change->sync, task));
    CEDE_TRY(cede__task_checkpoint(task));
    if (cede__unlikely(task->is_marked))
        CEDE_TRY(cede__sim_take_interrupt(task));
    while (!predicate(arg))
        CEDE_TRY(
            cede__sim_waited(cede__sync_wait(&change->sync, &waiting_for_truth, &demand, task)));
    return 0;
}

int cede_change_announce(cede_change *change)
{
    struct cede__spot *next;
    int n = 0;

    CEDE_TRY(cede__sync_check(&change->sync));
    for (struct cede__spot *spot = cede__line_first(&change->sync.line); spot; spot = next) {
        const struct demand *demand = spot->item;
        next = spot->next;
        if (!demand->predicate(demand->arg))
            continue;
        cede__spot_grant(spot, 0);
        n++;
    }
    return n;
}

size_t cede_change_n_waiting(cede_change *change)
{
    return cede__sync_count(&change->sync);
}
