/* chores.c - what a loop does beside its work, now and then.
 *
 * A list without order: there are as many as there are progress bars on the screen.
 * Called by loop.c; the chores are put on the list and taken off it by those who own them.
 */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "loop/chores.h"

cede_time cede__chores_next(const struct cede__list *chores)
{
    cede_time next = CEDE_NEVER;

    for (const struct cede__list *link = chores->next; link != chores; link = link->next) {
        const struct cede__chore *chore = cede__container_of(link, struct cede__chore, link);
        if (chore->when < next)
            next = chore->when;
    }
    return next;
}

void cede__chores_run(struct cede__list *chores, cede_time now)
{
    struct cede__list *link, todo;

    /* Each goes back before it runs, so that it may take itself or another off. */
    cede__list_init(&todo);
    cede__list_splice(&todo, chores);
    while ((link = cede__list_take(&todo))) {
        struct cede__chore *chore = cede__container_of(link, struct cede__chore, link);
        cede__list_append(chores, link);
        if (chore->when <= now)
            chore->run(chore, now);
    }
}
