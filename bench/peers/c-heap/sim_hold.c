/* sim_hold.c - what a simulation written by hand in C often is: events of 64 bytes in a binary
 * heap of pointers, and what each does is a function called through a pointer.
 *
 * The heap is ordered by time alone and cannot take events back.
 */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

struct event {
    double time;
    void (*run)(struct event *event);
    long n;
    char rest[40];
};

_Static_assert(sizeof(struct event) == 64, "an event is a cache line");

static struct event **heap;
static long n_heap;
static double now;
static uint64_t series = BENCH_SPAN_SEED;

static void heap_put(struct event *event)
{
    long at = n_heap++;

    while (at > 0 && heap[(at - 1) / 2]->time > event->time) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = event;
}

static struct event *heap_take(void)
{
    struct event *first = heap[0], *last = heap[--n_heap];
    long at = 0;

    for (long child = 1; child < n_heap; child = 2 * at + 1) {
        if (child + 1 < n_heap && heap[child + 1]->time < heap[child]->time)
            child++;
        if (last->time <= heap[child]->time)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

static void hold(struct event *event)
{
    event->n++;
    event->time = now + (double)bench_span(&series) * 1e-9;
    heap_put(event);
}

static void run(long count)
{
    for (; count > 0; count--) {
        struct event *event = heap_take();

        now = event->time;
        event->run(event);
    }
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const long size = bench_size(argc, argv);
    struct event *events = aligned_alloc(64, (size_t)size * sizeof *events);
    char name[32];

    heap = malloc((size_t)size * sizeof *heap);
    bench_check(events && heap, "memory");
    for (long i = 0; i < size; i++) {
        events[i] = (struct event){.run = hold};
        hold(&events[i]);
    }
    run(size);

    const int64_t start = bench_now();
    run(count);
    const int64_t end = bench_now();

    snprintf(name, sizeof name, "sim.hold.%ld", size);
    bench_result(name, "c-heap", "ns", (double)(end - start) / (double)count);
    free(heap);
    free(events);
    return 0;
}
