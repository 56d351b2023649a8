/* group_start.c - starting a task of a group and waiting until it says that it is ready.
 *
 * A starter lies on the stack of who waits; the task knows it until it is told, once: that the task
 * is ready, or that it ended.
 */
/* SPDX-License-Identifier: MIT */
#include "task/task.h"

struct cede__starter {
    struct cede__waiter waiter;
    struct cede_task *task; /* that is to be ready; a reference */
    bool is_parked;         /* in the waiter, and not woken yet */
    bool is_cancelled;      /* it cancelled the task, and waits for its end only */
    bool is_told;
    bool is_ready;
};

static void starter_wake(struct cede__starter *starter, int rc)
{
    if (!starter->is_parked)
        return;
    starter->is_parked = false;
    cede__waiter_wake(&starter->waiter, rc);
}

static void starter_cancel(struct cede__waiter *waiter)
{
    starter_wake(cede__container_of(waiter, struct cede__starter, waiter), -ECANCELED);
}

static void starter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct cede__starter *starter = cede__container_of(waiter, struct cede__starter, waiter);

    cede__text_add(text, "task '%s' to be ready", starter->task->coro.site->name);
}

static struct cede_future *starter_awaited(const struct cede__waiter *waiter)
{
    return &cede__container_of(waiter, struct cede__starter, waiter)->task->future;
}

static const struct cede__wait_kind starting = {
    .cancel = starter_cancel, .describe = starter_describe, .awaited = starter_awaited};
static const struct cede__wait_kind ending = {.describe = starter_describe,
                                              .awaited = starter_awaited};

static void starter_tell(struct cede_task *task, bool is_ready)
{
    struct cede__starter *starter = task->starter;

    task->starter = NULL;
    starter->is_told = true;
    starter->is_ready = is_ready;
    starter_wake(starter, 0);
}

void cede__starter_give_up(struct cede_task *task)
{
    starter_tell(task, false);
}

int cede_group_ready(void)
{
    struct cede_task *task = cede__task_here();

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task can be ready");
    if (task->starter && !task->starter->is_cancelled)
        starter_tell(task, true);
    return 0;
}

static int starter_park(struct cede__starter *starter, struct cede_task *self,
                        const struct cede__wait_kind *how)
{
    starter->waiter.kind = how;
    starter->is_parked = true;
    return cede__task_park(self, &starter->waiter);
}

/* Wait until told; what to return. */
static int starter_wait(struct cede__starter *starter, struct cede_task *self)
{
    struct cede_future *future = &starter->task->future;
    int rc;

    if (!starter->is_told && starter_park(starter, self, &starting) == -ECANCELED) {
        starter->is_cancelled = true;
        (void)cede_cancel(future);
        (void)starter_park(starter, self, &ending);
        return -ECANCELED;
    }
    if (starter->is_ready)
        return 0;
    rc = cede__future_outcome(future);
    return rc < 0 ? rc : cede_raise(CEDE_ENOTDONE, "the task ended and was never ready");
}

int cede__group_start(cede_group *group, cede_fn *fn, void *arg,
                      const struct cede__spawn_site *site)
{
    struct cede_task *self = cede__task_here();
    struct cede__starter starter = {.is_told = false};
    int rc;

    if (!self)
        return cede_raise(CEDE_ENOTASK, "only a task can wait for another to be ready");
    CEDE_TRY(cede__task_checkpoint(self));
    starter.task = cede__group_add(group, fn, arg, NULL, site);
    if (!starter.task)
        return cede_error_code(cede_error_last());
    (void)cede_future_ref(&starter.task->future);
    starter.task->starter = &starter;
    cede__group_launch(group, starter.task, NULL);
    rc = starter_wait(&starter, self);
    cede_future_unref(&starter.task->future);
    return rc;
}
