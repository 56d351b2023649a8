/* sync_model.h - what locks, conditions, events, semaphores, reader-writer locks, barriers, queues
 * and once must do, computed without any of them.
 *
 * A line is a list of actors that wait, first come, first served. Every operation is computed when
 * it begins: it ends at once, or its actor goes to the end of a line and is granted an outcome by
 * what others do later. What is granted is never taken back.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_SYNC_MODEL_H
#define CEDE_TESTS_SYNC_MODEL_H

#include <cede/queue.h>

#include "harness/harness_task.h"

enum { N_ACTORS = 6, N_LOCKS = 2, N_SLOTS = 2, N_PARTIES = 3, N_PLACES = 3, NOBODY = -1 };

/* What who waits for once is granted: the right to try. */
enum { TRY = 1 };

/* The first two are those of the locks. */
enum line_name {
    LOCK_0,
    LOCK_1,
    COND,
    EVENT,
    SEM,
    RW,
    BARRIER,
    ONCE,
    GET,
    PUT,
    JOIN,
    SLEEP,
    N_LINES
};

struct actor {
    int line;        /* where it waits; N_LINES: nowhere */
    cede_time until; /* when it gives up, or wakes */
    bool decided;    /* how its operation ends, and so: */
    int rc;
    int item;        /* that it puts; that it got */
    bool writes;     /* in RW */
    bool after_wait; /* in LOCK_0: it waited for the condition, and cannot leave */
    int lock_rc;     /* that it will be granted with the lock */
    int n_cancels;
    int n_slots, n_reads; /* that it has */
};

static struct model {
    struct actor actors[N_ACTORS];
    int lines[N_LINES][N_ACTORS];
    int n[N_LINES];
    int owner[N_LOCKS];
    bool is_set;
    bool is_broken;
    bool is_bounded;
    int n_free;
    int writer, n_readers;
    int runs_once;
    bool once_is_done;
    cede_queue_order order;
    int items[N_PLACES], n_items;
    int n_unfinished;
    bool is_shut_down;
} m;

static void model_reset(void)
{
    memset(&m, 0, sizeof m);
    for (int i = 0; i < N_ACTORS; i++)
        m.actors[i].line = N_LINES;
    m.owner[0] = m.owner[1] = m.writer = m.runs_once = NOBODY;
    m.n_free = N_SLOTS;
}

static void line_join(enum line_name line, int id)
{
    m.lines[line][m.n[line]++] = id;
    m.actors[id].line = line;
}

static void line_remove(int id)
{
    const int line = m.actors[id].line;
    int i = 0;

    while (m.lines[line][i] != id)
        i++;
    m.n[line]--;
    memmove(&m.lines[line][i], &m.lines[line][i + 1], (size_t)(m.n[line] - i) * sizeof(int));
    m.actors[id].line = N_LINES;
}

static void decide(int id, int rc)
{
    m.actors[id].decided = true;
    m.actors[id].rc = rc;
}

/* The first of a line, granted `rc`. */
static int line_grant(enum line_name line, int rc)
{
    const int id = m.lines[line][0];

    line_remove(id);
    decide(id, rc);
    return id;
}

static void line_grant_all(enum line_name line, int rc)
{
    while (m.n[line] > 0)
        (void)line_grant(line, rc);
}

/* Locks and the condition of the first. */

static void model_release(int lock)
{
    m.owner[lock] = NOBODY;
    if (m.n[lock] > 0) {
        const int id = m.lines[lock][0];
        m.owner[lock] = line_grant((enum line_name)lock, m.actors[id].lock_rc);
    }
}

static void model_queue_for_lock(int lock, int id, int rc)
{
    m.actors[id].lock_rc = rc;
    line_join((enum line_name)lock, id);
    if (m.owner[lock] == NOBODY)
        model_release(lock);
}

static void model_leave_condition(int id, int rc)
{
    line_remove(id);
    m.actors[id].after_wait = true;
    model_queue_for_lock(LOCK_0, id, rc);
}

static int model_notify(int n)
{
    int i = 0;

    for (; i < n && m.n[COND] > 0; i++)
        model_leave_condition(m.lines[COND][0], 0);
    return i;
}

/* The semaphore: a slot is released, whoever took it. */
static int model_release_slot(void)
{
    if (m.is_bounded && m.n_free == N_SLOTS)
        return -EOVERFLOW;
    if (m.n[SEM] > 0)
        (void)line_grant(SEM, 0);
    else
        m.n_free++;
    return 0;
}

/* The barrier. */

static int model_come(void)
{
    int n = 0;

    if (m.is_broken)
        return CEDE_EBROKEN;
    if (m.n[BARRIER] + 1 < N_PARTIES)
        return -EAGAIN;
    for (; m.n[BARRIER] > 0; n++)
        (void)line_grant(BARRIER, n);
    return n;
}

static void model_break(bool broken)
{
    m.is_broken = broken;
    line_grant_all(BARRIER, CEDE_EBROKEN);
}

/* Once: who ran it has ended. */
static void model_ran_once(bool well)
{
    m.runs_once = NOBODY;
    m.once_is_done = well;
    if (well)
        line_grant_all(ONCE, 0);
    else if (m.n[ONCE] > 0)
        m.runs_once = line_grant(ONCE, TRY);
}

/* Readers and writers. */

static bool model_fits(bool writes)
{
    return m.writer == NOBODY && (!writes || m.n_readers == 0);
}

static void model_enter(int id, bool writes)
{
    if (writes)
        m.writer = id;
    else
        m.n_readers++;
    m.actors[id].n_reads += !writes;
}

static void model_admit(void)
{
    while (m.n[RW] > 0 && model_fits(m.actors[m.lines[RW][0]].writes)) {
        const int id = line_grant(RW, 0);
        model_enter(id, m.actors[id].writes);
    }
}

/* Cancelling. */

static void model_withdraw(int id, int rc)
{
    struct actor *actor = &m.actors[id];
    const int line = actor->line;

    if (line == COND)
        model_leave_condition(id, rc);
    else if (line < N_LINES && !(line == LOCK_0 && actor->after_wait)) {
        line_remove(id);
        decide(id, rc);
        if (line == RW)
            model_admit();
    }
}

/* Time has come to `now`: who waited until then gives up, in the order of the times. */
static void model_advance(cede_time now)
{
    for (;;) {
        int first = NOBODY;
        for (int i = 0; i < N_ACTORS; i++) {
            const struct actor *actor = &m.actors[i];
            if (actor->line < N_LINES && actor->until <= now &&
                (first == NOBODY || actor->until < m.actors[first].until))
                first = i;
        }
        if (first == NOBODY)
            return;
        m.actors[first].until = CEDE_NEVER;
        model_withdraw(first, m.actors[first].line == SLEEP ? 0 : -ECANCELED);
    }
}

#endif
