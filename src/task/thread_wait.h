/* thread_wait.h - threads that sleep until others have done something. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_THREAD_WAIT_H
#define CEDE_TASK_THREAD_WAIT_H

#include "base/base.h"
#include "base/list.h"
#include "task/party.h"

struct cede__job_frame;
struct cede__spot;
struct cede__worker;

/* A thread that sleeps, on its stack: until all of some futures are done, or until it is granted
 * what it waits for in a spot. */
struct cede__thread_wait {
    struct cede__list link;              /* on the list of those that wait, if is_listed */
    const struct cede__job_frame *frame; /* the innermost job that runs there; NULL: none */
    const char *futures; /* n pointers to futures, `stride` bytes apart, that stay alive */
    size_t n;
    size_t stride;
    struct cede__spot *spot;           /* NULL: it waits for the futures */
    const struct cede__worker *worker; /* whose thread it is; NULL: no pool's */
    uint64_t number;                   /* of the thread, as a party */
    cede_time since;                   /* on the monotonic clock */
    cede_time look_at;                 /* when to look for circles; CEDE_NEVER: not any more */
    struct cede__party party;
    bool may_end_early; /* not all of the futures need be done */
    bool is_listed;
    bool lends; /* another thread may stand in for it */
    /* While a circle of jobs is searched, see job_wait.c: */
    struct cede__thread_wait *next;        /* to be looked at after this */
    const struct cede__thread_wait *from;  /* who waits for a job of this one */
    const struct cede__job_frame *entered; /* that job */
    bool is_seen;
    bool may_go_on;
};

static inline struct cede__thread_wait *cede__thread_wait_at(struct cede__list *link)
{
    return cede__container_of(link, struct cede__thread_wait, link);
}

/* The list of those that sleep, and the lock around it: nothing that they wait for ends while it is
 * held. Inside of it guards of objects may be taken, not the other way round. */
extern struct cede__list cede__thread_waits;
void cede__thread_waits_lock(void);
void cede__thread_waits_unlock(void);

/* Under the lock: put it on the list, with what is known of the calling thread. */
void cede__thread_wait_list(struct cede__thread_wait *wait);

/* Off the list, if it is there. */
void cede__thread_wait_end(struct cede__thread_wait *wait);

/* Sleep as cede__futex_wait. One that takes long, and has no deadline, is put on the list and looks
 * for a circle that it is in; the caller ends the wait. All but what it waits for is 0 before the
 * first call. */
void cede__thread_sleep(struct cede__thread_wait *wait, uint32_t *word, uint32_t expected,
                        cede_time deadline);

#endif
