/* event.c - waiting until something has happened: a flag, and those who wait for it.
 *
 * While it is set nobody waits. The flag changes inside the guard and is read without it, so that
 * looking at what has happened long ago costs a load.
 */
/* SPDX-License-Identifier: MIT */
#include "task/wait_queue.h"
#include <cede/event.h>

static void event_describe(const struct cede__waiter *waiter, struct cede__text *text);

static const struct cede__spot_kind waiting_for_event = {.wait = {.cancel = cede__spot_cancel,
                                                                  .describe = event_describe,
                                                                  .noun = "event",
                                                                  .look = CEDE__LOOK_SYNC}};

static void event_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__sync_describe(cede__spot_of(waiter)->sync, "event", text);
}

void cede_event_init(cede_event *event, const cede_sync_options *options)
{
    *event = (cede_event){.is_set = false};
    cede__sync_init(&event->sync, options);
}

void cede_event_fini(cede_event *event)
{
    if (event)
        cede__sync_fini(&event->sync);
}

bool cede_event_is_set(const cede_event *event)
{
    return __atomic_load_n(&event->is_set, __ATOMIC_ACQUIRE);
}

int cede_event_wait(cede_event *event)
{
    struct cede_task *task = cede__task_here();

    if (cede__unlikely(!task || task->coro.is_cancelled))
        CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__sync_debug(&event->sync));
    /* If shared, inside the guard: who sees it set may destroy it, so who sets it must be out. */
    cede__sync_enter(&event->sync);
    if (event->is_set) {
        cede__sync_leave(&event->sync);
        return 0;
    }
    return cede__sync_wait(&event->sync, &waiting_for_event, NULL, task);
}

int cede_event_set(cede_event *event)
{
    CEDE_TRY(cede__sync_check(&event->sync));
    cede__sync_enter(&event->sync);
    __atomic_store_n(&event->is_set, true, __ATOMIC_RELEASE);
    cede__line_grant_all(&event->sync.line, 0);
    cede__sync_leave(&event->sync);
    return 0;
}

void cede_event_clear(cede_event *event)
{
    if (cede__sync_debug(&event->sync) < 0)
        return;
    cede__sync_enter(&event->sync);
    __atomic_store_n(&event->is_set, false, __ATOMIC_RELEASE);
    cede__sync_leave(&event->sync);
}

size_t cede_event_n_waiting(cede_event *event)
{
    return cede__sync_count(&event->sync);
}
