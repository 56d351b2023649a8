/* scope.c - the tree of scopes.
 *
 * Every scope of a task hangs under the one around it; the root scope of a group's task under the
 * group's scope. `effective` says whether suspension points in a scope refuse; it is kept up to
 * date from the top down, so that asking costs a load:
 *
 *     effective = cancelled  or  (parent.effective and not shield)
 *
 * A thread without a loop has a chain of its own, looked at when it blocks.
 *
 * The scopes that a generator's body has open belong to it: a yield takes them from where they
 * hang, timers stopped, and resuming hangs them under the scope that is innermost there; a deadline
 * that passed meanwhile is seen then.
 */
/* SPDX-License-Identifier: MIT */
#include "coro/gen.h"
#include "sys/clock.h"
#include "task/task.h"

static __thread struct cede_scope *thread_scope; /* innermost, of a thread outside of tasks */

static bool scope_compute(const struct cede_scope *scope)
{
    return scope->cancelled || (scope->parent && !scope->shield && scope->parent->effective);
}

/* The innermost scope of a task changed its mind: let the task know. */
static void task_apply(struct cede_task *task, bool cancelled)
{
    struct cede__waiter *waiter = task->ready.waiter;

    task->is_special = true;
    task->coro.is_cancelled = cancelled;
    if (!cancelled)
        task->n_refused = 0;
    else if (waiter && waiter->kind->cancel)
        waiter->kind->cancel(waiter);
}

static void scope_apply(struct cede_scope *scope)
{
    struct cede_task *task = scope->task;

    scope->effective = scope_compute(scope);
    if (task && task->scope == scope && task->coro.is_cancelled != scope->effective)
        task_apply(task, scope->effective);
}

void cede__scope_spread(struct cede_scope *top)
{
    struct cede_scope *scope = top;

    /* Depth first by the links alone: the tree may be deeper than a task's stack. */
    for (;;) {
        const bool before = scope->effective;
        scope_apply(scope);
        if (scope->first_child && (scope->effective != before || scope == top)) {
            scope = scope->first_child;
            continue;
        }
        while (scope != top && !scope->next)
            scope = scope->parent;
        if (scope == top)
            return;
        scope = scope->next;
    }
}

/* `next` and `prev` mean something only under a parent. */
static void scope_link(struct cede_scope *scope, struct cede_scope *parent)
{
    scope->parent = parent;
    if (!parent)
        return;
    scope->prev = NULL;
    scope->next = parent->first_child;
    if (scope->next)
        scope->next->prev = scope;
    parent->first_child = scope;
}

void cede__scope_unlink(struct cede_scope *scope)
{
    if (!scope->parent)
        return;
    if (scope->prev)
        scope->prev->next = scope->next;
    else
        scope->parent->first_child = scope->next;
    if (scope->next)
        scope->next->prev = scope->prev;
}

void cede__scope_enter_root(struct cede_scope *root, struct cede_scope *parent)
{
    struct cede_task *task = root->task;

    scope_link(root, parent);
    root->effective = parent->effective;
    task->coro.is_cancelled = root->effective;
}

static void scope_expire(struct cede_scope *scope)
{
    scope->cancelled = true;
    scope->expired = true;
    cede__scope_spread(scope);
}

static void scope_fire(struct cede__timer *timer)
{
    scope_expire(cede__container_of(timer, struct cede_scope, timer));
}

static int scope_arm(struct cede_scope *scope, cede_time deadline)
{
    struct cede_task *task = scope->task;

    scope->deadline = deadline;
    if (!task || deadline == CEDE_NEVER)
        return 0;
    if (deadline <= cede__loop_now(task->loop)) {
        scope_expire(scope);
        return 0;
    }
    return cede__loop_add_timer(task->loop, &scope->timer, deadline);
}

/* Arm the timer of a scope that is in place; one that has no memory for it is cancelled. */
static void scope_start(struct cede_scope *scope, cede_time deadline)
{
    if (cede__likely(scope_arm(scope, deadline) == 0))
        return;
    scope->failed = true;
    scope->cancelled = true;
    cede__scope_spread(scope);
}

/* Generators. */

static int scopes_unhook(void *bottom_scope, void **inner_out)
{
    struct cede_scope *bottom = bottom_scope;
    struct cede_task *task = bottom->task;
    struct cede_scope *inner = task ? task->scope : thread_scope;
    struct cede_scope *outer = bottom->parent;

    for (struct cede_scope *scope = inner; scope != outer; scope = scope->parent) {
        if (scope->is_group)
            return cede_raise(-EINVAL, "a generator cannot yield with a group open: its tasks "
                                       "would go on while nothing around them does");
    }
    *inner_out = inner;
    if (!task) {
        thread_scope = outer;
        bottom->parent = NULL;
        return 0;
    }
    cede__scope_unlink(bottom);
    bottom->parent = NULL;
    for (struct cede_scope *scope = inner; scope; scope = scope->parent) {
        cede__loop_remove_timer(task->loop, &scope->timer);
        scope->task = NULL;
    }
    task->scope = outer;
    if (task->coro.is_cancelled != outer->effective)
        task_apply(task, outer->effective);
    return 0;
}

static void scopes_hook(void *bottom_scope, void *inner_scope)
{
    struct cede_task *task = cede__task_here();
    struct cede_scope *bottom = bottom_scope;
    struct cede_scope *inner = inner_scope;

    if (!task) {
        bottom->parent = thread_scope;
        thread_scope = inner;
        return;
    }
    for (struct cede_scope *scope = inner; scope != bottom; scope = scope->parent)
        scope->task = task;
    bottom->task = task;
    scope_link(bottom, task->scope);
    task->scope = inner;
    cede__scope_spread(bottom);
    if (task->coro.is_cancelled != inner->effective)
        task_apply(task, inner->effective);
    for (struct cede_scope *scope = inner;; scope = scope->parent) {
        if (!scope->cancelled)
            scope_start(scope, scope->deadline);
        if (scope == bottom)
            break;
    }
}

static const struct cede__gen_scopes scopes_kind = {scopes_unhook, scopes_hook};

/* Entering and leaving. */

static void scope_begin(struct cede_scope *scope, cede_time deadline, bool shield)
{
    struct cede_task *task = cede__task_here();
    struct cede_gen *gen = cede__gen_here();

    *scope = (struct cede_scope){.task = task, .shield = shield};
    scope->timer = (struct cede__timer){scope_fire, CEDE__TIMER_IDLE};
    if (cede__unlikely(gen && !gen->scopes))
        cede__gen_set_scopes(gen, scope, &scopes_kind);
    if (!task) {
        scope->parent = thread_scope;
        scope->deadline = deadline;
        thread_scope = scope;
        return;
    }
    scope_link(scope, task->scope);
    scope->effective = scope_compute(scope);
    task->scope = scope;
    task->coro.is_cancelled = scope->effective;
    scope_start(scope, deadline);
}

void cede_scope_enter(cede_scope *scope, cede_time deadline)
{
    scope_begin(scope, deadline, false);
}

void cede_scope_enter_shield(cede_scope *scope, cede_time deadline)
{
    scope_begin(scope, deadline, true);
}

/* Whether a thread's deadline has passed, of this scope or one around it that is not shielded
 * off. */
static bool thread_scope_expired(const struct cede_scope *scope)
{
    for (; scope; scope = scope->shield ? NULL : scope->parent) {
        if (scope->cancelled)
            return true;
        if (scope->deadline != CEDE_NEVER && scope->deadline <= cede__clock_monotonic())
            return true;
    }
    return false;
}

cede_time cede__thread_deadline(void)
{
    cede_time nearest = CEDE_NEVER;

    for (const struct cede_scope *scope = thread_scope; scope;
         scope = scope->shield ? NULL : scope->parent) {
        if (scope->cancelled)
            return INT64_MIN;
        if (scope->deadline < nearest)
            nearest = scope->deadline;
    }
    return nearest;
}

int cede_checkpoint(void)
{
    struct cede_task *task = cede__task_here();

    if (task)
        return cede__task_checkpoint(task);
    return thread_scope && cede__thread_deadline() <= cede__clock_monotonic() ? -ECANCELED : 0;
}

int cede_scope_exit(cede_scope *scope, int rc)
{
    struct cede_task *task = scope->task;
    struct cede_gen *gen = cede__gen_here();
    bool outer_cancelled;

    if (cede__unlikely(gen && gen->scopes == scope))
        cede__gen_set_scopes(gen, NULL, NULL);
    if (task) {
        /* scopes are left in reverse order, by their own task */
        cede__assert(task->scope == scope);
        cede__loop_remove_timer(task->loop, &scope->timer);
        cede__scope_unlink(scope);
        task->scope = scope->parent;
        outer_cancelled = scope->parent->effective;
        task->coro.is_cancelled = outer_cancelled;
        if (!outer_cancelled)
            task->n_refused = 0;
    } else {
        cede__assert(thread_scope == scope);
        thread_scope = scope->parent;
        scope->expired =
            scope->deadline != CEDE_NEVER && scope->deadline <= cede__clock_monotonic();
        outer_cancelled = thread_scope_expired(scope->parent);
    }
    if (cede__likely(rc != -ECANCELED) || outer_cancelled)
        return rc;
    if (scope->failed)
        return cede_raise(-ENOMEM, "no memory for the timer of a deadline");
    return scope->expired ? cede_raise(-ETIMEDOUT, "the deadline passed") : rc;
}

void cede_scope_cancel(cede_scope *scope)
{
    scope->cancelled = true;
    if (scope->task)
        cede__scope_spread(scope);
}

int cede_scope_reschedule(cede_scope *scope, cede_time deadline)
{
    struct cede_task *task = scope->task;
    const cede_time before = scope->deadline;

    if (scope->expired)
        return cede_raise(-ETIMEDOUT, "the deadline has passed already");
    if (!task) {
        scope->deadline = deadline;
        return 0;
    }
    cede__loop_remove_timer(task->loop, &scope->timer);
    if (scope_arm(scope, deadline) == 0)
        return 0;
    /* The slot that was just freed takes the old one back. */
    (void)scope_arm(scope, before);
    return cede_raise(-ENOMEM, "no memory for the timer of a deadline");
}
