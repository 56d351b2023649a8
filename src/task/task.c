/* task.c - tasks: made, started, finished, cancelled, named.
 *
 * A task lies at the top of its own stack, coroutine first, with its future inside. Two references
 * keep it: the caller's, and the running body's. When the second goes the stack returns to the
 * loop's cache; nothing else was allocated.
 *
 *     created --(turn comes)--> body runs <--> parked with a waiter --> finished: future done,
 *        \                                                         /      off the loop's list
 *         \--(cancelled first)--> drop(arg) instead of the body --/
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "task/task.h"

static void task_free(struct cede_future *future);
static bool task_cancel(struct cede_future *future);
static void task_describe(const struct cede_future *future, struct cede__text *text);

static const struct cede__future_kind task_kind = {
    .noun = "Task", .destroy = task_free, .cancel = task_cancel, .describe = task_describe};

struct cede_task *cede__task_of(const struct cede_future *future)
{
    if (!future)
        return cede__task_here();
    if (future->kind != &task_kind)
        return NULL;
    return cede__container_of(future, struct cede_task, future);
}

/* The end. */

static void task_free(struct cede_future *future)
{
    struct cede_task *task = cede__container_of(future, struct cede_task, future);
    struct cede__stack *stack = task->coro.stack;
    struct cede_loop *here = cede__loop_here;

    if (cede__likely(here && here->stacks.size_class == cede__stack_class_of(stack)))
        cede__stack_give(&here->stacks, stack);
    else
        cede__depot_give(stack);
}

/* On the loop's own stack: the task's stack may now go to other threads. */
static void task_bury(struct cede__ready *ready)
{
    cede_future_unref(&cede__container_of(ready, struct cede_task, ready)->future);
}

static __attribute__((noreturn)) void task_finish(struct cede_task *task, int status)
{
    struct cede_loop *loop = task->loop;

    if (cede__unlikely(task->scope != &task->root)) {
        cede__report(
            "cede: task '%s' ended inside a scope: a CEDE_TIMEOUT body was left by return, or "
            "a cede_scope_enter lacks its exit\n",
            task->coro.name);
        cede__assert(task->scope == &task->root);
    }
    cede__list_remove(&task->link);
    cede__scope_unlink(&task->root);
    if (cede__unlikely(status < 0) && cede_error_code(&task->coro.error) == status)
        task->future.error = &task->coro.error;
    if (cede__unlikely(task->group != NULL)) {
        task->future.status = status; /* the group looks before the others are told */
        cede__group_child_done(task->group, task);
    }
    (void)cede__future_complete(&task->future, status);
    if (cede__unlikely(task->future.is_shared ||
                       cede__stack_class_of(task->coro.stack) != loop->stacks.size_class)) {
        task->ready.coro = NULL;
        task->ready.run = task_bury;
        cede__loop_add_ready(loop, &task->ready);
    } else {
        /* Into the loop's cache while still standing on it: nobody takes it before the switch. */
        cede_future_unref(&task->future);
    }
    cede__coro_switch_last(&task->coro, cede__loop_next(loop));
}

static void task_enter(struct cede__context *context)
{
    struct cede_task *task =
        cede__container_of(cede__coro_started(context), struct cede_task, coro);

    task->has_started = true;
    if (cede__unlikely(task->is_cancelled)) {
        if (task->drop)
            task->drop(task->arg);
        task_finish(task, -ECANCELED);
    }
    task_finish(task, task->fn(task->arg));
}

/* The beginning. */

static struct cede__stack *task_take_stack(struct cede_loop *loop, const cede_task_options *options)
{
    struct cede__stack *stack;
    int class = loop->stacks.size_class;

    if (cede__unlikely(options && options->stack_size > 0)) {
        class = cede__stack_class(options->stack_size);
        if (class < 0) {
            (void)cede_raise(-EINVAL, "a stack of %zu bytes is out of range", options->stack_size);
            return NULL;
        }
    }
    stack = class == loop->stacks.size_class ? cede__stack_take(&loop->stacks)
                                             : cede__depot_take(class);
    if (cede__unlikely(!stack))
        (void)cede_raise(-ENOMEM, "no memory for the stack of a task");
    return stack;
}

struct cede_task *cede__task_create(cede_fn *fn, void *arg, const cede_task_options *options,
                                    const struct cede__spawn_site *site)
{
    struct cede_loop *loop = options && options->loop ? options->loop : cede__loop_here;
    struct cede__stack *stack;
    struct cede_task *task;

    if (cede__unlikely(!loop || loop != cede__loop_here)) {
        (void)cede_raise(-EINVAL,
                         loop ? "the loop is another thread's" : "this thread has no loop");
        goto fail;
    }
    stack = task_take_stack(loop, options);
    if (cede__unlikely(!stack))
        goto fail;
    task = cede__coro_place(stack, sizeof *task);
    cede__coro_init(&task->coro, stack, task_enter);
    task->coro.task = task;
    task->coro.name = site->name;
    task->ready.coro = &task->coro;
    task->loop = loop;
    task->waiter = NULL;
    task->has_started = false;
    task->n_refused = 0;
    task->n_cancels = 0;
    task->fn = fn;
    task->arg = arg;
    task->group = NULL;
    task->drop = NULL;
    task->site = site;
    cede__future_init(&task->future, &task_kind, loop);
    cede__scope_init_root(&task->root, task, NULL);
    if (options) {
        task->drop = options->drop;
        if (options->name)
            (void)cede_task_set_name(&task->future, options->name);
    }
    loop->end_tasks = cede__loop_end_tasks;
    cede__list_append(&loop->tasks, &task->link);
    cede__loop_add_ready(loop, &task->ready);
    return task;

fail:
    if (options && options->drop)
        options->drop(arg);
    return NULL;
}

cede_future *cede__spawn(cede_fn *fn, void *arg, const cede_task_options *options,
                         const struct cede__spawn_site *site)
{
    struct cede_task *task = cede__task_create(fn, arg, options, site);

    if (cede__unlikely(!task))
        return NULL;
    task->future.n_refs = 2;
    return &task->future;
}

int cede__start(cede_fn *fn, void *arg, const struct cede__spawn_site *site)
{
    return cede__task_create(fn, arg, NULL, site) ? 0 : cede_error_code(cede_error_last());
}

/* Cancelling. */

static bool task_cancel(struct cede_future *future)
{
    struct cede_task *task = cede__container_of(future, struct cede_task, future);

    task->n_cancels++;
    task->root.cancelled = true;
    cede__scope_spread(&task->root);
    return true;
}

int cede_uncancel(void)
{
    struct cede_task *task = cede__task_here();

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task can be un-cancelled");
    if (task->n_cancels > 0 && --task->n_cancels == 0) {
        task->root.cancelled = false;
        cede__scope_spread(&task->root);
    }
    return task->n_cancels;
}

int cede_task_cancelling(const cede_future *future)
{
    const struct cede_task *task = cede__task_of(future);

    return task ? task->n_cancels : 0;
}

void cede__task_cancel_all(struct cede_loop *loop)
{
    /* A task may finish only when it runs, so the list holds still. */
    for (struct cede__list *link = loop->tasks.next; link != &loop->tasks; link = link->next)
        (void)cede_cancel(&cede__container_of(link, struct cede_task, link)->future);
}

int cede__task_refuse(struct cede_task *task)
{
    enum { STALL = 1000 };
    static const struct cede__wait_kind giving_way = {0};
    struct cede__waiter waiter = {.kind = &giving_way};

    /* A loop that ignores cancellation must not freeze the others. */
    if (++task->n_refused > 1) {
        cede__loop_add_ready(task->loop, &task->ready);
        (void)cede__task_park(task, &waiter);
        task->waiter = NULL;
    }
    if (task->n_refused == STALL)
        cede__report(
            "cede: task '%s' has been refused %d times in a row since it was cancelled, and "
            "goes on: does a loop of it ignore -ECANCELED?\n",
            task->coro.name, STALL);
    return -ECANCELED;
}

/* Facts. */

int cede_return(void *value)
{
    struct cede_task *task = cede__task_here();

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task has a future to return a value to");
    task->future.value = value;
    return 0;
}

cede_future *cede_task_current(void)
{
    struct cede_task *task = cede__task_here();

    return task ? &task->future : NULL;
}

const char *cede_task_name(const cede_future *future)
{
    const struct cede_task *task = cede__task_of(future);

    return task ? task->coro.name : "";
}

int cede_task_set_name(cede_future *future, const char *name)
{
    struct cede_task *task = cede__task_of(future);

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task has a name");
    snprintf(task->own_name, sizeof task->own_name, "%s", name);
    task->coro.name = task->own_name;
    return 0;
}

static void task_describe(const struct cede_future *future, struct cede__text *text)
{
    const struct cede_task *task = cede__container_of(future, struct cede_task, future);
    const char *slash = strrchr(task->site->file, '/');

    cede__text_add(text, " name='%s' at %s:%d", task->coro.name,
                   slash ? slash + 1 : task->site->file, task->site->line);
    if (cede__future_done(future))
        return;
    if (task->n_cancels > 0)
        cede__text_add(text, " cancelling=%d", task->n_cancels);
    if (task->waiter && task->waiter->kind->describe) {
        cede__text_add(text, " waiting for ");
        task->waiter->kind->describe(task->waiter, text);
    }
}
