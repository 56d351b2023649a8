/* cede/sim_trace.h - what happens in a simulation, written down
 *
 * Every turn of a process and every event, with its time and its cause, to a function or a file,
 * and all of it as one number: two runs of the same model with the same seed have the same hash, on
 * every machine.
 *
 *     cede_sim_trace_file(sim, stderr);
 *     CEDE_TRY(cede_sim_run(sim));
 *     printf("%016" PRIx64 "\n", cede_sim_trace_hash(sim));
 *
 * Source: src/sim/trace.c   Tests: tests/sim/test_trace.c   Guide: docs/simulation.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_TRACE_H
#define CEDE_SIM_TRACE_H

#include <stdint.h>
#include <stdio.h>

#include <cede/def.h>
#include <cede/sim.h>

CEDE_BEGIN_DECLS

/* What happened; the texts are valid during the call. */
typedef struct cede_sim_record {
    double time;
    uint64_t process; /* its number, counted from 1 in the order of starting; 0: no process */
    const char *name; /* of the process, task or event; "" if it has none */
    /* why it has its turn: "start", "interrupt", or what it waited for: "time", "a future", "lock",
     * ...; of an event "event"; of what is done with a resource, container or store "request" where
     * it has to wait, "grant", "leave" where it gave up, "release", "preempted" */
    const char *cause;
    /* what it waits for now, as in "hold until 7"; "ready", "end"; of an event "succeeded" or the
     * name of the code it failed with; of what is done with a resource or its like "get resource
     * 'counter'", "put", "give back", "lose" */
    const char *then;
} cede_sim_record;

typedef void cede_sim_trace_fn(const cede_sim_record *record, void *arg);

/**
 * Have a function called for everything that happens from now on: turns, at their end, events, and
 * what is done with resources, containers and stores, at once; or stop that. A simulation that is
 * traced is slower.
 *
 * @param sim  borrowed
 * @param fn   the function; it must not wait, nor change anything; NULL: none
 * @param arg  handed to each call
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread, outside of tasks.
 */
CEDE_API void cede_sim_trace(cede_sim *sim, cede_sim_trace_fn *fn, void *arg);

/**
 * cede_sim_trace with a function that writes a line a record:
 * `5 car#1 time -> hold until 7`.
 *
 * @param sim     borrowed
 * @param stream  borrowed as long as it is traced
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread, outside of tasks.
 */
CEDE_API void cede_sim_trace_file(cede_sim *sim, FILE *stream);

/**
 * Everything that was traced so far as one number.
 *
 * @param sim  borrowed
 * @return the hash; of nothing, a constant
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API uint64_t cede_sim_trace_hash(const cede_sim *sim);

CEDE_END_DECLS

#endif
