/* radix.c - events in a radix heap: a bucket for each bit in which a time may be the first time to
 * differ from the one that was taken last.
 *
 * The bits of doubles that are not negative are in the order of the doubles. When the bucket of
 * what does not differ is empty, the next that is not is shared out among those before it. Events
 * of the same time stay in the order in which they were put, since they are always together.
 */
/* SPDX-License-Identifier: MIT */
struct event;
typedef struct event *event_place; /* not used */
static const event_place event_nowhere = 0;

#include "sim_hold.h"

struct entry {
    uint64_t key;
    struct event *event;
};

struct bucket {
    struct entry *entries;
    size_t n;
    size_t room;
};

static struct bucket buckets[65];
static size_t n_taken; /* of buckets[0] */
static uint64_t last;

static void order_init(long size)
{
    (void)size;
}

static void bucket_add(struct entry entry)
{
    const uint64_t differs = entry.key ^ last;
    struct bucket *bucket = &buckets[differs ? 64 - __builtin_clzll(differs) : 0];

    if (bucket->n == bucket->room) {
        bucket->room = bucket->room ? 2 * bucket->room : 64;
        bucket->entries = realloc(bucket->entries, bucket->room * sizeof entry);
        bench_check(bucket->entries != NULL, "memory");
    }
    bucket->entries[bucket->n++] = entry;
}

static void order_put(struct event *event, double time)
{
    struct entry entry = {.event = event};

    memcpy(&entry.key, &time, sizeof time);
    bucket_add(entry);
}

static void share_out(struct bucket *bucket)
{
    const size_t n = bucket->n;

    last = UINT64_MAX;
    for (size_t i = 0; i < n; i++)
        last = bucket->entries[i].key < last ? bucket->entries[i].key : last;
    bucket->n = 0;
    for (size_t i = 0; i < n; i++)
        bucket_add(bucket->entries[i]); /* to a bucket before this one */
}

static struct event *order_take(void)
{
    if (n_taken == buckets[0].n) {
        struct bucket *bucket = &buckets[1];

        n_taken = buckets[0].n = 0;
        while (bucket->n == 0)
            bucket++;
        share_out(bucket);
    }
    memcpy(&now, &last, sizeof now);
    return buckets[0].entries[n_taken++].event;
}

int main(int argc, char **argv)
{
    const int rc = sim_hold_main(argc, argv, "radix");

    for (size_t i = 0; i < sizeof buckets / sizeof *buckets; i++)
        free(buckets[i].entries);
    return rc;
}
