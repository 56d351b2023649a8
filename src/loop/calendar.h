/* calendar.h - the timers that are due later, in buckets. Floor 3. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_CALENDAR_H
#define CEDE_LOOP_CALENDAR_H

#include "base/base.h"
#include "loop/timer_heap.h"

#define CEDE__NO_SLOT CEDE__TIMER_IDLE

enum {
    CEDE__CALENDAR_MIN = 32, /* fewer timers are in the heap */
    CEDE__RUN_STEP = 4,      /* timers that are taken between two looks ahead; a power of two */
    CEDE__RUN_LEAST = 3 * CEDE__RUN_STEP, /* a run that is shorter is made longer, if it can be */
    CEDE__RUN_SLACK = 64, /* so far behind the front of its array a run is moved there */
};

void cede__calendar_init(struct cede__calendar *calendar);
void cede__calendar_fini(struct cede__calendar *calendar);

/* Build the calendar anew and put all timers where they belong, the dead slots among the free. */
void cede__calendar_build(struct cede__timers *timers);

/* Run and heap are empty: empty the next bucket that is not, if there is any. */
void cede__calendar_refill(struct cede__timers *timers);

/* Some of the run have been taken: empty more buckets if it is short, and have the memory of those
 * that come next fetched. */
void cede__calendar_look_ahead(struct cede__timers *timers);

/* Hang a slot among those that are too far off. */
void cede__calendar_hang_far(struct cede__timers *timers, uint32_t slot);

static inline uint64_t cede__calendar_bucket(const struct cede__calendar *calendar, int64_t number)
{
    return (uint64_t)number & (calendar->n_buckets - 1);
}

/* Whether what is due then is poured already. */
static inline bool cede__calendar_is_past(const struct cede__calendar *calendar, int64_t when)
{
    return when >> calendar->shift <= calendar->cursor;
}

/* Put the slot of a timer where it belongs. The head may not be it any more. */
static inline void cede__calendar_place(struct cede__timers *timers, uint32_t slot, int64_t when,
                                        uint64_t order)
{
    struct cede__calendar *calendar = &timers->calendar;
    struct cede__timer_slot *it = &timers->slots[slot];
    const int64_t number = when >> calendar->shift;
    uint64_t bucket;

    if (cede__calendar_is_past(calendar, when)) {
        cede__heap_sift_up(timers->heap, timers->n++,
                           (struct cede__timer_entry){order, when, slot});
        return;
    }
    it->when = when;
    it->order = order;
    if (cede__unlikely((uint64_t)number - (uint64_t)calendar->base > calendar->n_buckets)) {
        cede__calendar_hang_far(timers, slot);
        return;
    }
    bucket = cede__calendar_bucket(calendar, number);
    it->next = calendar->buckets[bucket];
    calendar->buckets[bucket] = slot;
    calendar->occupied[bucket / 64] |= (uint64_t)1 << bucket % 64;
    calendar->n++;
}

/* A slot is not in use any more. */
static inline void cede__slot_release(struct cede__timers *timers, uint32_t slot)
{
    timers->slots[slot].next = timers->free_slot;
    timers->free_slot = slot;
    timers->n_free++;
}

/* The same of one whose timer was disarmed. */
static inline void cede__slot_drop_dead(struct cede__timers *timers, uint32_t slot)
{
    cede__slot_release(timers, slot);
    timers->n_dead--;
}

/* Run or heap have changed: find the head. */
static inline void cede__timers_set_head(struct cede__timers *timers)
{
    const struct cede__timer_entry *head =
        timers->run_at < timers->run_end ? &timers->run[timers->run_at] : NULL;

    if (cede__unlikely(timers->n > 0) && (!head || cede__heap_before(timers->heap, head)))
        head = timers->heap;
    timers->head = head;
}

/* Of the bucket that is next, fetch a slot, so that most are at hand when it is emptied. */
static inline void cede__calendar_fetch_slot(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;

    if (calendar->ahead == CEDE__NO_SLOT)
        return;
    calendar->ahead = timers->slots[calendar->ahead].next;
    if (calendar->ahead != CEDE__NO_SLOT)
        __builtin_prefetch(&timers->slots[calendar->ahead], 1);
}

void cede__heap_drop_first(struct cede__timers *timers);

static inline void cede__run_drop_first(struct cede__timers *timers)
{
    cede__calendar_fetch_slot(timers);
    if (++timers->run_at % CEDE__RUN_STEP == 0)
        cede__calendar_look_ahead(timers);
}

/* The head, whose slot is in use no more or again, was taken. */
static inline void cede__timers_drop_head(struct cede__timers *timers)
{
    if (cede__likely(timers->head != timers->heap))
        cede__run_drop_first(timers);
    else
        cede__heap_drop_first(timers);
    cede__timers_set_head(timers);
}

/* The head is the first of the heap, and was taken; the timer that has its slot now is due then. */
void cede__heap_exchange_first(struct cede__timers *timers, int64_t when, uint64_t order);

/* Take the head, which is of a timer, and arm another one, which is idle, not before it. */
static inline void cede__timers_exchange(struct cede__timers *timers, struct cede__timer *timer,
                                         int64_t when)
{
    const uint32_t slot = timers->head->slot;
    const uint64_t order = timers->next_order++;

    timers->slots[slot].timer->slot = CEDE__TIMER_IDLE;
    timers->slots[slot].timer = timer;
    timer->slot = slot;
    if (cede__unlikely(timers->head == timers->heap)) {
        cede__heap_exchange_first(timers, when, order);
    } else {
        cede__calendar_place(timers, slot, when, order);
        cede__run_drop_first(timers);
        cede__timers_set_head(timers);
    }
}

#endif
