/* hold.c - processes let time pass. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "loop/calendar.h"
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

static __attribute__((noinline)) int hold_slowly(double delay)
{
    struct cede_task *task = cede__task_here();
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

/* Of a process in line for its turn, at the time of the head: what cede__waiter_wake and the loop
 * do. */
static inline void process_wakes(struct cede_loop *loop, struct cede_task *task)
{
    task->spot.waiter.rc = 0;
    task->ready.waiter = NULL;
    loop->budget--;
    loop->current = &task->ready;
}

/* It holds until then: what cede__task_park does for one that may just park. */
static inline void process_parks(struct cede_loop *loop, struct cede_task *task, double until)
{
    struct cede__waiter *waiter = &task->spot.waiter;

    if (cede__unlikely(waiter->kind != &holding)) {
        waiter->kind = &holding;
        waiter->task = task;
        task->hold.timer.fire = hold_fire;
    }
    waiter->since = loop->now;
    task->hold.until = until;
    task->ready.waiter = waiter;
    if (cede__unlikely(task->ready.coro != &task->coro)) /* a load, not a store */
        task->ready.coro = &task->coro;
}

/* Nearly always another process that holds goes on before this one: then the switch is made here,
 * with one frame between it and a body. */
CEDE__RETURNS_AFTER_SWITCH int cede_sim_hold(double delay)
{
    struct cede_loop *loop = cede__loop_here;
    struct cede__coro *self = cede__coro_here();
    struct cede_task *task = cede__container_of(self, struct cede_task, coro);
    struct cede__timer *timer;
    struct cede_task *next;
    int64_t now, key;
    double until;

    if (cede__unlikely(!self || !cede__coro_may_just_park(self) || task->is_marked ||
                       !loop->instant.is_direct || !cede__instant_may_move(loop)))
        return hold_slowly(delay);
    /* As numbers: what is less than now, without end or none at all is not between these. */
    until = loop->instant.clock + delay;
    key = cede__time_key(until);
    if (cede__unlikely(key <= cede__time_key(loop->instant.clock) ||
                       key >= cede__time_key(INFINITY)))
        return hold_slowly(delay);
    timer = cede__timers_first(&loop->timers);
    if (cede__unlikely(!timer || loop->timers.head->when > key)) {
        loop->budget--;
        cede__instant_move(loop, key);
        return 0;
    }
    if (cede__unlikely(timer->fire != hold_fire))
        return hold_slowly(delay);

    now = loop->timers.head->when;
    next = cede__container_of(timer, struct cede_task, hold.timer);
    process_parks(loop, task, until);
    cede__timers_exchange(&loop->timers, &task->hold.timer, key);
    cede__instant_move(loop, now);
    process_wakes(loop, next);
    cede__instant_arrive(loop);
    cede__coro_switch(self, cede__ready_coro(&next->ready));
    return cede__likely(task->spot.waiter.rc == 0) ? 0 : cede__sim_waited(task->spot.waiter.rc);
}
