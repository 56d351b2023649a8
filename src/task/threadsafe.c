/* threadsafe.c - tasks spawned on another thread's loop.
 *
 * The task is laid out by the spawning thread, shared before anybody else knows it, and sent to the
 * loop as a message, which lies in the task's spot as nothing else does before the task runs. Where
 * it arrives it takes its place in the ready queue; a loop that is just closing cancels it instead.
 */
/* SPDX-License-Identifier: MIT */
#include "task/task.h"

static void task_arrive(struct cede__message *message)
{
    struct cede_task *task = cede__container_of(message, struct cede_task, spot.message);
    struct cede_loop *loop = task->loop;

    if (cede__mailbox_is_closed(loop->mailbox)) {
        (void)cede__future_complete(&task->future, -ECANCELED);
        cede__future_unref(&task->future);
        return;
    }
    cede__task_welcome(loop);
    cede__loop_add_ready(loop, &task->ready);
}

/* Undo what nobody else has seen. */
static void task_withdraw(struct cede_task *task)
{
    (void)cede__future_complete(&task->future, -ECANCELED);
    task->future.n_refs = 1;
    cede__future_unref(&task->future);
}

cede_future *cede__spawn_threadsafe(cede_loop *loop, cede_fn *fn, void *arg,
                                    const struct cede__spawn_site *site)
{
    struct cede__stack *stack = cede__depot_take(loop->stacks.size_class);
    struct cede_task *task;

    if (!stack) {
        (void)cede_raise(-ENOMEM, "no memory for the stack of a task");
        return NULL;
    }
    task = cede__task_place(loop, stack, fn, arg, site);
    (void)cede_future_share(&task->future);
    task->future.n_refs = 2;
    task->spot.message.deliver = task_arrive;
    if (cede__mailbox_post(loop->mailbox, &task->spot.message) < 0) {
        task_withdraw(task);
        (void)cede_raise(CEDE_ESHUTDOWN, "the loop is closing");
        return NULL;
    }
    return &task->future;
}
