/* cede/loop.h - the loop: runs tasks and callbacks, waits for time, descriptors, signals and other
 * threads
 *
 * Most programs never meet it: `cede_run` makes one, runs a task on it and closes it. This is the
 * level beneath, as asyncio's loop object is: create a loop, run it until a future completes or for
 * ever, call functions soon, later, or from another thread.
 *
 * A loop belongs to the thread that created it; what other threads may call says so. It runs on the
 * real clock, or on a virtual one: virtual time stands still while anything can run and then jumps
 * to the next timer, so a test of an hour takes no time.
 * Source: src/loop/   Tests: tests/loop/   Guide: docs/loop.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_H
#define CEDE_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/report.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

typedef struct cede_loop cede_loop;

/* A function that waits to be called by the loop. */
typedef struct cede_handle cede_handle;

/* A callback: runs on the loop's own stack, so it must not wait; whatever would park a task is
 * -EDEADLK in it. */
typedef void cede_call_fn(void *arg);

typedef enum cede_clock {
    CEDE_CLOCK_REAL,    /* the system's monotonic clock */
    CEDE_CLOCK_VIRTUAL, /* starts at 0, moves only when nothing can run and no job is in flight */
} cede_clock;

/* How a loop is to be; zero is the default everywhere. */
typedef struct cede_loop_options {
    cede_clock clock; /* CEDE_CLOCK_REAL */
    bool allow_io;    /* on a virtual clock: watch descriptors; they are polled before each jump */
    /* bytes of a task's stack, guard included, rounded up to a power of two; 64 KiB */
    size_t stack_size;
    const char *engine; /* "epoll"; NULL takes the best there is */
    /* Debug mode, also if the environment has CEDE_DEBUG and it is not "0": slow steps, use from
     * the wrong thread, tasks that are pending when the loop is closed are reported. */
    bool debug;
    /* In debug mode: how long a task or callback may run before it is reported; 0: 100 ms. */
    cede_time slow_step;
    /* How long it may keep others waiting before that is reported, as a stall; 0: 5 s, on a virtual
     * clock in debug mode only; CEDE_NEVER: for ever. */
    cede_time stall_after;
} cede_loop_options;

/**
 * Create a loop, which becomes the calling thread's current one.
 *
 * @param options   borrowed during the call; NULL for the defaults
 * @param loop_out  receives the loop, owned by the caller: cede_loop_close
 * @return 0, or
 *   -EBUSY   the thread has a loop already
 *   -EINVAL  an option makes no sense
 *   -ENOENT  there is no engine of that name
 *   -ENOMEM, -EMFILE, -ENFILE
 * Suspends: never.  Cancellation point: no.  Call from: any thread, outside of tasks.
 */
CEDE_API CEDE_CHECK int cede_loop_create(const cede_loop_options *options, cede_loop **loop_out);

/**
 * Close a loop: tasks that are not finished are cancelled and run to their end, callbacks that wait
 * are dropped. Destroys it.
 *
 * @param loop  owned, not running; NULL is nothing
 * @return 0, or -EBUSY: it is running, or this is another thread (then nothing happened)
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread, outside of its tasks.
 */
CEDE_API int cede_loop_close(cede_loop *loop);

/**
 * Whether a loop is in debug mode (asyncio: get_debug).
 *
 * @param loop  borrowed
 * @return true if its options or the environment asked for it
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API bool cede_loop_is_debug(const cede_loop *loop);

/**
 * The loop of the calling thread.
 *
 * @return borrowed; NULL if it has none
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_loop *cede_loop_current(void);

/**
 * Run until cede_loop_stop. Unlike cede_run it waits for ever where nothing can wake any task.
 *
 * @param loop  borrowed
 * @return 0 when stopped, or
 *   -EBUSY          it is running already, or belongs to another thread
 *   CEDE_ESHUTDOWN  it has been closed
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: the loop's thread,
 * outside of its tasks.
 */
CEDE_API CEDE_CHECK int cede_loop_run_forever(cede_loop *loop);

/**
 * Make the run that is under way, or the next one, return when everything that is ready now has had
 * its turn.
 *
 * @param loop  borrowed; NULL for the current one. Another thread's is left alone, with
 *              CEDE_EFOREIGN in the error record: use cede_call_threadsafe
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_loop_stop(cede_loop *loop);

/**
 * Whether the loop runs.
 *
 * @param loop  borrowed
 * @return true between the start and the return of a run
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API bool cede_loop_is_running(const cede_loop *loop);

/**
 * The time on the clock of the current loop, or the system's monotonic clock on a thread without
 * one.
 *
 * @return nanoseconds
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_time cede_now(void);

/**
 * The deadline that is `delay` from now; CEDE_NEVER for CEDE_NEVER.
 *
 * @param delay  nanoseconds; negative is a point in the past
 * @return a point on the same clock as cede_now
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_time cede_after(cede_time delay);

/**
 * Call fn(arg) on the loop, after everything that is ready now (asyncio: call_soon).
 *
 * @param loop  borrowed; NULL for the current one
 * @param fn    the callback
 * @param arg   handed to it; borrowed until it has run
 * @return 0, or -ENOMEM; -EINVAL: there is no current loop, or it is another thread's
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_call_soon(cede_loop *loop, cede_call_fn *fn, void *arg);

/**
 * Call fn(arg) on the loop when `delay` has passed (asyncio: call_later). Equal times are served in
 * the order of these calls.
 *
 * @param loop   borrowed; NULL for the current one
 * @param delay  nanoseconds; zero and negative: as soon as may be
 * @param fn     the callback
 * @param arg    handed to it; borrowed until it has run
 * @param handle_out  receives what cede_call_cancel takes; may be NULL
 * @return 0, or -ENOMEM; -EINVAL: there is no current loop, or it is another thread's
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_call_later(cede_loop *loop, cede_time delay, cede_call_fn *fn,
                                        void *arg, cede_handle **handle_out);

/**
 * Call fn(arg) on the loop at a point of its clock (asyncio: call_at). Else as cede_call_later.
 *
 * @param loop  borrowed; NULL for the current one
 * @param when  a point on the loop's clock
 * @param fn    the callback
 * @param arg   handed to it; borrowed until it has run
 * @param handle_out  receives what cede_call_cancel takes; may be NULL
 * @return 0, or -ENOMEM; -EINVAL: there is no current loop, or it is another thread's
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_call_at(cede_loop *loop, cede_time when, cede_call_fn *fn, void *arg,
                                     cede_handle **handle_out);

/**
 * Call fn(arg) on the loop from another thread (asyncio: call_soon_threadsafe).
 *
 * @param loop  borrowed; must not be closed during the call
 * @param fn    the callback
 * @param arg   handed to it; borrowed until it has run, or until the loop is closed
 * @param drop  called with `arg` on the loop's thread if the loop is closed first; may be NULL
 * @return 0, or -ENOMEM; CEDE_ESHUTDOWN: the loop is closing, fn and drop are not called
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API CEDE_CHECK int cede_call_threadsafe(cede_loop *loop, cede_call_fn *fn, void *arg,
                                             cede_call_fn *drop);

/**
 * Take a waiting callback back: it will not be called. The handle is gone.
 *
 * @param handle  of a callback that has not run yet; NULL is nothing; another thread's stays, with
 *                CEDE_EFOREIGN in the error record
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_call_cancel(cede_handle *handle);

/**
 * Call fn(arg) on the loop whenever the process receives a signal; several that arrive together may
 * be one call.
 *
 * @param loop   borrowed; NULL for the current one
 * @param signo  SIGTERM, SIGHUP, ...
 * @param fn     the callback
 * @param arg    handed to it; borrowed until cede_loop_ignore_signal or the end of the loop
 * @return 0, or
 *   -EINVAL  no such signal, one that cannot be caught, or no current loop
 *   -EBUSY   a loop catches it already; -ENOMEM; CEDE_EFOREIGN: it is another thread's loop
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_loop_on_signal(cede_loop *loop, int signo, cede_call_fn *fn,
                                            void *arg);

/**
 * Stop catching a signal and restore what was there before.
 *
 * @param loop   borrowed; NULL for the current one; of another thread nothing happens, with
 *               CEDE_EFOREIGN in the error record
 * @param signo  given to cede_loop_on_signal before, else nothing happens
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_loop_ignore_signal(cede_loop *loop, int signo);

/**
 * Hand what is reported on the loop's thread to a hook of its own, until the loop is closed, the
 * reports of closing included (asyncio: set_exception_handler). It is called where the report
 * arises, perhaps with little stack left, and must not report anything itself.
 *
 * @param loop  borrowed; NULL for the current one
 * @param fn    the hook; NULL: the process's again
 * @param arg   handed to each call; outlives the use of the hook
 * @return 0; -EINVAL: there is no current loop, or it is another thread's
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_loop_set_report_hook(cede_loop *loop, cede_report_fn *fn, void *arg);

CEDE_END_DECLS

#endif
