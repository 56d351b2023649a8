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
 * A thread that runs a job while another job of its own waits for that one holds up both: its
 * frames are its jobs, the innermost first. Who calls: await.c and wait_set.c, for plain threads.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sys/debug_info.h"
#include "task/job_wait.h"

enum { SHOWN = 16 }; /* links of a circle that are named; how many more there are is said */

__thread struct cede__job_frame *cede__job_frame_here;

static struct cede__mutex lock;
static struct cede__list waits = {&waits, &waits};

static struct cede_future *wait_future(const struct cede__job_wait *wait, size_t i)
{
    return *(struct cede_future *const *)(wait->futures + i * wait->stride);
}

/* The frame of `wait` that runs a job without which the future is not done, mostly the job that it
 * is; NULL: it has none. */
static const struct cede__job_frame *wait_frame_of(const struct cede__job_wait *wait,
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
static struct cede__job_wait *search_enter(struct cede__job_wait *end,
                                           const struct cede__job_wait *from,
                                           const struct cede_future *future)
{
    for (struct cede__list *link = waits.next; link != &waits; link = link->next) {
        struct cede__job_wait *wait = cede__container_of(link, struct cede__job_wait, link);
        const struct cede__job_frame *frame = wait->is_seen ? NULL : wait_frame_of(wait, future);

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
static const struct cede__job_wait *search(struct cede__job_wait *us)
{
    struct cede__job_wait *end = us;

    for (struct cede__list *link = waits.next; link != &waits; link = link->next)
        cede__container_of(link, struct cede__job_wait, link)->is_seen = false;
    us->next = NULL;
    us->from = NULL;
    for (const struct cede__job_wait *wait = us; wait; wait = wait->next) {
        for (size_t i = 0; i < wait->n; i++) {
            const struct cede_future *future = wait_future(wait, i);
            if (cede__future_done(future))
                continue;
            us->entered = wait_frame_of(us, future);
            if (us->entered)
                return wait;
            end = search_enter(end, wait, future);
        }
    }
    return NULL;
}

/* Saying it. */

struct link_name {
    char name[64];
};

struct circle {
    struct link_name jobs[SHOWN]; /* each waits for the next, the last for the first */
    size_t n;                     /* in the circle; those beyond SHOWN are not in `jobs` */
};

static void circle_add(struct circle *circle, const struct cede__job_frame *frame)
{
    const struct cede__job_extra *extra = frame->job->future.extra;
    struct cede__text text = {circle->jobs[circle->n].name, sizeof circle->jobs[0].name, 0};
    struct cede__place_name place;

    if (circle->n++ >= SHOWN)
        return;
    if (extra && extra->name) {
        cede__text_add(&text, "%s", extra->name);
        return;
    }
    /* As if called by its first instruction, since returns are named by the call before them. */
    cede__debug_info_name((uintptr_t)frame->fn + 1, &place);
    cede__text_add(&text, "%s", place.function);
}

/* From the one that waits for us back to us, against the direction of waiting. */
static void circle_collect(struct circle *circle, const struct cede__job_wait *last)
{
    circle->n = 0;
    for (const struct cede__job_wait *wait = last; wait; wait = wait->from) {
        circle_add(circle, wait->frame);
        if (wait->entered != wait->frame) /* it runs the other while it waits for that */
            circle_add(circle, wait->entered);
    }
}

/* The same in the direction of waiting, and begun with the first by name: so that it reads the same
 * whoever came last. */
static void circle_order(struct circle *circle)
{
    const size_t n = circle->n < SHOWN ? circle->n : SHOWN;
    struct link_name jobs[SHOWN];
    size_t first = 0;

    for (size_t i = 0; i < n; i++)
        jobs[i] = circle->jobs[n - 1 - i];
    for (size_t i = 1; i < n && circle->n <= SHOWN; i++) {
        if (strcmp(jobs[i].name, jobs[first].name) < 0)
            first = i;
    }
    for (size_t i = 0; i < n; i++)
        circle->jobs[i] = jobs[(first + i) % n];
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
        cede__text_add(&text, "  job '%s' waits for job '%s'\n", circle->jobs[i].name,
                       circle->jobs[(i + 1) % n].name);
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

int cede__job_wait_begin(struct cede__job_wait *wait, bool must_wait)
{
    const struct cede__job_wait *last;
    struct circle circle;

    wait->frame = cede__job_frame_here;
    wait->is_seen = true; /* it is not on the list yet */
    cede__mutex_lock(&lock);
    last = search(wait);
    if (last)
        circle_collect(&circle, last);
    if (!last || must_wait)
        cede__list_append(&waits, &wait->link);
    cede__mutex_unlock(&lock);
    if (!last)
        return 0;
    circle_report(&circle);
    return must_wait ? 0 : circle_raise(&circle);
}

void cede__job_wait_end(struct cede__job_wait *wait)
{
    cede__mutex_lock(&lock);
    cede__list_remove(&wait->link);
    cede__mutex_unlock(&lock);
}
