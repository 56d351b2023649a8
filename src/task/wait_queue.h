/* wait_queue.h - parking until a peer hands over what is waited for. Floor 4.
 *
 * Under every lock, event, condition, semaphore, barrier, queue and once. Who waits has a spot in
 * a line of the object. Granting takes the spot off and writes what is granted into it; from then
 * on the wait succeeds, whatever happens. Cancelling takes it off too: of the two, whoever finds it
 * in the line wins.
 *
 * A plain object is touched by one thread; functions named _plain are for those alone, on the hot
 * paths. A shared one has a guard, held by every function below between cede__sync_enter and
 * cede__sync_leave; those who were granted something in between are told after it is free, by
 * message or futex, because they may destroy the object at once.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_WAIT_QUEUE_H
#define CEDE_TASK_WAIT_QUEUE_H

#include <cede/sync.h>

#include "task/task.h"

/* wait_queue.c */
void cede__sync_init(struct cede__sync *sync, const cede_sync_options *options);
void cede__sync_fini(struct cede__sync *sync); /* who waits in its line gets CEDE_ESHUTDOWN */
/* Before its memory may go, nobody being left in its lines: until those who look at who waits know
 * that, or have gone. */
void cede__sync_settle(const struct cede__sync *sync);
void cede__sync_leave_shared(struct cede__sync *sync);
int cede__sync_refuse(const struct cede__sync *sync); /* raises CEDE_EFOREIGN */
int cede__sync_check_wait(struct cede__sync *sync);   /* see cede__line_may_wait */
int cede__sync_debug_use(struct cede__sync *sync);    /* see cede__sync_debug */
int cede__sync_ended(int rc); /* what a wait returns that ended with rc: raises CEDE_ESHUTDOWN */
size_t cede__line_count(const struct cede__line *line); /* how many wait; inside the guard */
size_t cede__sync_count(struct cede__sync *sync);       /* how many wait in its line */
void cede__spot_cancel(struct cede__waiter *waiter);
void cede__spot_release_shared(struct cede__spot *spot, int rc);
int cede__spot_park_shared(struct cede__spot *spot, struct cede_task *task);
int cede__line_wait_shared(struct cede__line *line, struct cede__sync *sync,
                           const struct cede__spot_kind *kind, void *item);

/* "lock 'db'", "a lock" */
void cede__sync_describe(const struct cede__sync *sync, const char *noun, struct cede__text *text);

static inline struct cede__spot *cede__spot_of(const struct cede__waiter *waiter)
{
    return cede__container_of(waiter, struct cede__spot, waiter);
}

static inline void cede__sync_enter(struct cede__sync *sync)
{
    if (cede__unlikely(sync->shared))
        cede__mutex_lock((struct cede__mutex *)(void *)&sync->guard);
}

/* Free the guard, and tell those who were granted something. */
static inline void cede__sync_leave(struct cede__sync *sync)
{
    if (cede__unlikely(sync->shared))
        cede__sync_leave_shared(sync);
}

/* In debug mode: an object that is not shared is used by another thread than before, whose loop
 * still lives: raises CEDE_EFOREIGN, and reports it. 0: as it should be. */
static inline int cede__sync_debug(struct cede__sync *sync)
{
    return cede__unlikely(cede__loop_is_debugged()) ? cede__sync_debug_use(sync) : 0;
}

/* Whether this thread may wake those who wait in a line: 0; raises CEDE_EFOREIGN if the object is
 * not shared and they are of another loop. */
static inline int cede__line_check(const struct cede__line *line, struct cede__sync *sync)
{
    CEDE_TRY(cede__sync_debug(sync));
    if (cede__likely(sync->shared || !line->first || sync->loop == cede__loop_here))
        return 0;
    return cede__sync_refuse(sync);
}

static inline int cede__sync_check(struct cede__sync *sync)
{
    return cede__line_check(&sync->line, sync);
}

/* Whether waiting in a line is possible here: 0; raises CEDE_ENOTASK, -EDEADLK, CEDE_EFOREIGN. */
static inline int cede__line_may_wait(const struct cede__line *line, struct cede__sync *sync,
                                      const struct cede_task *task)
{
    CEDE_TRY(cede__sync_debug(sync));
    if (cede__likely(!sync->shared && task && (!line->first || sync->loop == task->loop)))
        return 0;
    return cede__sync_check_wait(sync);
}

static inline int cede__sync_may_wait(struct cede__sync *sync, const struct cede_task *task)
{
    return cede__line_may_wait(&sync->line, sync, task);
}

/* Lines. */

/* Inside the guard; of a shared object, others look without it. */
static inline void cede__spot_set_line(struct cede__spot *spot, struct cede__line *line)
{
    __atomic_store_n(&spot->line, line, __ATOMIC_RELAXED);
}

static inline struct cede__spot *cede__line_first(const struct cede__line *line)
{
    return line->first;
}

/* Take the first off; NULL if there is none. */
static inline struct cede__spot *cede__line_take(struct cede__line *line)
{
    struct cede__spot *spot = line->first;

    if (spot) {
        line->first = spot->next; /* whose prev does not count any more */
        cede__spot_set_line(spot, NULL);
    }
    return spot;
}

static inline void cede__line_append(struct cede__line *line, struct cede__spot *spot)
{
    struct cede__spot *last = line->last;

    cede__spot_set_line(spot, line);
    spot->next = NULL;
    if (cede__unlikely(line->first != NULL)) {
        spot->prev = last;
        last->next = spot;
    } else {
        line->first = spot;
    }
    line->last = spot;
}

static inline void cede__spot_unlink(struct cede__spot *spot)
{
    struct cede__line *line = spot->line;

    cede__spot_set_line(spot, NULL);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it stands in a line */
    if (line->first == spot)
        line->first = spot->next;
    else
        spot->prev->next = spot->next;
    if (spot->next)
        spot->next->prev = spot->prev;
    else
        line->last = spot->prev;
}

/* Granting. */

/* Let who waits go on, with `rc`; the spot is off its line. */
static inline void cede__spot_release(struct cede__spot *spot, int rc)
{
    if (cede__likely(!spot->sync->shared))
        cede__waiter_wake(&spot->waiter, rc);
    else
        cede__spot_release_shared(spot, rc);
}

/* Take it off its line and let it go on. */
static inline void cede__spot_grant(struct cede__spot *spot, int rc)
{
    cede__spot_unlink(spot);
    cede__spot_release(spot, rc);
}

/* Take all off a line and let each go on. */
static inline void cede__line_grant_all(struct cede__line *line, int rc)
{
    struct cede__spot *spot;

    while ((spot = cede__line_take(line)))
        cede__spot_release(spot, rc);
}

/* Waiting. */

/* The number of a running task, as a party. */
static inline uint64_t cede__task_number(struct cede_task *task)
{
    if (cede__unlikely(!task->coro.is_listed))
        cede__task_enlist(task);
    return task->number;
}

/* Whose spot it is: every spot of a plain object, and of a shared one all but those of
 * threads. */
static inline struct cede_task *cede__spot_task(const struct cede__spot *spot)
{
    return cede__container_of(spot, struct cede_task, spot);
}

/* Whose it is, as a party. */
static inline uint64_t cede__spot_number(const struct cede__spot *spot)
{
    return spot->sync->shared ? spot->number : cede__spot_task(spot)->number;
}

/* Let `spot`, the first in a line, go on with 0. */
static inline void cede__line_grant_plain(struct cede__line *line, struct cede__spot *spot,
                                          struct cede_loop *loop)
{
    struct cede_task *task = cede__spot_task(spot);

    line->first = spot->next;
    spot->waiter.rc = 0;
    task->ready.waiter = NULL;
    cede__loop_add_ready(loop, &task->ready);
}

/* What a spot at a shared object needs besides. */
static inline void cede__spot_prepare_shared(struct cede__spot *spot, struct cede_task *task)
{
    spot->told = 0;
    spot->grant_rc = 0;
    spot->loop = task ? task->loop : NULL;
    spot->number = task ? cede__task_number(task) : cede__thread_number();
}

/* Prepare the spot and put it into a line. */
static inline void cede__spot_queue(struct cede__spot *spot, struct cede__line *line,
                                    struct cede__sync *sync, const struct cede__spot_kind *kind,
                                    void *item)
{
    spot->waiter.kind = &kind->wait;
    spot->item = item;
    spot->sync = sync;
    cede__line_append(line, spot);
}

/* Wait in a line of this loop. Inlined, as every frame between a body and the switch is a return
 * that the processor mispredicts. */
static inline __attribute__((always_inline)) int
cede__line_wait_plain(struct cede__line *line, struct cede__sync *sync,
                      const struct cede__spot_kind *kind, void *item, struct cede_task *task)
{
    sync->loop = task->loop;
    cede__spot_queue(&task->spot, line, sync, kind, item);
    const int rc = cede__task_park(task, &task->spot.waiter);
    return cede__unlikely(rc < 0) ? cede__sync_ended(rc) : rc;
}

/* The same of a task that may just park, in a line where nobody waits. */
static inline __attribute__((always_inline)) int
cede__line_wait_first(struct cede__line *line, struct cede__sync *sync,
                      const struct cede__spot_kind *kind, void *item, struct cede_task *task)
{
    struct cede__spot *spot = &task->spot;

    sync->loop = task->loop;
    spot->waiter.kind = &kind->wait;
    spot->item = item;
    spot->sync = sync;
    spot->next = NULL;
    cede__spot_set_line(spot, line);
    line->first = line->last = spot;
    cede__task_just_park(task, &spot->waiter);
    return cede__unlikely(spot->waiter.rc < 0) ? cede__sync_ended(spot->waiter.rc)
                                               : spot->waiter.rc;
}

/* Wait, inside the guard, which is freed; what it was granted with, or -ECANCELED, CEDE_ESHUTDOWN,
 * or as cede__line_may_wait. */
static inline __attribute__((always_inline)) int cede__line_wait(struct cede__line *line,
                                                                 struct cede__sync *sync,
                                                                 const struct cede__spot_kind *kind,
                                                                 void *item, struct cede_task *task)
{
    if (cede__likely(!sync->shared && task && (!line->first || sync->loop == task->loop)))
        return cede__line_wait_plain(line, sync, kind, item, task);
    return cede__line_wait_shared(line, sync, kind, item);
}

static inline __attribute__((always_inline)) int cede__sync_wait(struct cede__sync *sync,
                                                                 const struct cede__spot_kind *kind,
                                                                 void *item, struct cede_task *task)
{
    return cede__line_wait(&sync->line, sync, kind, item, task);
}

#endif
