/* owner.c - who holds what: naming owners, and tasks that end as such.
 *
 * An owner is written as a pointer: to the task, or, odd, a thread's number twice. What a task
 * held when it ended has an owner that is neither, and stays so: what it protects may be half
 * done. Owners of shared objects are read inside their guard; a task of another loop is compared,
 * never followed.
 */
/* SPDX-License-Identifier: MIT */
#include "task/owner.h"

static const uint32_t nobody_left = 0; /* as an owner: a task that has ended */

/* Inside the guard. */
static struct cede_task *owned_task(const struct cede__owned *owned)
{
    const bool known = owned->owner && owned->owner_loop && owned->owner_loop == cede__loop_here;

    return known ? owned->owner : NULL;
}

struct cede_task *cede__owned_task(struct cede__owned *owned)
{
    struct cede_task *task;

    cede__sync_enter(&owned->sync);
    task = owned_task(owned);
    cede__sync_leave(&owned->sync);
    return task;
}

struct cede__party *cede__owned_party(struct cede__owned *owned)
{
    struct cede__party *party;

    cede__sync_enter(&owned->sync);
    party = cede__party_of_owner(owned);
    cede__sync_leave(&owned->sync);
    return party;
}

void cede__owned_name(const struct cede__owned *owned, struct cede__text *text)
{
    const uint64_t thread = cede__owner_thread_number(owned->owner);

    if (owned->owner == &nobody_left)
        cede__text_add(text, "a task that has ended");
    else if (thread > 0)
        cede__party_name_numbered(thread, text);
    else if (cede__look_covers(owned->owner_loop))
        cede__text_add(text, "task '%s'", ((struct cede_task *)owned->owner)->coro.site->name);
    else
        cede__text_add(text, "a task of another loop");
}

void cede__owned_describe(struct cede__owned *owned, const char *noun, struct cede__text *text)
{
    cede__sync_describe(&owned->sync, noun, text);
    cede__sync_enter(&owned->sync);
    if (owned->owner) {
        cede__text_add(text, " held by ");
        cede__owned_name(owned, text);
    }
    cede__sync_leave(&owned->sync);
}

void cede__owned_report_end(struct cede__owned *owned, const char *noun)
{
    char buffer[192];
    struct cede__text text = {buffer, sizeof buffer, 0};

    cede__sync_enter(&owned->sync);
    const bool is_held = owned->owner && owned->owner != &nobody_left;
    cede__sync_leave(&owned->sync);
    if (!is_held)
        return;
    cede__owned_describe(owned, noun, &text);
    cede__report("cede: %s is ended while it is held\n", buffer);
}

void cede__task_forget_held(struct cede_task *task)
{
    while (task->held) {
        struct cede__owned *owned = task->held;
        char buffer[128];
        struct cede__text text = {buffer, sizeof buffer, 0};

        cede__sync_describe(&owned->sync, owned->noun, &text);
        cede__report("cede: task '%s' ended while it held %s: nobody can have it any more\n",
                     task->coro.site->name, buffer);
        cede__owned_drop(owned, task);
        cede__sync_enter(&owned->sync);
        cede__owned_give(owned, (void *)&nobody_left, NULL);
        cede__sync_leave(&owned->sync);
    }
}
