/* timers.c - a small heap of those that are due soon, and a calendar of the others, unsorted.
 *
 *   heap:      { order, when, slot } ...       of all that are due up to the cursor's bucket
 *   calendar:  a ring of buckets, each the slots of one span of time, in no order
 *   far:       the slots of what lies behind the last bucket
 *   slots:     { timer, order, when, next }    where each timer is known; a list in bucket and far
 *
 * When the heap is empty, the next bucket that is not is poured into it: so sorting is done among
 * the few that are due next, in memory that is in the cache, and arming is to hang a slot into a
 * bucket. Of few timers, or without memory for buckets, all are in the heap, which always has room
 * for all slots.
 *
 * The width of a bucket is a power of two, chosen when the calendar is built so that a pour brings
 * about TARGET; if it turns out otherwise it is built anew, with a width corrected by what was
 * seen, at most once a half round of the ring. There far slots are looked at, too. So a timer moves
 * a small number of times whatever the spread: far, bucket, heap.
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
#include "loop/timers.h"

enum {
    ARITY = 4,
    SWEEP_MIN = 64,
    CALENDAR_MIN = 96, /* fewer are in the heap */
    TARGET = 6,
};

#define NO_SLOT CEDE__TIMER_IDLE

void cede__timers_init(struct cede__timers *timers)
{
    memset(timers, 0, sizeof *timers);
    timers->free_slot = NO_SLOT;
    timers->next_order = CEDE__ORDER_NORMAL;
    timers->calendar.far = NO_SLOT;
    timers->calendar.ahead = NO_SLOT;
    timers->calendar.load = UINT64_MAX;
    timers->calendar.cursor = INT64_MAX;
}

void cede__timers_fini(struct cede__timers *timers)
{
    cede__free(timers->calendar.buckets);
    cede__free(timers->calendar.occupied);
    cede__free(timers->heap);
    cede__free(timers->slots);
}

/* The heap. */

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

/* Put an entry in the place of the first. It is nearly always late: walk the hole to the bottom
 * first, then the entry up. */
static void heap_replace_first(struct cede__timers *timers, struct cede__timer_entry entry)
{
    struct cede__timer_entry *heap = timers->heap;
    const uint32_t n = timers->n;
    uint32_t at = 0;

    for (uint32_t first = 1; first < n; first = at * ARITY + 1) {
        const uint32_t least = heap_least_child(heap, first, n);
        heap[at] = heap[least];
        at = least;
    }
    heap_sift_up(heap, at, entry);
}

static void heap_drop_first(struct cede__timers *timers)
{
    const uint32_t n = --timers->n;

    if (n > 0)
        heap_replace_first(timers, timers->heap[n]);
}

static inline void heap_add(struct cede__timers *timers, uint32_t slot, int64_t when,
                            uint64_t order)
{
    heap_sift_up(timers->heap, timers->n++, (struct cede__timer_entry){order, when, slot});
}

static void slot_release(struct cede__timers *timers, uint32_t slot)
{
    timers->slots[slot].next = timers->free_slot;
    timers->free_slot = slot;
    timers->n_free++;
}

static void slot_drop_dead(struct cede__timers *timers, uint32_t slot)
{
    slot_release(timers, slot);
    timers->n_dead--;
}

/* The calendar. */

static inline uint64_t calendar_bucket(const struct cede__calendar *calendar, int64_t number)
{
    return (uint64_t)number & (calendar->n_buckets - 1);
}

static inline void calendar_hang(struct cede__calendar *calendar, struct cede__timer_slot *slots,
                                 uint32_t slot, int64_t number)
{
    const uint64_t bucket = calendar_bucket(calendar, number);

    slots[slot].next = calendar->buckets[bucket];
    calendar->buckets[bucket] = slot;
    calendar->occupied[bucket / 64] |= (uint64_t)1 << bucket % 64;
    calendar->n++;
}

static void calendar_hang_far(struct cede__calendar *calendar, struct cede__timer_slot *slots,
                              uint32_t slot)
{
    slots[slot].next = calendar->far;
    if (calendar->far == NO_SLOT || slots[slot].when < calendar->far_least)
        calendar->far_least = slots[slot].when;
    calendar->far = slot;
    calendar->n_far++;
}

/* Put a slot where it belongs. */
static inline void timers_place(struct cede__timers *timers, uint32_t slot, int64_t when,
                                uint64_t order)
{
    struct cede__calendar *calendar = &timers->calendar;
    const int64_t number = when >> calendar->shift;

    if (number <= calendar->cursor) {
        heap_add(timers, slot, when, order);
        return;
    }
    timers->slots[slot].when = when;
    timers->slots[slot].order = order;
    if (cede__likely((uint64_t)number - (uint64_t)calendar->base <= calendar->n_buckets))
        calendar_hang(calendar, timers->slots, slot, number);
    else
        calendar_hang_far(calendar, timers->slots, slot);
}

/* Look at the far ones again, now that the cursor has moved. */
static void calendar_rebase(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;
    uint32_t slot = calendar->far;

    calendar->base = calendar->cursor;
    calendar->far = NO_SLOT;
    calendar->n_far = 0;
    while (slot != NO_SLOT) {
        const struct cede__timer_slot it = timers->slots[slot];
        if (it.timer)
            timers_place(timers, slot, it.when, it.order);
        else
            slot_drop_dead(timers, slot);
        slot = it.next;
    }
}

/* The number of the first bucket after the cursor that is not empty; there is one. */
static int64_t calendar_find(const struct cede__calendar *calendar)
{
    const uint64_t first = calendar_bucket(calendar, calendar->cursor + 1);
    uint64_t word = first / 64;
    uint64_t bits = calendar->occupied[word] & ~(uint64_t)0 << first % 64;

    while (bits == 0) {
        word = (word + 1) & (calendar->n_buckets / 64 - 1);
        bits = calendar->occupied[word];
    }
    const uint64_t found = word * 64 + (uint64_t)__builtin_ctzll(bits);
    return calendar->cursor + 1 + (int64_t)((found - first) & (calendar->n_buckets - 1));
}

/* Pour the bucket at the cursor into the heap. */
static void calendar_pour(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;
    const uint64_t bucket = calendar_bucket(calendar, calendar->cursor);
    uint32_t slot = calendar->buckets[bucket];
    uint32_t n = 0;

    calendar->buckets[bucket] = NO_SLOT;
    calendar->ahead = NO_SLOT;
    calendar->occupied[bucket / 64] &= ~((uint64_t)1 << bucket % 64);
    while (slot != NO_SLOT) {
        const struct cede__timer_slot it = timers->slots[slot];
        n++;
        if (it.timer) {
            /* All of them at once: a page of each has to be found, which takes longest. */
            __builtin_prefetch((const char *)it.timer - 128, 1);
            __builtin_prefetch((const char *)it.timer - 64, 1);
            __builtin_prefetch(it.timer, 1);
            heap_add(timers, slot, it.when, it.order);
        } else {
            slot_drop_dead(timers, slot);
        }
        slot = it.next;
    }
    if (calendar->fetch) {
        for (uint32_t i = 0; i < timers->n; i++)
            calendar->fetch(timers->slots[timers->heap[i].slot].timer);
    }
    calendar->n -= n;
    calendar->n_poured += n;
    calendar->n_pours++;
}

/* Of the bucket that is next, fetch a slot: once for each timer that is taken, so that most are at
 * hand when it is poured. */
static inline void calendar_fetch_slot(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;

    if (calendar->ahead == NO_SLOT)
        return;
    calendar->ahead = timers->slots[calendar->ahead].next;
    if (calendar->ahead != NO_SLOT)
        __builtin_prefetch(&timers->slots[calendar->ahead], 1);
}

/* Building. */

static unsigned log2_of(uint64_t value)
{
    return value > 1 ? 63 - (unsigned)__builtin_clzll(value) : 0;
}

/* Of all timers that are armed: how many, the least time, and the mean of what they are later. */
struct survey {
    uint32_t n;
    int64_t least;
    double mean;
};

/* Put what the heap's entries say into their slots, and look at all. */
static struct survey timers_survey(struct cede__timers *timers)
{
    struct survey survey = {.least = INT64_MAX};
    double sum = 0;

    for (uint32_t i = 0; i < timers->n; i++) {
        const struct cede__timer_entry *entry = &timers->heap[i];
        timers->slots[entry->slot].when = entry->when;
        timers->slots[entry->slot].order = entry->order;
    }
    for (uint32_t slot = 0; slot < timers->n_slots; slot++) {
        const struct cede__timer_slot *it = &timers->slots[slot];
        if (!it->timer)
            continue;
        survey.n++;
        if (it->when < survey.least)
            survey.least = it->when;
        sum += (double)it->when;
    }
    if (survey.n > 0)
        survey.mean = sum / survey.n - (double)survey.least;
    return survey;
}

static bool calendar_resize(struct cede__calendar *calendar, uint64_t n_buckets)
{
    if (calendar->n_buckets == n_buckets)
        return true;
    cede__free(calendar->buckets);
    cede__free(calendar->occupied);
    calendar->n_buckets = 0;
    calendar->buckets = cede__malloc(n_buckets * sizeof *calendar->buckets);
    calendar->occupied = cede__malloc(n_buckets / 64 * sizeof *calendar->occupied);
    if (!calendar->buckets || !calendar->occupied)
        return false;
    calendar->n_buckets = n_buckets;
    return true;
}

/* Choose buckets and their width for those timers; without any, all will be in the heap. */
static void calendar_build(struct cede__calendar *calendar, const struct survey *survey)
{
    const double width = survey->mean * TARGET / (survey->n + 1.0);
    const unsigned shift = width < 1 ? 0 : log2_of(width < 1e18 ? (uint64_t)width : 1ull << 60);

    calendar->n = 0;
    calendar->n_far = 0;
    calendar->far = NO_SLOT;
    calendar->ahead = NO_SLOT;
    calendar->n_built = survey->n;
    calendar->n_poured = 0;
    calendar->n_pours = 0;
    calendar->cursor = INT64_MAX;
    calendar->shift = 0;
    if (survey->n < CALENDAR_MIN ||
        !calendar_resize(calendar, (uint64_t)64 << log2_of(survey->n / 64)))
        return;
    memset(calendar->buckets, 0xff, calendar->n_buckets * sizeof *calendar->buckets);
    memset(calendar->occupied, 0, calendar->n_buckets / 64 * sizeof *calendar->occupied);
    calendar->shift = shift > calendar->narrower ? shift - calendar->narrower : 0;
    calendar->cursor = survey->least >> calendar->shift;
    calendar->base = calendar->cursor;
}

/* Build the calendar anew and put everything where it belongs, the dead among the free. */
static void timers_build(struct cede__timers *timers)
{
    const struct survey survey = timers_survey(timers);

    calendar_build(&timers->calendar, &survey);
    timers->n = 0;
    timers->n_dead = 0;
    timers->n_free = 0;
    timers->free_slot = NO_SLOT;
    for (uint32_t slot = timers->n_slots; slot-- > 0;) {
        const struct cede__timer_slot *it = &timers->slots[slot];
        if (it->timer)
            timers_place(timers, slot, it->when, it->order);
        else
            slot_release(timers, slot);
    }
}

/* Half a round, or all that hung in buckets, is over. */
static void calendar_turn(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;
    const uint64_t load = calendar->n_pours ? calendar->n_poured / calendar->n_pours : 0;

    if (calendar->n + calendar->n_far > calendar->n_built + calendar->n_built / 2) {
        calendar->load = UINT64_MAX;
        timers_build(timers);
    } else if (calendar->n == 0) {
        /* What was seen of the times does not hold any more. */
        if (calendar->n_poured < calendar->n_built / 4)
            calendar->narrower = 0;
        timers_build(timers);
    } else if (load > 4 * TARGET && load < calendar->load / 4 * 3 &&
               calendar->n_poured >= calendar->n_built) {
        /* Unless that did not help last time: many are due at the very same time. */
        calendar->load = load;
        calendar->narrower += log2_of(load / TARGET);
        timers_build(timers);
    } else {
        calendar_rebase(timers);
    }
}

/* The heap is empty: pour what is next into it, if there is anything. */
static void timers_refill(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;

    while (timers->n == 0 && calendar->n + calendar->n_far > 0) {
        if (calendar->n == 0 ||
            (uint64_t)calendar->cursor - (uint64_t)calendar->base > calendar->n_buckets / 2) {
            calendar_turn(timers);
            continue;
        }
        calendar->cursor = calendar_find(calendar);
        calendar_pour(timers);
        if (calendar->n > 0) {
            calendar->ahead = calendar->buckets[calendar_bucket(calendar, calendar_find(calendar))];
            __builtin_prefetch(&timers->slots[calendar->ahead], 1);
        }
    }
}

/* What others call. */

static int timers_grow(struct cede__timers *timers)
{
    const uint32_t capacity = timers->capacity ? timers->capacity * 2 : 64;
    struct cede__timer_entry *heap;
    struct cede__timer_slot *slots;

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

static inline int timers_add(struct cede__timers *timers, struct cede__timer *timer, int64_t when,
                             uint64_t order)
{
    uint32_t slot = timers->free_slot;

    cede__assert(timer->slot == CEDE__TIMER_IDLE);
    if (slot != NO_SLOT) {
        timers->free_slot = timers->slots[slot].next;
        timers->n_free--;
    } else {
        if (timers->n_slots == timers->capacity && timers_grow(timers) < 0)
            return -ENOMEM;
        slot = timers->n_slots++;
    }
    timers->slots[slot].timer = timer;
    timer->slot = slot;
    timers_place(timers, slot, when, order);
    if (cede__unlikely(timers->n >= CALENDAR_MIN &&
                       timers->n_slots - timers->n_free > 2 * timers->calendar.n_built))
        timers_build(timers);
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
        timers_build(timers);
}

struct cede__timer *cede__timers_find(struct cede__timers *timers)
{
    for (;;) {
        if (timers->n == 0)
            timers_refill(timers);
        if (timers->n == 0)
            return NULL;
        const uint32_t slot = timers->heap[0].slot;
        if (timers->slots[slot].timer)
            return timers->slots[slot].timer;
        heap_drop_first(timers);
        slot_drop_dead(timers, slot);
    }
}

struct cede__timer *cede__timers_take(struct cede__timers *timers, int64_t now)
{
    struct cede__timer *timer = cede__timers_first(timers);
    uint32_t slot;

    if (!timer || timers->heap[0].when > now)
        return NULL;
    slot = timers->heap[0].slot;
    timers->slots[slot].timer = NULL;
    timer->slot = CEDE__TIMER_IDLE;
    heap_drop_first(timers);
    slot_release(timers, slot);
    calendar_fetch_slot(timers);
    return timer;
}

void cede__timers_exchange(struct cede__timers *timers, struct cede__timer *timer, int64_t when)
{
    const uint32_t slot = timers->heap[0].slot;
    const uint64_t order = timers->next_order++;

    timers->slots[slot].timer->slot = CEDE__TIMER_IDLE;
    timers->slots[slot].timer = timer;
    timer->slot = slot;
    if (when >> timers->calendar.shift <= timers->calendar.cursor) {
        heap_replace_first(timers, (struct cede__timer_entry){order, when, slot});
    } else {
        heap_drop_first(timers);
        timers_place(timers, slot, when, order);
    }
    calendar_fetch_slot(timers);
}
