/* handle.c - callbacks that wait to be called: soon, later, from another thread.
 *
 * A handle is allocated per callback and lies on loop->handles until it has run or was taken back.
 * It is in the ready queue, or its timer is armed, or (from another thread) it is a message under
 * way; never two of these.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/base.h"
#include "loop/ready.h"

struct cede_handle {
    struct cede__list link; /* on loop->handles; self-linked while under way from another thread */
    struct cede_loop *loop;
    struct cede__ready ready;
    struct cede__timer timer;
    struct cede__message message;
    cede_call_fn *fn; /* NULL: taken back while in the ready queue */
    void *arg;
    cede_call_fn *drop; /* called instead of fn if the loop closes first; may be NULL */
    bool is_ready;      /* in the ready queue */
};

static void handle_free(struct cede_handle *handle)
{
    cede__list_remove(&handle->link);
    cede__free(handle);
}

static void handle_run(struct cede__ready *ready)
{
    struct cede_handle *handle = cede__container_of(ready, struct cede_handle, ready);
    cede_call_fn *fn = handle->fn;
    void *arg = handle->arg;

    handle_free(handle); /* first: fn may close over whatever it likes */
    if (fn)
        fn(arg);
}

static void handle_make_ready(struct cede_handle *handle)
{
    handle->is_ready = true;
    cede__loop_add_ready(handle->loop, &handle->ready);
}

static void handle_fire(struct cede__timer *timer)
{
    handle_make_ready(cede__container_of(timer, struct cede_handle, timer));
}

static void handle_arrive(struct cede__message *message)
{
    struct cede_handle *handle = cede__container_of(message, struct cede_handle, message);

    cede__list_append(&handle->loop->handles, &handle->link);
    handle_make_ready(handle);
}

static struct cede_handle *handle_create(struct cede_loop *loop, cede_call_fn *fn, void *arg)
{
    struct cede_handle *handle = cede__calloc(1, sizeof *handle);

    if (!handle)
        return NULL;
    cede__list_init(&handle->link);
    handle->loop = loop;
    handle->ready.run = handle_run;
    handle->timer.fire = handle_fire;
    handle->timer.slot = CEDE__TIMER_IDLE;
    handle->message.deliver = handle_arrive;
    handle->fn = fn;
    handle->arg = arg;
    return handle;
}

/* A handle for the loop's own thread. */
static int handle_create_here(cede_loop *loop, cede_call_fn *fn, void *arg,
                              struct cede_handle **handle_out)
{
    struct cede_loop *it = loop ? loop : cede__loop_here;
    int rc;

    if (!it)
        return cede_raise(-EINVAL, "this thread has no loop");
    if (it != cede__loop_here) {
        rc = cede_raise(-EINVAL, "the loop is another thread's (cede_call_threadsafe), or closed");
        (void)cede__loop_tell_foreign(rc);
        return rc;
    }
    *handle_out = handle_create(it, fn, arg);
    if (!*handle_out)
        return cede_raise(-ENOMEM, "no memory for a callback");
    cede__list_append(&it->handles, &(*handle_out)->link);
    return 0;
}

int cede_call_soon(cede_loop *loop, cede_call_fn *fn, void *arg)
{
    struct cede_handle *handle = NULL;

    CEDE_TRY(handle_create_here(loop, fn, arg, &handle));
    handle_make_ready(handle);
    return 0;
}

int cede_call_later(cede_loop *loop, cede_time delay, cede_call_fn *fn, void *arg,
                    cede_handle **handle_out)
{
    return cede_call_at(loop, cede_after(delay), fn, arg, handle_out);
}

int cede_call_at(cede_loop *loop, cede_time when, cede_call_fn *fn, void *arg,
                 cede_handle **handle_out)
{
    struct cede_handle *handle = NULL;

    CEDE_TRY(handle_create_here(loop, fn, arg, &handle));
    if (cede__loop_add_timer(handle->loop, &handle->timer, when) < 0) {
        handle_free(handle);
        return cede_raise(-ENOMEM, "no memory for a timer");
    }
    if (handle_out)
        *handle_out = handle;
    return 0;
}

int cede_call_threadsafe(cede_loop *loop, cede_call_fn *fn, void *arg, cede_call_fn *drop)
{
    struct cede_handle *handle = handle_create(loop, fn, arg);

    if (!handle)
        return cede_raise(-ENOMEM, "no memory for a callback");
    handle->drop = drop;
    if (cede__mailbox_post(loop->mailbox, &handle->message) < 0) {
        cede__free(handle);
        return cede_raise(CEDE_ESHUTDOWN, "the loop is closing");
    }
    return 0;
}

void cede_call_cancel(cede_handle *handle)
{
    if (!handle)
        return;
    if (cede__unlikely(handle->loop != cede__loop_here)) {
        (void)cede__loop_tell_foreign(
            cede_raise(CEDE_EFOREIGN, "a callback is taken back by another thread"));
        return;
    }
    if (handle->is_ready) {
        handle->fn = NULL; /* the queue is singly linked: it goes when its turn comes */
        return;
    }
    cede__loop_remove_timer(handle->loop, &handle->timer);
    handle_free(handle);
}

void cede__loop_drop_handles(struct cede_loop *loop)
{
    while (!cede__list_is_empty(&loop->handles)) {
        struct cede_handle *handle =
            cede__container_of(loop->handles.next, struct cede_handle, link);
        if (handle->drop && handle->fn)
            handle->drop(handle->arg);
        cede__loop_remove_timer(loop, &handle->timer);
        handle_free(handle);
    }
}
