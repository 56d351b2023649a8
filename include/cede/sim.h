/* cede/sim.h - simulations: processes on a clock that jumps from event to event
 *
 * A simulation is a loop on a virtual clock that counts in doubles, and a process is a task of it.
 * What happens at the same time happens in the order (priority, sequence), so a run is the same
 * every time. Everything of the library works inside: scopes, queues, locks, generators; a time of
 * 1.0 is CEDE_S(1).
 *
 *     static int car(void *arg)
 *     {
 *         for (;;) {
 *             printf("start parking at %g\n", cede_sim_now());
 *             CEDE_TRY(cede_sim_hold(5));
 *             printf("start driving at %g\n", cede_sim_now());
 *             CEDE_TRY(cede_sim_hold(2));
 *         }
 *     }
 *     ...
 *     CEDE_TRY(cede_sim_create(NULL, &sim));
 *     CEDE_TRY(cede_sim_start(car, NULL));
 *     CEDE_TRY(cede_sim_run_until(sim, 15));
 *     cede_sim_destroy(sim);
 *
 * Source: src/sim/sim.c, src/sim/hold.c   Tests: tests/sim/test_sim.c   Guide: docs/simulation.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_H
#define CEDE_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>
#include <cede/future.h>

CEDE_BEGIN_DECLS

typedef struct cede_sim cede_sim;

/* How a simulation is to be; zero is the default everywhere. */
typedef struct cede_sim_options {
    double start;       /* the time it begins at; not negative */
    uint64_t seed;      /* of its random streams */
    double real_factor; /* real seconds that a time of 1 takes; 0: as fast as may be */
    bool lenient;       /* being late in real time by more than real_factor is no error */
    bool allow_io;      /* watch descriptors; they are polled before each jump of the clock */
    size_t stack_size;  /* of a process, as in cede_loop_options */
} cede_sim_options;

/**
 * Create a simulation, whose loop becomes the calling thread's current one.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @param sim_out  receives the simulation, owned by the caller: cede_sim_destroy
 * @return 0, or
 *   -EBUSY   the thread has a loop already
 *   -EINVAL  an option makes no sense
 *   -ENOMEM, -EMFILE, -ENFILE
 * Suspends: never.  Cancellation point: no.  Call from: any thread, outside of tasks.
 */
CEDE_API CEDE_CHECK int cede_sim_create(const cede_sim_options *options, cede_sim **sim_out);

/**
 * End a simulation: processes that are not finished are cancelled and run to their end.
 *
 * @param sim  owned, not running; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread, outside of tasks.
 */
CEDE_API void cede_sim_destroy(cede_sim *sim);

/**
 * A simulation from beginning to end: `main` is its first process, and it runs until nothing is
 * left to happen.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @param main     the body of the process
 * @param arg      handed to it
 * @return as cede_sim_create, cede_sim_run
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: any thread, outside
 * of tasks.
 */
#define cede_simulate(options, main, ...)                                                          \
    cede__simulate((options), (main), (__VA_ARGS__), CEDE__SPAWN_SITE(main))

/**
 * The simulation of the calling thread.
 *
 * @return borrowed; NULL if it has none
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_sim *cede_sim_current(void);

/**
 * The seed the simulation was created with.
 *
 * @param sim  borrowed
 * @return the seed
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API uint64_t cede_sim_seed(const cede_sim *sim);

/**
 * Run until nothing is left to happen; processes may still wait then.
 *
 * @param sim  borrowed
 * @return 0, or
 *   -EBUSY      it is running, or belongs to another thread
 *   -ETIMEDOUT  real time: it is late by more than real_factor, and not lenient
 *   other       a process or an event failed with that, and nobody waited for it
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: the simulation's
 * thread, outside of tasks.
 */
CEDE_API int cede_sim_run(cede_sim *sim);

/**
 * Run until a time, before anything that happens then; the clock shows it afterwards.
 *
 * @param sim   borrowed
 * @param time  later than now
 * @return as cede_sim_run; -EINVAL: `time` is not later than now
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: the simulation's
 * thread, outside of tasks.
 */
CEDE_API int cede_sim_run_until(cede_sim *sim, double time);

/**
 * Run until an event has happened, or a process has ended.
 *
 * @param sim    borrowed
 * @param event  borrowed
 * @return the outcome of the event, or as cede_sim_run; -EDEADLK: nothing was left to happen before
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: the simulation's
 * thread, outside of tasks.
 */
CEDE_API int cede_sim_run_until_event(cede_sim *sim, cede_future *event);

/**
 * Let what is next happen, and no more: one event, or the turn of one process.
 *
 * @param sim  borrowed
 * @return 1, or 0 if nothing was left to happen; negative as cede_sim_run
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: the simulation's
 * thread, outside of tasks.
 */
CEDE_API int cede_sim_step(cede_sim *sim);

/**
 * When the next thing happens.
 *
 * @param sim  borrowed
 * @return the time; INFINITY if nothing is left to happen
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API double cede_sim_peek(cede_sim *sim);

/**
 * Make a run that is under way return, when the turn of the running process is over.
 *
 * @param sim  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API void cede_sim_stop(cede_sim *sim);

/**
 * Real time: take the present moment as the one from which lateness counts, as after long
 * preparations.
 *
 * @param sim  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API void cede_sim_sync(cede_sim *sim);

/**
 * The time of the current simulation.
 *
 * @return the time; of a thread without a simulation, cede_now in seconds
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_sim_now(void);

/**
 * Let time pass for the running process.
 *
 * @param delay  not negative; 0 lets everything have its turn that was to happen now before
 * @return 0, or
 *   -ECANCELED         the scope is cancelled
 *   CEDE_EINTERRUPTED  the process was interrupted: cede_sim_cause
 *   -EINVAL            `delay` is negative or no number, or there is no simulation
 *   CEDE_ENOTASK       there is no task here
 *   -ENOMEM
 * Suspends: always.  Cancellation point: always.  Call from: a task.
 */
CEDE_API CEDE_SUSPENDS int cede_sim_hold(double delay);

CEDE_API int cede__simulate(const cede_sim_options *options, cede_fn *main, void *arg,
                            const struct cede__spawn_site *site);

CEDE_END_DECLS

#endif
