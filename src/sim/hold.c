/* hold.c - processes let time pass. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sim/process.h"

/* A process that holds; on its stack. */
struct holder {
    struct cede__waiter waiter;
    struct cede__timer timer;
    double until;
};

static void holder_fire(struct cede__timer *timer)
{
    cede__waiter_wake(&cede__container_of(timer, struct holder, timer)->waiter, 0);
}

static void holder_cancel(struct cede__waiter *waiter)
{
    struct holder *holder = cede__container_of(waiter, struct holder, waiter);

    cede__loop_remove_timer(waiter->task->loop, &holder->timer);
    cede__waiter_wake(waiter, -ECANCELED);
}

static void holder_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__text_add(text, "hold until %g", cede__container_of(waiter, struct holder, waiter)->until);
}

static const struct cede__wait_kind holding = {
    .cancel = holder_cancel, .describe = holder_describe, .noun = "time"};

static int hold_check(struct cede_task *task, double delay)
{
    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task can hold");
    if (!task->loop->instant.is_on)
        return cede_raise(-EINVAL, "this thread has no simulation");
    CEDE_TRY(cede__sim_check_delay(delay));
    if (task->is_cancelled)
        return cede__task_refuse(task);
    return 0;
}

static __attribute__((noinline)) int hold_slowly(struct cede_task *task, double delay)
{
    struct cede__process *process;
    struct holder holder;
    int priority;

    CEDE_TRY(hold_check(task, delay));
    CEDE_TRY(cede__sim_take_interrupt(task));
    process = cede__process_of(task);
    holder.waiter.kind = &holding;
    holder.timer = (struct cede__timer){holder_fire, CEDE__TIMER_IDLE};
    holder.until = task->loop->instant.clock + delay;
    priority = process ? process->priority : 0;
    if (holder.until == task->loop->instant.clock && priority == 0) {
        /* The present moment is in the ready queue. */
        cede__task_give_way(task);
        return cede__sim_take_interrupt(task);
    }
    if (holder.until < INFINITY &&
        cede__instant_add_timer(task->loop, &holder.timer, cede__time_key(holder.until), priority) <
            0)
        return cede_raise(-ENOMEM, "no memory for a timer");
    return cede__sim_waited(cede__task_park(task, &holder.waiter));
}

int cede_sim_hold(double delay)
{
    return hold_slowly(cede__task_here(), delay);
}
