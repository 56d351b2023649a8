/* cede/group.h - tasks that end together
 *
 * A group is a scope with children: leaving it waits for all of them. The first that fails cancels
 * the others and the body. So a function that starts tasks can hand them its locals, and none
 * outlives it.
 *
 *     cede_group group;
 *     cede_group_init(&group);
 *     for (int i = 0; rc == 0 && i < n; i++)
 *         rc = cede_group_spawn(&group, fetch, &pages[i]);
 *     return cede_group_join(&group, rc);
 *
 * Source: src/task/group.c, src/task/group_start.c   Guide: docs/group.md
 * Tests: tests/task/test_group.c, tests/task/test_group_start.c, tests/task/test_group_limit.c
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_GROUP_H
#define CEDE_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/scope.h>
#include <cede/task.h>

CEDE_BEGIN_DECLS

/* The caller's memory, usually a local. Its members are the library's. */
typedef struct cede_group {
    cede_scope scope;
    size_t n_running;    /* children that are not finished */
    cede_future *failed; /* the first that failed; a reference */
    void *waiter;        /* the task in cede_group_join */
    bool is_ending;      /* no more children: one failed, or the group was cancelled */
    bool is_open;        /* between init and join */
    bool was_cancelled;  /* by cede_group_cancel: its end is no error */
    size_t limit;        /* children that may have begun at once; 0: any number */
    size_t n_begun;      /* those of n_running that have begun */
    void *held_first;    /* the others, in the order in which they will */
    void *held_last;
    void **results; /* where what children return goes; NULL: nowhere */
    size_t n_results;
    size_t n_numbered; /* children that have a place there */
    void *spare[2];
} cede_group;

/**
 * Begin a group: enters its scope.
 *
 * @param group  the caller's memory, kept until cede_group_join
 * Suspends: never.  Cancellation point: no.  Call from: a task.
 */
CEDE_API void cede_group_init(cede_group *group);

/**
 * Let no more than so many children run at once: others that are spawned begin, in their order,
 * when one of these has finished. Until then a child costs its stack, and no more.
 *
 * @param group  borrowed
 * @param limit  how many; 0: any number, as after cede_group_init. A higher one than before lets
 *               those begin that find a place; a lower one stops nobody
 * Suspends: never.  Cancellation point: no.  Call from: a task of the same loop.
 */
CEDE_API void cede_group_set_limit(cede_group *group, size_t limit);

/**
 * Collect what the children return by cede_return, in the order in which they are spawned from now
 * on, whatever the order of their ends. Each result is written when its child ends well.
 *
 * @param group    borrowed
 * @param results  `n` pointers, set to NULL here; borrowed until the group is joined
 * @param n        children there is room for: to spawn one more is -ENOSPC; 0: collect no more
 * Suspends: never.  Cancellation point: no.  Call from: a task of the same loop.
 */
CEDE_API void cede_group_collect(cede_group *group, void **results, size_t n);

/**
 * Start a task in the group, also while the group is being joined. It begins when its turn comes,
 * and there is a place if the group has a limit.
 *
 * @param group  borrowed
 * @param fn     the body
 * @param arg    handed to it; borrowed as long as it runs, which is no longer than the group
 * @return 0, or
 *   CEDE_ESHUTDOWN  the group is ending: one failed, it was cancelled, or it is over
 *   -ENOSPC         results are collected, and there is no room for one more
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: a task of the same loop.
 */
#define cede_group_spawn(group, fn, ...)                                                           \
    cede__group_spawn((group), (fn), (__VA_ARGS__), NULL, CEDE__SPAWN_SITE(fn))

/**
 * cede_group_spawn with options.
 *
 * @param group    borrowed
 * @param options  borrowed during the call; NULL for the defaults
 * @param fn       the body
 * @param arg      handed to it, or to options->drop
 * @return as cede_group_spawn; on failure drop has been called
 * Suspends: never.  Cancellation point: no.  Call from: a task of the same loop.
 */
#define cede_group_spawn_with(group, options, fn, ...)                                             \
    cede__group_spawn((group), (fn), (__VA_ARGS__), (options), CEDE__SPAWN_SITE(fn))

CEDE_API CEDE_CHECK int cede__group_spawn(cede_group *group, cede_fn *fn, void *arg,
                                          const cede_task_options *options,
                                          const struct cede__spawn_site *site);

/**
 * Start a task in the group and wait until it is ready, a server that listens for example: until it
 * calls cede_group_ready. It goes on afterwards. If the caller is cancelled meanwhile, so is the
 * task, and the caller waits for its end.
 *
 * @param group  borrowed
 * @param fn     the body
 * @param arg    handed to it; borrowed as long as it runs, which is no longer than the group
 * @return 0: it is ready; or
 *   CEDE_ENOTDONE   it ended well but was never ready
 *   CEDE_EREVOKED   it was cancelled before it was ready
 *   -ECANCELED      the caller's scope is cancelled
 *   CEDE_ESHUTDOWN  the group is ending
 *   -ENOMEM
 *   other           it failed with that, which ends the group
 * Suspends: until it is ready or ends.  Cancellation point: always.  Call from: a task of the same
 * loop.
 */
#define cede_group_start(group, fn, ...)                                                           \
    cede__group_start((group), (fn), (__VA_ARGS__), CEDE__SPAWN_SITE(fn))

CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede__group_start(cede_group *group, cede_fn *fn, void *arg,
                                                        const struct cede__spawn_site *site);

/**
 * Say that the running task is ready: whoever waits for that in cede_group_start goes on.
 *
 * @return 0, also if nobody waits, or not any more; CEDE_ENOTASK: there is no task here
 * Suspends: never.  Cancellation point: no.  Call from: a task.
 */
CEDE_API int cede_group_ready(void);

/**
 * End a group early without an error: its children and its body are cancelled.
 *
 * @param group  borrowed; again is nothing
 * Suspends: never.  Cancellation point: no.  Call from: a task of the same loop.
 */
CEDE_API void cede_group_cancel(cede_group *group);

/**
 * Wait for every child and leave the group's scope. If the body failed, the children are cancelled
 * first.
 *
 * @param group  as begun; over afterwards
 * @param rc     how the body ended; negative: it failed
 * @return the status of what failed first, the body (rc) or a child, the failures of others being
 *         reported; else rc, but 0 if it is -ECANCELED because of cede_group_cancel alone;
 *         -ECANCELED if the caller was cancelled while it waited
 * Suspends: if a child is not finished.  Cancellation point: no; cancellation reaches the children.
 * Call from: the task that began it.
 */
CEDE_API CEDE_SUSPENDS int cede_group_join(cede_group *group, int rc);

CEDE_END_DECLS

#endif
