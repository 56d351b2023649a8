/* instant.h - one moment of a simulation: what runs in it, and in which order. Floor 3.
 *
 * The order is (time, priority, sequence). What was scheduled for a later time stands in the loop's
 * timers, what is to run now at priority 0 in the ready queue, in the order in which it came there.
 * A mark in the ready queue is the place where what goes before the rest of it has its turn:
 *
 *     ready queue:  woken by the present event | mark | what became ready in this moment
 *                                                 |
 *                                                 +-- urgent ones, then timers that are due now and
 *                                                     of priority 0 or less: one, and the mark
 *                                                     again
 *
 * So all that one event wakes goes on first; then the urgent; then timers that are due, which were
 * all scheduled before this moment began; then what the moment itself brought. Timers of higher
 * priorities wait until nothing is ready.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_INSTANT_H
#define CEDE_LOOP_INSTANT_H

#include <string.h>

#include "loop/ready.h"

/* Make a loop on the virtual clock, without timers yet, one that simulates from `start` on. */
void cede__instant_init(struct cede_loop *loop, double start);

/* The key of a time that is not negative, and back. */
static inline int64_t cede__time_key(double time)
{
    int64_t key;

    memcpy(&key, &time, sizeof key);
    return key;
}

static inline double cede__key_time(int64_t key)
{
    double time;

    memcpy(&time, &key, sizeof time);
    return time;
}

/* Move the clock. */
static inline void cede__instant_move(struct cede_loop *loop, int64_t key)
{
    const double clock = cede__key_time(key);
    const double now = clock * 1e9;

    loop->instant.clock = clock;
    loop->now = now < 9.2e18 ? (cede_time)(now + 0.5) : CEDE_NEVER - 1;
}

/* Nothing is ready: fire the timer that is next, if it is due now. On the loop's own stack. */
void cede__instant_fire(struct cede_loop *loop);

/* Run `ready` now, before all that is ready, after others that were added so. */
void cede__instant_add_urgent(struct cede_loop *loop, struct cede__ready *ready);

/* Arm a timer for `key`; at the present moment it goes by its priority, too. 0, or -ENOMEM. */
int cede__instant_add_timer(struct cede_loop *loop, struct cede__timer *timer, int64_t key,
                            int priority);

/* What becomes ready between open and close goes on before all that is ready now. On the loop's own
 * stack. */
struct cede__instant_rest {
    struct cede__ready *first;
    struct cede__ready **end;
};
void cede__instant_open(struct cede_loop *loop, struct cede__instant_rest *rest);
void cede__instant_close(struct cede_loop *loop, struct cede__instant_rest *rest);

/* Whether time may move on without a look at the world. */
static inline bool cede__instant_may_move(const struct cede_loop *loop)
{
    return !loop->ready_first && loop->budget > 1 &&
           __atomic_load_n(&loop->mailbox->n_jobs, __ATOMIC_ACQUIRE) == 0;
}

/* Whether a timer is due that goes before what this moment brought. */
static inline bool cede__instant_has_due(struct cede_loop *loop)
{
    return cede__timers_next(&loop->timers) <= cede__time_key(loop->instant.clock) &&
           cede__timers_next_priority(&loop->timers) <= 0;
}

/* Put the mark before all that is ready. Where it is queued already, what stands before it goes on
 * with the present event. */
void cede__instant_put_mark(struct cede_loop *loop);

/* Time has moved on to a timer that was just taken: see that others that are due as well have their
 * turn. */
static inline void cede__instant_arrive(struct cede_loop *loop)
{
    const struct cede__timer_entry *head = loop->timers.head;

    /* What is in the calendar still is later than now. */
    if (cede__unlikely(head && head->when <= cede__time_key(loop->instant.clock)) &&
        cede__instant_has_due(loop))
        cede__instant_put_mark(loop);
}

#endif
