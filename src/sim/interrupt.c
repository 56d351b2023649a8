/* interrupt.c - processes interrupted: told at once where they wait, else at their next wait.
 *
 * An interrupt is urgent: it comes before all that is to happen at the same time, but after what
 * was urgent before. It breaks the wait of its process off as a cancellation does, but with a code
 * of its own, and for that one wait. Where there is no wait to be broken off - the process has just
 * been handed what it waited for, or waits under a shield - the interrupt stays on the process's
 * list and is told at its next wait.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/process.h"

struct cede__interrupt {
    struct cede__ready ready;
    struct cede__list link; /* on process->pending, if it is to be told later */
    cede_future *process;   /* a reference; NULL once it was told */
    void *cause;
    char copy[]; /* of the cause, if that is here */
};

static void interrupt_free(struct cede__interrupt *interrupt)
{
    cede_future_unref(interrupt->process);
    cede__free(interrupt);
}

/* It is told to its process, which keeps it. */
static void process_tell(struct cede__process *process, struct cede__interrupt *interrupt)
{
    cede_future *future = interrupt->process;

    cede__free(process->told);
    process->told = interrupt;
    interrupt->process = NULL;
    cede__future_unref(future);
}

void cede__process_forget_interrupts(struct cede__process *process)
{
    for (struct cede__list *link; (link = cede__list_take(&process->pending));)
        interrupt_free(cede__container_of(link, struct cede__interrupt, link));
    cede__free(process->told);
    process->told = NULL;
}

/* Break the wait of a process off; whether that could be done. */
static bool process_break_off(struct cede_task *task)
{
    struct cede__waiter *waiter = task->ready.waiter;

    if (!waiter || !waiter->kind->cancel)
        return false;
    waiter->kind->cancel(waiter);
    if (task->ready.waiter || waiter->rc != -ECANCELED)
        return false; /* it goes on with what it was being handed */
    waiter->rc = CEDE_EINTERRUPTED;
    cede__process_of(task)->waited = "interrupt";
    return true;
}

static void interrupt_run(struct cede__ready *ready)
{
    struct cede__interrupt *interrupt = cede__container_of(ready, struct cede__interrupt, ready);
    struct cede_task *task = cede__task_of(interrupt->process);
    struct cede__process *process;

    if (cede__future_done(interrupt->process)) {
        interrupt_free(interrupt); /* it ended meanwhile */
        return;
    }
    process = cede__process_of(task);
    if (cede__list_is_empty(&process->pending) && process_break_off(task)) {
        process_tell(process, interrupt);
        return;
    }
    cede__list_append(&process->pending, &interrupt->link);
    task->is_marked = true;
}

int cede__sim_waited(int rc)
{
    return rc == CEDE_EINTERRUPTED ? cede_raise(rc, "the process was interrupted") : rc;
}

int cede__sim_take_interrupt(struct cede_task *task)
{
    struct cede__process *process = cede__process_of(task);
    struct cede__interrupt *interrupt;

    if (!process || cede__list_is_empty(&process->pending))
        return 0;
    interrupt =
        cede__container_of(cede__list_take(&process->pending), struct cede__interrupt, link);
    process_tell(process, interrupt);
    task->is_marked = process->priority != 0 || !cede__list_is_empty(&process->pending);
    return cede__sim_waited(CEDE_EINTERRUPTED);
}

/* The process of a future that may be interrupted; NULL, raised. */
static struct cede__process *interrupt_check(cede_future *future)
{
    struct cede__process *process;

    if (cede__future_check(future) < 0)
        return NULL;
    if (future->kind == &cede__task_kind && cede__future_done(future)) {
        (void)cede_raise(CEDE_EDONE, "the process has ended and cannot be interrupted");
        return NULL;
    }
    process = future->kind == &cede__task_kind ? cede__process_of(cede__task_of(future)) : NULL;
    if (!process)
        (void)cede_raise(-EINVAL, "a %s is no process to be interrupted", future->kind->noun);
    else if (process->task == cede__task_here())
        (void)cede_raise(-EINVAL, "a process cannot interrupt itself");
    else
        return process;
    return NULL;
}

/* `size` bytes at `cause` are copied; 0: it is handed on as it is. */
static int interrupt_send(struct cede__process *process, void *cause, size_t size)
{
    struct cede__interrupt *interrupt = cede__malloc(sizeof *interrupt + size);

    if (!interrupt)
        return cede_raise(-ENOMEM, "no memory for an interrupt");
    interrupt->ready = (struct cede__ready){.run = interrupt_run};
    cede__list_init(&interrupt->link);
    interrupt->process = cede_future_ref(&process->task->future);
    interrupt->cause = size > 0 ? memcpy(interrupt->copy, cause, size) : cause;
    cede__instant_add_urgent(process->sim->loop, &interrupt->ready);
    return 0;
}

int cede_sim_interrupt(cede_future *future, void *cause)
{
    struct cede__process *process = interrupt_check(future);

    return process ? interrupt_send(process, cause, 0) : cede_error_code(cede_error_last());
}

int cede__sim_interrupt_copy(struct cede__process *process, const void *cause, size_t size)
{
    return interrupt_send(process, (void *)(uintptr_t)cause, size);
}

void *cede_sim_cause(void)
{
    const struct cede__process *process = cede__process_of(cede__task_here());

    return process && process->told ? process->told->cause : NULL;
}

/* Interrupted by an event. */

struct subscription {
    struct cede__watcher watcher;
    cede_future *event;   /* a reference */
    cede_future *process; /* a reference */
};

static void subscription_notify(struct cede__watcher *watcher)
{
    struct subscription *subscription = cede__container_of(watcher, struct subscription, watcher);

    cede__future_set_retrieved(subscription->event);
    if (!cede__future_done(subscription->process) &&
        cede_sim_interrupt(subscription->process, subscription->event) < 0)
        cede__report("cede: no memory to interrupt '%s'\n", cede_task_name(subscription->process));
    cede__future_unref(subscription->process);
    cede__future_unref(subscription->event);
    cede__free(subscription);
}

int cede_sim_subscribe(cede_future *event)
{
    static const struct cede__watcher_kind kind = {.notify = subscription_notify};
    struct cede__process *process = cede__process_of(cede__task_here());
    struct subscription *subscription;

    CEDE_TRY(cede__future_check(event));
    if (!process)
        return cede_raise(CEDE_ENOTASK, "only a process can be interrupted");
    if (cede__future_done(event))
        return cede_raise(CEDE_EDONE, "it has happened already");
    subscription = cede__malloc(sizeof *subscription);
    if (!subscription)
        return cede_raise(-ENOMEM, "no memory for a subscription");
    subscription->watcher.kind = &kind;
    subscription->event = cede_future_ref(event);
    subscription->process = cede_future_ref(&process->task->future);
    (void)cede__future_watch(event, &subscription->watcher);
    return 0;
}

cede_future *cede_sim_target(const cede_future *future)
{
    const struct cede_task *task = cede__task_of(future);
    const struct cede__waiter *waiter =
        task && !cede__future_done(future) ? task->ready.waiter : NULL;

    return waiter && waiter->kind->awaited ? waiter->kind->awaited(waiter) : NULL;
}
