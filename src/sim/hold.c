/* hold.c - processes let time pass. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sim/process.h"

static void hold_fire(struct cede__timer *timer)
{
    cede__waiter_wake(&cede__container_of(timer, struct cede_task, hold.timer)->spot.waiter, 0);
}

static void hold_cancel(struct cede__waiter *waiter)
{
    cede__loop_remove_timer(waiter->task->loop, &waiter->task->hold.timer);
    cede__waiter_wake(waiter, -ECANCELED);
}

static void hold_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__text_add(text, "hold until %g", waiter->task->hold.until);
}

/* Fetch the frame in which a task that holds will go on. */
static void hold_fetch(const struct cede__timer *timer)
{
    const struct cede_task *task = cede__container_of(timer, struct cede_task, hold.timer);

    if (timer->fire == hold_fire)
        cede__context_prefetch(&task->ready.coro->context);
}

void cede__sim_hold_init(struct cede_sim *sim)
{
    sim->loop->instant.wake = hold_fire;
    sim->loop->timers.calendar.fetch = hold_fetch;
}

static const struct cede__wait_kind holding = {
    .cancel = hold_cancel, .describe = hold_describe, .noun = "time"};

static int hold_check(struct cede_task *task, double delay)
{
    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task can hold");
    if (!task->loop->instant.is_on)
        return cede_raise(-EINVAL, "this thread has no simulation");
    CEDE_TRY(cede__sim_check_delay(delay));
    if (task->coro.is_cancelled)
        return cede__task_refuse(task);
    return 0;
}

static __attribute__((noinline)) int hold_slowly(struct cede_task *task, double delay)
{
    const struct cede__process *process;
    struct cede_loop *loop;
    int priority;

    CEDE_TRY(hold_check(task, delay));
    CEDE_TRY(cede__sim_take_interrupt(task));
    loop = task->loop;
    process = cede__process_of(task);
    priority = process ? process->priority : 0;
    task->hold.until = loop->instant.clock + delay;
    if (task->hold.until == loop->instant.clock && priority == 0) {
        /* The present moment is in the ready queue. */
        cede__task_give_way(task);
        return cede__sim_take_interrupt(task);
    }
    task->hold.timer.fire = hold_fire;
    if (task->hold.until < INFINITY &&
        cede__instant_add_timer(loop, &task->hold.timer, cede__time_key(task->hold.until),
                                priority) < 0)
        return cede_raise(-ENOMEM, "no memory for a timer");
    task->spot.waiter.kind = &holding;
    return cede__sim_waited(cede__task_park(task, &task->spot.waiter));
}

/* Hold until then, and switch to `next`, which goes on before: what cede__task_park and
 * cede__waiter_wake say of both, in one. A jump away from cede_sim_hold, so that there is one frame
 * between a body and the switch; it stands in backtraces in its place, and is named accordingly. */
static int hold_and_switch(struct cede_loop *loop, struct cede_task *task, struct cede_task *next,
                           double until) __asm__("cede_sim_hold.parked");

static CEDE__RETURNS_AFTER_SWITCH int hold_and_switch(struct cede_loop *loop,
                                                      struct cede_task *task,
                                                      struct cede_task *next, double until)
{
    struct cede__coro *self = cede__coro_here();
    const int64_t key = loop->timers.heap[0].when;

    task->spot.waiter = (struct cede__waiter){&holding, task, 0, loop->now};
    task->hold.timer.fire = hold_fire;
    task->hold.until = until;
    task->ready.waiter = &task->spot.waiter;
    cede__task_settle(task, self);
    cede__timers_exchange(&loop->timers, &task->hold.timer, cede__time_key(until));

    cede__instant_move(loop, key);
    next->spot.waiter.rc = 0;
    next->ready.waiter = NULL;
    loop->budget--;
    loop->current = &next->ready;
    cede__instant_arrive(loop);
    cede__coro_switch(self, next->ready.coro);
    const int rc = task->spot.waiter.rc;
    return cede__likely(rc == 0) ? 0 : cede__sim_waited(rc);
}

int cede_sim_hold(double delay)
{
    struct cede_loop *loop = cede__loop_here;
    struct cede_task *task = cede__task_here();
    struct cede__timer *next;
    double until;

    if (cede__unlikely(!task || !loop->instant.is_direct || task->coro.is_cancelled ||
                       task->is_marked || !cede__instant_may_move(loop)))
        return hold_slowly(task, delay);
    until = loop->instant.clock + delay;
    if (cede__unlikely(!(until > loop->instant.clock && until < INFINITY)))
        return hold_slowly(task, delay);
    next = cede__timers_first(&loop->timers);
    if (cede__unlikely(!next || loop->timers.heap[0].when > cede__time_key(until))) {
        loop->budget--;
        cede__instant_move(loop, cede__time_key(until));
        return 0;
    }
    if (cede__unlikely(next->fire != hold_fire))
        return hold_slowly(task, delay);
    return hold_and_switch(loop, task, cede__container_of(next, struct cede_task, hold.timer),
                           until);
}
