/* wait_graph.c - who must go on before whom.
 *
 *     main --joins a group of--> reader --waits for a lock of--> writer --awaits--> reader
 *
 * An edge says "must": a wait for any of several, or for something that anybody may bring, has
 * none. So a circle of edges is a deadlock, whatever else the loop does. Circles are found depth
 * first, with the path kept on the parties themselves: no memory is needed, and no stack, however
 * long the chain is. Each edge is followed once. What an earlier search left is told by its number.
 *
 * Where anybody may let a task go on, who took last is a guess. Guesses are followed as edges only
 * when no task of the loop can go on any more: then nobody will come and prove them wrong.
 *
 * Callers: dump.c, deadlock.c.
 */
/* SPDX-License-Identifier: MIT */
#include "task/wait_graph.h"
#include "task/takers.h"
#include "task/thread_wait.h"

enum state { NEW, ON_PATH, DONE };

static struct cede_task *task_at(const struct cede__list *link)
{
    return cede__container_of(link, struct cede_task, link);
}

/* What is granted to the waiter just now, by another thread, may be gone. */
static struct cede__party *waiter_blocker(const struct cede__waiter *waiter, const void **at)
{
    if (!waiter || cede__waiter_is_granted(waiter))
        return NULL;
    if (waiter->kind->blockers)
        return waiter->kind->blockers(waiter, at);
    if (*at)
        return NULL;
    *at = waiter;
    return cede__waiter_awaited(waiter);
}

static struct cede__party *thread_blocker(const struct cede__thread_wait *wait, const void **at)
{
    const char *future = *at ? *at : wait->futures;
    const size_t stride = wait->stride ? wait->stride : 1; /* of a single one it is not set */
    const char *end = wait->futures + wait->n * stride;

    if (wait->spot)
        return waiter_blocker(&wait->spot->waiter, at);
    while (!wait->may_end_early && future < end) {
        struct cede__party *party =
            cede__party_of_future(*(const struct cede_future *const *)(const void *)future);
        future += stride;
        *at = future;
        if (party)
            return party;
    }
    return NULL;
}

struct cede__party *cede__party_blocker(const struct cede__party *party, const void **at)
{
    const struct cede_task *task = cede__party_task(party);

    return task ? waiter_blocker(task->ready.waiter, at)
                : thread_blocker(cede__party_thread(party), at);
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

    if (!cede__loop_numbers(loop, number))
        return NULL;
    if (graph_here.is_locked && loop == cede__loop_here) {
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

bool cede__graph_is_guess(const struct cede__party *party)
{
    const struct cede_task *task = cede__party_task(party);
    const struct cede__waiter *waiter = task ? task->ready.waiter : NULL;

    return waiter && waiter->kind->takers.word && !waiter->kind->takers.are_holders;
}

/* Circles. */

static uint64_t n_searches; /* ever; in the graph's lock */

/* What this search has left on it. */
static struct cede__party *notes(struct cede__party *party)
{
    if (party->search != n_searches) {
        party->search = n_searches;
        party->parent = party->next = NULL;
        party->at = NULL;
        party->state = NEW;
    }
    return party;
}

/* The next that is waited for, or seems to be. */
static struct cede__party *graph_next_edge(struct cede__party *party, bool guess)
{
    return guess && cede__graph_is_guess(party)
               ? cede__takers_next(cede__party_task(party)->ready.waiter, &party->at)
               : cede__party_blocker(party, &party->at);
}

static void graph_follow(struct cede__party *start, bool guess, cede__circle_fn *fn, void *arg)
{
    struct cede__party *party = start;

    if (notes(start)->state != NEW)
        return;
    party->state = ON_PATH;
    while (party) {
        struct cede__party *next = graph_next_edge(party, guess);
        if (!next) {
            party->state = DONE;
            party = party->parent;
            continue;
        }
        party->next = next;
        if (notes(next)->state == NEW) {
            next->state = ON_PATH;
            next->parent = party;
            party = next;
        } else if (next->state == ON_PATH) {
            fn(next, arg);
        }
    }
}

void cede__graph_circles(struct cede_loop *loop, bool guess, cede__circle_fn *fn, void *arg)
{
    const struct cede__list *tasks = cede__task_list(loop);

    n_searches++;
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        if (task_at(link)->ready.waiter)
            graph_follow(&task_at(link)->party, guess, fn, arg);
    }
}

void cede__graph_circles_from(struct cede__party *party, cede__circle_fn *fn, void *arg)
{
    n_searches++;
    graph_follow(party, false, fn, arg);
}

/* The tree. */

static void tree_reset(const struct cede__list *tasks)
{
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede__task_walk *walk = &task_at(link)->walk;
        *walk = (struct cede__task_walk){.same_slot = walk->same_slot};
    }
}

static void tree_set_parents(const struct cede__list *tasks)
{
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede_task *task = task_at(link);
        struct cede__party *party;
        const void *at = NULL;

        if (task->group)
            task->walk.parent = task->group->scope.task;
        while ((party = cede__party_blocker(&task->party, &at))) {
            struct cede_task *blocker = cede__party_task(party);
            if (blocker && blocker->loop == task->loop && !blocker->walk.parent &&
                !blocker->group && blocker != task)
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

    tree_reset(tasks);
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
