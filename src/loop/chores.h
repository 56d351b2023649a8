/* chores.h - what a loop does beside its work, now and then: redrawing a progress bar. Floor 3.
 *
 * A chore wakes the loop as a timer does, but only on the real clock, and nothing waits for it: a
 * loop that has nothing left but chores is stuck.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_CHORES_H
#define CEDE_LOOP_CHORES_H

#include <cede/time.h>

#include "base/list.h"

struct cede__chore {
    struct cede__list link; /* on the loop's chores; to itself if on none */
    cede_time when;         /* monotonic clock; CEDE_NEVER: resting */
    /* Called on the loop's own stack when it is due; sets `when` anew. May take itself off the
     * list. */
    void (*run)(struct cede__chore *chore, cede_time now);
};

/* When the next one is due; CEDE_NEVER if none is. */
cede_time cede__chores_next(const struct cede__list *chores);

/* Run those that are due at `now`, each once. */
void cede__chores_run(struct cede__list *chores, cede_time now);

#endif
