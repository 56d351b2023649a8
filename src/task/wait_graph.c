/* wait_graph.c - which task must go on before which.
 *
 *     main --joins a group of--> reader --waits for a lock of--> writer --awaits--> reader
 *
 * An edge says "must": a wait for any of several, or for something that anybody may bring, has
 * none. So a circle of edges is a deadlock, whatever else the loop does. Circles are found depth
 * first, with the path kept on the tasks themselves: no memory is needed, and no stack, however
 * long the chain is. Each edge is followed once.
 *
 * Callers: dump.c, deadlock.c.
 */
/* SPDX-License-Identifier: MIT */
#include "task/wait_graph.h"

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

static void graph_reset(const struct cede__list *tasks)
{
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede__task_walk *walk = &task_at(link)->walk;
        *walk = (struct cede__task_walk){.told = walk->told};
    }
}

/* Circles. */

static void graph_follow(struct cede_task *start, void (*fn)(struct cede_task *first, void *arg),
                         void *arg)
{
    struct cede_task *task = start;

    task->walk.state = ON_PATH;
    while (task) {
        struct cede_task *next = cede__task_blocker(task, &task->walk.at);
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

void cede__graph_circles(struct cede_loop *loop, void (*fn)(struct cede_task *first, void *arg),
                         void *arg)
{
    const struct cede__list *tasks = cede__task_list(loop);

    graph_reset(tasks);
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        if (task_at(link)->walk.state == NEW && task_at(link)->ready.waiter)
            graph_follow(task_at(link), fn, arg);
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
