/* instant.c - one moment of a simulation: the mark, and what has its turn there. See instant.h. */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "loop/instant.h"

void cede__instant_open(struct cede_loop *loop, struct cede__instant_rest *rest)
{
    rest->first = loop->ready_first;
    rest->end = loop->ready_end;
    loop->ready_first = NULL;
    loop->ready_end = &loop->ready_first;
}

void cede__instant_close(struct cede_loop *loop, struct cede__instant_rest *rest)
{
    struct cede__instant *instant = &loop->instant;
    const bool several = loop->ready_first && !cede__loop_is_last(loop, loop->ready_first);

    /* Of several that go on with the same event, all are to before anything else does. */
    if (!instant->mark_is_queued &&
        (several || instant->urgent_first || cede__instant_has_due(loop))) {
        instant->mark_is_queued = true;
        cede__loop_add_ready(loop, &instant->mark);
    }
    if (!rest->first)
        return;
    *loop->ready_end = rest->first;
    loop->ready_end = rest->end;
}

static void instant_fire_one(struct cede_loop *loop)
{
    struct cede__timer *timer =
        cede__timers_take(&loop->timers, cede__time_key(loop->instant.clock));

    if (timer)
        timer->fire(timer);
}

static void instant_run_urgent(struct cede_loop *loop)
{
    struct cede__instant *instant = &loop->instant;
    struct cede__ready *ready = instant->urgent_first;

    if (instant->urgent_end == &ready->next) {
        instant->urgent_first = NULL;
        instant->urgent_end = &instant->urgent_first;
    } else {
        instant->urgent_first = ready->next;
    }
    if (ready->coro)
        cede__loop_add_ready(loop, ready);
    else
        ready->run(ready);
}

static void mark_runs(struct cede__ready *mark)
{
    struct cede_loop *loop = cede__container_of(mark, struct cede_loop, instant.mark);
    struct cede__instant_rest rest;

    loop->instant.mark_is_queued = false;
    cede__instant_open(loop, &rest);
    if (loop->instant.urgent_first)
        instant_run_urgent(loop);
    else if (cede__instant_has_due(loop))
        instant_fire_one(loop);
    cede__instant_close(loop, &rest);
}

void cede__instant_fire(struct cede_loop *loop)
{
    struct cede__instant_rest rest;

    if (loop->ready_first || loop->is_stopping)
        return;
    cede__instant_open(loop, &rest);
    instant_fire_one(loop);
    cede__instant_close(loop, &rest);
}

void cede__instant_put_mark(struct cede_loop *loop)
{
    if (loop->instant.mark_is_queued)
        return;
    loop->instant.mark_is_queued = true;
    cede__loop_add_first(loop, &loop->instant.mark);
}

void cede__instant_add_urgent(struct cede_loop *loop, struct cede__ready *ready)
{
    *loop->instant.urgent_end = ready;
    loop->instant.urgent_end = &ready->next;
    cede__instant_put_mark(loop);
}

int cede__instant_add_timer(struct cede_loop *loop, struct cede__timer *timer, int64_t key,
                            int priority)
{
    CEDE_TRY(cede__timers_add_at(&loop->timers, timer, key, priority));
    if (priority < 0 && key <= cede__time_key(loop->instant.clock))
        cede__instant_put_mark(loop);
    return 0;
}

struct cede__coro *cede__instant_next(struct cede_loop *loop)
{
    struct cede__timer *timer =
        cede__instant_may_move(loop) ? cede__timers_first(&loop->timers) : NULL;
    int64_t key;

    if (!timer || timer->fire != loop->instant.wake) {
        loop->current = NULL;
        return &loop->main;
    }
    loop->budget--;
    key = cede__timers_next(&loop->timers);
    cede__instant_move(loop, key);
    (void)cede__timers_take(&loop->timers, key);
    timer->fire(timer);
    loop->current = cede__loop_take_ready(loop);
    cede__instant_arrive(loop);
    return loop->current->coro;
}

int64_t cede__instant_key_at(const struct cede_loop *loop, cede_time when)
{
    const double time = (double)when / 1e9;

    return cede__time_key(time > loop->instant.clock ? time : loop->instant.clock);
}

void cede__instant_init(struct cede_loop *loop, double start)
{
    struct cede__instant *instant = &loop->instant;

    instant->is_on = true;
    instant->urgent_end = &instant->urgent_first;
    instant->mark.run = mark_runs;
    cede__instant_move(loop, cede__time_key(start));
}
