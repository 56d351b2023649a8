/* cede/scope.h - cancellation and deadlines for a stretch of code
 *
 * A scope may have a deadline, may be cancelled, may shield what is inside from outside, and nests.
 * While it is cancelled every suspension point inside it returns -ECANCELED: a level, not an edge.
 * In a thread without a loop only deadlines count.
 *
 *     int rc = 0;
 *     CEDE_TIMEOUT(CEDE_S(5), rc) { rc = fetch(url); }      rc is -ETIMEDOUT if time was up
 *
 * Source: src/task/scope.c   Tests: tests/task/test_scope.c   Guide: docs/scope.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SCOPE_H
#define CEDE_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/loop.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

/* The caller's memory, usually a local; entered and left by the same task. Its members are the
 * library's. */
typedef struct cede_scope {
    struct cede_scope *parent; /* the scope around it; NULL at a task's root */
    struct cede_scope
        *first_child; /* scopes directly inside: one of this task, the roots of a group's tasks */
    void *task;       /* whose it is; NULL: a thread's */
    bool cancelled;   /* itself, by its deadline or by cede_scope_cancel */
    bool expired;     /* by its deadline */
    bool shield;      /* cancellation from outside does not reach in */
    bool failed;      /* there was no memory for its timer */
    bool effective;   /* cancelled, itself or from outside: what suspension points go by */
    bool is_group;    /* a group's: tasks hang under it */
    struct cede_scope *next; /* siblings */
    struct cede_scope *prev;
    cede_time deadline; /* CEDE_NEVER: none */
    struct cede__timer timer;
    void *spare[2];
} cede_scope;

/**
 * Enter a scope.
 *
 * @param scope     the caller's memory, kept until cede_scope_exit
 * @param deadline  on the clock of cede_now; CEDE_NEVER: none; one that has passed cancels at the
 *                  first suspension point
 * Suspends: never.  Cancellation point: no.  Call from: a task, or a thread without a loop.
 */
CEDE_API void cede_scope_enter(cede_scope *scope, cede_time deadline);

/**
 * Enter a scope that cancellation from outside does not reach into; its own deadline and
 * cede_scope_cancel do.
 *
 * @param scope     the caller's memory, kept until cede_scope_exit
 * @param deadline  on the clock of cede_now; CEDE_NEVER: none, and then what is inside must not
 *                  wait for ever
 * Suspends: never.  Cancellation point: no.  Call from: a task, or a thread without a loop.
 */
CEDE_API void cede_scope_enter_shield(cede_scope *scope, cede_time deadline);

/**
 * Leave a scope, the innermost one.
 *
 * @param scope  as entered
 * @param rc     how the code inside ended
 * @return rc, but
 *   -ETIMEDOUT  for -ECANCELED if this scope's own deadline passed and no scope around it is
 *               cancelled
 *   -ENOMEM     for -ECANCELED if there was no memory for the deadline's timer
 * Suspends: never.  Cancellation point: no.  Call from: the task or thread that entered it.
 */
CEDE_API int cede_scope_exit(cede_scope *scope, int rc);

/**
 * Cancel a scope: whoever waits inside is woken with -ECANCELED.
 *
 * @param scope  entered and not left
 * Suspends: never.  Cancellation point: no.  Call from: the scope's loop.
 */
CEDE_API void cede_scope_cancel(cede_scope *scope);

/**
 * Move the deadline of a scope that has not expired.
 *
 * @param scope     entered and not left
 * @param deadline  on the clock of cede_now; CEDE_NEVER: none
 * @return 0, or -ETIMEDOUT: it has expired; -ENOMEM: the old deadline stands
 * Suspends: never.  Cancellation point: no.  Call from: the scope's loop.
 */
CEDE_API int cede_scope_reschedule(cede_scope *scope, cede_time deadline);

/* The body is left by its end, `break` or `continue` only; CEDE_TRY_BREAK is CEDE_TRY's twin for
 * inside. */
#define CEDE_TIMEOUT(span, rc) CEDE__TIMEOUT((span), rc, CEDE__PASTE(cede_timeout_, __COUNTER__))
#define CEDE__TIMEOUT(span, rc, name)                                                              \
    for (struct cede__timeout name = cede__timeout_start(span); name.state < 2;                    \
         (rc) = cede__timeout_end(&name, (rc)))                                                    \
        for (cede_scope_enter(&name.scope, name.deadline); name.state == 0; name.state = 1)

/* What CEDE_TIMEOUT keeps. */
struct cede__timeout {
    cede_time deadline;
    int state; /* 0: in the body, 1: it ended, 2: left */
    cede_scope scope;
};

static inline struct cede__timeout cede__timeout_start(cede_time span)
{
    struct cede__timeout timeout = {
        cede_after(span), 0, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0, 0}, {0, 0}}};

    return timeout;
}

static inline int cede__timeout_end(struct cede__timeout *timeout, int rc)
{
    timeout->state = 2;
    return cede_scope_exit(&timeout->scope, rc);
}

CEDE_END_DECLS

#endif
