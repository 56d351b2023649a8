/* party.c - finding who is waited for: among the tasks of this loop, and in a look also among those
 * of loops that sleep, which are held still, and among the threads that sleep.
 *
 * A loop that does not sleep is about to, or will look by itself: who misses one of its tasks says
 * so, and looks again.
 *
 * Callers: wait_graph.c, and the kinds of waiting for their holders; dump.c, deadlock.c.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sys/sample.h"
#include "sys/thread.h"
#include "task/job_wait.h"
#include "task/owner.h"
#include "task/wait_graph.h"

enum {
    MAX_LOOPS = 64,
    PATIENCE = 8, /* turns left to other threads, for loops that are about to sleep */
};

/* The look that is under way; in the lock of the list of threads that sleep. */
static struct {
    struct cede_loop *held[MAX_LOOPS];
    size_t n_held;
    bool has_held; /* those that sleep are held */
    bool has_missed;
} look;

static __thread bool looks_here;

static __thread uint64_t number_here;

uint64_t cede__thread_number(void)
{
    if (number_here == 0)
        number_here = (uint64_t)cede__sample_thread();
    return number_here;
}

/* Looks. */

void cede__look_begin(void)
{
    cede__thread_waits_lock();
    look.n_held = 0;
    look.has_held = look.has_missed = false;
    looks_here = true;
}

void cede__look_end(void)
{
    for (size_t i = 0; i < look.n_held; i++)
        cede__mailbox_let_go(look.held[i]->mailbox);
    looks_here = false;
    cede__thread_waits_unlock();
}

bool cede__look_is_here(void)
{
    return looks_here;
}

bool cede__look_missed(void)
{
    return look.has_missed;
}

static bool look_holds(const struct cede_loop *loop)
{
    for (size_t i = 0; i < look.n_held; i++) {
        if (look.held[i] == loop)
            return true;
    }
    return false;
}

bool cede__look_covers(const struct cede_loop *loop)
{
    return loop == cede__loop_here || (looks_here && look_holds(loop));
}

/* Hold what sleeps now, in addition. */
static void look_hold(void)
{
    look.n_held += cede__loop_hold_others(look.held + look.n_held, MAX_LOOPS - look.n_held);
    look.has_held = true;
}

/* Whether the loop, which may have been closed, is held now. */
static bool look_find(const struct cede_loop *loop)
{
    if (!look.has_held)
        look_hold();
    for (int i = 0; !look_holds(loop) && i < PATIENCE && !look.has_missed; i++) {
        cede__thread_yield();
        look_hold();
    }
    look.has_missed |= !look_holds(loop);
    return look_holds(loop);
}

/* Finding. */

static struct cede__party *party_of_task(struct cede_task *task, const struct cede_loop *loop)
{
    if (loop == cede__loop_here || (looks_here && look_find(loop)))
        return &task->party;
    return NULL;
}

static struct cede__party *party_of_thread(uint64_t number)
{
    struct cede__list *link = cede__thread_waits.next;

    for (; looks_here && link != &cede__thread_waits; link = link->next) {
        if (cede__thread_wait_at(link)->number == number)
            return &cede__thread_wait_at(link)->party;
    }
    return NULL;
}

static struct cede__party *party_of_job(const struct cede_future *future)
{
    struct cede__list *link = cede__thread_waits.next;

    for (; looks_here && link != &cede__thread_waits; link = link->next) {
        if (cede__job_wait_frame(cede__thread_wait_at(link), future))
            return &cede__thread_wait_at(link)->party;
    }
    return NULL;
}

struct cede__party *cede__party_of_future(const struct cede_future *future)
{
    struct cede__party *party;

    if (!future || cede__future_done(future))
        return NULL;
    if (future->kind != &cede__task_kind)
        return party_of_job(future);
    party = party_of_task(cede__container_of(future, struct cede_task, future), future->loop);
    /* Its loop may not have slept when that was asked. */
    return party && !cede__future_done(future) ? party : NULL;
}

struct cede__party *cede__party_of_owner(const struct cede__owned *owned)
{
    const uint64_t number = cede__owner_thread_number(owned->owner);

    if (number > 0)
        return party_of_thread(number);
    return owned->owner_loop && owned->owner ? party_of_task(owned->owner, owned->owner_loop)
                                             : NULL;
}

/* The loop of which a task has that number, if its tasks may be looked at. */
static struct cede_loop *loop_numbered(uint64_t number)
{
    if (cede__loop_here && cede__loop_numbers(cede__loop_here, number))
        return cede__loop_here;
    if (looks_here && !look.has_held)
        look_hold();
    for (size_t i = 0; looks_here && i < look.n_held; i++) {
        if (cede__loop_numbers(look.held[i], number))
            return look.held[i];
    }
    return NULL;
}

struct cede__party *cede__party_numbered(uint64_t number)
{
    struct cede_loop *loop;
    struct cede_task *task;

    if (cede__number_is_thread(number))
        return party_of_thread(number);
    loop = loop_numbered(number);
    if (!loop) {
        look.has_missed |= looks_here;
        return NULL;
    }
    task = cede__task_numbered(loop, number);
    return task ? &task->party : NULL;
}

/* Parties. */

struct cede_task *cede__party_task(const struct cede__party *party)
{
    return party && !party->is_thread ? cede__container_of(party, struct cede_task, party) : NULL;
}

struct cede__thread_wait *cede__party_thread(const struct cede__party *party)
{
    return cede__container_of(party, struct cede__thread_wait, party);
}

cede_time cede__party_since(const struct cede__party *party)
{
    const struct cede_task *task = cede__party_task(party);

    return task ? task->ready.waiter->since : cede__party_thread(party)->since;
}

bool cede__party_is_young(const struct cede__party *party, cede_time since)
{
    const struct cede_task *task = cede__party_task(party);

    if (task && task->loop->is_virtual)
        return task->loop == cede__loop_here && cede__party_since(party) >= task->loop->now;
    return cede__party_since(party) > since;
}

bool cede__party_has_deadline(const struct cede__party *party)
{
    const struct cede_task *task = cede__party_task(party);
    const struct cede_scope *scope = task ? task->scope : NULL; /* threads: see thread_wait.c */

    for (; scope; scope = scope->parent) {
        if (scope->deadline != CEDE_NEVER)
            return true;
    }
    return false;
}

/* Names. */

static void add_thread(uint64_t number, struct cede__text *text)
{
    cede__text_add(text, "thread %llu", (unsigned long long)number);
}

void cede__party_name(const struct cede__party *party, struct cede__text *text)
{
    const struct cede_task *task = cede__party_task(party);
    const struct cede__thread_wait *wait = task ? NULL : cede__party_thread(party);

    if (task) {
        cede__text_add(text, "'%s'", task->coro.site->name);
    } else if (wait->frame) {
        cede__text_add(text, "job '");
        cede__job_name(&wait->frame->job->future, wait->frame->fn, text);
        cede__text_add(text, "'");
    } else {
        add_thread(wait->number, text);
    }
}

void cede__party_name_numbered(uint64_t number, struct cede__text *text)
{
    struct cede_loop *loop;
    const struct cede_task *task;

    if (cede__number_is_thread(number)) {
        add_thread(number, text);
        return;
    }
    loop = loop_numbered(number);
    task = loop ? cede__task_numbered(loop, number) : NULL;
    if (task)
        cede__text_add(text, "task '%s'", task->coro.site->name);
    else
        cede__text_add(text, loop ? "a task that has ended" : "a task of another loop");
}
