/* callback.c - functions to be called when a future is done.
 *
 * One allocation a callback. It watches the future, then lies in the ready queue of the loop that
 * added it, which calls it next turn; added outside of loops, it is called by whoever completes the
 * future. It holds a reference to the future and to its loop's mailbox, and is on loop->callbacks
 * until then, so that a loop that closes finds and frees it wherever it is:
 *
 *     watching --> (under way as a message) --> ready --> called
 *         \                 \ the mailbox is closed: freed by the later of the completing thread
 *          \                  \ and the loop that takes it off its list
 *           \--> taken back, or the loop closes: freed; so is what is ready
 */
/* SPDX-License-Identifier: MIT */
#include "task/task.h"

struct callback {
    struct cede__watcher watcher;
    struct cede__ready ready;
    struct cede__list link;        /* on loop->callbacks; self-linked if of no loop */
    struct cede__mailbox *mailbox; /* of the loop, a reference; NULL: of none */
    struct cede_loop *loop;        /* that added it; NULL: none */
    struct cede_future *future;    /* a reference */
    cede_done_fn *fn;
    void *arg;
    bool is_ready;  /* in the ready queue */
    bool is_let_go; /* atomic: by the loop or by who completes, and the other frees it */
};

static void callback_free(struct callback *callback)
{
    cede_future_unref(callback->future);
    cede__mailbox_unref(callback->mailbox);
    cede__free(callback);
}

static void callback_run(struct cede__ready *ready)
{
    struct callback *callback = cede__container_of(ready, struct callback, ready);

    cede__list_remove(&callback->link);
    callback->fn(callback->future, callback->arg);
    callback_free(callback);
}

static void callback_notify(struct cede__watcher *watcher)
{
    struct callback *callback = cede__container_of(watcher, struct callback, watcher);

    if (callback->loop) {
        callback->is_ready = true;
        cede__loop_add_ready(callback->loop, &callback->ready);
    } else {
        callback_run(&callback->ready);
    }
}

/* The loop has closed while another thread completes the future: each has done with the callback
 * once, and no one knows who comes last. */
static void callback_let_go(struct callback *callback)
{
    if (__atomic_exchange_n(&callback->is_let_go, true, __ATOMIC_ACQ_REL))
        callback_free(callback);
}

static void callback_lost(struct cede__watcher *watcher)
{
    callback_let_go(cede__container_of(watcher, struct callback, watcher));
}

static const struct cede__watcher_kind callback_kind = {.notify = callback_notify,
                                                        .lost = callback_lost};

/* The loop closes. */
static void callback_drop(struct cede__list *link)
{
    struct callback *callback = cede__container_of(link, struct callback, link);

    if (callback->is_ready || cede__future_unwatch(callback->future, &callback->watcher))
        callback_free(callback);
    else /* another thread is about to tell it, and will find the mailbox closed */
        callback_let_go(callback);
}

int cede_future_on_done(cede_future *future, cede_done_fn *fn, void *arg)
{
    struct callback *callback;

    CEDE_TRY(cede__future_check(future));
    callback = cede__calloc(1, sizeof *callback);
    if (!callback)
        return cede_raise(-ENOMEM, "no memory for a callback");
    callback->watcher.kind = &callback_kind;
    cede__list_init(&callback->watcher.link);
    cede__list_init(&callback->link);
    callback->ready.run = callback_run;
    callback->future = cede_future_ref(future);
    callback->fn = fn;
    callback->arg = arg;
    callback->loop = cede__loop_here;
    if (callback->loop) {
        callback->mailbox = cede__mailbox_ref(callback->loop->mailbox);
        callback->loop->drop_callback = callback_drop;
        cede__list_append(&callback->loop->callbacks, &callback->link);
    }
    if (!cede__future_watch(future, &callback->watcher))
        callback_notify(&callback->watcher);
    return 0;
}

static size_t callbacks_take_back(struct cede_future *future, cede_done_fn *fn, const void *arg,
                                  struct cede__list *taken)
{
    struct cede__list head; /* in the ring while it is gone through */
    size_t n = 0;

    if (!future->watchers)
        return 0;
    cede__list_append(future->watchers, &head);
    for (struct cede__list *link = head.next, *next; link != &head; link = next) {
        struct cede__watcher *watcher = cede__container_of(link, struct cede__watcher, link);
        const struct callback *callback = cede__container_of(watcher, struct callback, watcher);

        next = link->next;
        if (watcher->kind != &callback_kind || callback->fn != fn || callback->arg != arg ||
            callback->loop != cede__loop_here)
            continue;
        cede__list_remove(link);
        cede__list_append(taken, link);
        n++;
    }
    future->watchers = cede__list_is_empty(&head) ? NULL : head.next;
    cede__list_unlink(&head);
    return n;
}

size_t cede_future_remove_on_done(cede_future *future, cede_done_fn *fn, void *arg)
{
    struct cede__list taken;
    size_t n;

    cede__list_init(&taken);
    if (future->is_shared)
        cede__spinlock_lock(&future->lock);
    n = callbacks_take_back(future, fn, arg, &taken);
    if (future->is_shared)
        cede__spinlock_unlock(&future->lock);
    for (struct cede__list *link; (link = cede__list_take(&taken));) {
        struct cede__watcher *watcher = cede__container_of(link, struct cede__watcher, link);
        struct callback *callback = cede__container_of(watcher, struct callback, watcher);
        cede__list_remove(&callback->link);
        callback_free(callback);
    }
    return n;
}
