/* sim_hold.h - processes as callbacks: events of 64 bytes that hold random times, again and again,
 * and what each does is a function called through a pointer.
 *
 * Whoever includes it says what an event has in its order (event_place, and that of an event that
 * is in none) and defines the order: the three functions that are declared here.
 */
/* SPDX-License-Identifier: MIT */
#ifndef BENCH_SIM_HOLD_H
#define BENCH_SIM_HOLD_H

#include "bench.h"
#ifdef BENCH_TIMES
#include "orders/times.h" /* drawn from where the last argument says */
#else
/* Uniform from 0 to 2 seconds, as those of cede's processes. */
static inline double draw_time(uint64_t *series)
{
    return (double)bench_span(series) * 1e-9;
}
#endif

struct event {
    event_place place; /* in the order */
    void (*run)(struct event *event);
    long n;
    char rest[48 - sizeof(event_place)];
};

_Static_assert(sizeof(struct event) == 64, "an event is a cache line");

/* An empty order, with room for so many. */
static void order_init(long size);
static void order_put(struct event *event, double time);
/* Take the first; its time is `now` then. */
static struct event *order_take(void);

static double now;
static uint64_t series = BENCH_SPAN_SEED;

static void hold(struct event *event)
{
    event->n++;
    order_put(event, now + draw_time(&series));
}

static void run(long count)
{
    for (; count > 0; count--) {
        struct event *event = order_take();

        event->run(event);
    }
}

static int sim_hold_main(int argc, char **argv, const char *subject)
{
#ifdef BENCH_TIMES
    times_init(argv[--argc]);
#endif
    const long count = bench_count(argc, argv);
    const long size = bench_size(argc, argv);
    struct event *events = aligned_alloc(64, (size_t)size * sizeof *events);
    char name[32];

    bench_check(events != NULL, "memory");
    order_init(size);
    for (long i = 0; i < size; i++) {
        events[i] = (struct event){.place = event_nowhere, .run = hold};
        hold(&events[i]);
    }
    run(size);

    const int64_t start = bench_now();
    run(count);
    const int64_t end = bench_now();

    snprintf(name, sizeof name, "sim.hold.%ld", size);
#ifdef BENCH_TIMES
    snprintf(name, sizeof name, "%.17g", now); /* all orders come to the same */
#endif
    bench_result(name, subject, "ns", (double)(end - start) / (double)count);
    free(events);
    return 0;
}

#endif
