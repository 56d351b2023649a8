/* cede/sim_event.h - events of a simulation: they happen once, and processes wait for them
 *
 * An event is a future. It is triggered - succeeds with a value, fails with a code, or is a timeout
 * from the start - and then happens in its turn, after all that was to happen at the same time
 * before; whoever waits goes on when it has happened. A failed event that nobody waits for ends the
 * run with its error.
 *
 *     cede_future *bell = cede_sim_event_create("bell");
 *     ...
 *     CEDE_TRY(cede_sim_wait(bell));                        in any number of processes
 *     ...
 *     CEDE_TRY(cede_sim_event_succeed(bell, "8 o'clock"));  all of them go on
 *
 * Source: src/sim/event.c, src/sim/condition.c   Tests: tests/sim/test_event.c,
 * tests/sim/test_condition.c   Guide: docs/simulation.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_EVENT_H
#define CEDE_SIM_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/future.h>
#include <cede/sim.h>

CEDE_BEGIN_DECLS

/**
 * Wait until an event has happened, a process has ended, or any other future is done. One that is
 * already is not waited for: no time passes, nobody else has a turn. Unlike cede_await, what is
 * waited for is left alone when the waiting process is cancelled or interrupted.
 *
 * @param event  borrowed; NULL is -EINVAL
 * @return its outcome, 0 or more or the code it failed with; cede_future_value gives its value; or
 *   CEDE_EINTERRUPTED  the process was interrupted: cede_sim_cause
 *   -ECANCELED         the scope is cancelled
 *   CEDE_EREVOKED      the event was cancelled
 *   -EDEADLK           a process waits for itself
 *   CEDE_ENOTASK       there is no task here
 *   CEDE_EFOREIGN      it belongs to another loop and is not shared
 * Suspends: if the event has not happened.  Cancellation point: always.  Call from: a task.
 */
CEDE_API CEDE_SUSPENDS int cede_sim_wait(cede_future *event);

/**
 * Create an event that somebody triggers.
 *
 * @param name  for reports and traces, borrowed as long as the event is used; NULL: none
 * @return a reference owned by the caller; NULL, with an error record: -ENOMEM, or -EINVAL: this
 *         thread has no simulation
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API CEDE_CHECK cede_future *cede_sim_event_create(const char *name);

/**
 * Create an event that happens by itself after a time.
 *
 * @param delay  not negative
 * @param value  what cede_future_value will give; borrowed by the event
 * @return as cede_sim_event_create; -EINVAL: also a delay that is negative or no number
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API CEDE_CHECK cede_future *cede_sim_timeout(double delay, void *value);

/**
 * Trigger an event: it happens now, after all that was to happen now before.
 *
 * @param event  borrowed, made by cede_sim_event_create
 * @param value  what cede_future_value will give; borrowed by the event
 * @return 0, or CEDE_EDONE: it was triggered before; -EINVAL: it is no such event
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API int cede_sim_event_succeed(cede_future *event, void *value);

/**
 * Trigger an event as failed: whoever waits gets `code`, with the error record that is here if it
 * is of that code.
 *
 * @param event  borrowed, made by cede_sim_event_create
 * @param code   negative
 * @return as cede_sim_event_succeed; -EINVAL: also if the code is not negative
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API int cede_sim_event_fail(cede_future *event, int code);

/**
 * Trigger an event with the outcome of another one that was triggered.
 *
 * @param event  borrowed, made by cede_sim_event_create
 * @param other  borrowed
 * @return as cede_sim_event_succeed; CEDE_ENOTDONE: `other` was not triggered
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API int cede_sim_event_trigger(cede_future *event, cede_future *other);

/**
 * cede_sim_event_succeed for later, or out of the order of those that happen at the same time.
 *
 * @param event     borrowed, made by cede_sim_event_create
 * @param value     as for cede_sim_event_succeed
 * @param delay     not negative
 * @param priority  the lower happens first; -2000 to 2000
 * @return as cede_sim_event_succeed; -EINVAL: also a delay or priority that makes no sense; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API int cede_sim_event_schedule(cede_future *event, void *value, double delay, int priority);

/**
 * Whether an event was triggered; it may not have happened yet: cede_future_is_done.
 *
 * @param event  borrowed
 * @return true if it was; of a process or another future, whether it is done
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API bool cede_sim_event_is_triggered(const cede_future *event);

/**
 * Let the failure of an event or a process be, though nobody may wait for it: it does not end the
 * run.
 *
 * @param event  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API void cede_sim_event_defuse(cede_future *event);

/**
 * An event that happens when the first of several has happened; with none of them, at once. If one
 * fails before, it fails with that.
 *
 * @param events  borrowed during the call; each is kept alive as long as the new event
 * @param n       how many
 * @return as cede_sim_event_create; -EINVAL also: one is NULL, or shared with other threads;
 *         CEDE_EFOREIGN: one is of another loop
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API CEDE_CHECK cede_future *cede_sim_any_of(cede_future *const *events, size_t n);

/**
 * An event that happens when all of several have happened; with none of them, at once. If one fails
 * before, it fails with that.
 *
 * @param events  as for cede_sim_any_of
 * @param n       how many
 * @return as cede_sim_any_of
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API CEDE_CHECK cede_future *cede_sim_all_of(cede_future *const *events, size_t n);

/**
 * Those events of a condition that had happened when it did, in the order in which they were given;
 * of conditions in it, in their place, theirs.
 *
 * @param condition   borrowed, made by cede_sim_any_of or cede_sim_all_of
 * @param events_out  room for `room` borrowed events, valid as long as the condition; may be NULL
 *                    if `room` is 0
 * @param room        how many at most
 * @return how many there are, which may be more than were written; 0 before it happened and for
 *         what is no condition
 * Suspends: never.  Cancellation point: no.  Call from: the simulation's thread.
 */
CEDE_API size_t cede_sim_condition_events(const cede_future *condition, cede_future **events_out,
                                          size_t room);

CEDE_END_DECLS

#endif
