/* watchdog.h - a thread that looks whether loops get on. Floor 3. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_WATCHDOG_H
#define CEDE_LOOP_WATCHDOG_H

#include <cede/time.h>

#include "base/base.h"
#include "base/list.h"

struct cede_loop;
struct cede__ready;

#define CEDE__WATCH_SLOW_STEP   CEDE_MS(100) /* in debug mode, unless the options say otherwise */
#define CEDE__WATCH_STALL_AFTER CEDE_S(5)    /* likewise, on a real clock */

/* How far a loop had got when the watchdog looked. It reads that while the loop writes it: a step
 * that has not ended does not change it. */
struct cede__progress {
    const struct cede__ready *current;
    int budget;
    unsigned n_turns;
};

/* A loop to the watchdog. */
struct cede__watched {
    struct cede__list link; /* while it runs; under the watchdog's lock, as all that follows */
    int thread;             /* that runs it */
    cede_time slow_step;    /* a step that takes longer is reported; CEDE_NEVER: none is */
    cede_time stall_after;  /* likewise one that others wait for */
    struct cede__progress last;
    cede_time step_since; /* when `last` was seen first */
    cede_time turn_since; /* when its n_turns was seen first */
    bool told_slow;       /* the step in `last` has been reported */
    bool told_stall;
};

/* The loop runs from now on, on this thread; and no longer. */
void cede__watchdog_enter(struct cede_loop *loop);
void cede__watchdog_leave(struct cede_loop *loop);

/* Put something at the end of the ready queue, unless it is there still, and report if it gets its
 * turn too late. On the loop's own stack. */
void cede__watchdog_probe(struct cede_loop *loop);

/* How many loops are in debug mode, of all threads; atomic. */
extern unsigned cede__loop_n_debug;

static inline bool cede__loop_is_debugged(void)
{
    return cede__unlikely(__atomic_load_n(&cede__loop_n_debug, __ATOMIC_RELAXED) > 0);
}

/* Something was refused because another thread's loop owns it, with that code and the record that
 * is here: in debug mode, report it with the caller's stack. The code again. */
int cede__loop_tell_foreign(int code);

#endif
