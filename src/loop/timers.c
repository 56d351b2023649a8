/* timers.c - a 4-ary heap whose entries carry their keys, and slots through which they find their
 * timers.
 *
 *   heap:   { when, order, slot }  ...           slots:  timer* | NULL | next free
 *
 * Arming and firing touch the heap only, never the memory of other sleepers, which for a million
 * tasks would be a cache miss each. Disarming - what nearly every time-out comes to - stores NULL
 * in the slot. Dead entries are skipped when they come up, and swept when they are more than half,
 * so they cost at most as much memory as the live ones. Order is (when, order), where order is the
 * priority, above a count of timers as they were armed: equal times and priorities fire first come,
 * first served.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "base/base.h"
#include "loop/timers.h"

enum { ARITY = 4, SWEEP_MIN = 64 };

void cede__timers_init(struct cede__timers *timers)
{
    memset(timers, 0, sizeof *timers);
    timers->free_slot = CEDE__TIMER_IDLE;
    timers->next_order = CEDE__ORDER_NORMAL;
}

void cede__timers_fini(struct cede__timers *timers)
{
    cede__free(timers->heap);
    cede__free(timers->slots);
}

static inline bool entry_before(const struct cede__timer_entry *a,
                                const struct cede__timer_entry *b)
{
    return a->when < b->when || (a->when == b->when && a->order < b->order);
}

static void heap_sift_up(struct cede__timer_entry *heap, uint32_t at,
                         struct cede__timer_entry entry)
{
    while (at > 0) {
        const uint32_t parent = (at - 1) / ARITY;
        if (!entry_before(&entry, &heap[parent]))
            break;
        heap[at] = heap[parent];
        at = parent;
    }
    heap[at] = entry;
}

static uint32_t heap_least_child(const struct cede__timer_entry *heap, uint32_t first, uint32_t n)
{
    const uint32_t end = first + ARITY < n ? first + ARITY : n;
    uint32_t least = first;

    for (uint32_t child = first + 1; child < end; child++) {
        if (entry_before(&heap[child], &heap[least]))
            least = child;
    }
    return least;
}

static void heap_sift_down(struct cede__timer_entry *heap, uint32_t n, uint32_t at,
                           struct cede__timer_entry entry)
{
    for (;;) {
        const uint32_t first = at * ARITY + 1;
        if (first >= n)
            break;
        const uint32_t least = heap_least_child(heap, first, n);
        if (!entry_before(&heap[least], &entry))
            break;
        heap[at] = heap[least];
        at = least;
    }
    heap[at] = entry;
}

static void heap_drop_first(struct cede__timers *timers)
{
    const uint32_t n = --timers->n;

    /* The last entry is nearly always late: walk the hole to the bottom first, then the entry
     * up. */
    struct cede__timer_entry *heap = timers->heap;
    const struct cede__timer_entry last = heap[n];
    uint32_t at = 0;

    if (n == 0)
        return;
    for (uint32_t first = 1; first < n; first = at * ARITY + 1) {
        const uint32_t least = heap_least_child(heap, first, n);
        heap[at] = heap[least];
        at = least;
    }
    heap_sift_up(heap, at, last);
}

static void slot_release(struct cede__timers *timers, uint32_t slot)
{
    timers->slots[slot].next_free = timers->free_slot;
    timers->free_slot = slot;
}

static int timers_grow(struct cede__timers *timers)
{
    const uint32_t capacity = timers->capacity ? timers->capacity * 2 : 64;
    struct cede__timer_entry *heap;
    union cede__timer_slot *slots;

    heap = cede__realloc(timers->heap, capacity * sizeof *heap);
    if (!heap)
        return -ENOMEM;
    timers->heap = heap;
    slots = cede__realloc(timers->slots, capacity * sizeof *slots);
    if (!slots)
        return -ENOMEM; /* the heap is larger than known: harmless */
    timers->slots = slots;
    timers->capacity = capacity;
    return 0;
}

/* Throw dead entries out and restore the heap. */
static void timers_sweep(struct cede__timers *timers)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < timers->n; i++) {
        const struct cede__timer_entry entry = timers->heap[i];
        if (timers->slots[entry.slot].timer)
            timers->heap[kept++] = entry;
        else
            slot_release(timers, entry.slot);
    }
    timers->n = kept;
    timers->n_dead = 0;
    for (uint32_t i = kept / ARITY + 1; i-- > 0;) {
        if (i < kept)
            heap_sift_down(timers->heap, kept, i, timers->heap[i]);
    }
}

static inline int timers_add(struct cede__timers *timers, struct cede__timer *timer, int64_t when,
                             uint64_t order)
{
    uint32_t slot = timers->free_slot;

    cede__assert(timer->slot == CEDE__TIMER_IDLE);
    if (slot != CEDE__TIMER_IDLE) {
        timers->free_slot = (uint32_t)timers->slots[slot].next_free;
    } else {
        if (timers->n_slots == timers->capacity && timers_grow(timers) < 0)
            return -ENOMEM;
        slot = timers->n_slots++;
    }
    timers->slots[slot].timer = timer;
    timer->slot = slot;
    heap_sift_up(timers->heap, timers->n++, (struct cede__timer_entry){when, order, slot});
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
    if (timers->n_dead > SWEEP_MIN && timers->n_dead > timers->n / 2)
        timers_sweep(timers);
}

int64_t cede__timers_next(struct cede__timers *timers)
{
    while (timers->n > 0) {
        const uint32_t slot = timers->heap[0].slot;
        if (timers->slots[slot].timer)
            return timers->heap[0].when;
        heap_drop_first(timers);
        slot_release(timers, slot);
        timers->n_dead--;
    }
    return CEDE_NEVER;
}

int cede__timers_next_priority(const struct cede__timers *timers)
{
    return (int)(timers->heap[0].order >> CEDE__ORDER_SHIFT) -
           (int)(CEDE__ORDER_NORMAL >> CEDE__ORDER_SHIFT);
}

struct cede__timer *cede__timers_take(struct cede__timers *timers, int64_t now)
{
    if (timers->n == 0 || cede__timers_next(timers) > now || timers->n == 0)
        return NULL;

    const uint32_t slot = timers->heap[0].slot;
    struct cede__timer *timer = timers->slots[slot].timer;

    heap_drop_first(timers);
    slot_release(timers, slot);
    timer->slot = CEDE__TIMER_IDLE;
    /* Often the next one is due as well, and not in the cache. */
    if (timers->n > 0)
        __builtin_prefetch(timers->slots[timers->heap[0].slot].timer);
    return timer;
}
