/* barrier.c - waiting for each other: a count of who is here, and those in the queue.
 *
 * The queue is always shorter than the number of parties: the last to come grants all the others
 * their numbers and goes on itself. There is no time of leaving, in which newcomers would have to
 * be told apart: who was granted is off the queue, and belongs to no round any more.
 */
/* SPDX-License-Identifier: MIT */
#include <limits.h>

#include "task/wait_queue.h"
#include <cede/barrier.h>

static void barrier_left(struct cede__spot *spot);
static void barrier_describe(const struct cede__waiter *waiter, struct cede__text *text);

static const struct cede__spot_kind waiting_for_others = {.wait = {.cancel = cede__spot_cancel,
                                                                   .describe = barrier_describe,
                                                                   .noun = "barrier",
                                                                   .look = CEDE__LOOK_SYNC},
                                                          .left = barrier_left};

static cede_barrier *barrier_of(struct cede__sync *sync)
{
    return cede__container_of(sync, cede_barrier, sync);
}

static void barrier_left(struct cede__spot *spot)
{
    barrier_of(spot->sync)->n_here--;
}

static void barrier_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede_barrier *barrier = barrier_of(cede__container_of(waiter, struct cede__spot, waiter)->sync);

    cede__sync_describe(&barrier->sync, "barrier", text);
    cede__text_add(text, ", where %zu of %u are", cede_barrier_n_waiting(barrier),
                   barrier->n_parties);
}

int cede_barrier_init(cede_barrier *barrier, const cede_sync_options *options, unsigned n_parties)
{
    if (n_parties == 0 || n_parties > INT_MAX)
        return cede_raise(-EINVAL, "a barrier for %u parties", n_parties);
    *barrier = (cede_barrier){.n_parties = n_parties};
    cede__sync_init(&barrier->sync, options);
    return 0;
}

void cede_barrier_fini(cede_barrier *barrier)
{
    if (barrier)
        cede__sync_fini(&barrier->sync);
}

/* All are here: each gets its number. Inside the guard. */
static int barrier_open(cede_barrier *barrier)
{
    struct cede__spot *spot;
    int n = 0;

    barrier->n_here = 0;
    while ((spot = cede__line_take(&barrier->sync.line)))
        cede__spot_release(spot, n++);
    return n;
}

int cede_barrier_wait(cede_barrier *barrier)
{
    struct cede_task *task = cede__task_here();
    int rc;

    CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__sync_may_wait(&barrier->sync, task));
    cede__sync_enter(&barrier->sync);
    if (barrier->broken) {
        rc = CEDE_EBROKEN;
        cede__sync_leave(&barrier->sync);
    } else if (barrier->n_here + 1 == barrier->n_parties) {
        rc = barrier_open(barrier);
        cede__sync_leave(&barrier->sync);
    } else {
        barrier->n_here++;
        rc = cede__sync_wait(&barrier->sync, &waiting_for_others, NULL, task);
    }
    return rc == CEDE_EBROKEN ? cede_raise(rc, "the barrier was broken or reset") : rc;
}

static int barrier_set_broken(cede_barrier *barrier, bool broken)
{
    CEDE_TRY(cede__sync_check(&barrier->sync));
    cede__sync_enter(&barrier->sync);
    barrier->broken = broken;
    barrier->n_here = 0;
    cede__line_grant_all(&barrier->sync.line, CEDE_EBROKEN);
    cede__sync_leave(&barrier->sync);
    return 0;
}

int cede_barrier_break(cede_barrier *barrier)
{
    return barrier_set_broken(barrier, true);
}

int cede_barrier_reset(cede_barrier *barrier)
{
    return barrier_set_broken(barrier, false);
}

bool cede_barrier_is_broken(cede_barrier *barrier)
{
    cede__sync_enter(&barrier->sync);
    const bool broken = barrier->broken;
    cede__sync_leave(&barrier->sync);
    return broken;
}

size_t cede_barrier_n_waiting(cede_barrier *barrier)
{
    cede__sync_enter(&barrier->sync);
    const size_t n = barrier->n_here;
    cede__sync_leave(&barrier->sync);
    return n;
}
