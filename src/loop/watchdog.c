/* watchdog.c - a thread that looks whether loops get on.
 *
 * One a process, begun with the first loop that runs. It reads of each loop that runs how far it
 * has got, a few times within the shortest time that a step may take, without the loop doing
 * anything for it:
 *
 *     the same task, the same budget, the same turn    it is still in that step
 *     asleep, waiting for events                       it gets on
 *
 * A step that takes too long is looked at where it is: sample.h copies the stack of the thread, and
 * in its signal handler, where nothing changes any more, what is to be said of the task. The copy
 * is unwound here, on the watchdog's own stack and without its lock. Reported is in debug mode each
 * slow step, and always a stall: a step, or a turn, that others have been waiting for for seconds.
 * Each is told of once while it lasts, and once when it is over.
 *
 * A loop with so many tasks that each must wait for long, though no step is slow, is found by a
 * probe in its queue.
 *
 * Callers: loop.c; the lookout of the floor above for the probe.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "coro/backtrace.h"
#include "loop/ready.h"
#include "sys/clock.h"
#include "sys/thread.h"
#include "sys/valgrind.h"

enum {
    SHARE = 4, /* looks within the shortest time that is looked for */
    MAX_FRAMES = 64,
    LINGER = 8, /* looks after the last loop has ended, before it sleeps until called */
};

#define SHORTEST_PAUSE CEDE_MS(1)
#define IDLE_PAUSE     CEDE_S(1)

static struct cede__mutex lock;
static struct cede__list running = {&running, &running}; /* of cede__watched */
static bool has_thread;
static cede_time wakes_at; /* when it looks next */
static uint32_t n_calls;   /* atomic: changes when it is to look sooner; it sleeps on that */

/* What is known of a loop that does not get on. */
struct finding {
    bool is_stall;
    bool has_sample;
    bool is_same; /* when its thread was stopped it was still in that step */
    bool is_task;
    cede_time took;
    struct cede__progress progress;
    const struct cede_loop *loop;
    size_t n_ready; /* that wait for their turn */
    char name[64];
    char file[64];
    int line;
    struct cede__sample sample;
};

static struct finding finding; /* the watchdog's own; large */

/* Looking. */

/* What another thread writes meanwhile: any of the values is as good. */
static __attribute__((no_sanitize("thread"))) struct cede__progress
progress_read(const struct cede_loop *loop)
{
    return (struct cede__progress){
        .current = *(struct cede__ready *const volatile *)&loop->current,
        .budget = *(const volatile int *)&loop->budget,
        .n_turns = *(const volatile unsigned *)&loop->n_turns,
    };
}

static bool progress_is_same(struct cede__progress a, struct cede__progress b)
{
    return a.current == b.current && a.budget == b.budget && a.n_turns == b.n_turns;
}

/* Whether it seems that others wait: some are ready, were sent, or there are several tasks. */
static __attribute__((no_sanitize("thread"))) bool others_wait(const struct cede_loop *loop)
{
    const struct cede__list *next = *(struct cede__list *const volatile *)&loop->tasks.next;
    const struct cede__list *prev = *(struct cede__list *const volatile *)&loop->tasks.prev;

    return *(struct cede__ready *const volatile *)&loop->ready_first || next != prev ||
           !cede__mailbox_is_empty(loop->mailbox);
}

/* In the signal handler of the loop's thread. */
static void look_inside(void *arg)
{
    struct finding *it = arg;
    const struct cede_loop *loop = cede__loop_here;

    it->is_same = loop == it->loop && progress_is_same(progress_read(loop), it->progress);
    it->is_task = it->is_same && loop->current && loop->site_of;
    if (!it->is_task)
        return;
    const struct cede__spawn_site *site = loop->site_of(loop->current);
    strncpy(it->name, site->name, sizeof it->name - 1);
    strncpy(it->file, cede__file_name(site->file), sizeof it->file - 1);
    it->line = site->line;
}

/* Under the lock. */
static void finding_take(struct cede_loop *loop, bool is_stall, cede_time took)
{
    const struct cede__watched *watched = &loop->watched;

    memset(&finding, 0, offsetof(struct finding, sample));
    finding.is_stall = is_stall;
    finding.took = took;
    finding.progress = watched->last;
    finding.loop = loop;
    finding.has_sample = cede__sample_take(watched->thread, &finding.sample, look_inside, &finding);
}

/* Telling. */

static const char *finding_noun(const struct finding *it)
{
    return it->is_stall ? "stall" : "slow step";
}

static void finding_report(const struct finding *it)
{
    uintptr_t places[MAX_FRAMES];
    char buffer[4096];
    struct cede__text text = {buffer, sizeof buffer, 0};

    cede__text_add(&text, "cede: %s: ", finding_noun(it));
    if (it->is_task)
        cede__text_add(&text, "task '%s' at %s:%d", it->name, it->file, it->line);
    else
        cede__text_add(&text, "%s", it->has_sample ? "a callback" : "a task or callback");
    cede__text_add(&text, " has been running for ");
    cede__text_add_span(&text, it->took);
    cede__text_add(&text, it->is_stall ? " while others of its loop wait\n" : "\n");
    if (it->has_sample)
        cede__backtrace_write(places, cede__backtrace_sample(&it->sample, places, MAX_FRAMES),
                              &text);
    cede__report_text(buffer);
}

static void report_end(bool is_stall, cede_time took)
{
    char buffer[128];
    struct cede__text text = {buffer, sizeof buffer, 0};

    cede__text_add(&text, "cede: %s: it is over, after ", is_stall ? "stall" : "slow step");
    cede__text_add_span(&text, took);
    cede__text_add(&text, "\n");
    cede__report_text(buffer);
}

/* Rounds. */

/* What one look at one loop says; to be reported without the lock. */
enum verdict { FINE, FOUND, OVER_SLOW, OVER_STALL };

static void watched_restart(struct cede__watched *watched, cede_time now)
{
    watched->step_since = watched->turn_since = now;
    watched->told_slow = watched->told_stall = false;
}

/* It got on; whether what was told of is over by that. */
static enum verdict watched_progress(struct cede__watched *watched, struct cede__progress progress,
                                     cede_time now, cede_time *took_out)
{
    const bool same_turn = progress.n_turns == watched->last.n_turns;
    enum verdict verdict = FINE;

    if (watched->told_stall && !same_turn) {
        verdict = OVER_STALL;
        *took_out = now - watched->turn_since;
    } else if (watched->told_slow) {
        verdict = OVER_SLOW;
        *took_out = now - watched->step_since;
    }
    watched->last = progress;
    watched->told_slow = false;
    watched->step_since = now;
    if (!same_turn)
        watched_restart(watched, now);
    return verdict;
}

static enum verdict watched_look(struct cede__watched *watched, cede_time now, cede_time *took_out)
{
    struct cede_loop *loop = cede__container_of(watched, struct cede_loop, watched);
    const struct cede__progress progress = progress_read(loop);
    bool is_stall;

    if (__atomic_load_n(&loop->mailbox->sleeping, __ATOMIC_SEQ_CST)) {
        watched->last.n_turns = progress.n_turns - 1; /* whatever comes is another turn */
        if (watched->told_slow || watched->told_stall)
            return watched_progress(watched, progress, now, took_out);
        watched_restart(watched, now);
        return FINE;
    }
    if (!progress_is_same(progress, watched->last)) {
        const enum verdict verdict = watched_progress(watched, progress, now, took_out);
        if (verdict != FINE || watched->told_stall)
            return verdict;
    }
    is_stall = !watched->told_stall && now - watched->turn_since >= watched->stall_after &&
               others_wait(loop);
    if (!is_stall && (watched->told_slow || now - watched->step_since < watched->slow_step))
        return FINE;
    finding_take(loop, is_stall, now - (is_stall ? watched->turn_since : watched->step_since));
    if (finding.has_sample && !finding.is_same)
        return FINE;
    watched->told_stall |= is_stall;
    watched->told_slow = true;
    return FOUND;
}

static cede_time watched_pause(const struct cede__watched *watched)
{
    const cede_time shortest =
        watched->slow_step < watched->stall_after ? watched->slow_step : watched->stall_after;

    return shortest / SHARE > SHORTEST_PAUSE ? shortest / SHARE : SHORTEST_PAUSE;
}

/* Look at each loop once, and tell. Loops may come and go while it is told of one: the list is not
 * held then, and the rest waits for the next round. */
static cede_time look_around(void)
{
    enum verdict verdict = FINE;
    cede_time took = 0, pause = IDLE_PAUSE;

    cede__mutex_lock(&lock);
    for (struct cede__list *link = running.next; link != &running && verdict == FINE;
         link = link->next) {
        struct cede__watched *watched = cede__container_of(link, struct cede__watched, link);
        verdict = watched_look(watched, cede__clock_monotonic(), &took);
        if (watched_pause(watched) < pause)
            pause = watched_pause(watched);
    }
    wakes_at = cede__clock_monotonic() + pause;
    cede__mutex_unlock(&lock);
    if (verdict == FOUND)
        finding_report(&finding);
    else if (verdict != FINE)
        report_end(verdict == OVER_STALL, took);
    return pause;
}

static void *watchdog_main(void *arg)
{
    int n_idle = 0;

    for (;;) {
        const uint32_t calls = __atomic_load_n(&n_calls, __ATOMIC_ACQUIRE);
        const cede_time pause = look_around();

        cede__mutex_lock(&lock);
        n_idle = cede__list_is_empty(&running) ? n_idle + 1 : 0;
        wakes_at = n_idle > LINGER ? CEDE_NEVER : cede__clock_monotonic() + pause;
        const cede_time deadline = wakes_at;
        cede__mutex_unlock(&lock);
        (void)cede__futex_wait(&n_calls, calls, deadline);
    }
    return arg;
}

/* The loops' side. */

/* Under the lock. Without a thread nothing is watched, and nothing else is missing. */
static void watchdog_start(void)
{
    pthread_t thread;

    if (cede__runs_on_valgrind())
        return; /* takes a thread that lives on at the end for a leak */
    has_thread = cede__thread_start(&thread, "cede-watchdog", watchdog_main, NULL) == 0;
    if (has_thread)
        (void)pthread_detach(thread); /* fails for what is no thread only */
}

void cede__watchdog_enter(struct cede_loop *loop)
{
    struct cede__watched *watched = &loop->watched;
    bool is_early;

    if (watched->slow_step == CEDE_NEVER && watched->stall_after == CEDE_NEVER)
        return;
    cede__mutex_lock(&lock);
    if (!has_thread)
        watchdog_start();
    if (watched->thread == 0)
        watched->thread = cede__sample_thread();
    watched->last = progress_read(loop);
    watched_restart(watched, cede__clock_monotonic());
    cede__list_append(&running, &watched->link);
    is_early = has_thread && watched->step_since + watched_pause(watched) < wakes_at;
    cede__mutex_unlock(&lock);
    if (is_early) {
        __atomic_add_fetch(&n_calls, 1, __ATOMIC_RELEASE);
        cede__futex_wake(&n_calls, 1);
    }
}

void cede__watchdog_leave(struct cede_loop *loop)
{
    struct cede__watched *watched = &loop->watched;

    if (watched->slow_step == CEDE_NEVER && watched->stall_after == CEDE_NEVER)
        return;
    cede__mutex_lock(&lock);
    cede__list_remove(&watched->link);
    cede__mutex_unlock(&lock);
}

/* The probe. */

static void probe_runs(struct cede__ready *ready)
{
    struct cede_loop *loop = cede__container_of(ready, struct cede_loop, probe);
    const cede_time took = cede__clock_monotonic() - loop->probe_since;
    size_t n_ready = 0;

    loop->probe_since = CEDE_NEVER;
    if (took < loop->watched.stall_after)
        return;
    for (ready = loop->ready_first; ready;
         ready = cede__loop_is_last(loop, ready) ? NULL : ready->next)
        n_ready++;
    char buffer[128];
    struct cede__text text = {buffer, sizeof buffer, 0};
    cede__text_add_span(&text, took);
    cede__report("cede: stall: what was ready has waited %s for its turn; %zu are ready now\n",
                 buffer, n_ready);
}

void cede__watchdog_probe(struct cede_loop *loop)
{
    if (loop->probe_since != CEDE_NEVER || loop->watched.stall_after == CEDE_NEVER)
        return;
    loop->probe.run = probe_runs;
    loop->probe_since = cede__clock_monotonic();
    cede__loop_add_ready(loop, &loop->probe);
}

/* Debug mode. */

/* What is told of a use from the wrong thread; under its lock. */
static struct mistake {
    struct cede__mutex lock;
    struct cede__sample sample;
    char buffer[4096];
    struct cede__text text;
} mistake;

/* On a thread of its own: libdw wants more stack than the task that asks may have left. */
static void *mistake_write(void *arg)
{
    uintptr_t places[MAX_FRAMES];

    cede__backtrace_write(places, cede__backtrace_sample(&mistake.sample, places, MAX_FRAMES),
                          &mistake.text);
    return arg;
}

int cede__loop_tell_foreign(int code)
{
    pthread_t thread;

    if (!cede__loop_is_debugged())
        return code;
    cede__mutex_lock(&mistake.lock);
    mistake.text = (struct cede__text){mistake.buffer, sizeof mistake.buffer, 0};
    cede__text_add(&mistake.text, "cede: wrong thread: %s\n",
                   cede_error_message(cede_error_last()));
    if (cede__sample_take(cede__sample_thread(), &mistake.sample, NULL, NULL) &&
        cede__thread_start(&thread, "cede-report", mistake_write, NULL) == 0)
        (void)pthread_join(thread, NULL); /* fails for what is no thread only */
    cede__report_text(mistake.buffer);
    cede__mutex_unlock(&mistake.lock);
    return code;
}
