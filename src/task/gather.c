/* gather.c - gather, wait and as_completed: three questions to a set of watched futures. */
/* SPDX-License-Identifier: MIT */
#include "sys/clock.h"
#include "task/wait_set.h"

/* The gatherer was cancelled: so are those it waits for, and it stays until they have ended.
 * Running jobs are left alone. */
static void gather_cancel(struct cede__wait_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        struct cede__wait_entry *entry = &set->entries[i];
        if (!cede__future_done(entry->future) && !cede_cancel(entry->future))
            cede__wait_set_forget(set, entry);
    }
    set->wake_at = set->n;
    set->wake_on = CEDE__WAKE_ON_NOTHING;
    (void)cede__wait_set_wait(set, CEDE_NEVER, true);
}

int cede_gather(cede_future *const *futures, size_t n, const cede_gather_options *options)
{
    struct cede__wait_set set;
    int rc;

    CEDE_TRY(cede__wait_set_init(&set, futures, n));
    set.wake_at = set.n;
    set.wake_on = options && options->return_early ? CEDE__WAKE_ON_BAD : CEDE__WAKE_ON_NOTHING;
    rc = cede_checkpoint();
    if (rc == 0)
        rc = cede__wait_set_wait(&set, CEDE_NEVER, false);
    if (rc < 0)
        gather_cancel(&set);
    cede__wait_set_stop(&set); /* from here on nothing of it changes any more */
    if (rc == 0 && set.first_bad)
        rc = cede__future_outcome(set.first_bad);
    /* All have been looked at: the first failure stands for the others. */
    for (size_t i = 0; i < set.n; i++) {
        if (set.entries[i].is_told && set.entries[i].future->status < 0)
            cede__future_set_retrieved(set.entries[i].future);
    }
    cede__wait_set_fini(&set);
    return rc;
}

int cede_wait(cede_future *const *futures, size_t n, const cede_wait_options *options,
              size_t *n_done_out)
{
    static const cede_wait_options defaults;
    const cede_wait_options *o = options ? options : &defaults;
    const cede_time deadline = o->deadline ? o->deadline : CEDE_NEVER;
    struct cede__wait_set set;
    size_t n_done;
    int rc;

    if (n == 0)
        return cede_raise(-EINVAL, "nothing to wait for: the set of futures is empty");
    CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__wait_set_init(&set, futures, n));
    set.wake_at = o->until == CEDE_FIRST_COMPLETED ? 1 : set.n;
    set.wake_on = o->until == CEDE_FIRST_ERROR ? CEDE__WAKE_ON_ERROR : CEDE__WAKE_ON_NOTHING;
    rc = cede__wait_set_wait(&set, deadline, false);
    n_done = cede__wait_set_told(&set);
    cede__wait_set_fini(&set);
    if (rc < 0 && rc != -ETIMEDOUT)
        return rc;
    if (n_done_out)
        *n_done_out = n_done;
    return 0;
}

/* As completed. */

struct cede_completion {
    struct cede__wait_set set;
    struct cede__wait_entry *last; /* delivered last; NULL: none yet */
    size_t n_delivered;
    cede_time deadline;
};

int cede_as_completed(cede_future *const *futures, size_t n, cede_time deadline,
                      cede_completion **completion_out)
{
    struct cede_completion *completion = cede__calloc(1, sizeof *completion);
    int rc;

    if (!completion)
        return cede_raise(-ENOMEM, "no memory to watch %zu futures", n);
    rc = cede__wait_set_init(&completion->set, futures, n);
    if (rc < 0) {
        cede__free(completion);
        return rc;
    }
    for (size_t i = 0; i < completion->set.n; i++)
        (void)cede_future_ref(completion->set.entries[i].future);
    completion->deadline = deadline;
    *completion_out = completion;
    return 0;
}

int cede_completion_next(cede_completion *completion, cede_future **future_out)
{
    struct cede__wait_set *set = &completion->set;
    struct cede__wait_entry *entry;
    int rc;

    CEDE_TRY(cede_checkpoint());
    if (completion->n_delivered == set->n)
        return 0;
    set->wake_at = completion->n_delivered + 1;
    rc = cede__wait_set_wait(set, completion->deadline, false);
    if (rc == -ETIMEDOUT)
        return cede_raise(-ETIMEDOUT, "%zu of %zu futures are unfinished",
                          set->n - cede__wait_set_told(set), set->n);
    if (rc < 0)
        return rc;
    if (!set->task)
        cede__mutex_lock(&set->lock);
    entry = completion->last ? completion->last->next : set->first;
    if (!set->task)
        cede__mutex_unlock(&set->lock);
    completion->last = entry;
    completion->n_delivered++;
    *future_out = entry->future;
    return 1;
}

void cede_completion_destroy(cede_completion *completion)
{
    struct cede__wait_set *set;

    if (!completion)
        return;
    set = &completion->set;
    cede__wait_set_stop(set);
    for (size_t i = 0; i < set->n; i++)
        cede_future_unref(set->entries[i].future);
    cede__wait_set_fini(set);
    cede__free(completion);
}
