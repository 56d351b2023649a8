/* wait_kind.h - what kinds of waiting differ in. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_WAIT_KIND_H
#define CEDE_TASK_WAIT_KIND_H

#include "task/spot.h"

struct cede__party;
struct cede__text;
struct cede_future;

/* What a stranger finds at a waiter by looking only: see loop/inspect.h. */
enum cede__look {
    CEDE__LOOK_NOTHING,
    CEDE__LOOK_FUTURE, /* the future it waits for, at future_at */
    CEDE__LOOK_SYNC,   /* it is in a spot, at an object with a name, and perhaps `takers` */
    CEDE__LOOK_OWNED,  /* the same, and the object has an owner */
};

/* Who took of an object last, or put: numbers of parties, in the object; 0: nobody known. */
struct cede__taker_kind {
    const char *word; /* "last taken by"; NULL: there are none */
    int at;           /* bytes from the object's cede__sync to the first number */
    int n;
    bool are_holders; /* each of them must give back what it has before a waiter goes on */
};

struct cede__wait_kind {
    /* The scope was cancelled: see to it that the waiter is woken, with -ECANCELED, or with what it
     * is being granted just now. NULL: this wait is not to be cancelled. */
    void (*cancel)(struct cede__waiter *waiter);
    void (*describe)(const struct cede__waiter *waiter, struct cede__text *text); /* "sleep 0.3s" */
    /* The future it waits for, if it is one; may be NULL. */
    struct cede_future *(*awaited)(const struct cede__waiter *waiter);
    /* Else who holds what it waits for, as far as party.h finds; NULL: unknown. May be NULL. */
    struct cede__party *(*holder)(const struct cede__waiter *waiter);
    /* Where it waits for several: those who must all go on first, one a call; NULL: no more. `*at`
     * is NULL at first, then its own. May be NULL. */
    struct cede__party *(*blockers)(const struct cede__waiter *waiter, const void **at);
    /* In a spot: who has last done what lets it go on, or is done. */
    struct cede__taker_kind takers;
    const char *noun; /* what it waits for, in short, for who cannot call `describe` */
    enum cede__look look;
    int future_at; /* bytes from the waiter to the pointer, may be negative */
};

/* What kinds of waiting at an object differ in. */
struct cede__spot_kind {
    struct cede__wait_kind wait; /* its .cancel is cede__spot_cancel */
    /* A spot was taken off because its task was cancelled: others may now have their turn. Called
     * inside the guard; may be NULL. */
    void (*left)(struct cede__spot *spot);
    /* Instead of all that, try to take it off; whether it is to be woken with -ECANCELED. NULL: the
     * usual way. */
    bool (*leave)(struct cede__spot *spot);
};

#endif
