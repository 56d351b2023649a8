/* mailbox.c - a stack that any thread pushes on and the loop takes whole, then reverses: first
 * sent, first delivered.
 *
 * Before it waits, the loop says so in `sleeping` and looks once more; a sender pushes first and
 * then looks at `sleeping`. One of the two sees the other, so no message waits while the loop
 * sleeps, and a loop that is busy costs the sender no system call.
 */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "loop/mailbox.h"
#include "sys/sample.h"

static struct cede__message closed_mark;

#define CLOSED (&closed_mark)

struct cede__mailbox *cede__mailbox_create(const struct cede__poll_engine *engine,
                                           struct cede__poll *poll)
{
    struct cede__mailbox *mailbox = cede__calloc(1, sizeof *mailbox);

    if (!mailbox)
        return NULL;
    mailbox->n_refs = 1;
    mailbox->engine = engine;
    mailbox->poll = poll;
    mailbox->thread = cede__sample_thread();
    return mailbox;
}

struct cede__mailbox *cede__mailbox_ref(struct cede__mailbox *mailbox)
{
    __atomic_add_fetch(&mailbox->n_refs, 1, __ATOMIC_RELAXED);
    return mailbox;
}

void cede__mailbox_unref(struct cede__mailbox *mailbox)
{
    if (mailbox && __atomic_sub_fetch(&mailbox->n_refs, 1, __ATOMIC_ACQ_REL) == 0)
        cede__free(mailbox);
}

int cede__mailbox_post(struct cede__mailbox *mailbox, struct cede__message *message)
{
    struct cede__message *newest = __atomic_load_n(&mailbox->newest, __ATOMIC_RELAXED);

    /* Delivered, the message may be what closes the loop, before the loop is nudged. */
    (void)cede__mailbox_ref(mailbox);
    do {
        if (newest == CLOSED) {
            cede__mailbox_unref(mailbox);
            return CEDE_ESHUTDOWN;
        }
        message->next = newest;
    } while (!__atomic_compare_exchange_n(&mailbox->newest, &newest, message, true,
                                          __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    cede__mailbox_nudge(mailbox);
    cede__mailbox_unref(mailbox);
    return 0;
}

bool cede__mailbox_is_closed(const struct cede__mailbox *mailbox)
{
    return __atomic_load_n(&mailbox->newest, __ATOMIC_ACQUIRE) == CLOSED;
}

void cede__mailbox_wake(struct cede__mailbox *mailbox)
{
    cede__mutex_lock(&mailbox->lock);
    if (mailbox->poll)
        mailbox->engine->wake(mailbox->poll);
    cede__mutex_unlock(&mailbox->lock);
}

static bool deliver_all(struct cede__message *newest)
{
    struct cede__message *oldest = NULL;
    const bool any = newest != NULL;

    while (newest) {
        struct cede__message *older = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = older;
    }
    while (oldest) {
        struct cede__message *message = oldest;
        oldest = oldest->next; /* first: delivery may end the message's life */
        message->deliver(message);
    }
    return any;
}

bool cede__mailbox_deliver(struct cede__mailbox *mailbox)
{
    if (cede__mailbox_is_empty(mailbox))
        return false;
    return deliver_all(__atomic_exchange_n(&mailbox->newest, NULL, __ATOMIC_ACQUIRE));
}

void cede__mailbox_wake_up_slowly(struct cede__mailbox *mailbox)
{
    uint32_t *sleeping = &mailbox->sleeping;
    uint32_t state = CEDE__ASLEEP;

    while (!__atomic_compare_exchange_n(sleeping, &state, CEDE__AWAKE, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
        if (state == CEDE__HELD)
            (void)__atomic_compare_exchange_n(sleeping, &state, CEDE__HELD_AND_WANTED, false,
                                              __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        (void)cede__futex_wait(sleeping, CEDE__HELD_AND_WANTED, CEDE_NEVER);
        state = CEDE__ASLEEP;
    }
}

bool cede__mailbox_hold(struct cede__mailbox *mailbox)
{
    uint32_t state = CEDE__ASLEEP;

    return __atomic_compare_exchange_n(&mailbox->sleeping, &state, CEDE__HELD, false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void cede__mailbox_let_go(struct cede__mailbox *mailbox)
{
    uint32_t *sleeping = &mailbox->sleeping;

    /* Afterwards it may be gone; to wake at an address where nobody sleeps is harmless. */
    if (__atomic_exchange_n(sleeping, CEDE__ASLEEP, __ATOMIC_RELEASE) == CEDE__HELD_AND_WANTED)
        cede__futex_wake(sleeping, 1);
}

void cede__mailbox_close(struct cede__mailbox *mailbox)
{
    struct cede__message *newest = __atomic_exchange_n(&mailbox->newest, CLOSED, __ATOMIC_ACQ_REL);

    if (newest != CLOSED)
        (void)deliver_all(newest);
    cede__mutex_lock(&mailbox->lock);
    mailbox->poll = NULL;
    cede__mutex_unlock(&mailbox->lock);
}
