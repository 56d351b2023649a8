/* wait_graph.c - which task must go on before which.
 *
 *     main --joins a group of--> reader --waits for a lock of--> writer --awaits--> reader
 *
 * An edge says "must": a wait for any of several, or for something that anybody may bring, has
 * none. So a circle of edges is a deadlock, whatever else the loop does. Circles are found depth
 * first, with the path kept on the tasks themselves: no memory is needed, and no stack, however
 * long the chain is. Each edge is followed once.
 *
 * Where anybody may let a task go on, who took last is a guess. Guesses are followed as edges only
 * when no task of the loop can go on any more: then nobody will come and prove them wrong.
 *
 * Callers: dump.c, deadlock.c.
 */
/* SPDX-License-Identifier: MIT */
#include "task/wait_graph.h"
#include "task/takers.h"

enum state { NEW, ON_PATH, DONE };

static struct cede_task *task_at(const struct cede__list *link)
{
    return cede__container_of(link, struct cede_task, link);
}

struct cede_task *cede__task_blocker(const struct cede_task *task, const void **at)
{
    const struct cede__waiter *waiter = task->ready.waiter;

    if (!waiter)
        return NULL;
    if (waiter->kind->blockers)
        return waiter->kind->blockers(waiter, at);
    if (*at)
        return NULL;
    *at = waiter;
    return (struct cede_task *)cede__task_awaited(task);
}

/* The index by numbers: lists of tasks, each beginning in one of some slots. Built when it is
 * needed first, by who has the lock. */
enum { N_SLOTS = 2048 }; /* a power of two: numbers come in a row */

static struct {
    struct cede__mutex lock;
    struct cede_task *slots[N_SLOTS];
} graph_index;

/* This thread has the lock; and has built it. */
static __thread struct {
    bool is_locked, is_built;
} graph_here;

void cede__graph_enter(void)
{
    cede__mutex_lock(&graph_index.lock);
    graph_here.is_locked = true;
    graph_here.is_built = false;
}

void cede__graph_leave(void)
{
    graph_here.is_locked = false;
    cede__mutex_unlock(&graph_index.lock);
}

static void index_build(const struct cede__list *tasks)
{
    memset(graph_index.slots, 0, sizeof graph_index.slots);
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede_task *task = task_at(link);
        struct cede_task **slot = &graph_index.slots[task->number % N_SLOTS];
        task->walk.same_slot = *slot;
        *slot = task;
    }
    graph_here.is_built = true;
}

struct cede_task *cede__task_numbered(struct cede_loop *loop, uint64_t number)
{
    const struct cede__list *tasks = &loop->tasks;

    if (number >> CEDE__LOOP_NUMBER_BITS != loop->last_number >> CEDE__LOOP_NUMBER_BITS)
        return NULL;
    if (graph_here.is_locked) {
        if (!graph_here.is_built)
            index_build(tasks);
        struct cede_task *task = graph_index.slots[number % N_SLOTS];
        while (task && task->number != number)
            task = task->walk.same_slot;
        return task;
    }
    for (const struct cede__list *link = tasks->prev; link != tasks; link = link->prev) {
        if (task_at(link)->number <= number)
            return task_at(link)->number == number ? task_at(link) : NULL;
    }
    return NULL;
}

bool cede__graph_is_guess(const struct cede_task *task)
{
    const struct cede__waiter *waiter = task->ready.waiter;

    return waiter && waiter->kind->takers.word && !waiter->kind->takers.are_holders;
}

static void graph_reset(const struct cede__list *tasks)
{
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede__task_walk *walk = &task_at(link)->walk;
        *walk = (struct cede__task_walk){.told = walk->told, .same_slot = walk->same_slot};
    }
}

/* Circles. */

/* The next that is waited for, or seems to be. */
static struct cede_task *graph_next_edge(struct cede_task *task, bool guess)
{
    return guess && cede__graph_is_guess(task)
               ? cede__takers_next(task->ready.waiter, &task->walk.at)
               : cede__task_blocker(task, &task->walk.at);
}

static void graph_follow(struct cede_task *start, bool guess,
                         void (*fn)(struct cede_task *first, void *arg), void *arg)
{
    struct cede_task *task = start;

    task->walk.state = ON_PATH;
    while (task) {
        struct cede_task *next = graph_next_edge(task, guess);
        if (!next) {
            task->walk.state = DONE;
            task = task->walk.parent;
            continue;
        }
        task->walk.next = next;
        if (next->walk.state == NEW) {
            next->walk.state = ON_PATH;
            next->walk.parent = task;
            task = next;
        } else if (next->walk.state == ON_PATH) {
            fn(next, arg);
        }
    }
}

void cede__graph_circles(struct cede_loop *loop, bool guess,
                         void (*fn)(struct cede_task *first, void *arg), void *arg)
{
    const struct cede__list *tasks = cede__task_list(loop);

    graph_reset(tasks);
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        if (task_at(link)->walk.state == NEW && task_at(link)->ready.waiter)
            graph_follow(task_at(link), guess, fn, arg);
    }
}

/* The tree. */

static void tree_set_parents(const struct cede__list *tasks)
{
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede_task *task = task_at(link);
        struct cede_task *blocker;
        const void *at = NULL;

        if (task->group)
            task->walk.parent = task->group->scope.task;
        while ((blocker = cede__task_blocker(task, &at))) {
            if (!blocker->walk.parent && !blocker->group && blocker != task)
                blocker->walk.parent = task;
        }
    }
}

/* Where parents go round in a circle, let one have none. */
static void tree_break_circles(const struct cede__list *tasks)
{
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede_task *task = task_at(link);

        for (; task && task->walk.state == NEW; task = task->walk.parent)
            task->walk.state = ON_PATH;
        if (task && task->walk.state == ON_PATH)
            task->walk.parent = NULL;
        task = task_at(link);
        for (; task && task->walk.state == ON_PATH; task = task->walk.parent)
            task->walk.state = DONE;
    }
}

struct cede_task *cede__graph_tree(struct cede_loop *loop)
{
    const struct cede__list *tasks = cede__task_list(loop);
    struct cede_task *first = NULL, *last = NULL;

    graph_reset(tasks);
    tree_set_parents(tasks);
    tree_break_circles(tasks);
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede_task *task = task_at(link);
        struct cede_task *parent = task->walk.parent;
        struct cede_task **first_at = parent ? &parent->walk.first_child : &first;
        struct cede_task **last_at = parent ? &parent->walk.last_child : &last;

        if (*last_at)
            (*last_at)->walk.next = task;
        else
            *first_at = task;
        *last_at = task;
    }
    return first;
}

struct cede_task *cede__graph_next(struct cede_task *task, unsigned *depth)
{
    if (task->walk.first_child) {
        ++*depth;
        return task->walk.first_child;
    }
    while (task && !task->walk.next) {
        task = task->walk.parent;
        --*depth;
    }
    return task ? task->walk.next : NULL;
}
