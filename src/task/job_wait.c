/* job_wait.c - the official deadlock: a job waits for a job that waits for it.
 *
 *     thread 1: [ job a ] waits for job b        thread 2: [ job c [ job b ] ] waits for job a
 *
 * No number of threads helps there. So a thread that runs a job and is about to sleep for others
 * without a deadline puts itself on a list, and first looks, from who waits to the job waited for
 * to the thread that runs it and waits itself, whether it comes back to a job of its own. All of it
 * happens under one lock: of the threads of a circle the last to come sees the others, gets
 * -EDEADLK, and the circle is open again.
 *
 * Who waits for the end of a pool waits for every job of it. Who must wait, whatever comes, like
 * the destroyer of a pool, can only report the circle.
 *
 * A job that is still queued is waited for in vain if all threads of its pool wait in vain and no
 * further one may begin: circles go across pools that way. Which waits are in vain is found by
 * taking all for such and crossing out, again and again, those that may go on: because all they
 * wait for is done, or runs on a thread that does not wait, or is queued where a thread may become
 * free. What is no job of a pool of threads may always be done.
 *
 * A thread that runs a job while another job of its own waits for that one holds up both: its
 * frames are its jobs, the innermost first. Who calls: await.c and wait_set.c, for plain threads.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sys/debug_info.h"
#include "task/job_wait.h"
#include "task/thread_pool.h"

enum { SHOWN = 16 }; /* links of a circle that are named; how many more there are is said */

__thread struct cede__job_frame *cede__job_frame_here;

static struct cede_future *wait_future(const struct cede__thread_wait *wait, size_t i)
{
    return *(struct cede_future *const *)(wait->futures + i * wait->stride);
}

const struct cede__job_frame *cede__job_wait_frame(const struct cede__thread_wait *wait,
                                                   const struct cede_future *future)
{
    for (const struct cede__job_frame *frame = wait->frame; frame; frame = frame->outer) {
        const struct cede_future *job = &frame->job->future;
        if (job == future || (future->kind->needs && future->kind->needs(future, job)))
            return frame;
    }
    return NULL;
}

/* Put the thread that runs `future` and waits itself, if there is one, at the end of those to be
 * looked at; the new end. */
static struct cede__thread_wait *search_enter(struct cede__thread_wait *end,
                                              const struct cede__thread_wait *from,
                                              const struct cede_future *future)
{
    for (struct cede__list *link = cede__thread_waits.next; link != &cede__thread_waits;
         link = link->next) {
        struct cede__thread_wait *wait = cede__thread_wait_at(link);
        const struct cede__job_frame *frame =
            wait->is_seen ? NULL : cede__job_wait_frame(wait, future);

        if (!frame)
            continue;
        wait->is_seen = true;
        wait->from = from;
        wait->entered = frame;
        wait->next = NULL;
        end->next = wait;
        return wait;
    }
    return end;
}

/* Who waits for a job of `us`, reached from it; `us` itself if it does; NULL if nobody. Where the
 * circle closes is then us->entered. */
static const struct cede__thread_wait *search(struct cede__thread_wait *us)
{
    struct cede__thread_wait *end = us;

    for (struct cede__list *link = cede__thread_waits.next; link != &cede__thread_waits;
         link = link->next)
        cede__thread_wait_at(link)->is_seen = false;
    us->is_seen = true;
    us->next = NULL;
    us->from = NULL;
    for (const struct cede__thread_wait *wait = us; wait; wait = wait->next) {
        for (size_t i = 0; i < wait->n; i++) {
            const struct cede_future *future = wait_future(wait, i);
            if (cede__future_done(future))
                continue;
            us->entered = cede__job_wait_frame(us, future);
            if (us->entered)
                return wait;
            end = search_enter(end, wait, future);
        }
    }
    return NULL;
}

/* Waiting in vain. */

static bool queued_may_run(struct cede__pool *pool)
{
    unsigned n_waits = 0, n_lenders = 0;

    for (struct cede__list *link = cede__thread_waits.next; link != &cede__thread_waits;
         link = link->next) {
        const struct cede__thread_wait *wait = cede__thread_wait_at(link);
        if (!wait->worker || wait->worker->pool != pool)
            continue;
        if (wait->may_go_on)
            return true;
        n_waits++;
        n_lenders += wait->lends;
    }
    return !cede__pool_is_held_up(pool, n_waits, n_lenders);
}

/* The wait in vain of the thread that runs the future, or of one that it would need; NULL: it may
 * be done. */
static struct cede__thread_wait *future_hangs_on(const struct cede_future *future)
{
    struct cede__pool *pool = cede__pool_of_queued(future);

    if (cede__future_done(future) || (pool && queued_may_run(pool)))
        return NULL;
    for (struct cede__list *link = cede__thread_waits.next; link != &cede__thread_waits;
         link = link->next) {
        struct cede__thread_wait *wait = cede__thread_wait_at(link);
        if (pool ? wait->worker && wait->worker->pool == pool
                 : !wait->may_go_on && cede__job_wait_frame(wait, future))
            return wait;
    }
    return NULL;
}

/* The first future that the wait is in vain for; NULL: it may go on. */
static const struct cede_future *wait_obstacle(const struct cede__thread_wait *wait)
{
    for (size_t i = 0; i < wait->n; i++) {
        if (future_hangs_on(wait_future(wait, i)))
            return wait_future(wait, i);
    }
    return NULL;
}

/* Whether `us`, on the list, waits in vain; then all waits that do are marked. */
static bool is_in_vain(struct cede__thread_wait *us)
{
    bool has_changed = true;

    for (struct cede__list *link = cede__thread_waits.next; link != &cede__thread_waits;
         link = link->next)
        cede__thread_wait_at(link)->may_go_on = false;
    if (!wait_obstacle(us)) /* mostly */
        return false;
    while (has_changed) {
        has_changed = false;
        for (struct cede__list *link = cede__thread_waits.next; link != &cede__thread_waits;
             link = link->next) {
            struct cede__thread_wait *wait = cede__thread_wait_at(link);
            if (wait->may_go_on || wait_obstacle(wait))
                continue;
            wait->may_go_on = true;
            has_changed = true;
        }
    }
    return !us->may_go_on;
}

/* Saying it. */

void cede__job_name(const struct cede_future *job, cede_job_fn *fn, struct cede__text *text)
{
    struct cede__place_name place;

    if (job->extra && job->extra->name) {
        cede__text_add(text, "%s", job->extra->name);
        return;
    }
    /* As if called by its first instruction, since returns are named by the call before them. */
    cede__debug_info_name((uintptr_t)fn + 1, &place);
    cede__text_add(text, "%s", place.function);
}

struct link_name {
    char name[64];
    char pool[CEDE__POOL_NAME_SIZE]; /* for a thread of which it waits; "": it has begun */
};

struct circle {
    struct link_name jobs[SHOWN]; /* each waits for the next, the last for the first */
    size_t n;                     /* in the circle; those beyond SHOWN are not in `jobs` */
};

static void circle_add(struct circle *circle, const struct cede_future *job, cede_job_fn *fn)
{
    const struct cede__pool *pool = cede__pool_of_queued(job);
    struct link_name *link = &circle->jobs[circle->n];
    struct cede__text text = {link->name, sizeof link->name, 0};
    struct cede__text pool_text = {link->pool, sizeof link->pool, 0};

    if (circle->n++ >= SHOWN)
        return;
    link->pool[0] = '\0';
    if (pool)
        cede__text_add(&pool_text, "%s", pool->name);
    cede__job_name(job, fn, &text);
}

static void circle_add_frame(struct circle *circle, const struct cede__job_frame *frame)
{
    circle_add(circle, &frame->job->future, frame->fn);
}

/* From the one that waits for us back to us, and so against the direction of waiting; turned. */
static void circle_collect(struct circle *circle, const struct cede__thread_wait *last)
{
    size_t n;

    circle->n = 0;
    for (const struct cede__thread_wait *wait = last; wait; wait = wait->from) {
        circle_add_frame(circle, wait->frame);
        if (wait->entered != wait->frame) /* it runs the other while it waits for that */
            circle_add_frame(circle, wait->entered);
    }
    n = circle->n < SHOWN ? circle->n : SHOWN;
    for (size_t i = 0; i < n / 2; i++) {
        const struct link_name name = circle->jobs[i];
        circle->jobs[i] = circle->jobs[n - 1 - i];
        circle->jobs[n - 1 - i] = name;
    }
}

/* Along what is waited for in vain, to where that comes back to. */
static void circle_collect_in_vain(struct circle *circle, struct cede__thread_wait *us)
{
    struct cede__thread_wait *wait = us;

    for (struct cede__list *link = cede__thread_waits.next; link != &cede__thread_waits;
         link = link->next)
        cede__thread_wait_at(link)->is_seen = false;
    for (; !wait->is_seen; wait = wait->next) {
        wait->is_seen = true;
        wait->next = future_hangs_on(wait_obstacle(wait));
    }
    circle->n = 0;
    us = wait;
    do {
        const struct cede_future *job = wait_obstacle(wait);
        const struct cede__job_frame *entered = cede__job_wait_frame(wait->next, job);
        circle_add_frame(circle, wait->frame);
        if (cede__pool_of_queued(job))
            circle_add(circle, job, job->work);
        else if (entered && entered != wait->next->frame)
            circle_add_frame(circle, entered);
        wait = wait->next;
    } while (wait != us);
}

/* Begun with the first by name: so that it reads the same whoever came last. */
static void circle_order(struct circle *circle)
{
    const size_t n = circle->n < SHOWN ? circle->n : SHOWN;
    struct link_name jobs[SHOWN];
    size_t first = 0;

    memcpy(jobs, circle->jobs, sizeof jobs);
    for (size_t i = 1; i < n && circle->n <= SHOWN; i++) {
        if (strcmp(jobs[i].name, jobs[first].name) < 0)
            first = i;
    }
    for (size_t i = 0; i < n; i++)
        circle->jobs[i] = jobs[(first + i) % n];
}

static void circle_add_line(const struct circle *circle, size_t i, struct cede__text *text)
{
    const size_t n = circle->n < SHOWN ? circle->n : SHOWN;
    const struct link_name *job = &circle->jobs[i], *next = &circle->jobs[(i + 1) % n];

    if (job->pool[0])
        cede__text_add(text, "  job '%s' waits for a thread of pool '%s', as that of job '%s'\n",
                       job->name, job->pool, next->name);
    else
        cede__text_add(text, "  job '%s' waits for job '%s'\n", job->name, next->name);
}

static void circle_report(struct circle *circle)
{
    char buffer[4096];
    struct cede__text text = {buffer, sizeof buffer, 0};
    const size_t n = circle->n < SHOWN ? circle->n : SHOWN;

    circle_order(circle);
    if (circle->n == 1)
        cede__text_add(&text, "cede: deadlock: a job waits for itself\n");
    else
        cede__text_add(&text, "cede: deadlock: %zu jobs wait for each other\n", circle->n);
    for (size_t i = 0; i < n; i++)
        circle_add_line(circle, i, &text);
    if (circle->n > n)
        cede__text_add(&text, "  by way of %zu more\n", circle->n - n);
    cede__report_text(buffer);
}

static int circle_raise(const struct circle *circle)
{
    if (circle->n == 1)
        return cede_raise(-EDEADLK, "job '%s' waits for itself", circle->jobs[0].name);
    return cede_raise(-EDEADLK, "%zu jobs wait for each other: '%s' for '%s', and so on", circle->n,
                      circle->jobs[0].name, circle->jobs[1].name);
}

/* Whether the wait, on the list, is part of a circle, or leads to one. */
static bool wait_find_circle(struct cede__thread_wait *wait, struct circle *circle)
{
    const struct cede__thread_wait *last = search(wait);

    if (last)
        circle_collect(circle, last);
    else if (is_in_vain(wait))
        circle_collect_in_vain(circle, wait);
    else
        return false;
    return true;
}

int cede__job_wait_begin(struct cede__thread_wait *wait, bool must_wait)
{
    struct circle circle;
    bool has_circle;

    wait->worker = cede__worker_here;
    wait->lends = false;
    for (size_t i = 0; wait->worker && !wait->lends && i < wait->n; i++)
        wait->lends = cede__pool_lends(wait_future(wait, i));
    cede__thread_waits_lock();
    cede__thread_wait_list(wait);
    has_circle = wait_find_circle(wait, &circle);
    if (has_circle && !must_wait) {
        cede__list_remove(&wait->link);
        wait->is_listed = false;
    }
    cede__thread_waits_unlock();
    if (!has_circle)
        return 0;
    circle_report(&circle);
    return must_wait ? 0 : circle_raise(&circle);
}
