/* wait_set.h - watching several futures at once: what gather, wait and as_completed stand on. Floor
 * 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_WAIT_SET_H
#define CEDE_TASK_WAIT_SET_H

#include <cede/gather.h>

#include "task/task.h"

struct cede__wait_entry {
    struct cede__watcher watcher;
    struct cede__wait_set *set;
    struct cede_future *future;    /* borrowed */
    struct cede__wait_entry *next; /* in the order of completion */
    bool is_told;                  /* it is done */
    bool is_forgotten;             /* it is not waited for any more */
};

/* What wakes the waiter before `wake_at` were told. */
enum cede__wake_on {
    CEDE__WAKE_ON_NOTHING,
    CEDE__WAKE_ON_ERROR, /* one failed */
    CEDE__WAKE_ON_BAD,   /* one failed or was cancelled */
};

struct cede__wait_set {
    struct cede__wait_entry *entries; /* one for each different future, in the order given */
    size_t n;
    size_t n_told;                  /* known to be done */
    size_t n_failed;                /* of these, failed and not cancelled */
    struct cede__wait_entry *first; /* told, in the order of completion */
    struct cede__wait_entry **end;
    struct cede_future *first_bad; /* the first told that failed or was cancelled */
    size_t wake_at;                /* wake the waiter when so many were told */
    enum cede__wake_on wake_on;    /* or when one ended so */
    struct cede_task *task;        /* that waits; NULL: a plain thread */
    struct cede__waiter waiter;    /* in a task */
    struct cede__timer timer;
    struct cede__mutex lock; /* in a thread: around all of the above, told from other threads */
    uint32_t word;           /* in a thread: changes when somebody was told */
};

/* Watch n futures; those that are done are told at once, in the order given. Raises -EINVAL,
 * CEDE_EFOREIGN, -EDEADLK, -ENOMEM. */
int cede__wait_set_init(struct cede__wait_set *set, cede_future *const *futures, size_t n);

/* Wait until wake_at were told, or one ended as wake_on says. 0, -ETIMEDOUT after `deadline`,
 * -ECANCELED unless `shielded`. */
int cede__wait_set_wait(struct cede__wait_set *set, cede_time deadline, bool shielded);

/* How many are done, as far as is known; after a wait. */
size_t cede__wait_set_told(struct cede__wait_set *set);

/* Stop watching one that need not be waited for; it counts as told. */
void cede__wait_set_forget(struct cede__wait_set *set, struct cede__wait_entry *entry);

/* Stop watching all; may wait for one that is being told just now. Afterwards the futures are not
 * touched any more. */
void cede__wait_set_stop(struct cede__wait_set *set);

/* The same, and free the entries. */
void cede__wait_set_fini(struct cede__wait_set *set);

#endif
