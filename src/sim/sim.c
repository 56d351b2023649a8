/* sim.c - simulations: made, run, stepped, held up to real time.
 *
 * A simulation is a loop whose instant is on (loop/instant.h) and, attached to it, what a run needs
 * to know. A run is a run of the loop that ends when the loop has nothing left to do, a timer of
 * the most urgent priority fires, or something fails that nobody waits for.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sim/sim.h"
#include "sys/clock.h"

static const char sim_key; /* its address is the key of the attachment */

struct cede_sim *cede_sim_current(void)
{
    struct cede_loop *loop = cede__loop_here;
    struct cede__attachment *attachment =
        loop && loop->instant.is_on ? cede__loop_attachment(loop, &sim_key) : NULL;

    return attachment ? cede__container_of(attachment, struct cede_sim, attachment) : NULL;
}

struct cede_sim *cede__sim_here(void)
{
    struct cede_sim *sim = cede_sim_current();

    if (!sim)
        (void)cede_raise(-EINVAL, "this thread has no simulation");
    return sim;
}

int cede__sim_check_delay(double delay)
{
    if (delay >= 0)
        return 0;
    return cede_raise(-EINVAL, "a delay of %g: it must be a number and not negative", delay);
}

int cede__sim_check_priority(int priority)
{
    if (priority >= -CEDE__PRIORITY_LIMIT && priority <= CEDE__PRIORITY_LIMIT)
        return 0;
    return cede_raise(-EINVAL, "a priority of %d: it must be from %d to %d", priority,
                      -CEDE__PRIORITY_LIMIT, CEDE__PRIORITY_LIMIT);
}

double cede_sim_now(void)
{
    const struct cede_loop *loop = cede__loop_here;

    return cede__likely(loop && loop->instant.is_on) ? loop->instant.clock
                                                     : cede_time_seconds(cede_now());
}

uint64_t cede_sim_seed(const cede_sim *sim)
{
    return sim->seed;
}

/* Real time. */

void cede_sim_sync(cede_sim *sim)
{
    sim->real_base = sim->loop->instant.clock;
    sim->real_start = cede__clock_monotonic();
}

static int64_t sim_pace(struct cede_loop *loop, double next)
{
    struct cede_sim *sim = cede_sim_current();
    const double due = (next - sim->real_base) * sim->real_factor * 1e9;
    const double early = due - (double)(cede__clock_monotonic() - sim->real_start);

    if (early > 0)
        return early < 1e18 ? (int64_t)ceil(early) : (int64_t)1e18;
    if (sim->lenient || -early <= sim->real_factor * 1e9)
        return 0;
    (void)cede_raise(-ETIMEDOUT, "too slow for real time: %.3f s late at %g", -early / 1e9, next);
    cede__sim_fail(sim, -ETIMEDOUT, cede_error_last());
    cede_loop_stop(loop);
    return 0;
}

/* Creation. */

static void sim_closed(struct cede__attachment *attachment)
{
    struct cede_sim *sim = cede__container_of(attachment, struct cede_sim, attachment);

    cede__sim_event_drop_all(sim);
}

void cede__sim_choose_way(struct cede_sim *sim)
{
    sim->loop->instant.is_direct = sim->real_factor == 0 && !sim->allow_io && !sim->trace;
}

static void until_fire(struct cede__timer *timer)
{
    (void)timer;
    cede_loop_stop(cede__loop_here);
}

int cede_sim_create(const cede_sim_options *options, cede_sim **sim_out)
{
    static const cede_sim_options defaults;
    const cede_sim_options *o = options ? options : &defaults;
    const cede_loop_options loop_options = {
        .clock = CEDE_CLOCK_VIRTUAL, .allow_io = o->allow_io, .stack_size = o->stack_size};
    struct cede_sim *sim;
    int rc;

    if (!(o->start >= 0 && o->start < INFINITY) ||
        !(o->real_factor >= 0 && o->real_factor < INFINITY))
        return cede_raise(-EINVAL, "a start of %g or a real-time factor of %g makes no sense",
                          o->start, o->real_factor);
    sim = cede__calloc(1, sizeof *sim);
    if (!sim)
        return cede_raise(-ENOMEM, "no memory for a simulation");
    rc = cede_loop_create(&loop_options, &sim->loop);
    if (rc < 0) {
        cede__free(sim);
        return rc;
    }
    cede__instant_init(sim->loop, o->start + 0.0);
    cede__sim_hold_init(sim);
    sim->attachment.key = &sim_key;
    sim->attachment.close = sim_closed;
    cede__loop_attach(sim->loop, &sim->attachment);
    cede__list_init(&sim->scheduled);
    sim->seed = o->seed;
    sim->real_factor = o->real_factor;
    sim->lenient = o->lenient;
    sim->allow_io = o->allow_io;
    cede__sim_choose_way(sim);
    sim->until = (struct cede__timer){until_fire, CEDE__TIMER_IDLE};
    if (o->real_factor > 0) {
        sim->loop->instant.pace = sim_pace;
        cede_sim_sync(sim);
    }
    *sim_out = sim;
    return 0;
}

void cede_sim_destroy(cede_sim *sim)
{
    if (!sim)
        return;
    sim->loop->instant.pace = NULL;
    sim->code = 0;
    if (cede_loop_close(sim->loop) == 0)
        cede__free(sim);
}

/* Runs. */

void cede__sim_fail(struct cede_sim *sim, int code, const struct cede_error *error)
{
    if (sim->code == 0) {
        sim->code = code;
        sim->error.n_links = 0;
        if (cede_error_code(error) == code)
            cede__error_copy(&sim->error, error);
    }
    cede_sim_stop(sim);
}

void cede_sim_stop(cede_sim *sim)
{
    if (!sim->loop->is_running)
        return;
    sim->loop->is_stopping = true;
    sim->loop->budget = 0;
}

static void sim_stuck(struct cede_loop *loop)
{
    cede_sim_current()->is_stuck = true;
    cede_loop_stop(loop);
}

/* What a run, which is over, came to. */
static int sim_outcome(struct cede_sim *sim)
{
    const int code = sim->code;

    sim->loop->stuck = NULL;
    sim->code = 0;
    if (code < 0)
        cede__error_adopt(&sim->error, code);
    return code;
}

int cede_sim_run(cede_sim *sim)
{
    CEDE_TRY(cede__loop_check_run(sim->loop));
    sim->is_stuck = false;
    sim->loop->stuck = sim_stuck;
    CEDE_TRY(cede__loop_run(sim->loop));
    return sim_outcome(sim);
}

int cede_sim_run_until(cede_sim *sim, double time)
{
    struct cede_loop *loop = sim->loop;
    int rc;

    CEDE_TRY(cede__loop_check_run(loop));
    if (!(time > loop->instant.clock))
        return cede_raise(-EINVAL, "cannot run until %g: it is %g already", time,
                          loop->instant.clock);
    CEDE_TRY(
        cede__instant_add_timer(loop, &sim->until, cede__time_key(time), CEDE__PRIORITY_URGENT));
    rc = cede_sim_run(sim);
    cede__loop_remove_timer(loop, &sim->until);
    return rc;
}

struct watch {
    struct cede__watcher watcher;
    struct cede_sim *sim;
};

static void watch_notify(struct cede__watcher *watcher)
{
    cede_sim_stop(cede__container_of(watcher, struct watch, watcher)->sim);
}

int cede_sim_run_until_event(cede_sim *sim, cede_future *event)
{
    static const struct cede__watcher_kind kind = {.notify = watch_notify};
    struct watch watch = {.watcher.kind = &kind, .sim = sim};
    int rc;

    CEDE_TRY(cede__loop_check_run(sim->loop));
    CEDE_TRY(cede__future_check(event));
    if (!cede__future_watch(event, &watch.watcher))
        return cede__future_outcome(event);
    rc = cede_sim_run(sim);
    if (cede__future_done(event))
        return cede__future_outcome(event);
    (void)cede__future_unwatch(event, &watch.watcher);
    CEDE_TRY(rc);
    if (sim->is_stuck)
        return cede_raise(-EDEADLK, "nothing is left to happen, and the event has not");
    return cede_raise(CEDE_ENOTDONE, "the run was stopped before the event happened");
}

double cede_sim_peek(cede_sim *sim)
{
    struct cede_loop *loop = sim->loop;
    int64_t next;

    if (loop->ready_first)
        return loop->instant.clock;
    next = cede__timers_next(&loop->timers);
    return next == CEDE_NEVER ? INFINITY : cede__key_time(next);
}

int cede_sim_step(cede_sim *sim)
{
    int rc;

    sim->is_stuck = false;
    sim->loop->stuck = sim_stuck;
    rc = cede__loop_step(sim->loop);
    CEDE_TRY(rc);
    rc = sim_outcome(sim);
    return rc < 0 ? rc : !sim->is_stuck;
}

int cede__simulate(const cede_sim_options *options, cede_fn *main, void *arg,
                   const struct cede__spawn_site *site)
{
    cede_sim *sim = NULL;
    struct cede_error record = {.n_links = 0};
    int rc;

    CEDE_TRY(cede_sim_create(options, &sim));
    rc = cede__sim_start(main, arg, NULL, site);
    if (rc == 0)
        rc = cede_sim_run(sim);
    if (cede_error_last())
        cede__error_copy(&record, cede_error_last());
    cede_sim_destroy(sim);
    if (rc < 0)
        cede__error_adopt(&record, rc);
    return rc;
}
