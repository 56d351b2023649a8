/* cede/sync.h - what locks, events, queues and their kin have in common
 *
 * All of them keep those who wait in one kind of queue, first come, first served, and serve them by
 * handing over the thing itself: the lock, the item, the slot. Whoever was handed something has it,
 * even if a cancellation arrives before its next turn; it meets that where it waits next. So
 * nothing is lost, nothing is passed on, and nobody overtakes.
 *
 * An object is used by the tasks of one loop, without atomics; it may lie in zeroed memory. One
 * that is `shared` is used by the tasks of any loops and by threads without a loop. Who waits for a
 * shared object might be woken by a thread that no loop knows of: there a deadlock is seen only
 * where a circle of those who wait goes through it. And a virtual clock is held still by jobs, not
 * by such a thread: deadlines may pass before it comes.
 *
 * Every wait is a cancellation point, also where it need not suspend: a loop that never has to wait
 * can be cancelled all the same. None gives way if it need not wait. Time limits come from scopes
 * (CEDE_TIMEOUT). `fini` wakes those who still wait with CEDE_ESHUTDOWN; whoever was woken does not
 * touch the object any more, so its memory may go at once.
 *
 * Source: src/task/wait_queue.c, src/task/owner.c   Tests: tests/task/test_lock.c
 * Guide: docs/sync.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYNC_H
#define CEDE_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* How an object is to be; zero is the default everywhere. */
typedef struct cede_sync_options {
    const char *name; /* for reports; borrowed as long as the object is used; NULL: none */
    bool shared;      /* for several loops, and for threads */
} cede_sync_options;

/* Who waits, in the order they came; the library's own. */
struct cede__line {
    void *first;
    void *last; /* unless first is NULL */
};

/* What there is to waiting for an object; the library's own. Zeroed memory is an object that nobody
 * waits for. */
struct cede__sync {
    const char *name;
    struct cede__line line; /* an object may have further ones */
    uint32_t guard;         /* a lock around all of the object. Of shared ones */
    void *loop;             /* whose tasks wait, while any do. Not of shared ones */
    void *granted;          /* taken off and not yet told: the last of a circle. Of shared ones */
    bool shared;
};

/* What one task or thread has at a time; the library's own. */
struct cede__owned {
    struct cede__sync sync;
    void *owner;                   /* whose it is: see src/task/owner.h; NULL: nobody's */
    void *owner_loop;              /* of a task; else NULL */
    const char *noun;              /* what it is, for reports; while a task has it */
    struct cede__owned *next_held; /* on the list of what a task holds */
    struct cede__owned **link_held;
};

/* Who took of it last, the last first, less those who gave back themselves: numbers of tasks and
 * threads, 0: nobody. The library's own. */
struct cede__takers {
    uint64_t numbers[4];
};

/* Static initialisers of the above. */
#define CEDE__SYNC_INIT(name, shared)                                                              \
    {                                                                                              \
        (name), {0, 0}, 0, 0, 0, (shared)                                                          \
    }
#define CEDE__OWNED_INIT(name, shared)                                                             \
    {                                                                                              \
        CEDE__SYNC_INIT(name, shared), 0, 0, 0, 0, 0                                               \
    }

CEDE_END_DECLS

#endif
