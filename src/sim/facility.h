/* facility.h - the inside of resources, containers and stores: lines of those who wait, counted.
 * Floor 7.
 *
 * A facility has one or two gates: lines in which tasks wait for it, served from the front. Every
 * passage of a gate is counted, whether it took time or not. Whoever leaves a line without having
 * been served may have held up those behind: then the facility looks again whom it can serve.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_FACILITY_H
#define CEDE_SIM_FACILITY_H

#include <cede/facility.h>
#include <cede/change.h>

#include "task/wait_queue.h"

struct cede__facility;

/* Where tasks wait for one thing. */
struct cede__gate {
    struct cede__line line;
    struct cede__facility *facility;
    cede_level length;  /* how many wait */
    cede_tally waits;   /* how long those did who were served */
    uint64_t n_waiting; /* in the line */
    uint64_t n_left;    /* gave up */
};

/* What kinds of facility differ in. */
struct cede__facility_kind {
    const char *noun;                                          /* "resource" */
    double (*capacity)(const struct cede__facility *facility); /* INFINITY: no limit */
    /* Somebody left a line: serve whom that lets through. */
    void (*serve)(struct cede__facility *facility);
    /* Further counts of its own; may be NULL. */
    void (*complete)(const struct cede__facility *facility, cede_facility_stats *stats);
    void (*restart)(struct cede__facility *facility);
};

/* The time of a loop as statistics have it: of a simulation or of any other. */
static inline double cede__sim_clock(const struct cede_loop *loop)
{
    return loop->instant.is_on ? loop->instant.clock : cede_time_seconds(loop->now);
}

/* Embedded first in a resource, a container, a store. */
struct cede__facility {
    struct cede__sync sync; /* its name; its line is not used */
    const struct cede__facility_kind *kind;
    struct cede_loop *loop; /* whose tasks use it; NULL once that is closed */
    struct cede__list link; /* on the loop's list of facilities, in the order they were made */
    struct cede__gate get;  /* for units, an amount, an item */
    struct cede__gate put;  /* for room */
    cede_level level;       /* units in use, amount, items */
    cede_change *changes;   /* NULL: none */
    /* every change of level, get.length and put.length, owned; NULL: they are not kept */
    cede_facility_points *points;
};

/* What somebody waits for, on their stack: the first member of the facility's own struct. The
 * item of a spot. */
struct cede__request {
    struct cede__gate *gate;
    double since; /* it was made */
};

/* All of this thread's loop, in the order they were made; NULL: there are none. */
const struct cede__list *cede__facilities_here(void);

/* Begin a zeroed facility of this thread's loop: 0; -EINVAL: there is none; -ENOMEM. */
int cede__facility_init(struct cede__facility *facility, const struct cede__facility_kind *kind,
                        const char *name, cede_change *changes, double level);
/* Whoever waits is woken with CEDE_ESHUTDOWN. */
void cede__facility_fini(struct cede__facility *facility);

/* Before a task uses it: 0; CEDE_ENOTASK; CEDE_EFOREIGN; CEDE_ESHUTDOWN: its loop is closed;
 * -ECANCELED. */
int cede__facility_enter(const struct cede__facility *facility);

/* Its level is another now: count that, and tell who waits for changes. */
void cede__facility_set(struct cede__facility *facility, double level);

void cede__facility_read(const struct cede__facility *facility, cede_facility_stats *stats_out);

/* The time as statistics have it. */
static inline double cede__facility_now(const struct cede__facility *facility)
{
    return cede__sim_clock(facility->loop);
}

/* To the trace: a task, NULL: none, does or is given something: "request", what "get". */
void cede__facility_trace(const struct cede__facility *facility, const struct cede_task *task,
                          const char *cause, const char *what);

/* Somebody passes without waiting. */
void cede__gate_pass(struct cede__gate *gate);

/* Wait in the line behind `after`, which is NULL for the front: 0 once admitted; or what the wait
 * ended with, and then nothing was got. */
int cede__gate_wait(struct cede__gate *gate, const struct cede__spot_kind *kind,
                    struct cede__request *request, struct cede__spot *after);

/* Let the one at `spot` go on, with what was written for it. */
void cede__gate_admit(struct cede__gate *gate, struct cede__spot *spot);

/* Its last spot; NULL: nobody waits. */
static inline struct cede__spot *cede__gate_last(const struct cede__gate *gate)
{
    return gate->line.first ? gate->line.last : NULL;
}

static inline struct cede__spot *cede__gate_first(const struct cede__gate *gate)
{
    return gate->line.first;
}

/* For spot kinds: who waits was cancelled or interrupted. */
void cede__gate_left(struct cede__spot *spot);

/* "a unit of resource 'counter'" */
void cede__gate_describe(const struct cede__waiter *waiter, const char *what,
                         struct cede__text *text);

#endif
