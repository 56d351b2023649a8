/* deadlock.c - circles of tasks, and of tasks and threads, are reported while the rest goes on.
 *
 * When no task at all can be woken any more the loop sees that by itself (run.c). Here a lookout
 * looks at all tasks, a while after any of them had a turn, for circles of which each waits for the
 * next: to end, or to let go of a lock. Nothing but a cancellation can undo one. Reported is, once,
 * a circle that has stood for a while and of which no task has a deadline, as time would undo it.
 *
 * A circle that goes through other loops and threads is found by whoever of it looks last: each
 * loop does after it had something to do, each thread when it has slept for a while.
 *
 * How long a look takes decides how long it is to the next one: looking takes 2 % of the time at
 * most.
 *
 * Callers: task.c, once a loop; thread_wait.c.
 */
/* SPDX-License-Identifier: MIT */
#include "loop/inspect.h"
#include "sys/clock.h"
#include "task/dump.h"
#include "task/wait_graph.h"

enum { SHARE = 50 }; /* a look is the 50th part of the time, at most */

struct look {
    cede_time before; /* who waits since then, or longer, is looked at */
    bool has_young;   /* a circle was seen that has not stood long enough */
    struct cede__dump_sink sink;
};

static const char *headline_of(const struct cede__party *first)
{
    const struct cede_loop *loop = cede__loop_here;
    const struct cede__party *party = first;

    do {
        const struct cede_task *task = cede__party_task(party);
        if (!task || task->loop != loop)
            return "cede: deadlock: tasks and threads wait for each other";
        party = party->next;
    } while (party != first);
    return "cede: deadlock: tasks wait for each other, while others of the loop go on";
}

static void look_at_circle(struct cede__party *first, void *arg)
{
    struct look *look = arg;
    struct cede__party *party = first;
    bool is_told = true;

    do {
        if (cede__party_has_deadline(party))
            return;
        if (cede__party_is_young(party, look->before)) {
            look->has_young = true;
            return;
        }
        is_told = is_told && party->told == cede__party_since(party) + 1;
        party = party->next;
    } while (party != first);
    if (is_told)
        return;
    do {
        party->told = cede__party_since(party) + 1;
        party = party->next;
    } while (party != first);
    cede__dump_add_circle(&look->sink, first, headline_of(first));
}

static void look_begin(struct look *look)
{
    cede__graph_enter();
    *look = (struct look){.before = cede__clock_monotonic() - CEDE__LOOP_LOOKOUT,
                          .sink = cede__dump_begin_circles()};
    cede__look_begin();
}

/* Whether there is nothing left to be seen by looking again. */
static bool look_end(struct look *look)
{
    const bool is_sure = !look->has_young && !cede__look_missed();

    cede__look_end();
    cede__dump_end_circles(&look->sink);
    cede__graph_leave();
    return is_sure;
}

static void lookout_run(struct cede__chore *lookout, cede_time now)
{
    struct cede_loop *loop = cede__container_of(lookout, struct cede_loop, lookout);
    struct look look;
    bool is_sure;

    look_begin(&look);
    cede__graph_circles(loop, false, look_at_circle, &look);
    is_sure = look_end(&look);
    if (loop->is_virtual)
        return;
    cede__watchdog_probe(loop);
    const cede_time took = cede__loop_now(loop) - now;
    loop->lookout_pause = took * SHARE > CEDE__LOOP_LOOKOUT ? took * SHARE : CEDE__LOOP_LOOKOUT;
    lookout->when = is_sure ? CEDE_NEVER : now + loop->lookout_pause;
}

bool cede__deadlock_look(struct cede__thread_wait *wait)
{
    struct look look;

    look_begin(&look);
    cede__graph_circles_from(&wait->party, look_at_circle, &look);
    return look_end(&look);
}

/* Where a task was made, for the watchdog. */
static const struct cede__spawn_site *site_of(const struct cede__ready *ready)
{
    return cede__container_of(ready, struct cede_task, ready)->coro.site;
}

void cede__deadlock_watch(struct cede_loop *loop)
{
    /* Of every thread the same. */
    __atomic_store_n(&cede__inspect.task_size, sizeof(struct cede_task), __ATOMIC_RELAXED);
    __atomic_store_n(&cede__inspect.task_kind, (const void *)&cede__task_kind, __ATOMIC_RELAXED);
    loop->site_of = site_of;
    loop->lookout.run = lookout_run;
    loop->lookout.when = CEDE_NEVER;
    if (!loop->is_virtual)
        cede__list_append(&loop->chores, &loop->lookout.link);
}
