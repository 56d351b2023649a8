/* callback.c - functions to be called when a future is done.
 *
 * One allocation a callback: a watcher, and a place in the ready queue of the loop that added it,
 * which calls it next turn. A callback added outside of loops is called by whoever completes the
 * future. Each holds a reference to the future.
 */
/* SPDX-License-Identifier: MIT */
#include "task/task.h"

struct callback {
    struct cede__watcher watcher;
    struct cede__ready ready;
    struct cede_future *future; /* a reference */
    cede_done_fn *fn;           /* NULL: taken back while in the ready queue */
    void *arg;
    struct cede_loop *loop; /* that added it; NULL: none */
};

static void callback_call(struct callback *callback)
{
    if (callback->fn)
        callback->fn(callback->future, callback->arg);
    cede_future_unref(callback->future);
    cede__free(callback);
}

static void callback_run(struct cede__ready *ready)
{
    callback_call(cede__container_of(ready, struct callback, ready));
}

static void callback_notify(struct cede__watcher *watcher)
{
    struct callback *callback = cede__container_of(watcher, struct callback, watcher);

    if (callback->loop)
        cede__loop_add_ready(callback->loop, &callback->ready);
    else
        callback_call(callback);
}

int cede_future_on_done(cede_future *future, cede_done_fn *fn, void *arg)
{
    struct callback *callback;

    CEDE_TRY(cede__future_check(future));
    callback = cede__calloc(1, sizeof *callback);
    if (!callback)
        return cede_raise(-ENOMEM, "no memory for a callback");
    callback->watcher.notify = callback_notify;
    cede__list_init(&callback->watcher.link);
    callback->ready.run = callback_run;
    callback->future = cede_future_ref(future);
    callback->fn = fn;
    callback->arg = arg;
    callback->loop = cede__loop_here;
    if (!cede__future_watch(future, &callback->watcher))
        callback_notify(&callback->watcher);
    return 0;
}

static size_t callbacks_take_back(struct cede_future *future, cede_done_fn *fn, void *arg,
                                  struct cede__list *taken)
{
    size_t n = 0;

    for (struct cede__list *link = future->watchers.next, *next; link != &future->watchers;
         link = next) {
        struct cede__watcher *watcher = cede__container_of(link, struct cede__watcher, link);
        struct callback *callback = cede__container_of(watcher, struct callback, watcher);

        next = link->next;
        if (watcher->notify != callback_notify || callback->fn != fn || callback->arg != arg ||
            callback->loop != cede__loop_here)
            continue;
        cede__list_remove(link);
        cede__list_append(taken, link);
        n++;
    }
    return n;
}

size_t cede_future_remove_on_done(cede_future *future, cede_done_fn *fn, void *arg)
{
    struct cede__list taken;
    size_t n;

    cede__list_init(&taken);
    if (future->is_shared)
        cede__mutex_lock(&future->lock);
    n = callbacks_take_back(future, fn, arg, &taken);
    if (future->is_shared)
        cede__mutex_unlock(&future->lock);
    for (struct cede__list *link; (link = cede__list_take(&taken));) {
        struct cede__watcher *watcher = cede__container_of(link, struct cede__watcher, link);
        cede_future_unref(future);
        cede__free(cede__container_of(watcher, struct callback, watcher));
    }
    return n;
}
