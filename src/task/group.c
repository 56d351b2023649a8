/* group.c - tasks that end together: a scope, a count of children, and the first that failed.
 *
 * The children's root scopes hang under the group's scope, so cancelling the group, or anything
 * around it, reaches them by the one mechanism there is.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "task/task.h"

static void group_describe(const struct cede__waiter *waiter, struct cede__text *text);

/* Not to be cancelled: cancellation reaches the children, and they end. */
static const struct cede__wait_kind joining = {.describe = group_describe};

struct joiner {
    struct cede__waiter waiter;
    const cede_group *group;
};

static void group_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct joiner *joiner = cede__container_of(waiter, struct joiner, waiter);

    cede__text_add(text, "a group of %zu tasks", joiner->group->n_running);
}

void cede_group_init(cede_group *group)
{
    memset(group, 0, sizeof *group);
    group->is_open = true;
    cede_scope_enter(&group->scope, CEDE_NEVER);
}

int cede__group_spawn(cede_group *group, cede_fn *fn, void *arg, const cede_task_options *options,
                      const struct cede__spawn_site *site)
{
    struct cede_task *task;

    if (!group->is_open || group->is_ending) {
        if (options && options->drop)
            options->drop(arg);
        return cede_raise(CEDE_ESHUTDOWN, "the group is ending and takes no more tasks");
    }
    task = cede__task_create(fn, arg, options, site);
    if (!task)
        return cede_error_code(cede_error_last());
    cede__scope_enter_root(&task->root, &group->scope);
    task->is_special = true;
    task->group = group;
    group->n_running++;
    return 0;
}

static void group_end(cede_group *group)
{
    group->is_ending = true;
    cede_scope_cancel(&group->scope);
}

void cede_group_cancel(cede_group *group)
{
    if (!group->is_open)
        return;
    group->was_cancelled = true;
    group_end(group);
}

void cede__group_child_done(cede_group *group, struct cede_task *task)
{
    group->n_running--;
    if (cede__future_failed(&task->future)) {
        if (!group->failed) {
            group->failed = cede_future_ref(&task->future);
            cede__future_set_retrieved(&task->future);
            group_end(group);
        }
        /* The others stay unretrieved, which reports them. */
    }
    if (group->n_running == 0 && group->waiter)
        cede__waiter_wake(group->waiter, 0);
}

static void group_wait(cede_group *group, struct cede_task *task)
{
    struct joiner joiner = {.waiter = {.kind = &joining}, .group = group};

    while (group->n_running > 0) {
        group->waiter = &joiner.waiter;
        (void)cede__task_park(task, &joiner.waiter);
        group->waiter = NULL;
    }
}

int cede_group_join(cede_group *group, int rc)
{
    struct cede_task *task = cede__task_here();
    int result;

    cede__assert(task && task == group->scope.task); /* joined by the task that began it */
    if (rc < 0)
        group_end(group);
    group_wait(group, task);
    group->is_open = false;

    /* The group's own cancellation ends here; one from around it goes on. */
    const bool outer_cancelled = group->scope.parent->effective;
    result = cede_scope_exit(&group->scope, rc);
    if (group->failed) {
        struct cede_future *failed = group->failed;
        group->failed = NULL;
        cede__error_adopt(failed->error, failed->status);
        result = failed->status;
        cede_future_unref(failed);
    } else if (result == -ECANCELED && group->was_cancelled && !outer_cancelled) {
        result = 0;
    } else if (result >= 0 && outer_cancelled) {
        result = -ECANCELED;
    }
    return result;
}
