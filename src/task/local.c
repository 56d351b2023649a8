/* local.c - values that belong to a task and go on to the tasks it spawns.
 *
 * All that a task has set, or inherited, is one block: a few pairs of key and value, looked through
 * from the front. Spawning shares the block, and to set a value in a shared one is to copy it, so
 * each sees what was there when it was spawned. Blocks stay on one loop: no atomics.
 *
 * A loop knows whether any of its tasks has a block, by the sign of n_idle: then each spawn goes
 * the long way, by cede__task_create, which hands the block on. Else nobody looks.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <cede/local.h>

#include "base/base.h"
#include "task/task.h"

struct pair {
    const cede_local *key;
    void *value;
};

struct cede__locals {
    unsigned n_refs; /* tasks that have it, and runners that keep it */
    unsigned n;
    struct pair pairs[];
};

/* The place of a key; `n` if it is not there. */
static unsigned locals_find(const struct cede__locals *locals, const cede_local *key)
{
    unsigned i = 0;

    while (i < locals->n && locals->pairs[i].key != key)
        i++;
    return i;
}

void cede__locals_unref(struct cede__locals *locals)
{
    if (--locals->n_refs == 0)
        cede__free(locals);
}

/* A block of one's own with the same pairs and room for `n`, which may be one more. */
static struct cede__locals *locals_copy(const struct cede__locals *locals, unsigned n)
{
    struct cede__locals *copy = cede__malloc(sizeof *copy + n * sizeof copy->pairs[0]);

    if (!copy)
        return NULL;
    copy->n_refs = 1;
    copy->n = n;
    if (locals)
        memcpy(copy->pairs, locals->pairs, locals->n * sizeof copy->pairs[0]);
    return copy;
}

static void task_take(struct cede_task *task, struct cede__locals *locals)
{
    task->is_special = true;
    task->locals = locals;
    task->loop->n_idle -= CEDE__LOOP_LOCALS;
}

void cede__task_inherit_locals(struct cede_task *task, const struct cede_task *spawner)
{
    spawner->locals->n_refs++;
    task_take(task, spawner->locals);
}

void cede__task_forget_locals(struct cede_task *task)
{
    cede__locals_unref(task->locals);
    task->locals = NULL;
    task->loop->n_idle += CEDE__LOOP_LOCALS;
}

void cede__task_adopt_locals(struct cede_task *task, struct cede__locals *locals)
{
    if (task->locals)
        cede__task_forget_locals(task);
    task_take(task, locals);
}

struct cede__locals *cede__task_share_locals(struct cede_task *task)
{
    if (task->locals)
        task->locals->n_refs++;
    return task->locals;
}

int cede_local_set(const cede_local *local, void *value)
{
    struct cede_task *task = cede__task_here();
    struct cede__locals *own, *old;
    unsigned at;

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task has values of its own");
    old = task->locals;
    at = old ? locals_find(old, local) : 0;
    if (!old || at == old->n || old->n_refs > 1) {
        own = locals_copy(old, !old ? 1 : at == old->n ? at + 1 : old->n);
        if (!own)
            return cede_raise(-ENOMEM, "no memory for a value of the task");
        if (old)
            cede__task_forget_locals(task);
        task_take(task, own);
    }
    task->locals->pairs[at] = (struct pair){local, value};
    return 0;
}

void *cede_local_get(const cede_local *local)
{
    const struct cede_task *task = cede__task_here();
    unsigned at;

    if (!task || !task->locals)
        return local->initial;
    at = locals_find(task->locals, local);
    return at < task->locals->n ? task->locals->pairs[at].value : local->initial;
}
