/* heap.c - events in a heap of ARITY children each: an array of entries of 24 bytes, so that only
 * what is taken is touched. */
/* SPDX-License-Identifier: MIT */
struct event;
typedef struct event *event_place; /* not used */
static const event_place event_nowhere = 0;

#include "sim_hold.h"

struct entry {
    double time;
    uint64_t number; /* of equal times the first that was put goes first */
    struct event *event;
};

static struct entry *heap;
static long n_heap;
static uint64_t n_put;

static void order_init(long size)
{
    heap = malloc((size_t)size * sizeof *heap);
    bench_check(heap != NULL, "memory");
}

static int is_before(const struct entry *a, const struct entry *b)
{
    return a->time != b->time ? a->time < b->time : a->number < b->number;
}

static void order_put(struct event *event, double time)
{
    const struct entry entry = {time, n_put++, event};
    long at = n_heap++;

    while (at > 0 && is_before(&entry, &heap[(at - 1) / ARITY])) {
        heap[at] = heap[(at - 1) / ARITY];
        at = (at - 1) / ARITY;
    }
    heap[at] = entry;
}

static struct event *order_take(void)
{
    const struct entry first = heap[0], last = heap[--n_heap];
    long at = 0;

    for (long child = 1; child < n_heap; child = ARITY * at + 1) {
        const long end = child + ARITY < n_heap ? child + ARITY : n_heap;
        for (long other = child + 1; other < end; other++)
            child = is_before(&heap[other], &heap[child]) ? other : child;
        if (!is_before(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    now = first.time;
    return first.event;
}

int main(int argc, char **argv)
{
    const int rc = sim_hold_main(argc, argv, "heap");

    free(heap);
    return rc;
}
