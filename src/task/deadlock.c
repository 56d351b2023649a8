/* deadlock.c - circles of tasks are reported while the rest of the loop goes on.
 *
 * When no task at all can be woken any more the loop sees that by itself (run.c). Here a lookout
 * looks at all tasks, a while after any of them had a turn, for circles of which each waits for the
 * next: to end, or to let go of a lock. Nothing but a cancellation can undo one. Reported is, once,
 * a circle that has stood for a while and of which no task has a deadline, as time would undo it.
 *
 * How long a look takes decides how long it is to the next one: looking takes 2 % of the time at
 * most.
 *
 * Callers: task.c, once a loop.
 */
/* SPDX-License-Identifier: MIT */
#include "loop/inspect.h"
#include "task/dump.h"
#include "task/wait_graph.h"

enum { SHARE = 50 }; /* a look is the 50th part of the time, at most */

struct look {
    cede_time before; /* who waits since then, or longer, is looked at */
    bool has_young;   /* a circle was seen that has not stood long enough */
};

static bool has_deadline(const struct cede_task *task)
{
    for (const struct cede_scope *scope = task->scope; scope; scope = scope->parent) {
        if (scope->deadline != CEDE_NEVER)
            return true;
    }
    return false;
}

static void look_at_circle(struct cede_task *first, void *arg)
{
    struct look *look = arg;
    struct cede_task *task = first;
    bool is_told = true;

    do {
        if (has_deadline(task))
            return;
        if (task->ready.waiter->since > look->before) {
            look->has_young = true;
            return;
        }
        is_told = is_told && task->walk.told == task->ready.waiter->since + 1;
        task = task->walk.next;
    } while (task != first);
    if (is_told)
        return;
    do {
        task->walk.told = task->ready.waiter->since + 1;
        task = task->walk.next;
    } while (task != first);
    cede__dump_report_circle(
        first, "cede: deadlock: tasks wait for each other, while others of the loop go on");
}

static void lookout_run(struct cede__chore *lookout, cede_time now)
{
    struct cede_loop *loop = cede__container_of(lookout, struct cede_loop, lookout);
    struct look look = {.before = loop->is_virtual ? now - 1 : now - CEDE__LOOP_LOOKOUT};

    cede__graph_enter();
    cede__graph_circles(loop, false, look_at_circle, &look);
    cede__graph_leave();
    if (loop->is_virtual)
        return;
    cede__watchdog_probe(loop);
    const cede_time took = cede__loop_now(loop) - now;
    loop->lookout_pause = took * SHARE > CEDE__LOOP_LOOKOUT ? took * SHARE : CEDE__LOOP_LOOKOUT;
    lookout->when = look.has_young ? now + loop->lookout_pause : CEDE_NEVER;
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
