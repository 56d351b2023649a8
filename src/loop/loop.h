/* loop.h - the inside of a loop, for the floors above. Floor 3.
 *
 *   ready queue   first in, first out: coroutines to resume and functions to call, see ready.h
 *   timers        what becomes ready by time
 *   instant       of a simulation: what its present moment has besides, see instant.h
 *   watches       what becomes ready by a descriptor
 *   mailbox       what other threads send, and signals
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_LOOP_H
#define CEDE_LOOP_LOOP_H

#include <cede/loop.h>

#include "base/list.h"
#include "coro/coroutine.h"
#include "loop/chores.h"
#include "loop/mailbox.h"
#include "loop/timers.h"
#include "loop/watchdog.h"

struct cede__waiter;

/* A place in the ready queue; embedded, on it at most once. */
struct cede__ready {
    struct cede__ready *next; /* of the last: anything */
    struct cede__coro *coro;  /* resumed, if not NULL */
    union {
        void (*run)(struct cede__ready *ready); /* else called, on the loop's own stack */
        /* beside a coroutine: what its task waits for; the task floor's */
        struct cede__waiter *waiter;
    };
};

/* A descriptor that the loop watches. */
struct cede__watch {
    int fd;
    void (*ready)(struct cede__watch *watch, unsigned mask); /* called on the loop's own stack */
};

enum {
    CEDE__LOOP_BUDGET = 256, /* switches between two looks at the clock, descriptors and messages */
    CEDE__LOOP_EVENTS = 256, /* events taken from the engine at once */
    CEDE__LOOP_NUMBER_BITS = 40, /* of the number of a task: which of its loop's it is */
};
/* The present moment of a simulation: see instant.h. */
struct cede__instant {
    bool is_on;          /* this loop simulates: the keys of its timers are doubles */
    bool is_direct;      /* a task that holds may switch to the next one that is due by itself */
    bool mark_is_queued; /* in the ready queue */
    double clock;        /* the time; the loop's `now` is the same in nanoseconds */
    struct cede__ready *urgent_first; /* to run before all that is ready, first in, first out */
    struct cede__ready **urgent_end;
    struct cede__ready mark;
    void (*wake)(struct cede__timer *timer); /* fires those that wake a task that holds */
    /* Switches to a task and back, from the loop's own stack; NULL: that is done right there. Then
     * tasks do not switch to each other. */
    void (*turn)(struct cede_loop *loop, struct cede__ready *ready);
    /* How long to wait, in real nanoseconds, before time moves on to `next`; 0: not at all. NULL:
     * never. */
    int64_t (*pace)(struct cede_loop *loop, double next);
};

#define CEDE__LOOP_LOCALS  ((int64_t)1 << 32)
#define CEDE__LOOP_LOOKOUT CEDE_MS(150)

struct cede_loop {
    /* Hot: every switch looks here. */
    struct cede__ready *ready_first;
    struct cede__ready **ready_end; /* where the next one is linked */
    struct cede__ready *current;    /* of the task that runs; NULL on the loop's own stack */
    struct cede__ready *parked;     /* of the task that parked last; compared only */
    int budget;                     /* switches left before the loop's own stack is entered */
    bool is_virtual;
    bool is_running;
    bool is_stopping; /* the stop mark had its turn */
    bool allow_io;
    struct cede__ready *
        idle; /* finished tasks, laid out for the next to run on their stacks; last in, first out */
    int64_t n_idle; /* how many; less CEDE__LOOP_LOCALS for each task that has locals */
    struct cede__stack_cache stacks; /* of the default class, bare */
    struct cede__timers timers;
    struct cede__instant instant;
    struct cede__coro main;    /* the thread's own stack, which runs this loop, or ... */
    struct cede_error *around; /* ... that of the generator whose record this is; else NULL */

    cede_time now; /* on a virtual clock: the time; else when the loop last looked at the clock */
    /* what may wake a task besides timers and the ready queue, as counted by the floors above */
    unsigned n_wakers;
    unsigned n_watches;

    const struct cede__poll_engine *engine;
    struct cede__poll *poll;
    struct cede__mailbox *mailbox;
    /* being handled: those of watches that stop meanwhile are blanked */
    struct cede__poll_event *events;
    int n_events;

    struct cede__ready stop_mark; /* what was ready before it still runs */
    bool stop_is_queued;
    struct cede__list chores;  /* of cede__chore; on a virtual clock none runs */
    struct cede__list handles; /* of cede_handle: callbacks that wait */
    struct cede__list signals; /* of loop_signal */
    uint32_t signals_arrived;  /* atomic */

    struct cede__list live; /* on the process's list of live loops */
    unsigned n_turns;       /* looks around */
    bool is_debug;          /* in debug mode */
    bool ends_quietly;      /* tasks that are left when it is closed are not told of */
    struct cede__watched watched;
    struct cede__ready probe; /* in the queue since probe_since; CEDE_NEVER: it is not there */
    cede_time probe_since;

    /* For the task floor. */
    const struct cede__spawn_site *(*site_of)(const struct cede__ready *ready); /* of a task */
    struct cede__list tasks; /* not finished, and have run: see cede__task_list */
    uint64_t last_number; /* of the task put on that list last; no two loops give the same ones */
    void (*stuck)(struct cede_loop *loop);     /* nothing can wake anything; NULL: wait for ever */
    bool (*end_tasks)(struct cede_loop *loop); /* on closing, finish all tasks; whether it could */
    struct cede__list callbacks;               /* done callbacks to be called here */
    void (*drop_callback)(struct cede__list *link); /* on closing, for each of these, taken off */
    /* Run some time after tasks have run, see loop_stay_alert; `run` is NULL: there is none. On a
     * real clock it is one of the chores. */
    struct cede__chore lookout;
    cede_time lookout_pause;       /* from the first turn to it, at least CEDE__LOOP_LOOKOUT */
    unsigned n_looks;              /* around, on a virtual clock, since it ran last */
    unsigned n_stuck;              /* times that nothing could wake anything, this run */
    struct cede__list attachments; /* of cede__attachment, closed with the loop */
};

/* Something of a higher floor that lives as long as the loop. */
struct cede__attachment {
    struct cede__list link;                             /* on loop->attachments */
    const void *key;                                    /* by which its owner finds it */
    void (*close)(struct cede__attachment *attachment); /* on closing, when no task is left */
};

/* The loop of this thread. */
extern __thread struct cede_loop *cede__loop_here __attribute__((tls_model("initial-exec")));

/* Whether that is the address of a loop that is not closed. From any thread. */
bool cede__loop_is_live(const struct cede_loop *loop);

/* References to the mailboxes of the loops of other threads, at most `max`; how many. */
size_t cede__loop_others(struct cede__mailbox **mailboxes_out, size_t max);

/* Hold the loops of other threads that sleep, at most `max`; how many. They stay as they are, and
 * may be looked at, until each was let go: cede__mailbox_let_go. */
size_t cede__loop_hold_others(struct cede_loop **loops_out, size_t max);

cede_time cede__loop_now(const struct cede_loop *loop); /* on its clock */

/* Whether a number of a task is one that this loop gave. */
static inline bool cede__loop_numbers(const struct cede_loop *loop, uint64_t number)
{
    return number >> CEDE__LOOP_NUMBER_BITS == loop->last_number >> CEDE__LOOP_NUMBER_BITS;
}

/* Whether it may run here: 0; raises -EBUSY: it runs, or is another thread's; CEDE_ESHUTDOWN. */
int cede__loop_check_run(const struct cede_loop *loop);
int cede__loop_run(struct cede_loop *loop);  /* until stopped; 0, or as cede__loop_check_run */
int cede__loop_step(struct cede_loop *loop); /* one turn of what is ready next; the same */

/* instant.c: of a loop that simulates, the key in its order of a point of its clock in nanoseconds,
 * but not before the present moment. */
int64_t cede__instant_key_at(const struct cede_loop *loop, cede_time when);

static inline int cede__loop_add_timer(struct cede_loop *loop, struct cede__timer *timer,
                                       cede_time when)
{
    if (cede__unlikely(loop->instant.is_on))
        when = cede__instant_key_at(loop, when);
    return cede__timers_add(&loop->timers, timer, when);
}

static inline void cede__loop_remove_timer(struct cede_loop *loop, struct cede__timer *timer)
{
    cede__timers_remove(&loop->timers, timer);
}

/* Give up the stacks, bare ones and those of idle tasks, that are over `limit`. On the loop's own
 * stack. */
void cede__loop_trim_stacks(struct cede_loop *loop, size_t limit);

/* Watch a descriptor, with a mask of CEDE__POLL_*. -ENOTSUP on a virtual clock without allow_io;
 * else as the engine. */
int cede__watch_start(struct cede_loop *loop, struct cede__watch *watch, unsigned mask);
int cede__watch_change(struct cede_loop *loop, struct cede__watch *watch, unsigned mask);
void cede__watch_stop(struct cede_loop *loop, struct cede__watch *watch);

/* The attachment of a loop with that key; NULL if there is none. */
struct cede__attachment *cede__loop_attachment(struct cede_loop *loop, const void *key);
void cede__loop_attach(struct cede_loop *loop, struct cede__attachment *attachment);

/* signal.c: catch a signal; `exit_at` as cede__signal_start. */
int cede__loop_catch_signal(struct cede_loop *loop, int signo, cede_call_fn *fn, void *arg,
                            unsigned exit_at);
void cede__loop_dispatch_signals(struct cede_loop *loop);
void cede__loop_drop_signals(struct cede_loop *loop);
void cede__loop_drop_handles(struct cede_loop *loop); /* handle.c */

#endif
