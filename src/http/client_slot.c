/* client_slot.c - leave to use a connection: at most `limit` at once, `limit_per_host` to one
 * place.
 *
 * Slots are held or waited for, first come, first served; one whose host is full does not hold up
 * those behind it. A slot that is given back goes straight to the first who may have it, so between
 * two calls nobody waits who could be served, and no newcomer overtakes.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/client.h"

static bool slot_is_free(const struct cede_http_session *session, const char *origin)
{
    unsigned n_here = 0;

    if (session->n_slots >= session->limit)
        return false;
    if (session->limit_per_host == 0)
        return true;
    for (struct cede__list *link = session->slots.next; link != &session->slots; link = link->next)
        n_here +=
            strcmp(cede__container_of(link, struct cede__http_slot, link)->origin, origin) == 0;
    return n_here < session->limit_per_host;
}

static void slot_hold(struct cede_http_session *session, struct cede__http_slot *slot)
{
    cede__list_append(&session->slots, &slot->link);
    session->n_slots++;
    slot->is_held = true;
}

static void slot_cancel(struct cede__waiter *waiter)
{
    cede__list_remove(&cede__container_of(waiter, struct cede__http_slot, waiter)->link);
    cede__waiter_wake(waiter, -ECANCELED);
}

static void slot_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__text_add(text, "a connection to %s, all of the session's being in use",
                   cede__container_of(waiter, struct cede__http_slot, waiter)->origin);
}

static const struct cede__wait_kind waiting_for_slot = {
    .cancel = slot_cancel, .describe = slot_describe, .noun = "a slot"};

int cede__http_slot_take(struct cede_http_session *session, struct cede__http_slot *slot,
                         const char *origin)
{
    if (session->is_closed)
        return CEDE_ESHUTDOWN;
    slot->origin = origin;
    slot->is_held = false;
    slot->waiter.kind = &waiting_for_slot;
    if (slot_is_free(session, origin)) {
        slot_hold(session, slot);
        return 0;
    }
    cede__list_append(&session->queue, &slot->link);
    return cede__task_park(cede__task_here(), &slot->waiter);
}

void cede__http_slot_give(struct cede_http_session *session, struct cede__http_slot *slot)
{
    struct cede__list *next;

    if (!slot->is_held)
        return;
    cede__list_remove(&slot->link);
    slot->is_held = false;
    session->n_slots--;
    for (struct cede__list *link = session->queue.next;
         link != &session->queue && session->n_slots < session->limit; link = next) {
        struct cede__http_slot *waiting = cede__container_of(link, struct cede__http_slot, link);
        next = link->next;
        if (!slot_is_free(session, waiting->origin))
            continue;
        cede__list_remove(link);
        slot_hold(session, waiting);
        cede__waiter_wake(&waiting->waiter, 0);
    }
}

void cede__http_slot_refuse_all(struct cede_http_session *session)
{
    for (struct cede__list *link; (link = cede__list_take(&session->queue));)
        cede__waiter_wake(&cede__container_of(link, struct cede__http_slot, link)->waiter,
                          CEDE_ESHUTDOWN);
}
