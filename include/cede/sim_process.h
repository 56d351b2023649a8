/* cede/sim_process.h - processes of a simulation: started, interrupted
 *
 * A process is a task, and its future an event that happens when it ends: cede_sim_wait waits for
 * it, cede_future_value gives what it returned. One that fails while nobody waits for it ends the
 * run with its error.
 *
 *     cede_future *car = cede_sim_spawn(drive, &way);
 *     CEDE_TRY(cede_sim_hold(3));
 *     CEDE_TRY(cede_sim_interrupt(car, "flat tyre"));    its hold returns CEDE_EINTERRUPTED
 *     CEDE_TRY(cede_sim_wait(car));
 *     cede_future_unref(car);
 *
 * Source: src/sim/process.c, src/sim/interrupt.c   Tests: tests/sim/test_process.c
 * Guide: docs/simulation.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_PROCESS_H
#define CEDE_SIM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/sim.h>
#include <cede/task.h>

CEDE_BEGIN_DECLS

typedef struct cede_sim_process_options {
    cede_task_options task; /* name, stack_size, drop; the rest is not looked at */
    double delay;           /* it starts so much later */
    /* of what happens at the same time, the lower goes first: how the process goes on after a hold;
     * -2000 to 2000 */
    int priority;
} cede_sim_process_options;

/**
 * Start a process, now, before anything else but what was so started before.
 *
 * A process is a task: cede_sim_wait, cede_await, cede_cancel and all that takes a future work on
 * it. If it fails and nobody waits for it, the run ends with its error.
 *
 * @param fn   the body
 * @param arg  handed to it; borrowed as long as it runs
 * @return a reference owned by the caller: cede_future_unref; NULL, with an error record: -ENOMEM,
 *         or -EINVAL: this thread has no simulation
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
#define cede_sim_spawn(fn, ...) cede__sim_spawn((fn), (__VA_ARGS__), NULL, CEDE__SPAWN_SITE(fn))

/**
 * cede_sim_spawn with options.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @param fn       the body
 * @param arg      handed to it, or to options->task.drop
 * @return as cede_sim_spawn; -EINVAL also: an option makes no sense. On failure drop has been
 *         called
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
#define cede_sim_spawn_with(options, fn, ...)                                                      \
    cede__sim_spawn((fn), (__VA_ARGS__), (options), CEDE__SPAWN_SITE(fn))

/**
 * cede_sim_spawn of a process that needs no reference.
 *
 * @param fn   the body
 * @param arg  handed to it; borrowed as long as it runs
 * @return 0, or -ENOMEM; -EINVAL: this thread has no simulation
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
#define cede_sim_start(fn, ...) cede__sim_start((fn), (__VA_ARGS__), NULL, CEDE__SPAWN_SITE(fn))

/**
 * cede_sim_start of a process that starts later.
 *
 * @param delay  not negative
 * @param fn     the body
 * @param arg    handed to it; borrowed until then, and as long as it runs
 * @return as cede_sim_start; -EINVAL: also a delay that is negative or no number
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
#define cede_sim_start_delayed(time, fn, ...)                                                      \
    cede__sim_start((fn), (__VA_ARGS__), &(const cede_sim_process_options){.delay = (time)},       \
                    CEDE__SPAWN_SITE(fn))

/**
 * Interrupt a process: what it waits for, by whatever function, returns CEDE_EINTERRUPTED, now,
 * before anything else. What it waited for goes on and can be waited for again. A process that is
 * about to go on anyway, with what it waited for in its hands, is interrupted at its next wait.
 *
 * @param process  borrowed, of this simulation
 * @param cause    for the process to ask for with cede_sim_cause; borrowed until then
 * @return 0, also if it ends before it could be told; or
 *   -EINVAL    it is no process, or the running one
 *   CEDE_EDONE it has ended
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API int cede_sim_interrupt(cede_future *process, void *cause);

/**
 * Why the running process was interrupted last.
 *
 * @return what was given to cede_sim_interrupt; NULL if it never was
 * Suspends: never.  Cancellation point: no.  Call from: a process.
 */
CEDE_API void *cede_sim_cause(void);

/**
 * Have the running process interrupted when an event happens or a process ends, with that as the
 * cause.
 *
 * @param event  borrowed; kept alive until then
 * @return 0, or
 *   CEDE_EDONE    it has happened already
 *   CEDE_ENOTASK  there is no process here
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: a process.
 */
CEDE_API int cede_sim_subscribe(cede_future *event);

/**
 * What a process waits for.
 *
 * @param process  borrowed, of this simulation
 * @return borrowed; NULL if it waits for no future
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API cede_future *cede_sim_target(const cede_future *process);

CEDE_API CEDE_CHECK cede_future *cede__sim_spawn(cede_fn *fn, void *arg,
                                                 const cede_sim_process_options *options,
                                                 const struct cede__spawn_site *site);
CEDE_API CEDE_CHECK int cede__sim_start(cede_fn *fn, void *arg,
                                        const cede_sim_process_options *options,
                                        const struct cede__spawn_site *site);

CEDE_END_DECLS

#endif
