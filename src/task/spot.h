/* spot.h - a spot in the line of those who wait for an object. Floor 4.
 *
 * Every task has one, for it waits for one thing at a time; a thread that waits has one on its
 * stack.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_SPOT_H
#define CEDE_TASK_SPOT_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/ready.h"

struct cede__line;
struct cede__sync;
struct cede__wait_kind;
struct cede_task;

/* A task that waits, for whatever; in its spot, or on its stack. */
struct cede__waiter {
    const struct cede__wait_kind *kind;
    struct cede_task *task;
    int rc;          /* what it is woken with */
    cede_time since; /* when it parked, as its loop knew the time: loop->now */
};

struct cede__spot {
    struct cede__waiter waiter; /* in a thread only its kind is used */
    struct cede__spot *next;    /* in the line; in the circle of the granted */
    struct cede__spot *prev;    /* in the line; not of the first */
    struct cede__line *line;    /* that it is in; NULL once it was granted; atomic */
    void *item;                 /* the kind's: what it brings, or where it wants it */
    struct cede__sync *sync;    /* the object */
    int grant_rc;               /* what it will be granted with, where the kind knows beforehand */
    /* Of shared objects only. */
    uint32_t told;          /* a thread waits for it to become 1 */
    int told_rc;            /* what it was granted with */
    struct cede_loop *loop; /* of its task; NULL: a plain thread's */
    uint64_t number;        /* whose it is: see party.h */
    struct cede__message message;
};

#endif
