/* sim.h - the inside of simulations. Floor 6. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_SIM_H
#define CEDE_SIM_SIM_H

#include <cede/sim.h>
#include <cede/sim_event.h>
#include <cede/sim_process.h>
#include <cede/sim_trace.h>

#include "loop/instant.h"
#include "task/task.h"

struct cede_sim {
    struct cede_loop *loop;
    struct cede__attachment attachment; /* by which the loop knows it */
    uint64_t seed;
    uint64_t n_processes;        /* started so far: the number of the next */
    struct cede__list scheduled; /* of cede__sim_event: triggered and not yet happened */
    int code;                    /* of the failure that ends the run; 0: none */
    struct cede_error error;     /* its record */
    struct cede__timer until;    /* the end of cede_sim_run_until */
    bool is_stuck;               /* nothing was left to happen */
    double real_factor;          /* 0: as fast as may be */
    bool lenient;
    double real_base;     /* real time counts from here, which is ... */
    cede_time real_start; /* ... this on the system's clock */
    bool allow_io;
    cede_sim_trace_fn *trace; /* NULL: not traced */
    void *trace_arg;
    uint64_t trace_hash; /* 0: of nothing yet */
};

/* An event of ours: a future that is done when it has happened. */
struct cede__sim_event {
    struct cede_future future;
    struct cede__ready ready; /* in the ready queue, triggered for now */
    struct cede__timer timer; /* armed: triggered for later */
    struct cede__list link;   /* on sim->scheduled */
    struct cede_sim *sim;
    const char *name; /* borrowed; NULL: none */
    int status;       /* that it was triggered with */
    bool is_triggered;
    void (*happens)(struct cede__sim_event *event); /* called just before; may be NULL */
    bool is_defused;                                /* its failure ends no run */
    struct cede_error *error;                       /* of its failure; owned; NULL: none */
};

/* sim.c */
struct cede_sim *cede__sim_here(void); /* NULL, raised, where there is none */
/* End the run with an error. On the loop's own stack. */
void cede__sim_fail(struct cede_sim *sim, int code, const struct cede_error *error);
/* Choose whether tasks that hold may switch to each other by themselves. */
void cede__sim_choose_way(struct cede_sim *sim);
/* Whether the number says how much later something is to be: 0, or raises -EINVAL. */
int cede__sim_check_delay(double delay);
int cede__sim_check_priority(int priority);

/* hold.c: let tasks that hold be known by their timers. */
void cede__sim_hold_init(struct cede_sim *sim);

/* interrupt.c */
/* Tell the running task of an interrupt that waits to be told: CEDE_EINTERRUPTED, or 0. */
int cede__sim_take_interrupt(struct cede_task *task);
/* What a wait that ended with rc returns: raises CEDE_EINTERRUPTED. */
int cede__sim_waited(int rc);

/* event.c */
/* Make an event of that kind of future, at the front of `size` zeroed bytes; NULL, raised. */
struct cede__sim_event *cede__sim_event_create(const struct cede__future_kind *kind, size_t size,
                                               const char *name);
void cede__sim_event_destroy(struct cede_future *future);
void cede__sim_event_describe(const struct cede_future *future, struct cede__text *text);
bool cede__sim_event_cancel(struct cede_future *future);
/* The event behind a future; NULL if it is none of ours. */
struct cede__sim_event *cede__sim_event_of(const struct cede_future *future);
/* Trigger for now, at priority 0; not triggered yet. `error` is copied, if it is of that status. */
void cede__sim_event_set(struct cede__sim_event *event, int status, const struct cede_error *error);
/* On closing: what is scheduled will not happen. */
void cede__sim_event_drop_all(struct cede_sim *sim);

/* trace.c: it is about to happen. */
void cede__sim_trace_event(const struct cede__sim_event *event);
/* A task does or is given something, where loop->instant.turn says that turns are traced. */
void cede__sim_trace_task(const struct cede_task *task, const char *cause, const char *then);

/* condition.c */
extern const struct cede__future_kind cede__sim_condition_kind;

#endif
