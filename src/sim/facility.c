/* facility.c - what resources, containers and stores have in common: lines of those who wait, and a
 * record of what happened.
 *
 * All facilities of a loop are on a list, in the order they were made: for the report, for the end
 * of the warm-up, and so that one that outlives its loop knows that it did.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/base.h"
#include "sim/facility.h"
#include "sim/sim.h"

/* All of a loop. */

struct facilities {
    struct cede__attachment attachment;
    struct cede__list list; /* of struct cede__facility */
    bool is_recorded;       /* points are kept of those that are made */
};

static const char facilities_key;

/* The loop closes, and no task is left. */
static void facilities_close(struct cede__attachment *attachment)
{
    struct facilities *all = cede__container_of(attachment, struct facilities, attachment);

    while (!cede__list_is_empty(&all->list)) {
        struct cede__facility *facility =
            cede__container_of(all->list.next, struct cede__facility, link);
        cede__list_remove(&facility->link);
        facility->loop = NULL;
    }
    cede__free(all);
}

/* NULL: there is none, and it could not be made. */
static struct facilities *facilities_of(struct cede_loop *loop, bool make)
{
    struct cede__attachment *attachment = cede__loop_attachment(loop, &facilities_key);
    struct facilities *all;

    if (attachment)
        return cede__container_of(attachment, struct facilities, attachment);
    all = make ? cede__malloc(sizeof *all) : NULL;
    if (!all)
        return NULL;
    all->attachment.key = &facilities_key;
    all->attachment.close = facilities_close;
    all->is_recorded = false;
    cede__list_init(&all->list);
    cede__loop_attach(loop, &all->attachment);
    return all;
}

const struct cede__list *cede__facilities_here(void)
{
    const struct facilities *all = cede__loop_here ? facilities_of(cede__loop_here, false) : NULL;

    return all ? &all->list : NULL;
}

/* Points. */

/* A value that lasts no time is in no series. */
static void points_note(cede_facility_points *points, cede_series *series, double now, double value)
{
    if (series->n > 0 && series->points[series->n - 1].x == now)
        series->n--;
    if (series->n > 0 && series->points[series->n - 1].y == value)
        return;
    if (cede_series_add(series, now, value) < 0) {
        points->n_missed++;
        cede_error_clear(); /* the model goes on as without a record */
    }
}

static void facility_note(const struct cede__facility *facility)
{
    cede_facility_points *points = facility->points;
    double now;

    if (cede__likely(!points))
        return;
    now = cede__facility_now(facility);
    points_note(points, &points->level, now, facility->level.value);
    points_note(points, &points->getting, now, facility->get.length.value);
    points_note(points, &points->putting, now, facility->put.length.value);
}

static void points_clear(cede_facility_points *points)
{
    cede_series_fini(&points->level);
    cede_series_fini(&points->getting);
    cede_series_fini(&points->putting);
    points->n_missed = 0;
}

static int facility_record(struct cede__facility *facility)
{
    if (facility->points)
        return 0;
    facility->points = cede__calloc(1, sizeof *facility->points);
    if (!facility->points)
        return cede_raise(-ENOMEM, "no memory for the points of a %s", facility->kind->noun);
    facility_note(facility);
    return 0;
}

int cede_facility_record(void)
{
    struct facilities *all;

    if (!cede__loop_here)
        return cede_raise(-EINVAL, "points are kept of a loop, and this thread has none");
    all = facilities_of(cede__loop_here, true);
    if (!all)
        return cede_raise(-ENOMEM, "no memory for a record");
    for (struct cede__list *link = all->list.next; link != &all->list; link = link->next)
        CEDE_TRY(facility_record(cede__container_of(link, struct cede__facility, link)));
    all->is_recorded = true;
    return 0;
}

/* Made, used, gone. */

int cede__facility_init(struct cede__facility *facility, const struct cede__facility_kind *kind,
                        const char *name, cede_change *changes, double level)
{
    struct cede_loop *loop = cede__loop_here;
    struct facilities *all;
    double now;

    if (!loop)
        return cede_raise(-EINVAL, "a %s is made on a loop, and this thread has none", kind->noun);
    all = facilities_of(loop, true);
    if (!all)
        return cede_raise(-ENOMEM, "no memory for a %s", kind->noun);
    facility->sync.name = name;
    facility->kind = kind;
    facility->loop = loop;
    facility->changes = changes;
    facility->get.facility = facility;
    facility->put.facility = facility;
    now = cede__facility_now(facility);
    cede_level_start(&facility->get.length, now, 0);
    cede_level_start(&facility->put.length, now, 0);
    cede_level_start(&facility->level, now, level);
    if (all->is_recorded)
        CEDE_TRY(facility_record(facility));
    cede__list_append(&all->list, &facility->link);
    return 0;
}

void cede__facility_fini(struct cede__facility *facility)
{
    cede__line_grant_all(&facility->get.line, CEDE_ESHUTDOWN);
    cede__line_grant_all(&facility->put.line, CEDE_ESHUTDOWN);
    if (facility->loop)
        cede__list_remove(&facility->link);
    if (facility->points)
        points_clear(facility->points);
    cede__free(facility->points);
}

int cede__facility_enter(const struct cede__facility *facility)
{
    struct cede_task *task = cede__task_here();

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task may wait for a %s", facility->kind->noun);
    if (!facility->loop)
        return cede_raise(CEDE_ESHUTDOWN, "the loop of the %s is closed", facility->kind->noun);
    if (facility->loop != task->loop)
        return cede_raise(CEDE_EFOREIGN, "the %s is another loop's", facility->kind->noun);
    CEDE_TRY(cede__task_checkpoint(task));
    return cede__unlikely(task->is_marked) ? cede__sim_take_interrupt(task) : 0;
}

void cede__facility_set(struct cede__facility *facility, double level)
{
    if (facility->loop) {
        cede_level_set(&facility->level, cede__facility_now(facility), level);
        facility_note(facility);
    }
    if (facility->changes)
        (void)cede_change_announce(facility->changes); /* who waits is of this loop, or none */
}

void cede__facility_trace(const struct cede__facility *facility, const struct cede_task *task,
                          const char *cause, const char *what)
{
    char then[96];
    struct cede__text text = {then, sizeof then, 0};

    if (cede__likely(!facility->loop || !facility->loop->instant.turn))
        return;
    cede__text_add(&text, "%s ", what);
    cede__sync_describe(&facility->sync, facility->kind->noun, &text);
    cede__sim_trace_task(task, cause, then);
}

/* Gates. */

static void gate_trace(const struct cede__gate *gate, const struct cede_task *task,
                       const char *cause)
{
    cede__facility_trace(gate->facility, task, cause, gate == &gate->facility->put ? "put" : "get");
}

static void gate_count(struct cede__gate *gate, int change)
{
    gate->n_waiting += (uint64_t)(int64_t)change;
    cede_level_add(&gate->length, cede__facility_now(gate->facility), change);
    facility_note(gate->facility);
}

void cede__gate_pass(struct cede__gate *gate)
{
    cede_tally_add(&gate->waits, 0);
    gate_trace(gate, cede__task_here(), "grant");
}

static void line_insert(struct cede__line *line, struct cede__spot *spot, struct cede__spot *after)
{
    struct cede__spot *next = after ? after->next : line->first;

    if (!next) {
        cede__line_append(line, spot);
        return;
    }
    cede__spot_set_line(spot, line);
    spot->prev = after;
    spot->next = next;
    next->prev = spot;
    if (after)
        after->next = spot;
    else
        line->first = spot;
}

int cede__gate_wait(struct cede__gate *gate, const struct cede__spot_kind *kind,
                    struct cede__request *request, struct cede__spot *after)
{
    struct cede_task *task = cede__task_here();
    struct cede__spot *spot = &task->spot;
    int rc;

    request->gate = gate;
    request->since = cede__sim_clock(task->loop);
    spot->waiter.kind = &kind->wait;
    spot->item = request;
    spot->sync = &gate->facility->sync;
    spot->sync->loop = task->loop;
    line_insert(&gate->line, spot, after);
    gate_count(gate, +1);
    gate_trace(gate, task, "request");
    rc = cede__task_park(task, &spot->waiter);
    return rc < 0 ? cede__sim_waited(cede__sync_ended(rc)) : 0;
}

void cede__gate_admit(struct cede__gate *gate, struct cede__spot *spot)
{
    const struct cede__request *request = spot->item;

    gate_count(gate, -1);
    cede_tally_add(&gate->waits, cede__facility_now(gate->facility) - request->since);
    gate_trace(gate, cede__spot_task(spot), "grant");
    cede__spot_grant(spot, 0);
}

void cede__gate_left(struct cede__spot *spot)
{
    const struct cede__request *request = spot->item;
    struct cede__gate *gate = request->gate;

    gate_count(gate, -1);
    gate->n_left++;
    gate_trace(gate, cede__spot_task(spot), "leave");
    gate->facility->kind->serve(gate->facility);
}

void cede__gate_describe(const struct cede__waiter *waiter, const char *what,
                         struct cede__text *text)
{
    const struct cede__request *request = cede__spot_of(waiter)->item;
    const struct cede__facility *facility = request->gate->facility;

    cede__text_add(text, "%s ", what);
    cede__sync_describe(&facility->sync, facility->kind->noun, text);
}

/* What happened. */

void cede__facility_read(const struct cede__facility *facility, cede_facility_stats *stats_out)
{
    const double capacity = facility->kind->capacity(facility);
    const double now = facility->loop ? cede__facility_now(facility) : -INFINITY;

    *stats_out = (cede_facility_stats){.level = cede_level_read(&facility->level, now),
                                       .getting = cede_level_read(&facility->get.length, now),
                                       .putting = cede_level_read(&facility->put.length, now),
                                       .get_waits = facility->get.waits,
                                       .put_waits = facility->put.waits,
                                       .n_left = facility->get.n_left + facility->put.n_left,
                                       .points = facility->points};
    if (isfinite(capacity))
        stats_out->utilisation = stats_out->level.mean / capacity;
    if (facility->kind->complete)
        facility->kind->complete(facility, stats_out);
}

static void gate_restart(struct cede__gate *gate, double now)
{
    cede_level_restart(&gate->length, now);
    gate->waits = (cede_tally){.count = 0};
    gate->n_left = 0;
}

void cede_facility_restart(void)
{
    const struct facilities *all = cede__loop_here ? facilities_of(cede__loop_here, false) : NULL;

    if (!all)
        return;
    for (struct cede__list *link = all->list.next; link != &all->list; link = link->next) {
        struct cede__facility *facility = cede__container_of(link, struct cede__facility, link);
        const double now = cede__facility_now(facility);
        cede_level_restart(&facility->level, now);
        gate_restart(&facility->get, now);
        gate_restart(&facility->put, now);
        if (facility->points)
            points_clear(facility->points);
        facility_note(facility);
        if (facility->kind->restart)
            facility->kind->restart(facility);
    }
}
