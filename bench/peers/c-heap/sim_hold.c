/* sim_hold.c - what a simulation written by hand in C often is: events in a binary heap of
 * pointers, ordered by time alone, that cannot be taken back.
 */
/* SPDX-License-Identifier: MIT */
typedef double event_place; /* its time */
static const event_place event_nowhere = 0;

#include "sim_hold.h"

static struct event **heap;
static long n_heap;

static void order_init(long size)
{
    heap = malloc((size_t)size * sizeof *heap);
    bench_check(heap != NULL, "memory");
}

static void order_put(struct event *event, double time)
{
    long at = n_heap++;

    event->place = time;
    while (at > 0 && heap[(at - 1) / 2]->place > time) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = event;
}

static struct event *order_take(void)
{
    struct event *first = heap[0], *last = heap[--n_heap];
    long at = 0;

    for (long child = 1; child < n_heap; child = 2 * at + 1) {
        if (child + 1 < n_heap && heap[child + 1]->place < heap[child]->place)
            child++;
        if (last->place <= heap[child]->place)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    now = first->place;
    return first;
}

int main(int argc, char **argv)
{
    const int rc = sim_hold_main(argc, argv, "c-heap");

    free(heap);
    return rc;
}
