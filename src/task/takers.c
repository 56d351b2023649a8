/* takers.c - who took of what anybody may give back: named, and found among the tasks.
 *
 * An object has a few numbers of tasks and threads, the last first. Those of tasks are never used
 * again, so one that no task on the list has is that of a task that ended.
 *
 * Callers: the nouns that have such numbers, wait_graph.c.
 */
/* SPDX-License-Identifier: MIT */
#include "task/takers.h"
#include "task/wait_graph.h"

bool cede__takers_remove(struct cede__takers *takers, const struct cede__sync *sync,
                         const struct cede_task *task)
{
    uint64_t *numbers = takers->numbers;
    const uint64_t thread = sync->shared ? cede__thread_number() : 0;
    const uint64_t number = !task ? thread : task->coro.is_listed ? task->number : 0;

    for (int i = 0; number > 0 && i < CEDE__N_TAKERS; i++) {
        if (numbers[i] != number)
            continue;
        memmove(&numbers[i], &numbers[i + 1], (size_t)(CEDE__N_TAKERS - 1 - i) * sizeof *numbers);
        numbers[CEDE__N_TAKERS - 1] = 0;
        return true;
    }
    return false;
}

/* The numbers, read inside the guard; where the first lies, NULL: there are none. */
static const uint64_t *takers_read(const struct cede__waiter *waiter, struct cede__takers *read_out)
{
    const struct cede__taker_kind *kind = &waiter->kind->takers;
    struct cede__sync *sync;
    const uint64_t *first;

    *read_out = (struct cede__takers){{0}};
    if (!kind->word)
        return NULL;
    sync = cede__spot_of(waiter)->sync;
    first = (const uint64_t *)(const void *)((const char *)sync + kind->at);
    cede__sync_enter(sync);
    memcpy(read_out->numbers, first, (size_t)kind->n * sizeof *first);
    cede__sync_leave(sync);
    return first;
}

struct cede__party *cede__takers_next(const struct cede__waiter *waiter, const void **at)
{
    struct cede__takers takers;
    const uint64_t *first = takers_read(waiter, &takers);
    size_t i = *at ? (size_t)((const uint64_t *)*at - first) + 1 : 0;

    for (; first && i < CEDE__N_TAKERS && takers.numbers[i]; i++) {
        struct cede__party *party = cede__party_numbered(takers.numbers[i]);
        *at = first + i;
        if (party)
            return party;
    }
    return NULL;
}

bool cede__takers_any(const struct cede__waiter *waiter)
{
    struct cede__takers takers;

    return takers_read(waiter, &takers) && takers.numbers[0];
}

void cede__takers_name(const struct cede__waiter *waiter, struct cede__text *text)
{
    struct cede__takers takers;

    (void)takers_read(waiter, &takers);
    for (int i = 0; i < CEDE__N_TAKERS && takers.numbers[i]; i++) {
        if (i > 0)
            cede__text_add(text, ", ");
        if (takers.numbers[i] == cede__spot_number(cede__spot_of(waiter)))
            cede__text_add(text, "itself");
        else
            cede__party_name_numbered(takers.numbers[i], text);
    }
}

void cede__takers_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    if (!cede__takers_any(waiter))
        return;
    cede__text_add(text, " %s ", waiter->kind->takers.word);
    cede__takers_name(waiter, text);
}
