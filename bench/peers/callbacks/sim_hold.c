/* sim_hold.c - the same without processes: each is a struct of 64 bytes in cede's own order of
 * events, compiled into this program, and what it does is a function called through a pointer.
 *
 * There is no cancelling, no priority, no stack; the least that an event can cost.
 */
/* SPDX-License-Identifier: MIT */
#include "loop/calendar.c"
#include "loop/timer_sort.c"
#include "loop/timers.c"

#include "bench.h"

struct event {
    struct cede__timer timer;
    void (*run)(struct event *event);
    long n;
    char rest[32];
};

_Static_assert(sizeof(struct event) == 64, "an event is a cache line");

static struct cede__timers timers;
static double now;
static uint64_t series = BENCH_SPAN_SEED;
static long n_left;

static int64_t key_of(double time)
{
    int64_t key;

    memcpy(&key, &time, sizeof key);
    return key;
}

static void hold(struct event *event)
{
    const double until = now + (double)bench_span(&series) * 1e-9;

    event->n++;
    bench_check(cede__timers_add(&timers, &event->timer, key_of(until)) == 0, "memory");
}

static void run(long count)
{
    for (n_left = count; n_left > 0; n_left--) {
        const int64_t key = cede__timers_next(&timers);
        struct event *event =
            cede__container_of(cede__timers_take(&timers, key), struct event, timer);

        memcpy(&now, &key, sizeof now);
        event->run(event);
    }
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const long size = bench_size(argc, argv);
    struct event *events = aligned_alloc(64, (size_t)size * sizeof *events);
    char name[32];

    bench_check(events != NULL, "memory");
    cede__timers_init(&timers);
    for (long i = 0; i < size; i++) {
        events[i] = (struct event){.timer.slot = CEDE__TIMER_IDLE, .run = hold};
        hold(&events[i]);
    }
    run(size);

    const int64_t start = bench_now();
    run(count);
    const int64_t end = bench_now();

    snprintf(name, sizeof name, "sim.hold.%ld", size);
    bench_result(name, "callbacks", "ns", (double)(end - start) / (double)count);
    cede__timers_fini(&timers);
    free(events);
    return 0;
}
