/* future.h - the inside of futures. Floor 4.
 *
 * A future is PENDING, then DONE. Watchers wait on it, first come, first told: an await, a set of
 * awaits, a callback.
 *
 * A future of a loop is touched by its thread only: no atomics. A shared one has a lock around its
 * watchers, and its state is atomic. Who adds a watcher sets WATCHED in the state; who completes it
 * exchanges the state for DONE, and only if it found WATCHED there takes the lock, takes the
 * watchers off and tells them. A watcher that finds the future DONE while it wants to leave thus
 * knows that it will be told, and waits for that.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_FUTURE_H
#define CEDE_TASK_FUTURE_H

#include <cede/future.h>

#include "base/error_record.h"
#include "base/list.h"
#include "loop/ready.h"
#include "sys/futex.h"

struct cede__watcher;

/* What kinds of watchers differ in. */
struct cede__watcher_kind {
    /* Called once, when the future is done: on the thread of the watcher's mailbox, or if that is
     * NULL on the completing thread. */
    void (*notify)(struct cede__watcher *watcher);
    /* Called instead, on the completing thread, if the loop of the mailbox has been closed
     * meanwhile; NULL: cannot be. */
    void (*lost)(struct cede__watcher *watcher);
};

struct cede__watcher {
    struct cede__message message; /* under way to `mailbox`. Only for shared futures */
    /* of the watcher's loop; borrowed; NULL: of no loop. Only for shared futures */
    struct cede__mailbox *mailbox;
    struct cede__list link; /* on future->watchers */
    const struct cede__watcher_kind *kind;
};

enum cede__future_state {
    CEDE__FUTURE_PENDING,
    CEDE__FUTURE_RUNNING, /* of a job: a worker has it */
    CEDE__FUTURE_DONE,
    /* beside one of the above; of shared futures only: it has, or had, watchers */
    CEDE__FUTURE_WATCHED = 4,
};

/* What kinds of future differ in. */
struct cede__future_kind {
    const char *noun;                            /* "Task" */
    void (*destroy)(struct cede_future *future); /* the last reference went */
    /* on the future's loop thread, or any if it has none; not DONE */
    bool (*cancel)(struct cede_future *future);
    void (*describe)(const struct cede_future *future, struct cede__text *text); /* may be NULL */
    /* of a PENDING one: whether it has begun elsewhere; may be NULL */
    bool (*is_running)(struct cede_future *future);
    /* For threads that are about to block for it; all may be NULL. */
    /* do its work right here, if that may be: then it is DONE */
    void (*work_here)(struct cede_future *future);
    /* let another thread stand in; whether to call reclaim after */
    bool (*lend)(struct cede_future *future);
    void (*reclaim)(struct cede_future *future);
    /* whether it can be done only after that job; NULL: known of no job but itself */
    bool (*needs)(const struct cede_future *future, const struct cede_future *job);
};

/* One cache line: a million jobs under way are as much memory as their futures, and touching it
 * costs more than running an empty job. What is known before the end only, jobs keep where others
 * keep what is known after it. */
struct cede_future {
    struct cede__list *watchers; /* a ring without a head, the oldest; NULL: none */
    uint32_t n_refs;             /* atomic if shared */
    uint8_t state;               /* enum cede__future_state; atomic if shared */
    bool is_shared;              /* set before another thread knows it */
    bool is_retrieved;           /* it failed, and somebody looked at that; atomic, only ever set */
    struct cede__spinlock lock;  /* around watchers, if shared; not touched before */
    union {
        int status; /* once DONE */
        void *in;   /* of a job, before: borrowed */
    };
    struct cede_loop *loop; /* NULL: of none; compared, and followed on its own thread only */
    const struct cede__future_kind *kind;
    void *value;
    union {
        /* once DONE: of its failure; NULL if none. Freed by kind->destroy */
        const struct cede_error *error;
        int (*work)(const void *in, void *out); /* of a job, before */
    };
    union {
        /* of its loop, a reference; only if it has a loop and is shared: not touched before */
        struct cede__mailbox *mailbox;
        struct cede__job_extra *extra; /* of a job: what few have; NULL: nothing */
    };
};

/* Make a future that no other thread knows yet shared; of a loop, `mailbox` is to be set then. */
static inline void cede__future_init_shared(struct cede_future *future)
{
    future->is_shared = true;
    future->lock.is_held = 0;
}

/* Initialise all but what DONE brings. */
static inline void cede__future_init(struct cede_future *future,
                                     const struct cede__future_kind *kind, struct cede_loop *loop)
{
    future->watchers = NULL;
    future->kind = kind;
    future->loop = loop;
    future->value = NULL;
    future->error = NULL;
    future->state = CEDE__FUTURE_PENDING;
    future->n_refs = 1;
    future->is_shared = false;
    future->is_retrieved = false;
}

static inline unsigned cede__future_state(const struct cede_future *future)
{
    return __atomic_load_n(&future->state, __ATOMIC_ACQUIRE) & ~(unsigned)CEDE__FUTURE_WATCHED;
}

static inline bool cede__future_done(const struct cede_future *future)
{
    return cede__future_state(future) == CEDE__FUTURE_DONE;
}

/* The only writer of DONE: set the outcome and tell the watchers. False if it was done already. */
bool cede__future_complete(struct cede_future *future, int status);

/* The last reference went: report a failure that nobody looked at, and destroy. */
void cede__future_end(struct cede_future *future);

/* cede_future_unref of what is not NULL, where the call itself would be the larger part of the
 * cost. Who holds the only reference of a shared one cannot be overtaken: then a look is enough. */
static inline void cede__future_unref(struct cede_future *future)
{
    const bool is_last = cede__unlikely(future->is_shared)
                             ? __atomic_load_n(&future->n_refs, __ATOMIC_ACQUIRE) == 1 ||
                                   __atomic_sub_fetch(&future->n_refs, 1, __ATOMIC_ACQ_REL) == 0
                             : --future->n_refs == 0;

    if (is_last)
        cede__future_end(future);
}

/* The same for a shared future that nobody else can complete, because its completer has claimed it:
 * cheap without watchers. The caller has a reference. */
void cede__future_complete_claimed(struct cede_future *future, int status);

/* Append to the ring of watchers, or take off it; under the lock if the future is shared. */
static inline void cede__future_link(struct cede_future *future, struct cede__watcher *watcher)
{
    if (future->watchers) {
        cede__list_append(future->watchers, &watcher->link);
    } else {
        cede__list_init(&watcher->link);
        future->watchers = &watcher->link;
    }
}

static inline void cede__future_unlink(struct cede_future *future, struct cede__watcher *watcher)
{
    if (future->watchers == &watcher->link)
        future->watchers = cede__list_is_empty(&watcher->link) ? NULL : watcher->link.next;
    cede__list_remove(&watcher->link);
}

/* Add a watcher. False if the future is done: then it is not added. */
bool cede__future_watch(struct cede_future *future, struct cede__watcher *watcher);

/* Remove one. False if it is being told: then it stays in use until notify was called. */
bool cede__future_unwatch(struct cede_future *future, struct cede__watcher *watcher);

/* Whether the calling thread may touch it; raises CEDE_EFOREIGN, CEDE_ESHUTDOWN or -EINVAL (NULL)
 * if not. */
int cede__future_check(const struct cede_future *future);

/* Whether there is any point in waiting for it: cede__future_check, and CEDE_ESHUTDOWN also for a
 * shared one whose loop was closed before it was done. */
int cede__future_check_wait(const struct cede_future *future);

/* The status as an awaiter sees it, with the record made this coroutine's. */
int cede__future_outcome(struct cede_future *future);

/* Somebody looked at the outcome. */
static inline void cede__future_set_retrieved(struct cede_future *future)
{
    __atomic_store_n(&future->is_retrieved, true, __ATOMIC_RELAXED);
}

static inline bool cede__future_failed(const struct cede_future *future)
{
    return future->status < 0 && future->status != -ECANCELED;
}

#endif
