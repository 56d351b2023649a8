/* owner.h - who holds what. Floor 4.
 *
 * An owner is a task, or a thread outside of tasks. A task keeps a list of what it holds, so that
 * one that ends holding something is told of, and nothing points to it any more: whoever reads the
 * owner of an object finds a task that lives.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_OWNER_H
#define CEDE_TASK_OWNER_H

#include "task/wait_queue.h"

/* As an owner: a thread. And its number; 0: it is none. */
static inline void *cede__owner_thread(uint64_t number)
{
    return (void *)(uintptr_t)(number << 1 | 1);
}

static inline uint64_t cede__owner_thread_number(const void *owner)
{
    return (uintptr_t)owner & 1 ? (uintptr_t)owner >> 1 : 0;
}

/* As an owner: the running task or the calling thread. */
static inline void *cede__owner_self(struct cede_task *task)
{
    return cede__likely(task != NULL) ? (void *)task : cede__owner_thread(cede__thread_number());
}

/* It has an owner now, inside the guard; the owner itself adds it to what it holds. */
static inline void cede__owned_give(struct cede__owned *owned, void *owner, struct cede_loop *loop)
{
    owned->owner = owner;
    owned->owner_loop = loop;
}

/* The same: who has this spot. */
static inline void cede__owned_give_spot(struct cede__owned *owned, struct cede__spot *spot)
{
    if (cede__likely(!owned->sync.shared))
        cede__owned_give(owned, cede__spot_task(spot), cede__spot_task(spot)->loop);
    else if (spot->loop)
        cede__owned_give(owned, cede__spot_task(spot), spot->loop);
    else
        cede__owned_give(owned, cede__owner_thread(spot->number), NULL);
}

/* The running task holds it; nothing in a thread. */
static inline void cede__owned_hold(struct cede__owned *owned, struct cede_task *task,
                                    const char *noun)
{
    if (cede__unlikely(!task))
        return;
    owned->noun = noun;
    owned->next_held = task->held;
    owned->link_held = &task->held;
    if (task->held)
        task->held->link_held = &owned->next_held;
    task->held = owned;
    task->is_special = true; /* its end looks at the list */
}

/* And no longer. */
static inline void cede__owned_drop(struct cede__owned *owned, struct cede_task *task)
{
    if (cede__unlikely(!task))
        return;
    *owned->link_held = owned->next_held;
    if (owned->next_held)
        owned->next_held->link_held = owned->link_held;
}

/* Whose it is, if that is a task of this thread's loop; else NULL. */
struct cede_task *cede__owned_task(struct cede__owned *owned);

/* Who has it, as far as party.h finds. */
struct cede__party *cede__owned_party(struct cede__owned *owned);

/* "lock 'db' held by task 'writer'" */
void cede__owned_describe(struct cede__owned *owned, const char *noun, struct cede__text *text);

/* Report that an object is ended while somebody that lives holds it, if so. */
void cede__owned_report_end(struct cede__owned *owned, const char *noun);

/* How an error names the owner, in `text`. */
void cede__owned_name(const struct cede__owned *owned, struct cede__text *text);

#endif
