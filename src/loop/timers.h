/* timers.h - the one order in time, for both clocks. Floor 3. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_TIMERS_H
#define CEDE_LOOP_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include <cede/time.h>

/* `slot` of a timer that is not armed, as of every new one. */
#define CEDE__TIMER_IDLE UINT32_MAX

/* Of timers that are due at the same time, the one of lower priority goes first; all are 0 but a
 * simulation's. Then it is first armed, first fired. */
enum {
    CEDE__PRIORITY_URGENT = -2047, /* before all that users may give */
    CEDE__PRIORITY_LIMIT = 2000,   /* which lie between this and its negative */
};

struct cede__timer_entry {
    /* as int64_t: a cede_time; where the loop simulates, the bits of a double that is not negative,
     * which are in the same order as the doubles are */
    int64_t when;
    uint64_t order; /* breaks ties: the priority above the count of timers as they were armed */
    uint32_t slot;
};

#define CEDE__ORDER_SHIFT 52
/* Of the first timer of priority 0. */
#define CEDE__ORDER_NORMAL ((uint64_t)2048 << CEDE__ORDER_SHIFT)

union cede__timer_slot {
    struct cede__timer *timer; /* NULL: the timer was disarmed, its entry is dead */
    uintptr_t next_free;       /* while the slot is on the free list */
};

struct cede__timers {
    struct cede__timer_entry *heap; /* 4-ary, least first */
    union cede__timer_slot *slots;
    uint32_t n;          /* entries in the heap, dead ones included */
    uint32_t n_dead;     /* entries whose timer was disarmed */
    uint32_t capacity;   /* of both arrays */
    uint32_t n_slots;    /* slots ever used */
    uint32_t free_slot;  /* first free slot; CEDE__TIMER_IDLE: none */
    uint64_t next_order; /* of the next timer armed */
};

void cede__timers_init(struct cede__timers *timers);
void cede__timers_fini(struct cede__timers *timers);

/* Arm an idle timer. 0, or -ENOMEM. */
int cede__timers_add(struct cede__timers *timers, struct cede__timer *timer, int64_t when);
int cede__timers_add_at(struct cede__timers *timers, struct cede__timer *timer, int64_t when,
                        int priority);

/* Disarm a timer, if it is armed: a store, now; its entry goes when it comes up, or when half of
 * all are dead. */
void cede__timers_remove(struct cede__timers *timers, struct cede__timer *timer);

/* When the next timer is due; CEDE_NEVER if none is armed. */
int64_t cede__timers_next(struct cede__timers *timers);

/* Of that timer; there is one. */
int cede__timers_next_priority(const struct cede__timers *timers);

/* Take the next timer if it is due at `now`; NULL if none is. */
struct cede__timer *cede__timers_take(struct cede__timers *timers, int64_t now);

#endif
