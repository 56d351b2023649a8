/* queue_store.c - the items of a queue.
 *
 * First in, first out: a ring. Last in, first out: the same without its head moving. By priority: a
 * binary heap, smallest first; behind each item stands the number of its put, so that of two that
 * compare equal the older goes first.
 */
/* SPDX-License-Identifier: MIT */
#include "task/queue_store.h"

enum { FIRST_PLACES = 16 };

static unsigned char *store_at(const struct cede__store *store, size_t i)
{
    return store->places + (i & (store->n_places - 1)) * store->stride;
}

int cede__store_init(struct cede__store *store, const cede_queue_options *options)
{
    size_t n = 1;

    while (n < FIRST_PLACES && (options->max_size == 0 || n < options->max_size))
        n *= 2;
    *store = (struct cede__store){.item_size = options->item_size,
                                  .stride = options->item_size,
                                  .n_places = n,
                                  .order = options->order,
                                  .compare = options->compare};
    if (store->item_size == 0)
        store->item_size = store->stride = sizeof(void *);
    if (store->order == CEDE_QUEUE_PRIORITY)
        store->stride = (store->item_size + sizeof(uint64_t) + 15) / 16 * 16;
    store->places = cede__calloc(n, store->stride);
    return store->places ? 0 : cede_raise(-ENOMEM, "no memory for a queue");
}

void cede__store_drop(struct cede__store *store, void (*drop)(void *item))
{
    for (size_t i = 0; drop && i < store->n; i++)
        drop(store_at(store, store->head + i));
    cede__free(store->places);
}

int cede__store_grow(struct cede__store *store)
{
    const size_t n_to_end = store->n_places - (store->head & (store->n_places - 1));
    const size_t n_first = store->n < n_to_end ? store->n : n_to_end;
    unsigned char *places;

    if (store->n_places > SIZE_MAX / 2 / store->stride)
        return cede_raise(-ENOMEM, "no memory for more items in a queue");
    places = cede__malloc(2 * store->n_places * store->stride);
    if (!places)
        return cede_raise(-ENOMEM, "no memory for more items in a queue");
    memcpy(places, store_at(store, store->head), n_first * store->stride);
    memcpy(places + n_first * store->stride, store->places, (store->n - n_first) * store->stride);
    cede__free(store->places);
    store->places = places;
    store->n_places *= 2;
    store->head = 0;
    return 0;
}

/* The heap. */

static uint64_t heap_number(const struct cede__store *store, const unsigned char *place)
{
    uint64_t number;

    memcpy(&number, place + store->item_size, sizeof number);
    return number;
}

static bool heap_before(const struct cede__store *store, const unsigned char *a,
                        const unsigned char *b)
{
    const int order = store->compare(a, b);

    return order != 0 ? order < 0 : heap_number(store, a) < heap_number(store, b);
}

static void heap_swap(const struct cede__store *store, unsigned char *a, unsigned char *b)
{
    for (size_t i = 0; i < store->stride; i++) {
        const unsigned char byte = a[i];
        a[i] = b[i];
        b[i] = byte;
    }
}

static void heap_rise(struct cede__store *store, size_t i)
{
    while (i > 0) {
        const size_t parent = (i - 1) / 2;
        if (!heap_before(store, store_at(store, i), store_at(store, parent)))
            return;
        heap_swap(store, store_at(store, i), store_at(store, parent));
        i = parent;
    }
}

static void heap_sink(struct cede__store *store, size_t i)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= store->n)
            return;
        if (child + 1 < store->n &&
            heap_before(store, store_at(store, child + 1), store_at(store, child)))
            child++;
        if (!heap_before(store, store_at(store, child), store_at(store, i)))
            return;
        heap_swap(store, store_at(store, i), store_at(store, child));
        i = child;
    }
}

/* Items. */

void cede__store_put(struct cede__store *store, const void *item)
{
    unsigned char *place = store_at(store, store->head + store->n);

    cede__store_copy(store, place, item);
    store->n++;
    if (store->order == CEDE_QUEUE_PRIORITY) {
        const uint64_t number = store->n_put++;
        memcpy(place + store->item_size, &number, sizeof number);
        heap_rise(store, store->n - 1);
    }
}

void cede__store_take(struct cede__store *store, void *item_out)
{
    store->n--;
    switch (store->order) {
    case CEDE_QUEUE_LIFO:
        cede__store_copy(store, item_out, store_at(store, store->n));
        return;
    case CEDE_QUEUE_PRIORITY:
        cede__store_copy(store, item_out, store->places);
        if (store->n > 0)
            memcpy(store->places, store_at(store, store->n), store->stride);
        heap_sink(store, 0);
        return;
    case CEDE_QUEUE_FIFO:
    default:
        cede__store_copy(store, item_out, store_at(store, store->head++));
    }
}

/* Take the item in place i. */
static void store_remove(struct cede__store *store, size_t i)
{
    unsigned char *last = store_at(store, --store->n);

    if (store->order == CEDE_QUEUE_PRIORITY) {
        if (i < store->n) {
            memcpy(store_at(store, i), last, store->stride);
            heap_sink(store, i);
            heap_rise(store, i);
        }
        return;
    }
    for (; i > 0; i--) /* the older ones move up */
        memcpy(store_at(store, store->head + i), store_at(store, store->head + i - 1),
               store->stride);
    store->head++;
}

bool cede__store_take_if(struct cede__store *store, bool (*filter)(const void *item, void *arg),
                         void *arg, void *item_out)
{
    const bool by_priority = store->order == CEDE_QUEUE_PRIORITY;
    const unsigned char *found = NULL;
    size_t found_at = 0;

    for (size_t i = 0; i < store->n && (by_priority || !found); i++) {
        const unsigned char *item = store_at(store, store->head + i);
        if (filter(item, arg) && (!found || heap_before(store, item, found))) {
            found = item;
            found_at = i;
        }
    }
    if (!found)
        return false;
    cede__store_copy(store, item_out, found);
    store_remove(store, found_at);
    return true;
}
