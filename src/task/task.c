/* task.c - tasks: made, started, finished, cancelled, named.
 *
 * A task lies at the top of its own stack, coroutine first, with its future inside. Two references
 * keep it: the caller's, and the running body's. When the second goes the stack returns to the
 * loop's cache; nothing else was allocated.
 *
 *     created --(turn comes)--> body runs <--> parked with a waiter --> finished: future done,
 *        \                                                         /
 *         \--(cancelled first)--> drop(arg) instead of the body --/
 *
 * A plain task that ended is left laid out on its stack, idle, for the next one: then what to run
 * is all that starting one writes.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "task/dump.h"
#include "task/wait_queue.h"

static void task_enter(struct cede__context *context);
static void task_free(struct cede_future *future);
static bool task_cancel(struct cede_future *future);
void cede__waiter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const bool locks = waiter->kind->cancel == cede__spot_cancel && !cede__look_is_here();

    if (locks)
        cede__thread_waits_lock(); /* an object is not destroyed meanwhile */
    cede__text_add(text, " waiting for ");
    if (cede__waiter_is_granted(waiter))
        cede__text_add(text, "its turn: it was granted what it waited for");
    else
        waiter->kind->describe(waiter, text);
    if (locks)
        cede__thread_waits_unlock();
}

static void task_describe(const struct cede_future *future, struct cede__text *text);

const struct cede__future_kind cede__task_kind = {
    .noun = "Task", .destroy = task_free, .cancel = task_cancel, .describe = task_describe};

struct cede_task *cede__task_of(const struct cede_future *future)
{
    if (!future)
        return cede__task_here();
    if (future->kind != &cede__task_kind)
        return NULL;
    return cede__container_of(future, struct cede_task, future);
}

/* The end. */

/* To the idle ones. What the body left as it was is not written: of a thousand tasks, each line
 * that is not costs time of its own. */
static inline void task_rest(struct cede_task *task, struct cede_loop *loop)
{
    cede__coro_rewind(&task->coro, task_enter);
    if (cede__unlikely(task->ready.coro != &task->coro))
        task->ready.coro = &task->coro;
    task->ready.next = loop->idle;
    loop->idle = &task->ready;
    loop->n_idle++;
}

void cede__task_recycle(struct cede_task *task)
{
    task->future.state = CEDE__FUTURE_PENDING;
    task->future.n_refs = 1;
    task_rest(task, cede__loop_here);
}

static void task_free(struct cede_future *future)
{
    struct cede_task *task = cede__container_of(future, struct cede_task, future);
    struct cede__stack *stack = task->coro.stack;
    struct cede_loop *here = cede__loop_here;

    if (here != future->loop || stack->size_class != here->stacks.size_class)
        cede__depot_give(stack);
    else if (task->is_special)
        cede__stack_give(&here->stacks, stack);
    else
        cede__task_recycle(task);
}

/* On the loop's own stack: the task's stack may now go to other threads. */
static void task_bury(struct cede__ready *ready)
{
    cede_future_unref(&cede__container_of(ready, struct cede_task, ready)->future);
}

static inline void task_unlist(struct cede_task *task)
{
    if (task->coro.is_listed) {
        task->coro.is_listed = false;
        cede__list_unlink(&task->link);
    }
}

/* The long way to finish: whatever may have happened to the task. Whether its stack is to be left
 * before it is freed. */
static __attribute__((noinline)) void task_finish_slowly(struct cede_task *task, int status)
{
    if (task->scope != &task->root) {
        cede__report(
            "cede: task '%s' ended inside a scope: a CEDE_TIMEOUT body was left by return, or "
            "a cede_scope_enter lacks its exit\n",
            task->coro.site->name);
        cede__assert(task->scope == &task->root);
    }
    if (task->held)
        cede__task_forget_held(task);
    if (task->locals)
        cede__task_forget_locals(task);
    task_unlist(task);
    cede__scope_unlink(&task->root);
    if (status < 0) {
        task->is_special = true;
        if (cede_error_code(&task->coro.error) == status)
            task->future.error = &task->coro.error;
    }
    if (task->group) {
        task->future.status = status; /* the group looks before the others are told */
        cede__group_child_done(task->group, task);
    }
    (void)cede__future_complete(&task->future, status);
    if (task->future.is_shared || task->coro.stack->size_class != task->loop->stacks.size_class) {
        /* Its stack may go to other threads, so it must be left before. */
        task->ready.coro = NULL;
        task->ready.run = task_bury;
        cede__loop_add_ready(task->loop, &task->ready);
    } else {
        cede__future_unref(&task->future);
    }
}

/* On the task's own stack, which it leaves. */
static __attribute__((noreturn)) void task_leave(int status)
{
    struct cede_loop *loop = cede__loop_here;
    struct cede_task *task = cede__task_running();
    struct cede_future *future = &task->future;

    if (cede__likely(!task->is_special && status >= 0 && task->scope == &task->root &&
                     !future->watchers)) {
        task_unlist(task);
        if (future->n_refs == 1) {
            /* While still standing on its stack: nobody takes it before the switch. */
            task_rest(task, loop);
        } else {
            future->n_refs--;
            future->status = status;
            future->state = CEDE__FUTURE_DONE;
        }
    } else {
        task_finish_slowly(task, status);
    }
    cede__coro_switch_last(&task->coro, cede__loop_next(loop));
}

static void task_enter(struct cede__context *context)
{
    struct cede_task *task =
        cede__container_of(cede__coro_started(context), struct cede_task, coro);

    if (cede__likely(!task->coro.is_cancelled))
        cede__context_run(task, task->fn, task->arg, task_leave);
    if (task->drop)
        task->drop(task->arg);
    task_leave(-ECANCELED);
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

/* Lay out a task on a stack: all that a body that runs to a success leaves as it is. */
static struct cede_task *task_prepare(struct cede_loop *loop, struct cede__stack *stack)
{
    struct cede_task *task = cede__coro_place(stack, sizeof *task);

    memset((char *)task + sizeof task->coro.error, 0, sizeof *task - sizeof task->coro.error);
    cede__coro_init(&task->coro, stack, task_enter);
    task->loop = loop;
    task->ready.coro = &task->coro;
    task->scope = &task->root;
    task->root.task = task;
    task->root.deadline = CEDE_NEVER;
    task->root.timer.slot = CEDE__TIMER_IDLE;
    task->hold.timer.slot = CEDE__TIMER_IDLE;
    cede__future_init(&task->future, &cede__task_kind, loop);
    return task;
}

/* Say what a prepared task is to run; with its place in the queue, the only writes that every spawn
 * pays for. */
static inline void task_begin(struct cede_task *task, cede_fn *fn, void *arg,
                              const struct cede__spawn_site *site)
{
    cede__coro_renew(&task->coro);
    task->coro.site = site;
    task->fn = fn;
    task->arg = arg;
}

/* Whether the short way may be taken: an idle task is there, and no task has locals to hand on. */
static inline bool loop_has_idle(struct cede_loop *loop)
{
    const bool has_idle = loop->n_idle > 0;

    /* Forget what was read: to keep it until it is counted down takes more instructions than to
     * count in memory. */
    __asm__("" : "+m"(loop->n_idle));
    return has_idle;
}

struct cede_task *cede__task_place(struct cede_loop *loop, struct cede__stack *stack, cede_fn *fn,
                                   void *arg, const struct cede__spawn_site *site)
{
    struct cede_task *task = task_prepare(loop, stack);

    task_begin(task, fn, arg, site);
    return task;
}

void cede__task_welcome(struct cede_loop *loop)
{
    if (cede__likely(loop->end_tasks))
        return;
    loop->end_tasks = cede__loop_end_tasks;
    cede__deadlock_watch(loop);
}

static inline struct cede_task *task_take_idle(struct cede_loop *loop)
{
    struct cede__ready *idle = loop->idle;

    loop->idle = idle->next;
    loop->n_idle--;
    /* Where tasks are started, more are. To fetch NULL is nothing. */
    if (idle->next)
        __builtin_prefetch(idle->next->next, 1);
    return cede__container_of(idle, struct cede_task, ready);
}

static void task_apply_options(struct cede_task *task, const cede_task_options *options)
{
    task->is_special = true;
    task->drop = options->drop;
    if (options->name)
        (void)cede_task_set_name(&task->future, options->name);
}

struct cede_task *cede__task_create(cede_fn *fn, void *arg, const cede_task_options *options,
                                    const struct cede__spawn_site *site)
{
    struct cede_loop *loop = options && options->loop ? options->loop : cede__loop_here;
    const struct cede_task *spawner = cede__task_here();
    struct cede__stack *stack;
    struct cede_task *task;

    if (!loop || loop != cede__loop_here) {
        (void)cede_raise(-EINVAL,
                         loop ? "the loop is another thread's" : "this thread has no loop");
        if (loop)
            (void)cede__loop_tell_foreign(-EINVAL);
        goto fail;
    }
    if (loop->idle && !(options && options->stack_size > 0)) {
        task = task_take_idle(loop);
    } else {
        stack = task_take_stack(loop, options);
        if (!stack)
            goto fail;
        task = task_prepare(loop, stack);
    }
    task_begin(task, fn, arg, site);
    cede__task_welcome(loop);
    if (spawner && spawner->locals)
        cede__task_inherit_locals(task, spawner);
    if (options)
        task_apply_options(task, options);
    return task;

fail:
    if (options && options->drop)
        options->drop(arg);
    return NULL;
}

/* Put before all others what is to go on when the task that is switched to now parks. */
static void loop_add_next(struct cede_loop *loop, struct cede__ready *ready)
{
    cede__loop_add_first(loop, ready);
    /* That switch is not to be the loop's own turn: nothing runs in between. */
    loop->budget = loop->budget < 0 ? 1 : loop->budget + 1;
}

/* Run a task that is in no queue until it first parks. The running one goes on right after. */
static void task_run_now(struct cede_task *task, struct cede_task *spawner)
{
    struct cede_loop *loop = task->loop;
    struct cede__coro *self = cede__coro_here();

    cede__task_settle(spawner, self);
    loop_add_next(loop, &spawner->ready);
    loop->current = &task->ready;
    cede__coro_switch(self, &task->coro);
}

void cede__task_launch(struct cede_task *task, const cede_task_options *options)
{
    struct cede_task *spawner = cede__task_here();

    if (options && options->eager && spawner)
        task_run_now(task, spawner);
    else
        cede__loop_add_ready(task->loop, &task->ready);
}

static __attribute__((noinline)) cede_future *spawn_slowly(cede_fn *fn, void *arg,
                                                           const cede_task_options *options,
                                                           const struct cede__spawn_site *site)
{
    struct cede_task *task = cede__task_create(fn, arg, options, site);

    if (!task)
        return NULL;
    task->future.n_refs = 2;
    cede__task_launch(task, options);
    return &task->future;
}

static __attribute__((noinline)) int start_slowly(cede_fn *fn, void *arg,
                                                  const struct cede__spawn_site *site)
{
    struct cede_task *task = cede__task_create(fn, arg, NULL, site);

    if (!task)
        return cede_error_code(cede_error_last());
    cede__task_launch(task, NULL);
    return 0;
}

cede_future *cede__spawn(cede_fn *fn, void *arg, const cede_task_options *options,
                         const struct cede__spawn_site *site)
{
    struct cede_loop *loop = cede__loop_here;
    struct cede_task *task;

    if (cede__unlikely(options || !loop || !loop_has_idle(loop)))
        return spawn_slowly(fn, arg, options, site);
    task = task_take_idle(loop);
    task->future.n_refs = 2;
    task_begin(task, fn, arg, site);
    cede__loop_add_ready(loop, &task->ready);
    return &task->future;
}

int cede__start(cede_fn *fn, void *arg, const struct cede__spawn_site *site)
{
    struct cede_loop *loop = cede__loop_here;
    struct cede_task *task;

    if (cede__unlikely(!loop || !loop_has_idle(loop)))
        return start_slowly(fn, arg, site);
    task = task_take_idle(loop);
    task_begin(task, fn, arg, site);
    cede__loop_add_ready(loop, &task->ready);
    return 0;
}

/* The list of tasks.
 *
 * Every task begins in the ready queue, and many end in their first turn. So only those are on the
 * list that were left once, in the order of their first turns, which is that of creation, but for
 * eager ones; others are found where they are, when somebody asks. */

void cede__task_enlist(struct cede_task *task)
{
    if (task->coro.is_listed)
        return;
    task->coro.is_listed = true;
    task->listed_at = task->loop->now;
    task->number = ++task->loop->last_number;
    cede__list_append(&task->loop->tasks, &task->link);
}

const struct cede__list *cede__task_list(struct cede_loop *loop)
{
    struct cede__ready *ready = loop->ready_first;

    if (loop->current)
        cede__task_enlist(cede__container_of(loop->current, struct cede_task, ready));
    for (; ready; ready = cede__loop_is_last(loop, ready) ? NULL : ready->next) {
        if (ready->coro)
            cede__task_enlist(cede__container_of(ready, struct cede_task, ready));
    }
    return &loop->tasks;
}

size_t cede_task_all(cede_future **tasks_out, size_t room)
{
    size_t n = 0;

    if (!cede__loop_here)
        return 0;
    const struct cede__list *tasks = cede__task_list(cede__loop_here);
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next, n++) {
        struct cede_task *task = cede__container_of(link, struct cede_task, link);
        if (n < room)
            tasks_out[n] = cede_future_ref(&task->future);
    }
    return n;
}

/* Cancelling. */

static bool task_cancel(struct cede_future *future)
{
    struct cede_task *task = cede__container_of(future, struct cede_task, future);

    task->is_special = true;
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
    const struct cede__list *tasks = cede__task_list(loop);

    /* A task may finish only when it runs, so the list holds still. */
    for (struct cede__list *link = tasks->next; link != tasks; link = link->next)
        (void)cede_cancel(&cede__container_of(link, struct cede_task, link)->future);
}

int cede__task_refuse(struct cede_task *task)
{
    enum { STALL = 1000 };

    /* A loop that ignores cancellation must not freeze the others. */
    if (++task->n_refused > 1)
        cede__task_give_way(task);
    if (task->n_refused == STALL)
        cede__report(
            "cede: task '%s' has been refused %d times in a row since it was cancelled, and "
            "goes on: does a loop of it ignore -ECANCELED?\n",
            task->coro.site->name, STALL);
    return -ECANCELED;
}

/* Facts. */

int cede_return(void *value)
{
    struct cede_task *task = cede__task_here();

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task has a future to return a value to");
    if (cede__coro_here() != &task->coro)
        return cede_raise(-EINVAL, "this is a generator's body: cede_gen_return is for it");
    task->is_special = true;
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

    return task ? task->coro.site->name : "";
}

int cede_task_set_name(cede_future *future, const char *name)
{
    struct cede_task *task = cede__task_of(future);

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task has a name");
    task->is_special = true;
    snprintf(task->own_name, sizeof task->own_name, "%s", name);
    task->own_site = *task->coro.site;
    task->own_site.name = task->own_name;
    task->coro.site = &task->own_site;
    return 0;
}

static void task_describe(const struct cede_future *future, struct cede__text *text)
{
    const struct cede_task *task = cede__container_of(future, struct cede_task, future);
    const struct cede__spawn_site *site = task->coro.site;

    cede__text_add(text, " name='%s' at %s:%d", site->name, cede__file_name(site->file),
                   site->line);
    if (cede__future_done(future) || !cede__look_covers(task->loop))
        return; /* what a task waits for is on its stack: its thread may look, no other */
    if (task->n_cancels > 0)
        cede__text_add(text, " cancelling=%d", task->n_cancels);
    if (task->ready.waiter && task->ready.waiter->kind->describe)
        cede__waiter_describe(task->ready.waiter, text);
}
