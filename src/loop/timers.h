/* timers.h - the one order in time, for both clocks and for simulations. Floor 3. */
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
    uint64_t order; /* breaks ties: the priority above the count of timers as they were armed */
    /* a cede_time; where the loop simulates, the bits of a double that is not negative, which are
     * in the same order as the doubles are */
    int64_t when;
    uint32_t slot;
};

#define CEDE__ORDER_SHIFT 52
/* Of the first timer of priority 0. */
#define CEDE__ORDER_NORMAL ((uint64_t)2048 << CEDE__ORDER_SHIFT)

struct cede__timer_slot {
    struct cede__timer *timer; /* NULL: the timer was disarmed */
    uint64_t order;            /* while it is in the calendar, as in its entry: */
    int64_t when;
    uint32_t next; /* in its bucket, or of the free ones; CEDE__TIMER_IDLE: the last */
};

/* Where the later ones wait: see calendar.c. */
struct cede__calendar {
    uint32_t *buckets;  /* of each the first slot; NULL: there is no calendar */
    uint64_t *occupied; /* a bit a bucket: it is not empty */
    uint64_t n_buckets; /* a power of two */
    unsigned shift;     /* a bucket is 1 << shift wide */
    unsigned narrower;  /* by so much less than the mean would have it */
    int64_t cursor;     /* the number of the bucket that was emptied last */
    int64_t base;       /* the cursor when the far ones were looked at last */
    uint32_t ahead;     /* the last slot of the bucket that is next that was fetched */
    uint32_t far;       /* the first slot of those that are too far off for a bucket */
    uint32_t n;         /* slots in buckets */
    uint32_t n_far;
    uint32_t n_built;    /* timers when it was built */
    uint32_t n_late;     /* in this half round: armed for times that were poured already */
    unsigned tried_from; /* `narrower` before it was made more for that load */
    unsigned widest;     /* the shift is to be, once; more than it can be: anything */
    uint64_t n_poured;   /* in this half round: slots that left buckets ... */
    uint64_t n_pours;    /* ... out of so many */
    uint64_t load; /* poured at once, on average, when that was too many last; 0: it was not */
    /* fetches what will be needed of a timer that is due soon, besides itself; may be NULL */
    void (*fetch)(const struct cede__timer *timer);
};

struct cede__timers {
    /* the first of those below; NULL: there is none there */
    const struct cede__timer_entry *head;
    struct cede__timer_entry *run;  /* the buckets that were emptied last, in order ... */
    uint32_t run_at;                /* ... of which this is the next entry, */
    uint32_t run_end;               /* and they end here */
    uint32_t n;                     /* entries in the heap, dead ones included */
    struct cede__timer_entry *heap; /* of those armed since for times before the end of these */
    struct cede__timer_slot *slots;
    uint32_t n_dead;     /* slots whose timer was disarmed */
    uint32_t capacity;   /* of the three arrays */
    uint32_t n_slots;    /* slots ever used */
    uint32_t n_free;     /* of these */
    uint32_t free_slot;  /* first free slot; CEDE__TIMER_IDLE: none */
    uint64_t next_order; /* of the next timer armed */
    struct cede__calendar calendar;
};

void cede__timers_init(struct cede__timers *timers);
void cede__timers_fini(struct cede__timers *timers);

/* Arm an idle timer. 0, or -ENOMEM. */
int cede__timers_add(struct cede__timers *timers, struct cede__timer *timer, int64_t when);
int cede__timers_add_at(struct cede__timers *timers, struct cede__timer *timer, int64_t when,
                        int priority);

/* Disarm a timer, if it is armed: a store, now; its slot is freed when it comes up, or when half of
 * all are dead. */
void cede__timers_remove(struct cede__timers *timers, struct cede__timer *timer);

/* The next timer, whose entry is the head then; NULL if none is armed. */
struct cede__timer *cede__timers_find(struct cede__timers *timers);
static inline struct cede__timer *cede__timers_first(struct cede__timers *timers)
{
    struct cede__timer *first = timers->head ? timers->slots[timers->head->slot].timer : NULL;

    return __builtin_expect(first != NULL, 1) ? first : cede__timers_find(timers);
}

/* When the next timer is due; CEDE_NEVER if none is armed. */
static inline int64_t cede__timers_next(struct cede__timers *timers)
{
    return cede__timers_first(timers) ? timers->head->when : CEDE_NEVER;
}

/* Of that timer; there is one. */
static inline int cede__timers_next_priority(const struct cede__timers *timers)
{
    return (int)(timers->head->order >> CEDE__ORDER_SHIFT) -
           (int)(CEDE__ORDER_NORMAL >> CEDE__ORDER_SHIFT);
}

/* Take the next timer if it is due at `now`; NULL if none is. */
struct cede__timer *cede__timers_take(struct cede__timers *timers, int64_t now);

#endif
