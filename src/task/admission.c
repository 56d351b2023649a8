/* admission.c - waiting for room in the queue of a pool that is bounded.
 *
 * Who submits a job to a full queue waits in a row. A worker that has taken jobs lets the first of
 * the row in: a place is reserved there and then, so that nobody who comes later takes it, and who
 * was let in and cancelled at once uses it all the same. A job of the pool itself never waits, for
 * the room that it waited for might be its own.
 *
 * Who waits is inside the pool: that stays, even destroyed, until the last has left.
 */
/* SPDX-License-Identifier: MIT */
#include "task/admission.h"
#include "task/task.h"

/* One who waits: a reference is theirs, another that of who lets them in. */
struct admission {
    struct cede__list link;      /* on pool->entrants, until let in or gone */
    struct cede_future admitted; /* done when let in */
    bool is_in;                  /* or about to be told; under the lock */
    bool has_place;              /* counted in pool->n_reserved */
};

static bool pool_has_room(const struct cede__pool *pool)
{
    return cede__job_queue_n(&pool->queue) + pool->n_reserved < pool->queue_limit;
}

bool cede__admission_is_due(const struct cede__pool *pool)
{
    if (pool->queue_limit == 0 || pool->closing ||
        (cede__worker_here && cede__worker_here->pool == pool))
        return false;
    return !pool_has_room(pool) || !cede__list_is_empty(&pool->entrants);
}

static void admission_destroy(struct cede_future *future)
{
    cede__free(cede__container_of(future, struct admission, admitted));
}

static bool admission_cancel(struct cede_future *future)
{
    (void)future;
    return false; /* nobody has it but for waiting */
}

static const struct cede__future_kind admission_kind = {
    .noun = "Admission", .destroy = admission_destroy, .cancel = admission_cancel};

static struct admission *admission_create(void)
{
    struct admission *admission = cede__calloc(1, sizeof *admission);

    if (!admission) {
        (void)cede_raise(-ENOMEM, "no memory to wait for room in the queue");
        return NULL;
    }
    cede__future_init(&admission->admitted, &admission_kind, NULL);
    cede__future_init_shared(&admission->admitted);
    admission->admitted.n_refs = 2;
    return admission;
}

int cede__admission_wait(struct cede__pool *pool)
{
    struct admission *admission;
    int rc;

    if (pool->refuses)
        return cede_raise(-EAGAIN, "the queue of the pool '%s' is full", pool->name);
    admission = admission_create();
    if (!admission)
        return -ENOMEM;
    cede__list_append(&pool->entrants, &admission->link);
    pool->n_inside++;
    cede__spinlock_unlock(&pool->lock);
    rc = cede__future_wait(&admission->admitted, false);
    cede__spinlock_lock(&pool->lock);
    pool->n_inside--;
    if (rc < 0 && !admission->is_in) {
        cede__list_remove(&admission->link);
        cede__future_unref(&admission->admitted); /* nobody lets it in any more */
        if (rc == -ECANCELED)
            (void)cede_raise(rc, "cancelled while waiting for room in a queue");
    } else {
        rc = 0; /* let in: that counts, even if cancelled meanwhile */
        pool->n_reserved -= admission->has_place;
    }
    cede__future_unref(&admission->admitted);
    return rc;
}

void cede__admission_open(struct cede__pool *pool)
{
    struct cede__list admitted;

    cede__list_init(&admitted);
    cede__spinlock_lock(&pool->lock);
    while (!cede__list_is_empty(&pool->entrants) && (pool->closing || pool_has_room(pool))) {
        struct cede__list *link = cede__list_take(&pool->entrants);
        struct admission *admission = cede__container_of(link, struct admission, link);

        admission->is_in = true;
        admission->has_place = !pool->closing;
        pool->n_reserved += admission->has_place;
        cede__list_append(&admitted, link);
    }
    cede__spinlock_unlock(&pool->lock);
    for (struct cede__list *link; (link = cede__list_take(&admitted));) {
        struct admission *admission = cede__container_of(link, struct admission, link);

        cede__future_complete_claimed(&admission->admitted, 0);
        cede__future_unref(&admission->admitted);
    }
}
