/* event.c - events: triggered, then happening in their turn.
 *
 *     created --(succeed, fail, trigger: into the ready queue)--> triggered --> happened: the
 *        \                                                       ^              future is done
 *         \--(timeout, schedule: its timer is armed)------------/
 *
 * While it is triggered and has not happened the simulation holds a reference. An event happens on
 * the loop's own stack: its watchers are told, and those who waited go on before anything else.
 */
/* SPDX-License-Identifier: MIT */
#include "sim/process.h"

static const struct cede__future_kind event_kind = {.noun = "Event",
                                                    .destroy = cede__sim_event_destroy,
                                                    .cancel = cede__sim_event_cancel,
                                                    .describe = cede__sim_event_describe};

struct cede__sim_event *cede__sim_event_of(const struct cede_future *future)
{
    if (!future || (future->kind != &event_kind && future->kind != &cede__sim_condition_kind))
        return NULL;
    return cede__container_of(future, struct cede__sim_event, future);
}

/* What becomes of it. */

void cede__sim_event_destroy(struct cede_future *future)
{
    struct cede__sim_event *event = cede__container_of(future, struct cede__sim_event, future);

    cede__free(event->error);
    cede__free(event);
}

void cede__sim_event_describe(const struct cede_future *future, struct cede__text *text)
{
    const struct cede__sim_event *event =
        cede__container_of(future, struct cede__sim_event, future);

    if (event->name)
        cede__text_add(text, " '%s'", event->name);
    if (event->is_triggered && !cede__future_done(future))
        cede__text_add(text, " triggered");
}

/* It happens; not in the ready queue, its timer not armed. */
static void event_happen(struct cede__sim_event *event)
{
    struct cede_future *future = &event->future;
    const bool is_handled = event->is_defused || future->watchers;

    cede__list_remove(&event->link);
    future->error = event->error;
    if (event->happens)
        event->happens(event);
    cede__sim_trace_event(event);
    (void)cede__future_complete(future, event->status);
    if (event->status < 0) {
        /* A condition, or a process that has not run yet, looks at it later. */
        cede__future_set_retrieved(future);
        if (!is_handled)
            cede__sim_fail(event->sim, event->status, event->error);
    }
    cede__future_unref(future);
}

static void event_run(struct cede__ready *ready)
{
    struct cede__sim_event *event = cede__container_of(ready, struct cede__sim_event, ready);
    struct cede_loop *loop = event->sim->loop;
    struct cede__instant_rest rest;

    cede__instant_open(loop, &rest);
    event_happen(event);
    cede__instant_close(loop, &rest);
}

static void event_fire(struct cede__timer *timer)
{
    event_happen(cede__container_of(timer, struct cede__sim_event, timer));
}

static void event_schedule(struct cede__sim_event *event)
{
    event->is_triggered = true;
    (void)cede_future_ref(&event->future);
    cede__list_append(&event->sim->scheduled, &event->link);
}

void cede__sim_event_set(struct cede__sim_event *event, int status, const struct cede_error *error)
{
    event->status = status;
    if (status < 0 && cede_error_code(error) == status) {
        event->error = cede__malloc(sizeof *event->error);
        if (event->error) /* without memory for it the code has to do */
            cede__error_copy(event->error, error);
    }
    event_schedule(event);
    cede__loop_add_ready(event->sim->loop, &event->ready);
}

void cede__sim_event_drop_all(struct cede_sim *sim)
{
    for (struct cede__list *link; (link = cede__list_take(&sim->scheduled));) {
        struct cede__sim_event *event = cede__container_of(link, struct cede__sim_event, link);
        cede__loop_remove_timer(sim->loop, &event->timer);
        cede__future_unref(&event->future);
    }
}

bool cede__sim_event_cancel(struct cede_future *future)
{
    struct cede__sim_event *event = cede__sim_event_of(future);

    if (event->is_triggered && event->timer.slot == CEDE__TIMER_IDLE)
        return false; /* it is just about to happen */
    if (!event->is_triggered) {
        event->is_triggered = true;
        return cede__future_complete(future, -ECANCELED);
    }
    cede__loop_remove_timer(event->sim->loop, &event->timer);
    cede__list_remove(&event->link);
    (void)cede__future_complete(future, -ECANCELED);
    cede__future_unref(future);
    return true;
}

/* Made. */

struct cede__sim_event *cede__sim_event_create(const struct cede__future_kind *kind, size_t size,
                                               const char *name)
{
    struct cede_sim *sim = cede__sim_here();
    struct cede__sim_event *event = sim ? cede__calloc(1, size) : NULL;

    if (!sim)
        return NULL;
    if (!event) {
        (void)cede_raise(-ENOMEM, "no memory for an event");
        return NULL;
    }
    cede__future_init(&event->future, kind, sim->loop);
    cede__list_init(&event->link);
    event->ready.run = event_run;
    event->timer = (struct cede__timer){event_fire, CEDE__TIMER_IDLE};
    event->sim = sim;
    event->name = name;
    return event;
}

cede_future *cede_sim_event_create(const char *name)
{
    struct cede__sim_event *event =
        cede__sim_event_create(&event_kind, sizeof(struct cede__sim_event), name);

    return event ? &event->future : NULL;
}

/* Triggered. */

static int event_check(struct cede_future *future, struct cede__sim_event **event_out)
{
    struct cede__sim_event *event;

    CEDE_TRY(cede__future_check(future));
    if (future->kind != &event_kind)
        return cede_raise(-EINVAL, "a %s triggers itself", future->kind->noun);
    event = cede__sim_event_of(future);
    if (event->is_triggered)
        return cede_raise(CEDE_EDONE, "the event was triggered before");
    *event_out = event;
    return 0;
}

/* For later; 0, or raises -ENOMEM. */
static int event_arm(struct cede__sim_event *event, void *value, double delay, int priority)
{
    struct cede_loop *loop = event->sim->loop;
    const double when = loop->instant.clock + delay;

    if (cede__instant_add_timer(loop, &event->timer, cede__time_key(when), priority) < 0)
        return cede_raise(-ENOMEM, "no memory for a timer");
    event->future.value = value;
    event_schedule(event);
    return 0;
}

cede_future *cede_sim_timeout(double delay, void *value)
{
    cede_future *future;

    if (cede__sim_check_delay(delay) < 0)
        return NULL;
    future = cede_sim_event_create("timeout");
    if (future && cede_sim_event_schedule(future, value, delay, 0) < 0) {
        cede_future_unref(future);
        return NULL;
    }
    return future;
}

int cede_sim_event_succeed(cede_future *future, void *value)
{
    struct cede__sim_event *event = NULL;

    CEDE_TRY(event_check(future, &event));
    future->value = value;
    cede__sim_event_set(event, 0, NULL);
    return 0;
}

int cede_sim_event_fail(cede_future *future, int code)
{
    struct cede__sim_event *event = NULL;

    if (code >= 0)
        return cede_raise(-EINVAL, "a failure needs a negative code, not %d", code);
    const cede_error *error = cede_error_last();
    CEDE_TRY(event_check(future, &event));
    cede__sim_event_set(event, code, error);
    return 0;
}

int cede_sim_event_trigger(cede_future *future, cede_future *other)
{
    const struct cede__sim_event *source = cede__sim_event_of(other);
    struct cede__sim_event *event = NULL;

    CEDE_TRY(cede__future_check(other));
    CEDE_TRY(event_check(future, &event));
    if (!cede_sim_event_is_triggered(other))
        return cede_raise(CEDE_ENOTDONE, "the other event was not triggered");
    future->value = other->value;
    if (cede__future_done(other))
        cede__sim_event_set(event, other->status, other->error);
    else
        cede__sim_event_set(event, source->status, source->error);
    return 0;
}

int cede_sim_event_schedule(cede_future *future, void *value, double delay, int priority)
{
    struct cede__sim_event *event = NULL;

    CEDE_TRY(event_check(future, &event));
    CEDE_TRY(cede__sim_check_delay(delay));
    CEDE_TRY(cede__sim_check_priority(priority));
    if (delay == 0 && priority == 0)
        return cede_sim_event_succeed(future, value);
    return event_arm(event, value, delay, priority);
}

bool cede_sim_event_is_triggered(const cede_future *future)
{
    const struct cede__sim_event *event = cede__sim_event_of(future);

    return event ? event->is_triggered : cede__future_done(future);
}

void cede_sim_event_defuse(cede_future *future)
{
    struct cede__sim_event *event = cede__sim_event_of(future);

    if (event)
        event->is_defused = true;
    cede__future_set_retrieved(future);
}

/* Waited for. */

int cede_sim_wait(cede_future *future)
{
    struct cede_task *task = cede__task_here();

    CEDE_TRY(cede__future_check_wait(future));
    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task can wait");
    if (&task->future == future)
        return cede_raise(-EDEADLK, "process '%s' waits for itself", task->coro.site->name);
    CEDE_TRY(cede__task_checkpoint(task));
    if (task->is_marked)
        CEDE_TRY(cede__sim_take_interrupt(task));
    const int rc = cede__future_wait(future, false);
    return rc < 0 ? cede__sim_waited(rc) : cede__future_outcome(future);
}
