/* container.c - an amount that is filled and drawn from: a level, and two lines of those who wait.
 *
 * The first in each line is served as soon as the level allows; those behind wait for the first,
 * whatever they want. So after every change, and when somebody gives up, the two lines are served
 * in turn until neither moves.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/container.h>

#include "base/base.h"
#include "sim/facility.h"

struct cede_container {
    struct cede__facility facility; /* first */
    double capacity;                /* INFINITY: any amount */
    double level;
};

/* What somebody waits for, on their stack. */
struct portion {
    struct cede__request request; /* first */
    double amount;
};

static void getter_describe(const struct cede__waiter *waiter, struct cede__text *text);
static void putter_describe(const struct cede__waiter *waiter, struct cede__text *text);

static const struct cede__spot_kind getting = {.wait = {.cancel = cede__spot_cancel,
                                                        .describe = getter_describe,
                                                        .noun = "amount in container",
                                                        .look = CEDE__LOOK_SYNC},
                                               .left = cede__gate_left};
static const struct cede__spot_kind putting = {.wait = {.cancel = cede__spot_cancel,
                                                        .describe = putter_describe,
                                                        .noun = "room in container",
                                                        .look = CEDE__LOOK_SYNC},
                                               .left = cede__gate_left};

static void portion_describe(const struct cede__waiter *waiter, const char *format,
                             struct cede__text *text)
{
    const struct portion *portion = cede__spot_of(waiter)->item;
    char what[64];
    struct cede__text words = {what, sizeof what, 0};

    cede__text_add(&words, format, portion->amount); /* NOLINT: one of two literals */
    cede__gate_describe(waiter, what, text);
}

static void getter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    portion_describe(waiter, "%g out of", text);
}

static void putter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    portion_describe(waiter, "room for %g in", text);
}

static cede_container *container_of(const struct cede__facility *facility)
{
    return cede__container_of(facility, cede_container, facility);
}

static bool container_has(const cede_container *container, double amount)
{
    return container->level >= amount;
}

static bool container_has_room(const cede_container *container, double amount)
{
    return container->capacity - container->level >= amount;
}

static void container_change(cede_container *container, double amount)
{
    container->level += amount;
    cede__facility_set(&container->facility, container->level);
}

/* Serve those who wait, in turn: first putters, then getters, as long as anybody moves. */
static void container_serve(struct cede__facility *facility)
{
    cede_container *container = container_of(facility);
    struct cede__spot *spot;
    bool any;

    do {
        any = false;
        while ((spot = cede__gate_first(&facility->put)) &&
               container_has_room(container, ((const struct portion *)spot->item)->amount)) {
            container_change(container, ((const struct portion *)spot->item)->amount);
            cede__gate_admit(&facility->put, spot);
            any = true;
        }
        while ((spot = cede__gate_first(&facility->get)) &&
               container_has(container, ((const struct portion *)spot->item)->amount)) {
            container_change(container, -((const struct portion *)spot->item)->amount);
            cede__gate_admit(&facility->get, spot);
            any = true;
        }
    } while (any);
}

static double container_capacity(const struct cede__facility *facility)
{
    return container_of(facility)->capacity;
}

static const struct cede__facility_kind container_kind = {
    .noun = "container", .capacity = container_capacity, .serve = container_serve};

int cede_container_create(const cede_container_options *options, cede_container **container_out)
{
    static const cede_container_options defaults;
    const cede_container_options *o = options ? options : &defaults;
    const double capacity = o->capacity == 0 ? INFINITY : o->capacity;
    cede_container *container;
    int rc;

    if (!(capacity > 0))
        return cede_raise(-EINVAL, "a container holds more than nothing, not %g", capacity);
    if (!(o->level >= 0 && o->level <= capacity && isfinite(o->level)))
        return cede_raise(-EINVAL, "a container of %g cannot hold %g", capacity, o->level);
    container = cede__calloc(1, sizeof *container);
    if (!container)
        return cede_raise(-ENOMEM, "no memory for a container");
    container->capacity = capacity;
    container->level = o->level;
    rc = cede__facility_init(&container->facility, &container_kind, o->name, o->changes, o->level);
    if (rc < 0) {
        cede__free(container);
        return rc;
    }
    *container_out = container;
    return 0;
}

void cede_container_destroy(cede_container *container)
{
    if (!container)
        return;
    cede__facility_fini(&container->facility);
    cede__free(container);
}

static int container_enter(const cede_container *container, double amount)
{
    CEDE_TRY(cede__facility_enter(&container->facility));
    if (!(amount > 0 && isfinite(amount)))
        return cede_raise(-EINVAL, "%g is no amount to put or get", amount);
    if (amount > container->capacity)
        return cede_raise(-EINVAL, "a container of %g never holds %g", container->capacity, amount);
    return 0;
}

int cede_container_put(cede_container *container, double amount)
{
    struct cede__gate *gate = &container->facility.put;
    struct portion portion = {.amount = amount};

    CEDE_TRY(container_enter(container, amount));
    if (gate->n_waiting > 0 || !container_has_room(container, amount))
        return cede__gate_wait(gate, &putting, &portion.request, cede__gate_last(gate));
    container_change(container, amount);
    cede__gate_pass(gate);
    container_serve(&container->facility);
    return 0;
}

int cede_container_get(cede_container *container, double amount)
{
    struct cede__gate *gate = &container->facility.get;
    struct portion portion = {.amount = amount};

    CEDE_TRY(container_enter(container, amount));
    if (gate->n_waiting > 0 || !container_has(container, amount))
        return cede__gate_wait(gate, &getting, &portion.request, cede__gate_last(gate));
    container_change(container, -amount);
    cede__gate_pass(gate);
    container_serve(&container->facility);
    return 0;
}

double cede_container_level(const cede_container *container)
{
    return container->level;
}

size_t cede_container_n_getting(const cede_container *container)
{
    return (size_t)container->facility.get.n_waiting;
}

size_t cede_container_n_putting(const cede_container *container)
{
    return (size_t)container->facility.put.n_waiting;
}

void cede_container_stats(const cede_container *container, cede_facility_stats *stats_out)
{
    cede__facility_read(&container->facility, stats_out);
}
