/* group.c - tasks that end together: a scope, a count of children, and the first that failed.
 *
 * The children's root scopes hang under the group's scope, so cancelling the group, or anything
 * around it, reaches them by the one mechanism there is.
 *
 * With a limit, children beyond it are held: in a line of the group, by the nodes that will take
 * them to the ready queue, and on the loop's list of tasks. A child that finishes lets the next
 * begin, also one that is cancelled, which then ends without running its body.
 *
 * Where results are collected, each child knows its place in the array of its group.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "task/task.h"

static void group_describe(const struct cede__waiter *waiter, struct cede__text *text);
static struct cede__party *group_blockers(const struct cede__waiter *waiter, const void **at);

/* Not to be cancelled: cancellation reaches the children, and they end. */
static const struct cede__wait_kind joining = {
    .describe = group_describe, .noun = "a group", .blockers = group_blockers};

struct joiner {
    struct cede__waiter waiter;
    const cede_group *group;
};

static void group_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct joiner *joiner = cede__container_of(waiter, struct joiner, waiter);

    cede__text_add(text, "a group of %zu tasks", joiner->group->n_running);
}

/* Each of the children, by their root scopes. */
static struct cede__party *group_blockers(const struct cede__waiter *waiter, const void **at)
{
    const struct joiner *joiner = cede__container_of(waiter, struct joiner, waiter);
    const struct cede_scope *last = *at;
    const struct cede_scope *scope = last ? last->next : joiner->group->scope.first_child;

    *at = scope;
    return scope ? &((struct cede_task *)scope->task)->party : NULL;
}

void cede_group_init(cede_group *group)
{
    memset(group, 0, sizeof *group);
    group->is_open = true;
    cede_scope_enter(&group->scope, CEDE_NEVER);
    group->scope.is_group = true;
}

static bool group_has_place(const cede_group *group)
{
    return group->limit == 0 || group->n_begun < group->limit;
}

static void group_hold(cede_group *group, struct cede_task *task)
{
    struct cede__ready *last = group->held_last;

    task->ready.next = NULL;
    if (last)
        last->next = &task->ready;
    else
        group->held_first = &task->ready;
    group->held_last = &task->ready;
    cede__task_enlist(task);
}

/* Let those begin for whom there is a place. */
static void group_admit(cede_group *group)
{
    while (group->held_first && group_has_place(group)) {
        struct cede__ready *ready = group->held_first;

        group->held_first = ready->next;
        if (!group->held_first)
            group->held_last = NULL;
        group->n_begun++;
        cede__loop_add_ready(cede__loop_here, ready);
    }
}

void cede_group_set_limit(cede_group *group, size_t limit)
{
    group->limit = limit;
    group_admit(group);
}

void cede_group_collect(cede_group *group, void **results, size_t n)
{
    group->results = n > 0 ? results : NULL;
    group->n_results = n;
    group->n_numbered = 0;
    for (size_t i = 0; i < n; i++)
        results[i] = NULL;
}

/* Whether one more child may be spawned: 0; else raises. */
static int group_check(const cede_group *group)
{
    if (!group->is_open || group->is_ending)
        return cede_raise(CEDE_ESHUTDOWN, "the group is ending and takes no more tasks");
    if (group->results && group->n_numbered == group->n_results)
        return cede_raise(-ENOSPC, "the group has room for %zu results", group->n_results);
    return 0;
}

struct cede_task *cede__group_add(cede_group *group, cede_fn *fn, void *arg,
                                  const cede_task_options *options,
                                  const struct cede__spawn_site *site)
{
    struct cede_task *task;

    if (group_check(group) < 0) {
        if (options && options->drop)
            options->drop(arg);
        return NULL;
    }
    task = cede__task_create(fn, arg, options, site);
    if (!task)
        return NULL;
    if (group->results)
        task->result_at = &group->results[group->n_numbered++];
    cede__scope_enter_root(&task->root, &group->scope);
    task->is_special = true;
    task->group = group;
    group->n_running++;
    return task;
}

void cede__group_launch(cede_group *group, struct cede_task *task, const cede_task_options *options)
{
    if (!group_has_place(group)) {
        group_hold(group, task);
        return;
    }
    group->n_begun++;
    cede__task_launch(task, options);
}

int cede__group_spawn(cede_group *group, cede_fn *fn, void *arg, const cede_task_options *options,
                      const struct cede__spawn_site *site)
{
    struct cede_task *task = cede__group_add(group, fn, arg, options, site);

    if (!task)
        return cede_error_code(cede_error_last());
    cede__group_launch(group, task, options);
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
    group->n_begun--;
    if (task->result_at && task->future.status >= 0)
        *task->result_at = task->future.value;
    if (task->starter)
        cede__starter_give_up(task); /* before the group ends: its failure is what start returns */
    if (cede__future_failed(&task->future)) {
        if (!group->failed) {
            group->failed = cede_future_ref(&task->future);
            cede__future_set_retrieved(&task->future);
            group_end(group);
        }
        /* The others stay unretrieved, which reports them. */
    }
    group_admit(group);
    if (group->n_running == 0 && group->waiter) {
        cede__waiter_wake(group->waiter, 0);
        group->waiter = NULL;
    }
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

/* The body failed beside a child that failed before it: only one can be returned, and none is
 * lost. */
static void group_report_body(int rc)
{
    char trace[2048];

    if (rc == -ECANCELED || rc == CEDE_EREVOKED || cede_error_code(cede_error_last()) != rc)
        return; /* that it was cancelled, or what it awaited, is no failure of its own */
    cede_error_format(cede_error_last(), trace, sizeof trace);
    cede__report("The body of a group failed after one of its tasks\n%s", trace);
}

/* What is returned where a child failed: its status, or the body's if that failed first. */
static int group_failure(cede_group *group, int rc, bool body_first)
{
    struct cede_future *failed = group->failed;
    const int status = failed->status;

    group->failed = NULL;
    if (body_first) {
        failed->is_retrieved = false; /* so that it is reported */
        cede_future_unref(failed);
        return rc;
    }
    if (rc < 0)
        group_report_body(rc);
    cede__error_adopt(failed->error, status);
    cede_future_unref(failed);
    return status;
}

int cede_group_join(cede_group *group, int rc)
{
    struct cede_task *task = cede__task_here();
    const bool body_first = rc < 0 && rc != -ECANCELED && !group->failed;
    int result;

    cede__assert(task && task == group->scope.task); /* joined by the task that began it */
    if (rc < 0)
        group_end(group);
    group_wait(group, task);
    group->is_open = false;

    /* The group's own cancellation ends here; one from around it goes on. */
    const bool outer_cancelled = group->scope.parent->effective;
    result = cede_scope_exit(&group->scope, rc);
    if (group->failed)
        return group_failure(group, rc, body_first);
    if (result == -ECANCELED && group->was_cancelled && !outer_cancelled)
        return 0;
    return result >= 0 && outer_cancelled ? -ECANCELED : result;
}
