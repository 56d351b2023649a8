/* loop.c - the loop itself: run what is ready, then look at messages, descriptors and the clock,
 * and again.
 *
 *        +--> ready queue: coroutines switch straight from one to the next --+
 *        |                                                                   | empty, a callback,
 *        |                                                                   | or the budget is
 *        |    the loop's own stack: callbacks, messages, events, timers <----+ used up
 *        +-------------------------------+
 *
 * Coroutines enter the loop's own stack only for that. The budget bounds how long a queue that
 * never empties can keep the loop from the world. On a virtual clock, time moves here and only
 * here: when nothing is ready, nothing has been sent and no job is in flight.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "loop/inspect.h"
#include "loop/instant.h"
#include "loop/ready.h"
#include "sys/clock.h"

__thread struct cede_loop *cede__loop_here;
unsigned cede__loop_n_debug;

/* Every loop that is not closed, of all threads. */
static struct cede__mutex live_lock;
static struct cede__list live_loops = {&live_loops, &live_loops};
static uint64_t n_loops_ever;

struct cede__inspect cede__inspect = {
    .magic = CEDE__INSPECT_MAGIC,
    .version = CEDE__VERSION,
    .loop_size = sizeof(struct cede_loop),
    .live_loops = &live_loops,
};

/* A wait this long or longer is time to give up stacks. */
#define TRIM_PAUSE CEDE_MS(1)

static const struct cede__poll_engine *const engines[] = {&cede__poll_epoll};

cede_loop *cede_loop_current(void)
{
    return cede__loop_here;
}

bool cede_loop_is_running(const cede_loop *loop)
{
    return loop->is_running;
}

cede_time cede__loop_now(const struct cede_loop *loop)
{
    return loop->is_virtual ? loop->now : cede__clock_monotonic();
}

cede_time cede_now(void)
{
    return cede__loop_here ? cede__loop_now(cede__loop_here) : cede__clock_monotonic();
}

cede_time cede_after(cede_time delay)
{
    return delay == CEDE_NEVER ? CEDE_NEVER : cede_time_add(cede_now(), delay);
}

void cede__loop_trim_stacks(struct cede_loop *loop, size_t limit)
{
    size_t n_idle = (size_t)(loop->n_idle & (CEDE__LOOP_LOCALS - 1));

    if (limit == 0 && cede__stack_cache_drop(&loop->stacks, n_idle)) {
        loop->idle = NULL;
        loop->n_idle -= (int64_t)n_idle;
        return;
    }
    for (; n_idle > limit; n_idle--) {
        struct cede__ready *idle = loop->idle;
        loop->idle = idle->next;
        loop->n_idle--;
        cede__stack_give(&loop->stacks, idle->coro->stack);
    }
    cede__stack_cache_trim(&loop->stacks, limit);
}

/* Creation. */

static void loop_set_live(struct cede_loop *loop, bool is_live)
{
    cede__mutex_lock(&live_lock);
    if (is_live) {
        cede__list_append(&live_loops, &loop->live);
        loop->last_number = ++n_loops_ever << CEDE__LOOP_NUMBER_BITS;
    } else {
        cede__list_remove(&loop->live);
    }
    if (loop->is_debug)
        __atomic_add_fetch(&cede__loop_n_debug, is_live ? 1U : -1U, __ATOMIC_RELAXED);
    cede__mutex_unlock(&live_lock);
}

bool cede__loop_is_live(const struct cede_loop *loop)
{
    bool found = false;

    cede__mutex_lock(&live_lock);
    for (struct cede__list *link = live_loops.next; link != &live_loops && !found;) {
        found = cede__container_of(link, struct cede_loop, live) == loop;
        link = link->next; /* NOLINT(clang-analyzer-core.NullDereference): it is a circle */
    }
    cede__mutex_unlock(&live_lock);
    return found;
}

size_t cede__loop_others(struct cede__mailbox **mailboxes_out, size_t max)
{
    size_t n = 0;

    cede__mutex_lock(&live_lock);
    for (struct cede__list *link = live_loops.next; link != &live_loops && n < max;
         link = link->next) {
        struct cede_loop *loop = cede__container_of(link, struct cede_loop, live);
        if (loop != cede__loop_here)
            mailboxes_out[n++] = cede__mailbox_ref(loop->mailbox);
    }
    cede__mutex_unlock(&live_lock);
    return n;
}

size_t cede__loop_hold_others(struct cede_loop **loops_out, size_t max)
{
    size_t n = 0;

    cede__mutex_lock(&live_lock);
    for (struct cede__list *link = live_loops.next; link != &live_loops && n < max;
         link = link->next) {
        struct cede_loop *loop = cede__container_of(link, struct cede_loop, live);
        if (loop != cede__loop_here && cede__mailbox_hold(loop->mailbox))
            loops_out[n++] = loop;
    }
    cede__mutex_unlock(&live_lock);
    return n;
}

static int loop_open_engine(struct cede_loop *loop, const char *name)
{
    for (size_t i = 0; i < cede__countof(engines); i++) {
        if (name && strcmp(name, engines[i]->name) != 0)
            continue;
        loop->engine = engines[i];
        return engines[i]->open(&loop->poll);
    }
    return cede_raise(-ENOENT, "there is no polling engine '%s'", name);
}

static void loop_stop_mark_runs(struct cede__ready *mark)
{
    struct cede_loop *loop = cede__container_of(mark, struct cede_loop, stop_mark);

    loop->stop_is_queued = false;
    loop->is_stopping = true;
}

static void loop_free(struct cede_loop *loop)
{
    if (loop->mailbox)
        cede__mailbox_close(loop->mailbox);
    cede__mailbox_unref(loop->mailbox);
    if (loop->engine)
        loop->engine->close(loop->poll);
    cede__timers_fini(&loop->timers);
    cede__loop_trim_stacks(loop, 0);
    cede__free(loop->events);
    cede__free(loop);
}

static bool environment_wants_debug(void)
{
    const char *value = getenv("CEDE_DEBUG");

    return value && value[0] != '\0' && strcmp(value, "0") != 0;
}

static void loop_set_debug(struct cede_loop *loop, const cede_loop_options *options)
{
    struct cede__watched *watched = &loop->watched;

    loop->is_debug = options->debug || environment_wants_debug();
    watched->slow_step = CEDE_NEVER;
    if (loop->is_debug)
        watched->slow_step = options->slow_step > 0 ? options->slow_step : CEDE__WATCH_SLOW_STEP;
    if (options->stall_after > 0)
        watched->stall_after = options->stall_after;
    else if (loop->is_virtual && !loop->is_debug)
        watched->stall_after = CEDE_NEVER;
    else
        watched->stall_after = CEDE__WATCH_STALL_AFTER;
}

bool cede_loop_is_debug(const cede_loop *loop)
{
    return loop->is_debug;
}

int cede_loop_create(const cede_loop_options *options, cede_loop **loop_out)
{
    static const cede_loop_options defaults;
    const cede_loop_options *o = options ? options : &defaults;
    const int class = cede__stack_class(o->stack_size);
    struct cede_loop *loop;
    int rc;

    if (cede__loop_here)
        return cede_raise(-EBUSY, "this thread has a loop already");
    if (class < 0 || (o->clock != CEDE_CLOCK_REAL && o->clock != CEDE_CLOCK_VIRTUAL))
        return cede_raise(-EINVAL, "no such clock, or a stack size out of range");
    loop = cede__calloc(1, sizeof *loop);
    if (!loop)
        return cede_raise(-ENOMEM, "no memory for a loop");
    loop->ready_end = &loop->ready_first;
    loop->is_virtual = o->clock == CEDE_CLOCK_VIRTUAL;
    loop->allow_io = !loop->is_virtual || o->allow_io;
    loop->stacks.size_class = class;
    loop->stop_mark.run = loop_stop_mark_runs;
    if (!loop->is_virtual)
        loop->now = cede__clock_monotonic();
    cede__timers_init(&loop->timers);
    cede__list_init(&loop->chores);
    cede__list_init(&loop->handles);
    cede__list_init(&loop->signals);
    cede__list_init(&loop->tasks);
    cede__list_init(&loop->callbacks);
    cede__list_init(&loop->attachments);
    cede__list_init(&loop->lookout.link);
    loop->lookout_pause = CEDE__LOOP_LOOKOUT;
    loop->probe_since = CEDE_NEVER;
    loop_set_debug(loop, o);

    rc = loop_open_engine(loop, o->engine);
    if (rc < 0) {
        loop->engine = NULL;
        goto fail;
    }
    rc = -ENOMEM;
    loop->events = cede__calloc(CEDE__LOOP_EVENTS, sizeof *loop->events);
    loop->mailbox = cede__mailbox_create(loop->engine, loop->poll);
    if (!loop->events || !loop->mailbox)
        goto fail;
    loop_set_live(loop, true);
    cede__loop_here = loop;
    *loop_out = loop;
    return 0;

fail:
    loop_free(loop);
    return rc;
}

int cede_loop_close(cede_loop *loop)
{
    if (!loop)
        return 0;
    if (loop != cede__loop_here)
        return cede__loop_tell_foreign(cede_raise(-EBUSY, "the loop belongs to another thread"));
    if (loop->is_running)
        return cede_raise(-EBUSY, "the loop is running");
    if (loop->end_tasks && !loop->end_tasks(loop)) {
        /* Tasks that wait under a shield for what never comes: they and all they use stay where
         * they are. */
        loop_set_live(loop, false);
        cede__loop_here = NULL;
        cede__report_set_here(NULL, NULL);
        return 0;
    }
    for (struct cede__list *link; (link = cede__list_take(&loop->attachments));) {
        struct cede__attachment *attachment =
            cede__container_of(link, struct cede__attachment, link);
        attachment->close(attachment);
    }
    while (cede__list_take(&loop->chores))
        ;
    cede__mailbox_close(loop->mailbox);
    for (struct cede__list *link; (link = cede__list_take(&loop->callbacks));)
        loop->drop_callback(link);
    cede__loop_drop_signals(loop);
    cede__loop_drop_handles(loop);
    loop_set_live(loop, false);
    cede__loop_here = NULL;
    loop_free(loop);
    cede__report_set_here(NULL, NULL);
    return 0;
}

int cede_loop_set_report_hook(cede_loop *loop, cede_report_fn *fn, void *arg)
{
    if (!cede__loop_here || (loop && loop != cede__loop_here))
        return cede__loop_tell_foreign(
            cede_raise(-EINVAL, "there is no current loop, or it is another thread's"));
    cede__report_set_here(fn, arg);
    return 0;
}

struct cede__attachment *cede__loop_attachment(struct cede_loop *loop, const void *key)
{
    for (struct cede__list *link = loop->attachments.next; link != &loop->attachments;
         link = link->next) {
        struct cede__attachment *attachment =
            cede__container_of(link, struct cede__attachment, link);
        if (attachment->key == key)
            return attachment;
    }
    return NULL;
}

void cede__loop_attach(struct cede_loop *loop, struct cede__attachment *attachment)
{
    cede__list_append(&loop->attachments, &attachment->link);
}

/* Descriptors. */

int cede__watch_start(struct cede_loop *loop, struct cede__watch *watch, unsigned mask)
{
    int rc;

    if (!loop->allow_io)
        return cede_raise(-ENOTSUP,
                          "no I/O on a virtual clock, unless the loop's options allow it");
    rc = loop->engine->add(loop->poll, watch->fd, mask, watch);
    if (rc == 0)
        loop->n_watches++;
    return rc;
}

int cede__watch_change(struct cede_loop *loop, struct cede__watch *watch, unsigned mask)
{
    return loop->engine->change(loop->poll, watch->fd, mask, watch);
}

void cede__watch_stop(struct cede_loop *loop, struct cede__watch *watch)
{
    loop->engine->remove(loop->poll, watch->fd);
    loop->n_watches--;
    for (int i = 0; i < loop->n_events; i++) {
        if (loop->events[i].data == watch)
            loop->events[i].data = NULL;
    }
}

/* Wait up to `timeout` and hand out what happened. */
static void loop_poll(struct cede_loop *loop, int64_t timeout)
{
    struct cede__mailbox *mailbox = loop->mailbox;

    if (timeout == 0 && loop->n_watches == 0)
        return;
    if (timeout != 0) {
        __atomic_store_n(&mailbox->sleeping, CEDE__ASLEEP, __ATOMIC_SEQ_CST);
        if (!cede__mailbox_is_empty(mailbox) ||
            __atomic_load_n(&loop->signals_arrived, __ATOMIC_ACQUIRE))
            timeout = 0;
    }
    loop->n_events = loop->engine->wait(loop->poll, timeout, loop->events, CEDE__LOOP_EVENTS);
    if (__atomic_load_n(&mailbox->sleeping, __ATOMIC_RELAXED))
        cede__mailbox_wake_up(mailbox);
    for (int i = 0; i < loop->n_events; i++) {
        struct cede__watch *watch = loop->events[i].data;
        if (watch)
            watch->ready(watch, loop->events[i].mask);
    }
    loop->n_events = 0;
}

/* Time. */

static void loop_fire_timers(struct cede_loop *loop)
{
    struct cede__timer *timer;

    if (loop->instant.is_on) {
        cede__instant_fire(loop);
        return;
    }
    const cede_time now = cede__loop_now(loop);

    loop->now = now; /* tasks that park now say since when they wait */
    while ((timer = cede__timers_take(&loop->timers, now)))
        timer->fire(timer);
    if (!loop->is_virtual)
        cede__chores_run(&loop->chores, now);
}

/* From now to the next timer or chore, for a loop that waits; -1 if there is neither. */
static int64_t loop_time_to_wait(const struct cede_loop *loop, cede_time next_timer)
{
    const cede_time chore = loop->is_virtual ? CEDE_NEVER : cede__chores_next(&loop->chores);
    const cede_time next = chore < next_timer ? chore : next_timer;
    cede_time now;

    if (next == CEDE_NEVER)
        return -1;
    now = cede__clock_monotonic();
    return next > now ? next - now : 0;
}

/* Whether a job is in flight that will end and holds virtual time still until then. */
static bool loop_has_jobs(const struct cede_loop *loop)
{
    return __atomic_load_n(&loop->mailbox->n_jobs, __ATOMIC_SEQ_CST) > 0;
}

/* Whether anything but time may still wake a task. A Ctrl-C that may come does not count, one that
 * has come does. */
static bool loop_can_be_woken(const struct cede_loop *loop)
{
    return loop->n_wakers > 0 || loop_has_jobs(loop) || !cede__mailbox_is_empty(loop->mailbox) ||
           __atomic_load_n(&loop->signals_arrived, __ATOMIC_ACQUIRE) ||
           __atomic_load_n(&loop->mailbox->n_shared, __ATOMIC_SEQ_CST) > 0;
}

/* The same of a loop that simulates. */
static int64_t loop_idle_instant(struct cede_loop *loop)
{
    const int64_t next = cede__timers_next(&loop->timers);
    int64_t pause;

    if (loop_has_jobs(loop))
        return -1;
    if (next == CEDE_NEVER) {
        if (!loop->stuck || loop_can_be_woken(loop))
            return -1;
        loop->stuck(loop);
        return 0;
    }
    loop_poll(loop, 0);
    if (loop->ready_first || !cede__mailbox_is_empty(loop->mailbox))
        return 0;
    pause = loop->instant.pace ? loop->instant.pace(loop, cede__key_time(next)) : 0;
    if (pause == 0)
        cede__instant_move(loop, next);
    return pause;
}

/* How long to wait when nothing is ready; on a virtual clock, move the time instead. */
static int64_t loop_idle(struct cede_loop *loop)
{
    if (loop->instant.is_on && !__atomic_load_n(&loop->signals_arrived, __ATOMIC_ACQUIRE))
        return loop_idle_instant(loop);
    const cede_time next = cede__timers_next(&loop->timers);

    /* Not in the gaps of a busy loop, where what is given up is soon wanted back. */
    if (next == CEDE_NEVER || next - cede__loop_now(loop) >= TRIM_PAUSE)
        cede__loop_trim_stacks(loop, CEDE__STACK_CACHE_LIMIT);
    /* One that came in the turn before is served at its time, not at that of the next timer. */
    if (__atomic_load_n(&loop->signals_arrived, __ATOMIC_ACQUIRE))
        return 0;
    if (loop->is_virtual) {
        if (loop_has_jobs(loop))
            return -1;
        if (next != CEDE_NEVER) {
            loop_poll(loop, 0);
            if (!loop->ready_first && cede__mailbox_is_empty(loop->mailbox) && loop->now < next)
                loop->now = next;
            return 0;
        }
    } else if (next != CEDE_NEVER) {
        return loop_time_to_wait(loop, next);
    }
    if (loop->stuck && !loop_can_be_woken(loop)) {
        loop->stuck(loop);
        return 0;
    }
    return loop_time_to_wait(loop, CEDE_NEVER);
}

/* Look at the world once; wait for it if nothing is ready. */
static void loop_look_around(struct cede_loop *loop)
{
    bool idle = !loop->ready_first;

    loop->n_turns++;
    if (cede__mailbox_deliver(loop->mailbox) || loop->is_stopping)
        idle = false;
    idle = idle && !loop->ready_first;
    loop_poll(loop, idle ? loop_idle(loop) : 0);
    (void)cede__mailbox_deliver(loop->mailbox);
    if (__atomic_load_n(&loop->signals_arrived, __ATOMIC_RELAXED))
        cede__loop_dispatch_signals(loop);
    loop_fire_timers(loop);
}

/* Something is about to run: then have the lookout look at what became of it. A loop where nothing
 * happens is not woken for it. Virtual time has nothing to do with it: there looks are counted. */
static void loop_stay_alert(struct cede_loop *loop)
{
    enum { MANY_LOOKS = 1 << 16 };

    if (loop->is_virtual) {
        if (loop->lookout.run && ++loop->n_looks >= MANY_LOOKS) {
            loop->n_looks = 0;
            loop->lookout.run(&loop->lookout, loop->now);
        }
    } else if (loop->lookout.when == CEDE_NEVER) {
        loop->lookout.when = loop->now + loop->lookout_pause;
    }
}

static void loop_run_ready(struct cede_loop *loop, int budget)
{
    loop->budget = budget;
    while (loop->ready_first && loop->budget > 0 && !loop->is_stopping) {
        struct cede__ready *ready = cede__loop_take_ready(loop);
        loop->budget--;
        if (ready->coro) {
            loop->current = ready;
            if (cede__unlikely(loop->instant.turn != NULL))
                loop->instant.turn(loop, ready);
            else
                cede__coro_switch(&loop->main, ready->coro);
        } else {
            ready->run(ready);
        }
    }
}

int cede__loop_check_run(const struct cede_loop *loop)
{
    if (cede__likely(loop && loop == cede__loop_here && !loop->is_running))
        return 0;
    if (!cede__loop_is_live(loop))
        return cede_raise(CEDE_ESHUTDOWN, "the loop has been closed");
    if (loop == cede__loop_here)
        return cede_raise(-EBUSY, "the loop is running already");
    return cede__loop_tell_foreign(cede_raise(-EBUSY, "the loop belongs to another thread"));
}

static int loop_begin(struct cede_loop *loop)
{
    CEDE_TRY(cede__loop_check_run(loop));
    cede__coro_init_thread(&loop->main);
    loop->around = cede__error_here;
    cede__error_here = &loop->main.error;
    loop->is_running = true;
    return 0;
}

static void loop_end(struct cede_loop *loop)
{
    loop->is_stopping = false;
    loop->is_running = false;
    cede__error_here = loop->around;
}

int cede__loop_run(struct cede_loop *loop)
{
    CEDE_TRY(loop_begin(loop));
    cede__watchdog_enter(loop);
    while (!loop->is_stopping) {
        loop_look_around(loop);
        if (loop->ready_first)
            loop_stay_alert(loop);
        loop_run_ready(loop, loop->instant.turn ? 1 : CEDE__LOOP_BUDGET);
    }
    cede__watchdog_leave(loop);
    loop_end(loop);
    return 0;
}

int cede__loop_step(struct cede_loop *loop)
{
    CEDE_TRY(loop_begin(loop));
    while (!loop->ready_first && !loop->is_stopping)
        loop_look_around(loop);
    loop_run_ready(loop, 1);
    loop_end(loop);
    return 0;
}

int cede_loop_run_forever(cede_loop *loop)
{
    CEDE_TRY(cede__loop_check_run(loop));
    loop->stuck = NULL;
    return cede__loop_run(loop);
}

void cede_loop_stop(cede_loop *loop)
{
    struct cede_loop *it = loop ? loop : cede__loop_here;

    if (it != cede__loop_here) {
        (void)cede__loop_tell_foreign(
            cede_raise(CEDE_EFOREIGN, "a loop is stopped by another thread than its own"));
        return;
    }
    if (!it || it->stop_is_queued)
        return;
    it->stop_is_queued = true;
    cede__loop_add_ready(it, &it->stop_mark);
}
