/* future.c - futures: references, completion, watchers, promises, callbacks. See future.h for how
 * threads meet. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "task/task.h"

/* References. */

cede_future *cede_future_ref(cede_future *future)
{
    if (!future)
        return NULL;
    if (future->is_shared)
        __atomic_add_fetch(&future->n_refs, 1, __ATOMIC_RELAXED);
    else
        future->n_refs++;
    return future;
}

/* A failure that nobody looked at must not vanish. */
static void future_report_failure(struct cede_future *future)
{
    char line[512];
    char trace[4096] = "";

    cede_future_format(future, line, sizeof line);
    cede_error_format(future->error, trace, sizeof trace);
    cede__report("%s exception was never retrieved\n%s\n%s", future->kind->noun, line, trace);
}

/* One thing less that may wake the loop: if it sleeps, it may want to know. */
static void future_stop_counting(struct cede_future *future)
{
    if (__atomic_sub_fetch(&future->mailbox->n_shared, 1, __ATOMIC_SEQ_CST) == 0)
        cede__mailbox_nudge(future->mailbox);
}

void cede__future_end(struct cede_future *future)
{
    if (cede__unlikely(cede__future_done(future) && cede__future_failed(future) &&
                       !__atomic_load_n(&future->is_retrieved, __ATOMIC_RELAXED)))
        future_report_failure(future);
    if (future->is_shared && future->loop) {
        if (!cede__future_done(future))
            future_stop_counting(future);
        cede__mailbox_unref(future->mailbox);
    }
    future->kind->destroy(future);
}

void cede_future_unref(cede_future *future)
{
    if (future)
        cede__future_unref(future);
}

cede_future *cede_future_share(cede_future *future)
{
    if (future->is_shared)
        return future;
    if (future->kind == &cede__task_kind)
        cede__task_of(future)->is_special = true;
    cede__future_init_shared(future);
    future->mailbox = cede__mailbox_ref(future->loop->mailbox);
    if (!cede__future_done(future))
        __atomic_add_fetch(&future->mailbox->n_shared, 1, __ATOMIC_RELAXED);
    /* Who watches already is of this loop, and did not say so: it was not needed. */
    struct cede__list *link = future->watchers;
    if (!link)
        return future;
    do {
        cede__container_of(link, struct cede__watcher, link)->mailbox = future->mailbox;
        link = link->next;
    } while (link != future->watchers);
    return future;
}

/* Completion. */

static void watcher_delivered(struct cede__message *message)
{
    struct cede__watcher *watcher = cede__container_of(message, struct cede__watcher, message);

    watcher->kind->notify(watcher);
}

/* Tell a watcher of a shared future, on its own thread. Its memory may be gone when this
 * returns. */
static void watcher_tell(struct cede__watcher *watcher)
{
    struct cede__mailbox *mailbox = watcher->mailbox;

    if (!mailbox || (cede__loop_here && cede__loop_here->mailbox == mailbox)) {
        watcher->kind->notify(watcher);
        return;
    }
    watcher->message.deliver = watcher_delivered;
    (void)cede__mailbox_ref(mailbox); /* once told, the loop may close before post returns */
    if (cede__mailbox_post(mailbox, &watcher->message) < 0 && watcher->kind->lost)
        watcher->kind->lost(watcher);
    cede__mailbox_unref(mailbox);
}

/* Take the watchers off the future and onto `list`, which is empty. */
static void future_take_watchers(struct cede_future *future, struct cede__list *list)
{
    cede__list_init(list);
    if (future->watchers)
        cede__list_append(future->watchers, list); /* into the ring, before the oldest */
    future->watchers = NULL;
}

/* It is DONE: tell those who are on the list. */
static void future_tell_watchers(struct cede_future *future)
{
    struct cede__list told;

    cede__spinlock_lock(&future->lock);
    future_take_watchers(future, &told);
    cede__spinlock_unlock(&future->lock);
    for (struct cede__list *link; (link = cede__list_take(&told));)
        watcher_tell(cede__container_of(link, struct cede__watcher, link));
}

void cede__future_complete_claimed(struct cede_future *future, int status)
{
    unsigned before;

    future->status = status;
    before = __atomic_exchange_n(&future->state, (uint8_t)CEDE__FUTURE_DONE, __ATOMIC_ACQ_REL);
    if (cede__unlikely(before & CEDE__FUTURE_WATCHED))
        future_tell_watchers(future);
}

/* Lock a shared future that is not done; false, and not locked, if it is. */
static bool future_lock_undone(struct cede_future *future)
{
    cede__spinlock_lock(&future->lock);
    if (!cede__future_done(future))
        return true;
    cede__spinlock_unlock(&future->lock);
    return false;
}

/* Complete a shared future that is locked and not done; unlocks it. Who is told may give back its
 * reference: the caller has one of its own. */
static void future_complete_locked(struct cede_future *future, int status)
{
    future->status = status;
    __atomic_store_n(&future->state, (uint8_t)CEDE__FUTURE_DONE, __ATOMIC_RELEASE);
    cede__spinlock_unlock(&future->lock);
    future_tell_watchers(future);
    /* Only now: between the two, its loop would see nothing that may still wake a task. */
    if (future->loop)
        future_stop_counting(future);
}

bool cede__future_complete(struct cede_future *future, int status)
{
    struct cede__list told;

    if (cede__unlikely(future->is_shared)) {
        if (!future_lock_undone(future))
            return false;
        future_complete_locked(future, status);
        return true;
    }
    if (future->state == CEDE__FUTURE_DONE)
        return false;
    future->status = status;
    future->state = CEDE__FUTURE_DONE;
    if (!future->watchers)
        return true;
    future_take_watchers(future, &told);
    /* Being DONE, it is not unwatched any more: the list holds still without being taken apart. */
    for (struct cede__list *link = told.next, *next; link != &told; link = next) {
        struct cede__watcher *watcher = cede__container_of(link, struct cede__watcher, link);
        next = link->next;
        __builtin_prefetch(next->next);
        watcher->kind->notify(watcher);
    }
    return true;
}

bool cede__future_watch(struct cede_future *future, struct cede__watcher *watcher)
{
    bool added;

    if (!future->is_shared) {
        if (future->state == CEDE__FUTURE_DONE)
            return false;
        cede__future_link(future, watcher);
        return true;
    }
    if (cede__future_done(future))
        return false;
    watcher->mailbox = cede__loop_here ? cede__loop_here->mailbox : NULL;
    cede__spinlock_lock(&future->lock);
    added = (__atomic_fetch_or(&future->state, (uint8_t)CEDE__FUTURE_WATCHED, __ATOMIC_ACQ_REL) &
             CEDE__FUTURE_DONE) == 0;
    if (added)
        cede__future_link(future, watcher);
    cede__spinlock_unlock(&future->lock);
    return added;
}

bool cede__future_unwatch(struct cede_future *future, struct cede__watcher *watcher)
{
    bool removed;

    if (!future->is_shared) {
        if (future->state == CEDE__FUTURE_DONE)
            return false;
        cede__future_unlink(future, watcher);
        return true;
    }
    cede__spinlock_lock(&future->lock);
    removed = !cede__future_done(future);
    if (removed)
        cede__future_unlink(future, watcher);
    cede__spinlock_unlock(&future->lock);
    return removed;
}

/* Looking. */

int cede__future_check(const struct cede_future *future)
{
    if (cede__unlikely(!future))
        return cede_raise_from(-EINVAL, "no future: it is NULL");
    if (future->is_shared || future->loop == cede__loop_here)
        return 0;
    if (!cede__loop_here && !cede__loop_is_live(future->loop)) {
        /* What a loop left behind: done, or never to be. */
        return cede__future_done(future) ? 0
                                         : cede_raise(CEDE_ESHUTDOWN, "its loop has been closed");
    }
    return cede__loop_tell_foreign(cede_raise(
        CEDE_EFOREIGN, "the future belongs to another loop: share it with cede_future_share"));
}

int cede__future_check_wait(const struct cede_future *future)
{
    CEDE_TRY(cede__future_check(future));
    if (future->is_shared && future->loop && cede__mailbox_is_closed(future->mailbox) &&
        !cede__future_done(future))
        return cede_raise(CEDE_ESHUTDOWN, "its loop has been closed");
    return 0;
}

int cede__future_outcome(struct cede_future *future)
{
    const int status = future->status;

    if (cede__likely(status >= 0))
        return status;
    cede__future_set_retrieved(future);
    if (status == -ECANCELED) {
        char line[256];
        cede_future_format(future, line, sizeof line);
        return cede_raise(CEDE_EREVOKED, "%s was cancelled", line);
    }
    cede__error_adopt(future->error, status);
    return status;
}

bool cede_future_is_done(const cede_future *future)
{
    return cede__future_done(future);
}

bool cede_future_is_cancelled(const cede_future *future)
{
    return cede__future_done(future) && future->status == -ECANCELED;
}

int cede_future_status(cede_future *future)
{
    if (!cede__future_done(future))
        return cede_raise(CEDE_ENOTDONE, "the result is not set: the %s is still pending",
                          future->kind->noun);
    return cede__future_outcome(future);
}

int cede_future_value(cede_future *future, void **value_out)
{
    const int status = cede_future_status(future);

    if (status >= 0)
        *value_out = future->value;
    return status;
}

const cede_error *cede_future_error(cede_future *future)
{
    if (!cede__future_done(future))
        return NULL;
    if (future->status < 0)
        cede__future_set_retrieved(future);
    return future->error;
}

/* Cancelling. */

struct cancel_message {
    struct cede__message message;
    struct cede_future *future; /* a reference */
};

static void cancel_delivered(struct cede__message *message)
{
    struct cancel_message *request = cede__container_of(message, struct cancel_message, message);

    (void)cede_cancel(request->future); /* done meanwhile: then it came too late */
    cede_future_unref(request->future);
    cede__free(request);
}

static bool future_cancel_from_outside(struct cede_future *future)
{
    struct cancel_message *request = cede__malloc(sizeof *request);

    if (!request)
        return false;
    request->message.deliver = cancel_delivered;
    request->future = cede_future_ref(future);
    if (cede__mailbox_post(future->mailbox, &request->message) < 0) {
        cede_future_unref(future);
        cede__free(request);
        return false;
    }
    return true;
}

bool cede_cancel(cede_future *future)
{
    if (!future || cede__future_done(future))
        return false;
    if (future->loop && future->loop != cede__loop_here)
        return future->is_shared && future_cancel_from_outside(future);
    return future->kind->cancel(future);
}

/* Promises. */

struct promise {
    struct cede_future future;
    struct cede_error record; /* of its failure, if it has one */
};

static void promise_destroy(struct cede_future *future)
{
    cede__free(cede__container_of(future, struct promise, future));
}

static bool promise_cancel(struct cede_future *future)
{
    bool completed;

    (void)cede_future_ref(future);
    completed = cede__future_complete(future, -ECANCELED);
    cede__future_unref(future);
    return completed;
}

static const struct cede__future_kind promise_kind = {
    .noun = "Future", .destroy = promise_destroy, .cancel = promise_cancel};

cede_future *cede_future_create(void)
{
    struct promise *promise = cede__malloc(sizeof *promise);

    if (!promise) {
        (void)cede_raise(-ENOMEM, "no memory for a future");
        return NULL;
    }
    cede__future_init(&promise->future, &promise_kind, cede__loop_here);
    promise->record.n_links = 0;
    if (!cede__loop_here)
        cede__future_init_shared(&promise->future);
    return &promise->future;
}

/* Keep or break a promise: the first who does wins, and only it writes the outcome. */
static int promise_finish(cede_future *future, int status, void *value)
{
    struct promise *promise = cede__container_of(future, struct promise, future);
    const cede_error *record = cede_error_last();

    if (future->is_shared ? !future_lock_undone(future) : cede__future_done(future))
        return cede_raise(CEDE_EDONE, "the promise was completed before");
    future->value = value;
    if (status < 0 && cede_error_code(record) == status) {
        cede__error_copy(&promise->record, record);
        future->error = &promise->record;
    }
    (void)cede_future_ref(future);
    if (future->is_shared)
        future_complete_locked(future, status);
    else
        (void)cede__future_complete(future, status);
    cede__future_unref(future);
    return 0;
}

static int promise_check(const cede_future *future)
{
    CEDE_TRY(cede__future_check(future));
    if (future->kind != &promise_kind)
        return cede_raise(-EINVAL, "a %s completes by itself", future->kind->noun);
    return 0;
}

int cede_future_set(cede_future *future, void *value)
{
    CEDE_TRY(promise_check(future));
    return promise_finish(future, 0, value);
}

int cede_future_fail(cede_future *future, int code)
{
    if (code >= 0)
        return cede_raise(-EINVAL, "a failure needs a negative code, not %d", code);
    CEDE_TRY(promise_check(future));
    return promise_finish(future, code, NULL);
}

size_t cede_future_format(const cede_future *future, char *buffer, size_t size)
{
    static const char *const words[] = {"pending", "running", "finished"};
    struct cede__text text = {buffer, size, 0};
    unsigned state = cede__future_state(future);
    const bool cancelled = state == CEDE__FUTURE_DONE && future->status == -ECANCELED;

    if (state == CEDE__FUTURE_PENDING && future->kind->is_running &&
        future->kind->is_running((struct cede_future *)future))
        state = CEDE__FUTURE_RUNNING;
    cede__text_add(&text, "<%s %s", future->kind->noun, cancelled ? "cancelled" : words[state]);
    if (future->kind->describe)
        future->kind->describe(future, &text);
    if (state == CEDE__FUTURE_DONE && !cancelled) {
        if (future->status >= 0)
            cede__text_add(&text, " result=%d", future->status);
        else
            cede__text_add(&text, " error=%s", cede_error_name(future->status));
        if (future->error)
            cede__text_add(&text, " '%s'", cede_error_message(future->error));
    }
    cede__text_add(&text, ">");
    return text.length;
}
