/* calendar.c - the timers that are due later: a ring of buckets, each a span of time.
 *
 *   buckets    of each the first of its slots, which are in no order
 *   far        the slots of what lies behind the last bucket
 *   ahead      a slot of the bucket that comes next: while timers are taken, its slots are fetched
 *
 * The width of a bucket is a power of two, chosen when the calendar is built so that a pour brings
 * about TARGET. Where a half round of the ring, or many times as many timers as there are, brought
 * far more, or far less, it is built anew, and if that alone would not change the width, with one
 * corrected by what was seen; what did not help is taken back. There far slots are looked at, too.
 * So a timer moves a small number of times whatever the spread: far, bucket, run.
 *
 * The run is made longer before it is at its end, so that the memory of a timer, and of the task
 * around it, can be fetched in time: when its bucket is emptied, and what these tell of, some
 * timers later.
 *
 * timers.c arms and takes; it enters here when the run is short, when run and heap are empty, or
 * when there are so many that the calendar should be another one. Without memory for buckets all
 * are in the heap.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "loop/calendar.h"
#include "loop/timer_sort.h"

enum {
    TARGET = 6,
    WIDEST = 63,            /* for a shift */
    LONGEST_RING = 1 << 20, /* buckets, of four bytes each */
};

#define NO_SLOT CEDE__NO_SLOT

void cede__calendar_init(struct cede__calendar *calendar)
{
    calendar->far = NO_SLOT;
    calendar->cursor = INT64_MAX;
    calendar->widest = WIDEST;
    calendar->ahead = NO_SLOT;
}

void cede__calendar_fini(struct cede__calendar *calendar)
{
    cede__free(calendar->buckets);
    cede__free(calendar->occupied);
}

void cede__calendar_hang_far(struct cede__timers *timers, uint32_t slot)
{
    struct cede__calendar *calendar = &timers->calendar;

    timers->slots[slot].next = calendar->far;
    calendar->far = slot;
    calendar->n_far++;
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
            cede__calendar_place(timers, slot, it.when, it.order);
        else
            cede__slot_drop_dead(timers, slot);
        slot = it.next;
    }
}

/* Let the run, which is short, begin at the front of its array: memory that is in the cache. */
static void run_move(struct cede__timers *timers)
{
    memmove(timers->run, timers->run + timers->run_at,
            (timers->run_end - timers->run_at) * sizeof *timers->run);
    timers->run_end -= timers->run_at;
    timers->run_at = 0;
    cede__timers_set_head(timers);
}

/* The number of the first bucket after that one that is not empty; there is one in the ring. */
static int64_t calendar_find(const struct cede__calendar *calendar, int64_t number)
{
    const uint64_t first = cede__calendar_bucket(calendar, number + 1);
    uint64_t word = first / 64;
    uint64_t bits = calendar->occupied[word] & ~(uint64_t)0 << first % 64;

    while (bits == 0) {
        word = (word + 1) & (calendar->n_buckets / 64 - 1);
        bits = calendar->occupied[word];
    }
    const uint64_t found = word * 64 + (uint64_t)__builtin_ctzll(bits);
    return number + 1 + (int64_t)((found - first) & (calendar->n_buckets - 1));
}

/* The memory of a timer, and of a task around it. NULL is as well. */
static inline __attribute__((always_inline)) void timer_prefetch(const struct cede__timer *timer)
{
    const uintptr_t memory = (uintptr_t)timer;

    __builtin_prefetch((const void *)(memory - 128), 1);
    __builtin_prefetch((const void *)(memory - 64), 1);
    __builtin_prefetch((const void *)memory, 1);
}

/* Empty a bucket into the run, in order: by way of a few entries here, if there are no more. How
 * many slots it had. */
static uint32_t bucket_pour(struct cede__timers *timers, uint32_t slot)
{
    struct cede__timer_entry few[CEDE__SORT_FEW];
    struct cede__timer_entry *to = timers->run + timers->run_end;
    struct cede__timer_entry *entries = few;
    uint32_t n_alive = 0;
    uint32_t n = 0;

    while (slot != NO_SLOT) {
        const struct cede__timer_slot *it = &timers->slots[slot];
        const uint32_t next = it->next;
        /* Many at once: a page of each has to be found, which takes longest. */
        if (n++ < CEDE__RUN_LEAST)
            timer_prefetch(it->timer);
        if (cede__unlikely(n_alive == CEDE__SORT_FEW) && entries == few)
            entries = memcpy(to, few, sizeof few);
        if (cede__likely(it->timer != NULL))
            entries[n_alive++] = (struct cede__timer_entry){it->order, it->when, slot};
        else
            cede__slot_drop_dead(timers, slot);
        slot = next;
    }
    if (entries == few)
        cede__entries_sort_few(to, few, n_alive);
    else
        cede__entries_sort(to, timers->heap + timers->n, n_alive); /* where there is room for all */
    timers->run_end += n_alive;
    return n;
}

/* Empty the next bucket. */
static void calendar_pour(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;
    uint32_t slot;
    uint32_t n;

    calendar->cursor = calendar_find(calendar, calendar->cursor);
    const uint64_t bucket = cede__calendar_bucket(calendar, calendar->cursor);
    slot = calendar->buckets[bucket];
    calendar->buckets[bucket] = NO_SLOT;
    calendar->occupied[bucket / 64] &= ~((uint64_t)1 << bucket % 64);
    if (timers->run_at >= CEDE__RUN_SLACK)
        run_move(timers);
    n = bucket_pour(timers, slot);
    calendar->n -= n;
    calendar->n_poured += n;
    calendar->n_pours++;
    calendar->ahead = NO_SLOT;
    if (calendar->n > 0) {
        const int64_t number = calendar_find(calendar, calendar->cursor);
        calendar->ahead = calendar->buckets[cede__calendar_bucket(calendar, number)];
        __builtin_prefetch(&timers->slots[calendar->ahead], 1);
    }
}

/* Whether the calendar is to be turned, or is empty. A half round that is very long may be so as
 * its buckets are too wide. */
static bool calendar_is_over(const struct cede__calendar *calendar)
{
    return calendar->n == 0 || calendar->n_poured > 4 * (uint64_t)calendar->n_built ||
           (uint64_t)calendar->cursor - (uint64_t)calendar->base > calendar->n_buckets / 2;
}

void cede__calendar_look_ahead(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;
    const struct cede__timer_slot *slots = timers->slots;

    if (timers->run_end - timers->run_at >= CEDE__RUN_LEAST) {
        const struct cede__timer_entry *far =
            timers->run + timers->run_at + CEDE__RUN_LEAST - CEDE__RUN_STEP;
        for (uint32_t i = 0; i < CEDE__RUN_STEP; i++)
            timer_prefetch(slots[far[i].slot].timer);
    } else {
        while (timers->run_end - timers->run_at < CEDE__RUN_LEAST && !calendar_is_over(calendar))
            calendar_pour(timers);
    }
    if (!calendar->fetch)
        return;

    const struct cede__timer_entry *near = timers->run + timers->run_at + CEDE__RUN_STEP;
    const struct cede__timer_entry *end = timers->run + timers->run_end;
    for (uint32_t i = 0; i < CEDE__RUN_STEP && near + i < end; i++) {
        const struct cede__timer *timer = slots[near[i].slot].timer;
        if (timer)
            calendar->fetch(timer);
    }
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

/* Put what entries say into their slots. */
static void slots_set(struct cede__timer_slot *slots, const struct cede__timer_entry *entries,
                      uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        slots[entries[i].slot].when = entries[i].when;
        slots[entries[i].slot].order = entries[i].order;
    }
}

static struct survey timers_survey(struct cede__timers *timers)
{
    struct survey survey = {.least = INT64_MAX};
    double sum = 0;

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
static void calendar_shape(struct cede__calendar *calendar, const struct survey *survey)
{
    const double width = survey->mean * TARGET / (survey->n + 1.0);
    const uint64_t ring = (uint64_t)256 << log2_of(survey->n / 64);
    const unsigned shift = width < 1 ? 0 : log2_of(width < 1e18 ? (uint64_t)width : 1ull << 60);

    calendar->n = 0;
    calendar->n_far = 0;
    calendar->far = NO_SLOT;
    calendar->ahead = NO_SLOT;
    calendar->n_built = survey->n;
    calendar->n_late = 0;
    calendar->n_poured = 0;
    calendar->n_pours = 0;
    calendar->cursor = INT64_MAX;
    if (shift > calendar->narrower + calendar->widest)
        calendar->narrower = shift - calendar->widest;
    calendar->widest = WIDEST;
    calendar->shift = 0;
    if (survey->n < CEDE__CALENDAR_MIN ||
        !calendar_resize(calendar, ring < LONGEST_RING ? ring : LONGEST_RING))
        return;
    memset(calendar->buckets, 0xff, calendar->n_buckets * sizeof *calendar->buckets);
    memset(calendar->occupied, 0, calendar->n_buckets / 64 * sizeof *calendar->occupied);
    calendar->shift = shift > calendar->narrower ? shift - calendar->narrower : 0;
    calendar->cursor = survey->least >> calendar->shift;
    calendar->base = calendar->cursor;
}

void cede__calendar_build(struct cede__timers *timers)
{
    struct survey survey;

    slots_set(timers->slots, timers->heap, timers->n);
    slots_set(timers->slots, timers->run + timers->run_at, timers->run_end - timers->run_at);
    survey = timers_survey(timers);
    calendar_shape(&timers->calendar, &survey);
    timers->run_at = 0;
    timers->run_end = 0;
    timers->n = 0;
    timers->n_dead = 0;
    timers->n_free = 0;
    timers->free_slot = NO_SLOT;
    /* In the order in which they were armed, mostly: then those of one bucket are turned round. */
    for (uint32_t slot = 0; slot < timers->n_slots; slot++) {
        const struct cede__timer_slot *it = &timers->slots[slot];
        if (it->timer)
            cede__calendar_place(timers, slot, it->when, it->order);
        else
            cede__slot_release(timers, slot);
    }
    cede__timers_set_head(timers);
}

/* What a half round brought at once, on average, is to change the width: then it has, or will when
 * the calendar is built. */
static bool calendar_adapt(struct cede__calendar *calendar)
{
    const uint64_t load = calendar->n_pours ? calendar->n_poured / calendar->n_pours : 0;
    const unsigned excess = load < 8 * TARGET ? log2_of(load / TARGET) : 3;
    const unsigned narrower = calendar->narrower;
    /* To look at the far ones takes longer than what the narrow buckets save. */
    const bool is_short = calendar->n_far / 16 > calendar->n_poured;

    if (is_short) {
        calendar->narrower =
            narrower > calendar->tried_from ? calendar->tried_from : narrower - (narrower > 0);
    } else if (load <= 2 * TARGET) {
        calendar->load = 0;
        calendar->narrower -= load < TARGET / 2 && narrower > 0;
    } else if (load > calendar->load / 4 * 3 && load < calendar->load / 4 * 5) {
        /* It did not help: many are due at the very same time. */
        calendar->narrower = calendar->tried_from;
    } else {
        calendar->load = load;
        calendar->tried_from = narrower;
        calendar->widest = calendar->shift > excess ? calendar->shift - excess : 0;
        return true;
    }
    return calendar->narrower != narrower;
}

/* Half a round, or all that hung in buckets, is over. */
static void calendar_turn(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;
    const bool is_other = calendar_adapt(calendar);

    if (is_other || calendar->n == 0 ||
        calendar->n + calendar->n_far > calendar->n_built + calendar->n_built / 2) {
        cede__calendar_build(timers);
    } else {
        calendar->n_late = 0;
        calendar->n_poured = 0;
        calendar->n_pours = 0;
        calendar_rebase(timers);
    }
}

void cede__calendar_refill(struct cede__timers *timers)
{
    struct cede__calendar *calendar = &timers->calendar;

    while (!timers->head && calendar->n + calendar->n_far > 0) {
        if (calendar_is_over(calendar))
            calendar_turn(timers);
        else
            calendar_pour(timers);
        cede__timers_set_head(timers);
    }
}
