/* mailbox.h - messages to a loop from other threads. Floor 3. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_MAILBOX_H
#define CEDE_LOOP_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "sys/futex.h"
#include "sys/poll.h"

/* Embedded by whoever sends; in use until delivered. */
struct cede__message {
    struct cede__message *next;
    void (*deliver)(struct cede__message *message); /* called on the loop's own stack */
};

/* Whether a loop sleeps, or is about to. While it does, another thread may hold it, and look at
 * what its thread alone may touch otherwise: it wakes up when it was let go. */
enum cede__sleep { CEDE__AWAKE, CEDE__ASLEEP, CEDE__HELD, CEDE__HELD_AND_WANTED };

/* Where a loop can be reached; outlives it for those who hold a reference. */
struct cede__mailbox {
    /* atomic: a stack of what arrived; CEDE__MAILBOX_CLOSED at the end */
    struct cede__message *newest;
    uint32_t sleeping;       /* atomic: enum cede__sleep */
    uint32_t n_refs;         /* atomic */
    uint32_t n_jobs;         /* atomic: jobs that hold virtual time still */
    uint32_t n_shared;       /* atomic: unfinished futures of the loop that other threads know */
    struct cede__mutex lock; /* around the use of `poll` by other threads, against its end */
    const struct cede__poll_engine *engine;
    struct cede__poll *poll; /* NULL once the loop is closed */
    int thread;              /* of the loop, as cede__sample_thread */
};

struct cede__mailbox *cede__mailbox_create(const struct cede__poll_engine *engine,
                                           struct cede__poll *poll);
struct cede__mailbox *cede__mailbox_ref(struct cede__mailbox *mailbox);
void cede__mailbox_unref(struct cede__mailbox *mailbox);

/* Send. 0, or CEDE_ESHUTDOWN: the loop is closed and the message stays the sender's. From any
 * thread. */
int cede__mailbox_post(struct cede__mailbox *mailbox, struct cede__message *message);

/* Whether the loop is closed, for ever: from any thread. */
bool cede__mailbox_is_closed(const struct cede__mailbox *mailbox);

/* Make the loop look around: from any thread. */
void cede__mailbox_wake(struct cede__mailbox *mailbox);

/* The same, but only if it sleeps. */
static inline void cede__mailbox_nudge(struct cede__mailbox *mailbox)
{
    if (__atomic_load_n(&mailbox->sleeping, __ATOMIC_SEQ_CST))
        cede__mailbox_wake(mailbox);
}

void cede__mailbox_wake_up_slowly(struct cede__mailbox *mailbox);

/* The loop's side. Deliver all that has arrived, oldest first; whether there was any. */
bool cede__mailbox_deliver(struct cede__mailbox *mailbox);

/* Its thread has slept, or changed its mind: wait until nobody holds it. */
static inline void cede__mailbox_wake_up(struct cede__mailbox *mailbox)
{
    uint32_t state = CEDE__ASLEEP;

    if (cede__unlikely(!__atomic_compare_exchange_n(&mailbox->sleeping, &state, CEDE__AWAKE, false,
                                                    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
        cede__mailbox_wake_up_slowly(mailbox);
}

/* From other threads: hold a loop that sleeps; whether it does. Nobody closes it before it is let
 * go. */
bool cede__mailbox_hold(struct cede__mailbox *mailbox);
void cede__mailbox_let_go(struct cede__mailbox *mailbox);

/* Deliver what has arrived and refuse what comes. */
void cede__mailbox_close(struct cede__mailbox *mailbox);

static inline bool cede__mailbox_is_empty(const struct cede__mailbox *mailbox)
{
    return __atomic_load_n(&mailbox->newest, __ATOMIC_ACQUIRE) == 0;
}

#endif
