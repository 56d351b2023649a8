/* sleep.c - waiting for time, and for one's next turn. */
/* SPDX-License-Identifier: MIT */
#include "task/task.h"
#include "sys/clock.h"

struct sleeper {
    struct cede__waiter waiter;
    struct cede__timer timer;
    cede_time delay;
};

static void sleeper_fire(struct cede__timer *timer)
{
    cede__waiter_wake(&cede__container_of(timer, struct sleeper, timer)->waiter, 0);
}

static void sleeper_cancel(struct cede__waiter *waiter)
{
    struct sleeper *sleeper = cede__container_of(waiter, struct sleeper, waiter);

    cede__loop_remove_timer(waiter->task->loop, &sleeper->timer);
    cede__waiter_wake(waiter, -ECANCELED);
}

static void sleeper_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct sleeper *sleeper = cede__container_of(waiter, struct sleeper, waiter);

    cede__text_add(text, "sleep ");
    if (sleeper->delay == CEDE_NEVER)
        cede__text_add(text, "for ever");
    else
        cede__text_add_span(text, sleeper->delay);
}

static const struct cede__wait_kind sleeping = {
    .cancel = sleeper_cancel, .describe = sleeper_describe, .noun = "time"};

/* A plain thread sleeps on a word that nobody writes, until the time or its scope's deadline. */
static int thread_sleep(cede_time delay)
{
    const cede_time limit = cede__thread_deadline();
    const cede_time until =
        delay == CEDE_NEVER ? CEDE_NEVER : cede_time_add(cede__clock_monotonic(), delay);
    const cede_time end = until < limit ? until : limit;
    uint32_t word = 0;

    if (limit <= cede__clock_monotonic())
        return -ECANCELED;
    while (cede__clock_monotonic() < end)
        (void)cede__futex_wait(&word, 0, end);
    return end == until ? 0 : -ECANCELED;
}

static int task_sleep(struct cede_task *task, cede_time delay)
{
    struct sleeper sleeper;

    sleeper.waiter.kind = &sleeping;
    sleeper.timer.fire = sleeper_fire;
    sleeper.timer.slot = CEDE__TIMER_IDLE;
    sleeper.delay = delay;
    if (delay != CEDE_NEVER &&
        cede__loop_add_timer(task->loop, &sleeper.timer,
                             cede_time_add(cede__loop_now(task->loop), delay)) < 0)
        return cede_raise(-ENOMEM, "no memory for a timer");
    return cede__task_park(task, &sleeper.waiter);
}

int cede__wait_check(const struct cede_task *task)
{
    if (cede__likely(task != NULL) || !cede__loop_here)
        return 0;
    return cede_raise(-EDEADLK, "a loop's thread waits only inside of tasks");
}

static __attribute__((noinline)) int sleep_slowly(cede_time delay)
{
    struct cede_task *task = cede__task_here();

    if (!task) {
        CEDE_TRY(cede__wait_check(task));
        return thread_sleep(delay);
    }
    if (task->coro.is_cancelled)
        return cede__task_refuse(task);
    if (delay > 0)
        return task_sleep(task, delay);
    cede__task_give_way(task);
    return 0;
}

int cede_sleep(cede_time delay)
{
    struct cede__coro *self = cede__coro_here();

    /* Giving way is the cheapest of all switches, if nothing but another task stands next. */
    if (cede__likely(delay <= 0 && self && cede__coro_may_just_park(self)) &&
        cede__likely(cede__loop_rotate(
            cede__loop_here, &cede__container_of(self, struct cede_task, coro)->ready, self)))
        return 0;
    return sleep_slowly(delay);
}
