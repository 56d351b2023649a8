/* party.h - who may wait, and be waited for: tasks and threads. Floor 4.
 *
 * Of other threads' tasks and of threads something is known in a look only: for as long as it takes
 * the loops that sleep are held still, and the threads that sleep stay on their list. Outside of
 * one only the tasks of this thread's loop are found.
 *
 * A party's number is its own for ever: a task's as cede_task.number, with that of its loop in the
 * upper bits; a thread's is its id, and has none there.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_PARTY_H
#define CEDE_TASK_PARTY_H

#include <stdbool.h>
#include <stdint.h>

#include <cede/time.h>

#include "loop/loop.h"

struct cede__text;
struct cede_future;
struct cede_loop;
struct cede_task;
struct cede__owned;
struct cede__thread_wait;

/* In a task, or in the wait of a thread; with what a search for circles leaves there, see
 * wait_graph.h. */
struct cede__party {
    struct cede__party *parent;
    struct cede__party *next; /* the one that is waited for */
    const void *at;           /* among what it waits for */
    uint64_t search;          /* the number of the one that wrote the above */
    uint8_t state;
    bool is_thread;
    cede_time told; /* since when it waits + 1, of the wait in which its circle was reported */
};

/* NULL: it is a thread, or NULL. */
struct cede_task *cede__party_task(const struct cede__party *party);
struct cede__thread_wait *cede__party_thread(const struct cede__party *party); /* of a thread */

/* "'a'", "thread 4711", "job 'count'"; of a task of this loop or in a look. */
void cede__party_name(const struct cede__party *party, struct cede__text *text);

/* Since when it waits, by its own clock. */
cede_time cede__party_since(const struct cede__party *party);

/* Whether that is after a moment of the monotonic clock; where time is virtual, whether it is
 * now. */
bool cede__party_is_young(const struct cede__party *party, cede_time since);

/* Whether time will undo its wait. */
bool cede__party_has_deadline(const struct cede__party *party);

/* Around a look. What is looked at is not destroyed meanwhile; no report hook may be called, as it
 * might want to do that. */
void cede__look_begin(void);
void cede__look_end(void);

/* Whether this thread looks. */
bool cede__look_is_here(void);

/* Whether in this look somebody was looked for in a loop that could not be held just now. */
bool cede__look_missed(void);

/* Whether the tasks of a loop may be looked at here and now. */
bool cede__look_covers(const struct cede_loop *loop);

/* Those below are NULL if they are not to be found, or hold up nobody. */

/* Who has an object; inside its guard. */
struct cede__party *cede__party_of_owner(const struct cede__owned *owned);

/* Who must go on before a future is done; NULL as the future: there is none. */
struct cede__party *cede__party_of_future(const struct cede_future *future);

/* Whose number that is. */
struct cede__party *cede__party_numbered(uint64_t number);

/* "task 'a'", "thread 4711", "a task that has ended", "a task of another loop" */
void cede__party_name_numbered(uint64_t number, struct cede__text *text);

/* The number of the calling thread. */
uint64_t cede__thread_number(void);

/* Whether a number is a thread's. */
static inline bool cede__number_is_thread(uint64_t number)
{
    return number >> CEDE__LOOP_NUMBER_BITS == 0;
}

#endif
