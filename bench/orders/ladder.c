/* ladder.c - events in a ladder queue (Tang, Goh, Thng, 2005).
 *
 *     top      what is far off, in no order
 *     rungs    buckets of equal width; the bucket that is next becomes a finer rung, or
 *     bottom   sorted, if it has few events
 *
 * Which bucket an event belongs to is a function of its time that never falls; so what is put later
 * than something else is never taken before it, however the divisions are rounded.
 */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>

struct event;
typedef struct event_place {
    double time;
    uint64_t number; /* of equal times the first that was put goes first */
    struct event *next;
} event_place;
static const event_place event_nowhere = {0};

#include "sim_hold.h"

enum { MOST_RUNGS = 8, FEW = 50 };

struct bucket {
    struct event *first; /* last put, first */
    long n;
};

struct rung {
    struct bucket *buckets;
    long n_buckets;
    long room;
    long at; /* the bucket that is next */
    double start;
    double width;
};

static struct bucket top;
static double top_start, top_least, top_most; /* of those in it, the last two */
static struct rung rungs[MOST_RUNGS];
static int n_rungs;
static struct event **bottom; /* the first last, with room for all */
static long n_bottom;
static uint64_t n_put;

static void order_init(long size)
{
    bottom = malloc((size_t)size * sizeof *bottom);
    bench_check(bottom != NULL, "memory");
}

static void bucket_add(struct bucket *bucket, struct event *event)
{
    event->place.next = bucket->first;
    bucket->first = event;
    bucket->n++;
}

static long rung_place(const struct rung *rung, double time)
{
    const double place = (time - rung->start) / rung->width;

    return place <= 0 ? 0 : place < (double)rung->n_buckets ? (long)place : rung->n_buckets - 1;
}

static void rung_add(struct rung *rung, struct event *event)
{
    bucket_add(&rung->buckets[rung_place(rung, event->place.time)], event);
}

/* A new rung, the lowest, for so many events from `start` to `end`. */
static struct rung *rung_begin(double start, double end, long n)
{
    struct rung *rung = &rungs[n_rungs++];

    if (rung->room <= n) {
        rung->room = 2 * n + 1;
        rung->buckets = realloc(rung->buckets, (size_t)rung->room * sizeof *rung->buckets);
        bench_check(rung->buckets != NULL, "memory");
    }
    rung->n_buckets = n + 1;
    rung->at = 0;
    rung->start = start;
    rung->width = (end - start) / (double)n;
    memset(rung->buckets, 0, (size_t)rung->n_buckets * sizeof *rung->buckets);
    return rung;
}

static void rung_fill(struct rung *rung, struct event *event)
{
    while (event) {
        struct event *next = event->place.next;

        rung_add(rung, event);
        event = next;
    }
}

static int is_before(const struct event *a, const struct event *b)
{
    return a->place.time != b->place.time ? a->place.time < b->place.time
                                          : a->place.number < b->place.number;
}

static void bottom_insert(struct event *event)
{
    long at = n_bottom++;

    for (; at > 0 && is_before(bottom[at - 1], event); at--)
        bottom[at] = bottom[at - 1];
    bottom[at] = event;
}

static int compare(const void *a, const void *b)
{
    return is_before(*(struct event *const *)a, *(struct event *const *)b) ? 1 : -1;
}

static void bottom_fill(struct bucket *bucket)
{
    for (struct event *event = bucket->first; event; event = event->place.next)
        bottom[n_bottom++] = event;
    if (n_bottom > FEW)
        qsort(bottom, (size_t)n_bottom, sizeof *bottom, compare);
    else
        for (long n = n_bottom, i = n_bottom = 0; i < n; i++)
            bottom_insert(bottom[i]);
    *bucket = (struct bucket){0};
}

/* It has too many for a sorted list. */
static void bottom_to_rung(void)
{
    const double start = bottom[n_bottom - 1]->place.time, end = bottom[0]->place.time;

    if (n_rungs == MOST_RUNGS || start == end)
        return;
    struct rung *rung = rung_begin(start, end, n_bottom);
    while (n_bottom > 0)
        rung_add(rung, bottom[--n_bottom]);
}

static void order_put(struct event *event, double time)
{
    event->place.time = time;
    event->place.number = n_put++;
    if (time >= top_start) {
        top_least = top.n == 0 || time < top_least ? time : top_least;
        top_most = top.n == 0 || time > top_most ? time : top_most;
        bucket_add(&top, event);
        return;
    }
    for (int i = 0; i < n_rungs; i++) {
        if (rung_place(&rungs[i], time) >= rungs[i].at) {
            rung_add(&rungs[i], event);
            return;
        }
    }
    bottom_insert(event);
    if (n_bottom > FEW)
        bottom_to_rung();
}

/* What is far off comes near. */
static void top_open(void)
{
    const long n = top.n;
    struct event *first = top.first;

    top_start = top_most;
    if (top_least == top_most) {
        bottom_fill(&top);
        return;
    }
    top = (struct bucket){0};
    rung_fill(rung_begin(top_least, top_most, n), first);
}

/* The next bucket becomes a rung, or the bottom. */
static void rung_open(struct rung *rung)
{
    while (rung->at < rung->n_buckets && rung->buckets[rung->at].n == 0)
        rung->at++;
    if (rung->at == rung->n_buckets) {
        n_rungs--;
        return;
    }
    struct bucket *bucket = &rung->buckets[rung->at];
    const double start = rung->start + (double)rung->at * rung->width;
    rung->at++;
    if (bucket->n <= FEW || n_rungs == MOST_RUNGS || start + rung->width / 2 == start)
        bottom_fill(bucket);
    else
        rung_fill(rung_begin(start, start + rung->width, bucket->n), bucket->first);
}

static struct event *order_take(void)
{
    while (n_bottom == 0) {
        if (n_rungs > 0)
            rung_open(&rungs[n_rungs - 1]);
        else
            top_open();
    }
    now = bottom[--n_bottom]->place.time;
    return bottom[n_bottom];
}

int main(int argc, char **argv)
{
    const int rc = sim_hold_main(argc, argv, "ladder");

    for (int i = 0; i < MOST_RUNGS; i++)
        free(rungs[i].buckets);
    free(bottom);
    return rc;
}
