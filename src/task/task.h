/* task.h - the inside of tasks, and how one parks. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_TASK_H
#define CEDE_TASK_TASK_H

#include <cede/group.h>
#include <cede/scope.h>
#include <cede/task.h>

#include <stddef.h>

#include "task/future.h"
#include "task/party.h"
#include "task/spot.h"
#include "task/wait_kind.h"

struct cede__locals;
struct cede__owned;
struct cede__starter;

/* Its place in the tree of tasks: see wait_graph.h. */
struct cede__task_walk {
    struct cede_task *parent;
    struct cede_task *first_child;
    struct cede_task *last_child;
    struct cede_task *next; /* sibling */
    uint8_t state;
    struct cede_task *same_slot; /* in the index by numbers; kept while that is built */
};

enum { CEDE__PROCESS_WORDS = 16 };

/* Of a task that lets a simulation's time pass. Here, not on its stack: the calendar of timers
 * knows where it is, and with it what else of the task will be needed when it goes on. */
struct cede__hold {
    struct cede__timer timer;
    double until;
};

/* A task that waits for a future. */
struct cede__awaiter {
    struct cede__watcher watcher;
    struct cede_future *future;
    struct cede__waiter waiter;
};

/* The order is that of use: the cache lines of a task decide what starting and ending one costs. To
 * start one that lies ready on its stack is to write to one line. */
struct cede_task {
    struct cede__coro coro;   /* first: placed at the top of the stack. Its site begins a line */
    struct cede__ready ready; /* its waiter: NULL unless parked */
    cede_fn *fn;
    void *arg;
    struct cede_scope *scope; /* the innermost */
    /* Anything happened but a body that ran to a success: it was shared, cancelled, named, given a
     * value, a group, a stack of its own size. Then it is not left laid out for the next, and the
     * long way is taken where there is a short one. */
    bool is_special;
    bool is_marked; /* a process with a priority, or with interrupts to be told: the simulation's */
    unsigned n_refused; /* -ECANCELED given in a row */

    struct cede__hold hold __attribute__((aligned(64))); /* in a line with the waiter of ... */
    /* ... where it waits for things to be granted, or for its hold to end */
    struct cede__spot spot;

    cede_group *group;             /* whose child it is; NULL if of none */
    struct cede__starter *starter; /* who waits for it to be ready; NULL: nobody */
    void **result_at;              /* where its group wants its value; NULL: nowhere */

    /* Not on the stack either, where it would lie in two lines. Its own begins after what is not
     * used of it if the future is not shared. */
    struct cede__awaiter awaiter;

    struct cede__list link __attribute__((aligned(64))); /* on loop->tasks */
    uint64_t number;     /* while it is there: its own for ever, later ones have greater ones */
    cede_time listed_at; /* its first turn, as the loop knew the time */
    struct cede_future future;

    /* Not touched by a task that never waits. */
    struct cede_loop *loop; /* future.loop as well */
    struct cede_scope root;
    struct cede__owned *held;    /* locks and the like; if any, it is special */
    struct cede__locals *locals; /* NULL if none; a reference; if any, it is special */
    void (*drop)(void *arg);
    int n_cancels;                    /* cede_cancel less cede_uncancel */
    struct cede__spawn_site own_site; /* with own_name, if it was named */
    char own_name[32];
    struct cede__party party;
    struct cede__task_walk walk;
    void *process[CEDE__PROCESS_WORDS]; /* what a simulation keeps of it: see sim/process.h */
};

_Static_assert(offsetof(struct cede_task, ready) == sizeof(struct cede__coro),
               "a task's node lies where cede__ready_coro expects it");
_Static_assert(offsetof(struct cede_task, awaiter.watcher.link) % 64 == 0, "it begins a line");

/* The task whose chain runs here; NULL outside of tasks. */
static inline struct cede_task *cede__task_here(void)
{
    const struct cede_loop *loop = cede__loop_here;

    /* By way of the ready queue's node, which the switch has in hand anyway: fewer loads wait for
     * each other. */
    return loop && loop->current ? cede__container_of(loop->current, struct cede_task, ready)
                                 : NULL;
}

/* The same, inside of one. */
static inline struct cede_task *cede__task_running(void)
{
    return cede__container_of(cede__loop_here->current, struct cede_task, ready);
}

/* The slow side of a checkpoint: refuse with -ECANCELED, give way from the second time in a row. */
int cede__task_refuse(struct cede_task *task);

/* Look at the scope before anything that may wait. */
static inline int cede__task_checkpoint(struct cede_task *task)
{
    return cede__unlikely(task->coro.is_cancelled) ? cede__task_refuse(task) : 0;
}

/* The running task is about to be left, with `self`, the innermost coroutine of its chain, as the
 * one to be resumed: note that, and the first time put it on the list of tasks. */
static inline void cede__task_settle(struct cede_task *task, struct cede__coro *self)
{
    /* Nearly always what it is: a load, not a store. */
    if (cede__unlikely(task->ready.coro != self))
        task->ready.coro = self;
    if (!task->coro.is_listed) {
        task->coro.is_listed = true;
        task->listed_at = cede__loop_here->now;
        task->number = ++cede__loop_here->last_number;
        cede__list_append(&cede__loop_here->tasks, &task->link);
    }
    if (cede__unlikely(self->has_canary))
        cede__coro_check_canary(self);
}

/* Park the running task until its waiter, which something has hold of, is woken. */
static inline __attribute__((always_inline)) void cede__task_leave(struct cede_task *task,
                                                                   struct cede__waiter *waiter)
{
    struct cede__coro *self = cede__coro_here();

    waiter->task = task;
    waiter->since = cede__loop_here->now;
    task->ready.waiter = waiter;
    cede__task_settle(task, self);
    cede__loop_park(cede__loop_here, self);
}

/* The same, where cede__coro_may_just_park says so of its own coroutine, and that runs. */
static inline __attribute__((always_inline)) void cede__task_just_park(struct cede_task *task,
                                                                       struct cede__waiter *waiter)
{
    waiter->task = task;
    waiter->since = cede__loop_here->now;
    task->ready.waiter = waiter;
    if (cede__unlikely(task->ready.coro != &task->coro))
        task->ready.coro = &task->coro;
    cede__loop_park(cede__loop_here, &task->coro);
}

/* The same; what it is woken with. */
static inline __attribute__((always_inline)) int cede__task_park(struct cede_task *task,
                                                                 struct cede__waiter *waiter)
{
    cede__task_leave(task, waiter);
    /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.UndefReturn): written by who woke us */
    return waiter->rc;
}

/* Let everyone who is ready have a turn before the running task goes on. */
static inline __attribute__((always_inline)) void cede__task_give_way(struct cede_task *task)
{
    struct cede__coro *self = cede__coro_here();

    cede__task_settle(task, self);
    cede__loop_add_ready(cede__loop_here, &task->ready);
    cede__loop_park(cede__loop_here, self);
}

/* Let go of a parked task; only once, from its loop's thread. */
static inline void cede__waiter_wake(struct cede__waiter *waiter, int rc)
{
    struct cede_task *task = waiter->task;

    waiter->rc = rc;
    task->ready.waiter = NULL;
    cede__loop_add_ready(cede__loop_here, &task->ready);
}

/* The last reference to a plain finished task went: it stays laid out on its stack, for the next
 * one. */
void cede__task_recycle(struct cede_task *task);

/* task.c */
extern const struct cede__future_kind cede__task_kind;

/* task.c, for group.c and run.c. Whoever creates one launches it when all that it belongs to knows
 * it: an eager task may have ended when this returns. */
struct cede_task *cede__task_create(cede_fn *fn, void *arg, const cede_task_options *options,
                                    const struct cede__spawn_site *site);
void cede__task_launch(struct cede_task *task, const cede_task_options *options);
/* The same on a stack of the loop's default size, in no queue: from any thread. */
struct cede_task *cede__task_place(struct cede_loop *loop, struct cede__stack *stack, cede_fn *fn,
                                   void *arg, const struct cede__spawn_site *site);
void cede__task_welcome(struct cede_loop *loop); /* before the first task of a loop begins */
void cede__task_enlist(struct cede_task *task);  /* one that is in no queue yet */
void cede__task_cancel_all(struct cede_loop *loop);
/* Every task of the loop that is not finished, in the order of creation. */
const struct cede__list *cede__task_list(struct cede_loop *loop);
struct cede_task *cede__task_of(const struct cede_future *future); /* NULL if it is none */

/* run.c: cancel and finish every task, on closing; whether that could be done. */
bool cede__loop_end_tasks(struct cede_loop *loop);

/* scope.c: hang the root scope of a new task under its group's. */
void cede__scope_enter_root(struct cede_scope *root, struct cede_scope *parent);
void cede__scope_spread(struct cede_scope *scope); /* recompute `effective`, it and all inside */
void cede__scope_unlink(struct cede_scope *scope);
cede_time cede__thread_deadline(void); /* the nearest of the thread's scopes; CEDE_NEVER */

/* group.c: a child finished. */
void cede__group_child_done(cede_group *group, struct cede_task *task);
/* A task that belongs to the group but is not launched; NULL, raised, as cede_group_spawn. Then
 * launch it, or hold it back where there is no place. */
struct cede_task *cede__group_add(cede_group *group, cede_fn *fn, void *arg,
                                  const cede_task_options *options,
                                  const struct cede__spawn_site *site);
void cede__group_launch(cede_group *group, struct cede_task *task,
                        const cede_task_options *options);

/* group_start.c: a task ends for whose readiness somebody waits. */
void cede__starter_give_up(struct cede_task *task);

/* await.c: wait until a future is done. -ECANCELED if the scope is cancelled first, unless
 * `shielded`. */
int cede__future_wait(struct cede_future *future, bool shielded);

/* local.c: a task is spawned by one that has locals; it ends and has some. */
void cede__task_inherit_locals(struct cede_task *task, const struct cede_task *spawner);
void cede__task_forget_locals(struct cede_task *task);
/* For what keeps them from one task to another: a reference to what it has, NULL: nothing; give it
 * one, taken over. */
struct cede__locals *cede__task_share_locals(struct cede_task *task);
void cede__task_adopt_locals(struct cede_task *task, struct cede__locals *locals);
void cede__locals_unref(struct cede__locals *locals);

/* owner.c: a task ends and holds things still. */
void cede__task_forget_held(struct cede_task *task);

/* Who must end or let go of something before the waiter goes on, if that is one, as far as party.h
 * finds; else NULL. */
struct cede__party *cede__waiter_awaited(const struct cede__waiter *waiter);

/* " waiting for lock 'db' held by task 'anna'"; its kind can describe it. */
void cede__waiter_describe(const struct cede__waiter *waiter, struct cede__text *text);

/* wait_queue.c: whether it stands in no line any more; if it is told of that by another thread,
 * what it waited for may be gone. */
bool cede__waiter_is_granted(const struct cede__waiter *waiter);

/* Whether waiting is possible here: 0; raises -EDEADLK on a loop's thread outside of tasks. */
int cede__wait_check(const struct cede_task *task);

#endif
