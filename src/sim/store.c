/* store.c - items that are put and taken, also by what they are: the items of a queue, and two
 * lines of those who wait.
 *
 * Nobody in the line of getters would take any of the items in the store, so an item that comes is
 * all they need to look at: the first who would have it has it. Putters wait only while the store
 * is full; an item that goes makes room for the first putter's, which is then offered in turn.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/store.h>

#include "base/base.h"
#include "sim/facility.h"
#include "task/queue_store.h"

struct cede_store {
    struct cede__facility facility; /* first */
    struct cede__store items;
    size_t capacity; /* SIZE_MAX: none */
    void (*drop)(void *item);
};

/* What somebody waits for, on their stack. */
struct wish {
    struct cede__request request; /* first */
    cede_store_filter *filter;    /* of a getter; NULL: any item */
    void *arg;
    void *item; /* where the getter wants it; the putter's, borrowed */
};

static void getter_describe(const struct cede__waiter *waiter, struct cede__text *text);
static void putter_describe(const struct cede__waiter *waiter, struct cede__text *text);

static const struct cede__spot_kind getting = {.wait = {.cancel = cede__spot_cancel,
                                                        .describe = getter_describe,
                                                        .noun = "item of store",
                                                        .look = CEDE__LOOK_SYNC},
                                               .left = cede__gate_left};
static const struct cede__spot_kind putting = {.wait = {.cancel = cede__spot_cancel,
                                                        .describe = putter_describe,
                                                        .noun = "room in store",
                                                        .look = CEDE__LOOK_SYNC},
                                               .left = cede__gate_left};

static void getter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct wish *wish = cede__spot_of(waiter)->item;

    cede__gate_describe(waiter, wish->filter ? "a certain item of" : "an item of", text);
}

static void putter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__gate_describe(waiter, "room in", text);
}

static cede_store *store_of(const struct cede__facility *facility)
{
    return cede__container_of(facility, cede_store, facility);
}

static void store_changed(cede_store *store)
{
    cede__facility_set(&store->facility, (double)store->items.n);
}

/* Hand an item to the first who would have it; whether anybody would. */
static bool store_offer(cede_store *store, const void *item)
{
    struct cede__gate *gate = &store->facility.get;

    for (struct cede__spot *spot = cede__gate_first(gate); spot; spot = spot->next) {
        struct wish *wish = spot->item;
        if (wish->filter && !wish->filter(item, wish->arg))
            continue;
        cede__store_copy(&store->items, wish->item, item);
        cede__gate_admit(gate, spot);
        return true;
    }
    return false;
}

/* An item comes, for which there is a place. */
static void store_accept(cede_store *store, const void *item)
{
    if (!store_offer(store, item))
        cede__store_put(&store->items, item);
    store_changed(store);
}

/* Let putters in while there is room: an item has gone, so there is a place. */
static void store_serve(struct cede__facility *facility)
{
    cede_store *store = store_of(facility);
    struct cede__spot *spot;

    while (store->items.n < store->capacity && (spot = cede__gate_first(&facility->put))) {
        store_accept(store, ((const struct wish *)spot->item)->item);
        cede__gate_admit(&facility->put, spot);
    }
}

static double store_capacity(const struct cede__facility *facility)
{
    const cede_store *store = store_of(facility);

    return store->capacity == SIZE_MAX ? INFINITY : (double)store->capacity;
}

static const struct cede__facility_kind store_kind = {
    .noun = "store", .capacity = store_capacity, .serve = store_serve};

int cede_store_create(const cede_store_options *options, cede_store **store_out)
{
    static const cede_store_options defaults;
    const cede_store_options *o = options ? options : &defaults;
    const cede_queue_options items = {.item_size = o->item_size,
                                      .max_size = o->capacity,
                                      .order = o->compare ? CEDE_QUEUE_PRIORITY : CEDE_QUEUE_FIFO,
                                      .compare = o->compare};
    cede_store *store;
    int rc;

    if (o->item_size > SIZE_MAX / 64)
        return cede_raise(-EINVAL, "items of %zu bytes are too large", o->item_size);
    store = cede__calloc(1, sizeof *store);
    if (!store)
        return cede_raise(-ENOMEM, "no memory for a store");
    store->capacity = o->capacity > 0 ? o->capacity : SIZE_MAX;
    store->drop = o->drop;
    rc = cede__store_init(&store->items, &items);
    if (rc == 0)
        rc = cede__facility_init(&store->facility, &store_kind, o->name, o->changes, 0);
    if (rc < 0) {
        cede__store_drop(&store->items, NULL);
        cede__free(store);
        return rc;
    }
    *store_out = store;
    return 0;
}

void cede_store_destroy(cede_store *store)
{
    if (!store)
        return;
    cede__facility_fini(&store->facility);
    cede__store_drop(&store->items, store->drop);
    cede__free(store);
}

int cede_store_put(cede_store *store, const void *item)
{
    struct cede__gate *gate = &store->facility.put;
    struct wish wish = {.item = (void *)item};

    CEDE_TRY(cede__facility_enter(&store->facility));
    if (store->items.n >= store->capacity)
        return cede__gate_wait(gate, &putting, &wish.request, cede__gate_last(gate));
    CEDE_TRY(cede__store_reserve(&store->items));
    cede__gate_pass(gate);
    store_accept(store, item);
    return 0;
}

int cede_store_get(cede_store *store, void *item_out)
{
    return cede_store_get_if(store, NULL, NULL, item_out);
}

/* Take an item that is there; whether one will do. */
static bool store_take(cede_store *store, cede_store_filter *filter, void *arg, void *item_out)
{
    if (filter)
        return cede__store_take_if(&store->items, filter, arg, item_out);
    if (store->items.n == 0)
        return false;
    cede__store_take(&store->items, item_out);
    return true;
}

int cede_store_get_if(cede_store *store, cede_store_filter *filter, void *arg, void *item_out)
{
    struct cede__gate *gate = &store->facility.get;
    struct wish wish = {.filter = filter, .arg = arg, .item = item_out};

    CEDE_TRY(cede__facility_enter(&store->facility));
    if (!store_take(store, filter, arg, item_out))
        return cede__gate_wait(gate, &getting, &wish.request, cede__gate_last(gate));
    cede__gate_pass(gate);
    store_changed(store);
    store_serve(&store->facility);
    return 0;
}

size_t cede_store_size(const cede_store *store)
{
    return store->items.n;
}

size_t cede_store_n_getting(const cede_store *store)
{
    return (size_t)store->facility.get.n_waiting;
}

size_t cede_store_n_putting(const cede_store *store)
{
    return (size_t)store->facility.put.n_waiting;
}

void cede_store_stats(const cede_store *store, cede_facility_stats *stats_out)
{
    cede__facility_read(&store->facility, stats_out);
}
