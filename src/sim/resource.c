/* resource.c - so many units that tasks use and give back.
 *
 *     uses    [ used | free | used | free | - ]      as many places as were ever used at once
 *                       ^first_free  ^-next
 *     get     a line of those who wait, by key: (priority, time, patience), smallest first
 *
 * While anybody waits all units are in use, or whoever is first may yet take one: nobody overtakes.
 * A claim names a place and the number of its use; numbers are given once, so that a claim that is
 * gone never means another's use.
 *
 * Of a task that uses a unit there is a reference: it may end and forget to give it back. A unit is
 * taken from the user with the largest key, if that is larger than that of who comes. The first in
 * the line alone tries that; those behind it wait for it, whatever they could take.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/resource.h>

#include "base/base.h"
#include "sim/facility.h"
#include "sim/process.h"

enum { FIRST_PLACES = 4 };

#define NO_PLACE SIZE_MAX

/* By which requests and uses are ordered. */
struct key {
    int priority;
    bool is_patient;
    double since; /* the request was made */
};

struct use {
    uint64_t number;        /* 0: free */
    struct cede_task *task; /* a reference */
    struct key key;
    double since; /* it has the unit */
    size_t next;  /* of a free one: the next that is free; NO_PLACE */
};

struct cede_resource {
    struct cede__facility facility; /* first */
    cede_resource_kind kind;
    size_t capacity;
    size_t n_used;
    struct use *uses; /* owned */
    size_t n_places;  /* of `uses` */
    size_t first_free;
    uint64_t n_uses; /* ever begun: the number of the last */
    cede_tally holds;
    uint64_t n_preempted;
};

/* What somebody waits for, on their stack. */
struct want {
    struct cede__request request; /* first */
    struct key key;
    cede_claim *claim_out;
};

static void want_describe(const struct cede__waiter *waiter, struct cede__text *text);
static struct cede__party *want_holder(const struct cede__waiter *waiter);

static const struct cede__spot_kind wanting = {.wait = {.cancel = cede__spot_cancel,
                                                        .describe = want_describe,
                                                        .holder = want_holder,
                                                        .noun = "unit of resource",
                                                        .look = CEDE__LOOK_SYNC},
                                               .left = cede__gate_left};

static cede_resource *resource_of(const struct cede__facility *facility)
{
    return cede__container_of(facility, cede_resource, facility);
}

static void want_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__gate_describe(waiter, "a unit of", text);
}

/* The one who could give a unit back, if there is but one. */
static struct cede__party *want_holder(const struct cede__waiter *waiter)
{
    const struct cede__request *request = cede__spot_of(waiter)->item;
    const cede_resource *resource = resource_of(request->gate->facility);

    if (resource->capacity != 1 || cede__future_done(&resource->uses[0].task->future))
        return NULL;
    return &resource->uses[0].task->party;
}

/* Keys. */

static bool key_is_larger(const struct key *a, const struct key *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority;
    if (a->since != b->since)
        return a->since > b->since;
    return a->is_patient && !b->is_patient;
}

/* Behind whom in the line it belongs; NULL: the front. */
static struct cede__spot *line_place(const cede_resource *resource, const struct key *key)
{
    struct cede__spot *spot = cede__gate_last(&resource->facility.get);

    while (spot && key_is_larger(&((const struct want *)spot->item)->key, key))
        spot = spot == resource->facility.get.line.first ? NULL : spot->prev;
    return spot;
}

/* Uses. */

/* A place for one more use. 0, or -ENOMEM. */
static int uses_reserve(cede_resource *resource)
{
    size_t n = resource->n_places > 0 ? 2 * resource->n_places : FIRST_PLACES;
    struct use *uses;

    if (resource->n_used < resource->n_places)
        return 0;
    if (n > resource->capacity)
        n = resource->capacity;
    uses = n <= SIZE_MAX / sizeof *uses ? cede__realloc(resource->uses, n * sizeof *uses) : NULL;
    if (!uses)
        return cede_raise(-ENOMEM, "no memory for one more user of a resource");
    for (size_t i = resource->n_places; i < n; i++)
        uses[i] = (struct use){.number = 0, .next = i + 1 < n ? i + 1 : NO_PLACE};
    resource->first_free = resource->n_places;
    resource->uses = uses;
    resource->n_places = n;
    return 0;
}

/* `task` uses a unit, for which there is a place. */
static void use_begin(cede_resource *resource, struct cede_task *task, const struct key *key,
                      cede_claim *claim_out)
{
    const size_t place = resource->first_free;
    struct use *use = &resource->uses[place];

    resource->first_free = use->next;
    *use = (struct use){.number = ++resource->n_uses,
                        .task = task,
                        .key = *key,
                        .since = cede__facility_now(&resource->facility)};
    (void)cede_future_ref(&task->future);
    resource->n_used++;
    *claim_out = (cede_claim){.resource = resource, .number = use->number, .place = place};
    cede__facility_set(&resource->facility, (double)resource->n_used);
}

/* Nobody uses the unit any more. Whose it was: the reference is the caller's now. */
static struct cede_task *use_end(cede_resource *resource, struct use *use)
{
    if (resource->facility.loop)
        cede_tally_add(&resource->holds, cede__facility_now(&resource->facility) - use->since);
    use->number = 0;
    use->next = resource->first_free;
    resource->first_free = (size_t)(use - resource->uses);
    resource->n_used--;
    return use->task;
}

/* Of the users other than `task` the least urgent, if whoever has `key` may take its unit; else
 * NULL. */
static struct use *use_to_take(const cede_resource *resource, const struct cede_task *task,
                               const struct key *key)
{
    struct use *worst = NULL;

    if (resource->kind != CEDE_RESOURCE_PREEMPTIVE || key->is_patient)
        return NULL;
    for (size_t i = 0; i < resource->n_places; i++) {
        struct use *use = &resource->uses[i];
        if (use->number > 0 && use->task != task && key_is_larger(&use->key, key) &&
            (!worst || key_is_larger(&use->key, &worst->key)))
            worst = use;
    }
    return worst;
}

/* Take a user's unit away, for `by`, and interrupt the user, if that is a process and runs still.
 * 0; -ENOMEM: it has it still. */
static int use_take(cede_resource *resource, struct use *use, struct cede_task *by)
{
    const cede_preempted why = {.resource = resource, .by = &by->future, .since = use->since};
    struct cede_task *task = use->task;
    struct cede__process *process = cede__process_of(task);

    cede__assert(task);
    if (process && !cede__future_done(&task->future))
        CEDE_TRY(cede__sim_interrupt_copy(process, &why, sizeof why));
    cede__facility_trace(&resource->facility, task, "preempted", "lose");
    (void)use_end(resource, use);
    resource->n_preempted++;
    cede__future_unref(&task->future);
    return 0;
}

/* Whether there is a unit for whoever has `key`, free or now taken: 0, or -EBUSY, -ENOMEM. */
static int resource_find(cede_resource *resource, struct cede_task *task, const struct key *key)
{
    struct use *use;

    if (resource->n_used < resource->capacity)
        return 0;
    use = use_to_take(resource, task, key);
    return use ? use_take(resource, use, task) : -EBUSY;
}

/* Give the first in the line what there is for them, and again. */
static void resource_serve(struct cede__facility *facility)
{
    cede_resource *resource = resource_of(facility);
    struct cede__spot *spot;

    while ((spot = cede__gate_first(&facility->get))) {
        const struct want *want = spot->item;
        struct cede_task *task = cede__spot_task(spot);
        if (resource_find(resource, task, &want->key) < 0)
            return; /* where there was no memory it goes on when the unit is given back */
        use_begin(resource, task, &want->key, want->claim_out);
        cede__gate_admit(&facility->get, spot);
    }
}

/* The kind. */

static double resource_capacity(const struct cede__facility *facility)
{
    return (double)resource_of(facility)->capacity;
}

static void resource_complete(const struct cede__facility *facility, cede_facility_stats *stats)
{
    const cede_resource *resource = resource_of(facility);

    stats->holds = resource->holds;
    stats->n_preempted = resource->n_preempted;
}

static void resource_restart(struct cede__facility *facility)
{
    cede_resource *resource = resource_of(facility);

    resource->holds = (cede_tally){.count = 0};
    resource->n_preempted = 0;
}

static const struct cede__facility_kind resource_kind = {.noun = "resource",
                                                         .capacity = resource_capacity,
                                                         .serve = resource_serve,
                                                         .complete = resource_complete,
                                                         .restart = resource_restart};

int cede_resource_create(const cede_resource_options *options, cede_resource **resource_out)
{
    static const cede_resource_options defaults;
    const cede_resource_options *o = options ? options : &defaults;
    cede_resource *resource;
    int rc;

    if ((unsigned)o->kind > CEDE_RESOURCE_PREEMPTIVE)
        return cede_raise(-EINVAL, "there is no such kind of resource");
    resource = cede__calloc(1, sizeof *resource);
    if (!resource)
        return cede_raise(-ENOMEM, "no memory for a resource");
    resource->kind = o->kind;
    resource->capacity = o->capacity > 0 ? o->capacity : 1;
    resource->first_free = NO_PLACE;
    rc = cede__facility_init(&resource->facility, &resource_kind, o->name, o->changes, 0);
    if (rc < 0) {
        cede__free(resource);
        return rc;
    }
    *resource_out = resource;
    return 0;
}

void cede_resource_destroy(cede_resource *resource)
{
    if (!resource)
        return;
    cede__facility_fini(&resource->facility);
    for (size_t i = 0; i < resource->n_places; i++) {
        if (resource->uses[i].number > 0)
            cede__future_unref(&resource->uses[i].task->future);
    }
    cede__free(resource->uses);
    cede__free(resource);
}

/* Used. */

int cede_resource_acquire(cede_resource *resource, cede_claim *claim_out)
{
    return cede_resource_acquire_with(resource, NULL, claim_out);
}

int cede_resource_acquire_with(cede_resource *resource, const cede_claim_options *options,
                               cede_claim *claim_out)
{
    struct cede_task *task = cede__task_here();
    struct cede__gate *gate = &resource->facility.get;
    struct want want = {.claim_out = claim_out};
    struct cede__spot *after;
    int rc;

    CEDE_TRY(cede__facility_enter(&resource->facility));
    if (resource->n_used < resource->capacity)
        CEDE_TRY(uses_reserve(resource));
    if (options && resource->kind != CEDE_RESOURCE_FIFO)
        want.key = (struct key){.priority = options->priority, .is_patient = options->is_patient};
    want.key.since = cede__facility_now(&resource->facility);
    after = line_place(resource, &want.key);
    rc = after ? -EBUSY : resource_find(resource, task, &want.key);
    if (rc == -EBUSY)
        return cede__gate_wait(gate, &wanting, &want.request, after);
    CEDE_TRY(rc);
    use_begin(resource, task, &want.key, claim_out);
    cede__gate_pass(gate);
    return 0;
}

bool cede_resource_is_held(const cede_claim *claim)
{
    return claim->resource && claim->resource->uses[claim->place].number == claim->number;
}

void cede_resource_release(cede_claim *claim)
{
    cede_resource *resource = claim ? claim->resource : NULL;
    struct cede_task *task;

    if (!resource)
        return;
    if (cede_resource_is_held(claim)) {
        task = use_end(resource, &resource->uses[claim->place]);
        cede__facility_trace(&resource->facility, task, "release", "give back");
        resource_serve(&resource->facility);
        cede__facility_set(&resource->facility, (double)resource->n_used);
        cede__future_unref(&task->future);
    }
    *claim = (cede_claim)CEDE_CLAIM_INIT;
}

/* Facts. */

size_t cede_resource_n_used(const cede_resource *resource)
{
    return resource->n_used;
}

size_t cede_resource_n_waiting(const cede_resource *resource)
{
    return (size_t)resource->facility.get.n_waiting;
}

void cede_resource_stats(const cede_resource *resource, cede_facility_stats *stats_out)
{
    cede__facility_read(&resource->facility, stats_out);
}
