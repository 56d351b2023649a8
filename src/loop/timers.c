/* timers.c - the one order in time: what is due next is sorted, what is due later is not.
 *
 *   run:       { order, when, slot } ...       the bucket of the calendar that was emptied last
 *   heap:      { order, when, slot } ...       of what was armed since for a time in its span
 *   calendar:  a ring of buckets, each the slots of one span of time, in no order: calendar.c
 *   slots:     { timer, order, when, next }    where each timer is known; a list in the calendar
 *
 * When run and heap are empty, the next bucket that is not is sorted into the run: so sorting is
 * done among the few that are due next, in memory that is in the cache, and arming is to hang a
 * slot into a bucket. Few timers are all in the heap. Each array has room for all slots.
 *
 * Neither arming nor firing touches the memory of other sleepers, which for a million tasks would
 * be a cache miss each. Disarming - what nearly every time-out comes to - stores NULL in the slot.
 * Dead slots are dropped when they come up, and swept when they are more than half, so they cost at
 * most as much memory as the live ones. Order is (when, order), where order is the priority, above
 * a count of timers as they were armed: equal times and priorities fire first come, first served.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "base/base.h"
#include "loop/calendar.h"

enum { SWEEP_MIN = 64 };

void cede__timers_init(struct cede__timers *timers)
{
    memset(timers, 0, sizeof *timers);
    timers->free_slot = CEDE__NO_SLOT;
    timers->next_order = CEDE__ORDER_NORMAL;
    cede__calendar_init(&timers->calendar);
}

void cede__timers_fini(struct cede__timers *timers)
{
    cede__calendar_fini(&timers->calendar);
    cede__free(timers->run);
    cede__free(timers->heap);
    cede__free(timers->slots);
}

/* Arming. */

/* A larger array for the run. It is mostly empty: what was never written is not copied. */
static int run_grow(struct cede__timers *timers, uint32_t capacity)
{
    const uint32_t n = timers->run_end - timers->run_at;
    struct cede__timer_entry *run = cede__malloc((capacity + CEDE__RUN_SLACK) * sizeof *run);

    if (!run)
        return -ENOMEM;
    if (n > 0)
        memcpy(run, timers->run + timers->run_at, n * sizeof *run);
    cede__free(timers->run);
    timers->run = run;
    timers->run_at = 0;
    timers->run_end = n;
    return 0;
}

static int timers_grow(struct cede__timers *timers)
{
    const uint32_t capacity = timers->capacity ? timers->capacity * 2 : 64;
    struct cede__timer_entry *heap;
    struct cede__timer_slot *slots;

    heap = cede__realloc(timers->heap, capacity * sizeof *heap);
    if (!heap)
        return -ENOMEM;
    timers->heap = heap;
    cede__timers_set_head(timers); /* it has moved */
    slots = cede__realloc(timers->slots, capacity * sizeof *slots);
    if (!slots)
        return -ENOMEM; /* the heap is larger than known: harmless */
    timers->slots = slots;
    CEDE_TRY(run_grow(timers, capacity));
    cede__timers_set_head(timers);
    timers->capacity = capacity;
    return 0;
}

/* A timer went into the heap. Where most do, buckets are too wide for the times that are due
 * now. */
static inline void timers_check_heap(struct cede__timers *timers)
{
    if (cede__unlikely(timers->n >= CEDE__CALENDAR_MIN &&
                       ++timers->calendar.n_late > 2 * timers->calendar.n_built))
        cede__calendar_build(timers);
}

static inline int timers_add(struct cede__timers *timers, struct cede__timer *timer, int64_t when,
                             uint64_t order)
{
    uint32_t slot = timers->free_slot;

    cede__assert(timer->slot == CEDE__TIMER_IDLE);
    if (slot != CEDE__NO_SLOT) {
        timers->free_slot = timers->slots[slot].next;
        timers->n_free--;
    } else {
        if (timers->n_slots == timers->capacity && timers_grow(timers) < 0)
            return -ENOMEM;
        slot = timers->n_slots++;
    }
    timers->slots[slot].timer = timer;
    timer->slot = slot;
    cede__calendar_place(timers, slot, when, order);
    if (cede__calendar_is_past(&timers->calendar, when)) {
        cede__timers_set_head(timers);
        timers_check_heap(timers);
    } else if (cede__unlikely(timers->calendar.n > 2 * timers->calendar.n_built)) {
        cede__calendar_build(timers);
    }
    return 0;
}

int cede__timers_add(struct cede__timers *timers, struct cede__timer *timer, int64_t when)
{
    return timers_add(timers, timer, when, timers->next_order++);
}

int cede__timers_add_at(struct cede__timers *timers, struct cede__timer *timer, int64_t when,
                        int priority)
{
    const int64_t shift = (int64_t)priority * ((int64_t)1 << CEDE__ORDER_SHIFT);

    return timers_add(timers, timer, when, timers->next_order++ + (uint64_t)shift);
}

void cede__timers_remove(struct cede__timers *timers, struct cede__timer *timer)
{
    if (timer->slot == CEDE__TIMER_IDLE)
        return;
    timers->slots[timer->slot].timer = NULL;
    timer->slot = CEDE__TIMER_IDLE;
    timers->n_dead++;
    if (timers->n_dead > SWEEP_MIN && timers->n_dead > (timers->n_slots - timers->n_free) / 2)
        cede__calendar_build(timers);
}

/* Taking. */

void cede__heap_drop_first(struct cede__timers *timers)
{
    if (--timers->n > 0)
        cede__heap_replace_first(timers->heap, timers->n, timers->heap[timers->n]);
}

struct cede__timer *cede__timers_find(struct cede__timers *timers)
{
    for (;;) {
        if (!timers->head)
            cede__calendar_refill(timers);
        if (!timers->head)
            return NULL;
        const uint32_t slot = timers->head->slot;
        if (timers->slots[slot].timer)
            return timers->slots[slot].timer;
        cede__timers_drop_head(timers);
        cede__slot_drop_dead(timers, slot);
    }
}

struct cede__timer *cede__timers_take(struct cede__timers *timers, int64_t now)
{
    struct cede__timer *timer = cede__timers_first(timers);
    uint32_t slot;

    if (!timer || timers->head->when > now)
        return NULL;
    slot = timers->head->slot;
    timers->slots[slot].timer = NULL;
    timer->slot = CEDE__TIMER_IDLE;
    cede__timers_drop_head(timers);
    cede__slot_release(timers, slot);
    return timer;
}

void cede__heap_exchange_first(struct cede__timers *timers, int64_t when, uint64_t order)
{
    const uint32_t slot = timers->heap[0].slot;

    if (cede__calendar_is_past(&timers->calendar, when)) {
        cede__heap_replace_first(timers->heap, timers->n,
                                 (struct cede__timer_entry){order, when, slot});
        cede__timers_set_head(timers);
        timers_check_heap(timers);
    } else {
        cede__heap_drop_first(timers);
        cede__calendar_place(timers, slot, when, order);
        cede__timers_set_head(timers);
    }
}
