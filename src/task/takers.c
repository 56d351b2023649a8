/* takers.c - who took of what anybody may give back: named, and found among the tasks.
 *
 * An object has a few numbers of tasks, the last first. Numbers are never used again, so one that
 * no task on the list has is that of a task that ended.
 *
 * Callers: the nouns that have such numbers, wait_graph.c.
 */
/* SPDX-License-Identifier: MIT */
#include "task/takers.h"
#include "task/wait_graph.h"

bool cede__takers_remove(struct cede__takers *takers, const struct cede_task *task)
{
    uint64_t *numbers = takers->numbers;

    for (int i = 0; task && task->coro.is_listed && i < CEDE__N_TAKERS; i++) {
        if (numbers[i] != task->number)
            continue;
        memmove(&numbers[i], &numbers[i + 1], (size_t)(CEDE__N_TAKERS - 1 - i) * sizeof *numbers);
        numbers[CEDE__N_TAKERS - 1] = 0;
        return true;
    }
    return false;
}

/* Its first number; *n_out is how many there are. */
static const uint64_t *takers_of(const struct cede__waiter *waiter, int *n_out)
{
    const struct cede__taker_kind *kind = &waiter->kind->takers;

    *n_out = 0;
    if (!kind->word || cede__spot_of(waiter)->sync->shared)
        return NULL;
    *n_out = kind->n;
    return (const uint64_t *)(const void *)((const char *)cede__spot_of(waiter)->sync + kind->at);
}

struct cede_task *cede__takers_next(const struct cede__waiter *waiter, const void **at)
{
    int n;
    const uint64_t *first = takers_of(waiter, &n);
    const uint64_t *number = *at ? (const uint64_t *)*at + 1 : first;

    for (; number && number < first + n && *number; number++) {
        struct cede_task *task = cede__task_numbered(waiter->task->loop, *number);
        *at = number;
        if (task)
            return task;
    }
    return NULL;
}

bool cede__takers_any(const struct cede__waiter *waiter)
{
    int n;
    const uint64_t *first = takers_of(waiter, &n);

    return n > 0 && *first;
}

void cede__takers_name(const struct cede__waiter *waiter, struct cede__text *text)
{
    int n;
    const uint64_t *first = takers_of(waiter, &n);

    for (int i = 0; i < n && first[i]; i++) {
        const struct cede_task *task = cede__task_numbered(waiter->task->loop, first[i]);
        if (i > 0)
            cede__text_add(text, ", ");
        if (!task)
            cede__text_add(text, "a task that has ended");
        else if (task == waiter->task)
            cede__text_add(text, "itself");
        else
            cede__text_add(text, "task '%s'", task->coro.site->name);
    }
}

void cede__takers_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    if (!cede__takers_any(waiter))
        return;
    cede__text_add(text, " %s ", waiter->kind->takers.word);
    cede__takers_name(waiter, text);
}
