/* queue.c - handing items over: a store of items, and three lines of those who wait.
 *
 * Getters wait only while the store is empty, putters only while it is full: a put hands its item
 * into the spot of the first getter, and a get that makes room takes the item out of the spot of
 * the first putter. So nobody finds an item or a room that others have waited for, and what was
 * handed over belongs to its receiver. Joiners wait while any item is unfinished. After a shutdown
 * nobody waits but joiners.
 */
/* SPDX-License-Identifier: MIT */
#include "task/queue_store.h"
#include "task/takers.h"

struct cede_queue {
    struct cede__sync sync;    /* its line: the getters */
    struct cede__line putters; /* with their items */
    struct cede__line joiners;
    struct cede__store store;
    size_t max_size;     /* SIZE_MAX: none */
    size_t n_unfinished; /* put, and not yet told done */
    bool is_shut_down;
    /* it is shared, shut down, was made in debug mode, or its items are no words */
    bool goes_slowly;
    uint64_t put_by, got_by; /* who did last: see takers.h */
    /* The same, where the same one may go the short way; else 0. */
    uint64_t quick_putter, quick_getter;
    void (*drop)(void *item); /* NULL: nothing */
};

static void getter_describe(const struct cede__waiter *waiter, struct cede__text *text);
static void getter_left(struct cede__spot *spot);
static void putter_describe(const struct cede__waiter *waiter, struct cede__text *text);
static void putter_left(struct cede__spot *spot);
static void joiner_describe(const struct cede__waiter *waiter, struct cede__text *text);

static const struct cede__spot_kind getting = {
    .wait = {.cancel = cede__spot_cancel,
             .describe = getter_describe,
             .takers = {"last put by", offsetof(struct cede_queue, put_by), 1, false},
             .noun = "item of queue",
             .look = CEDE__LOOK_SYNC},
    .left = getter_left};
static const struct cede__spot_kind putting = {
    .wait = {.cancel = cede__spot_cancel,
             .describe = putter_describe,
             .takers = {"last taken by", offsetof(struct cede_queue, got_by), 1, false},
             .noun = "room in queue",
             .look = CEDE__LOOK_SYNC},
    .left = putter_left};
static const struct cede__spot_kind joining = {
    .wait = {.cancel = cede__spot_cancel,
             .describe = joiner_describe,
             .takers = {"last taken by", offsetof(struct cede_queue, got_by), 1, false},
             .noun = "end of queue",
             .look = CEDE__LOOK_SYNC}};

static void queue_describe(const struct cede__waiter *waiter, const char *what,
                           struct cede__text *text)
{
    cede__text_add(text, "%s ", what);
    cede__sync_describe(cede__spot_of(waiter)->sync, "queue", text);
    cede__takers_describe(waiter, text);
}

static void getter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    queue_describe(waiter, "an item of", text);
}

static void putter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    queue_describe(waiter, "room in", text);
}

static void joiner_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    queue_describe(waiter, "the end of all items of", text);
}

int cede_queue_create(const cede_queue_options *options, cede_queue **queue_out)
{
    static const cede_queue_options defaults;
    const cede_queue_options *o = options ? options : &defaults;
    const bool by_priority = o->order == CEDE_QUEUE_PRIORITY;
    struct cede_queue *queue;
    int rc;

    if ((unsigned)o->order > CEDE_QUEUE_PRIORITY || by_priority != (o->compare != NULL))
        return cede_raise(-EINVAL, "a queue by priority compares, and no other does");
    if (o->item_size > SIZE_MAX / 64)
        return cede_raise(-EINVAL, "items of %zu bytes are too large", o->item_size);
    queue = cede__calloc(1, sizeof *queue);
    if (!queue)
        return cede_raise(-ENOMEM, "no memory for a queue");
    rc = cede__store_init(&queue->store, o);
    if (rc < 0) {
        cede__free(queue);
        return rc;
    }
    cede__sync_init(&queue->sync, &o->sync);
    queue->max_size = o->max_size > 0 ? o->max_size : SIZE_MAX;
    queue->drop = o->drop;
    queue->goes_slowly =
        o->sync.shared || cede__loop_is_debugged() || queue->store.item_size != sizeof(void *);
    *queue_out = queue;
    return 0;
}

static inline bool queue_is_full(const struct cede_queue *queue)
{
    return queue->store.n >= queue->max_size;
}

static int queue_refuse(struct cede_queue *queue)
{
    cede__sync_leave(&queue->sync);
    return cede_raise(CEDE_ESHUTDOWN, "the queue is shut down");
}

/* Inside the guard: hand an item to a getter or store it. 0; -EAGAIN: there is no room. */
static inline int queue_accept(struct cede_queue *queue, const void *item)
{
    struct cede__spot *getter = cede__line_first(&queue->sync.line);
    int rc;

    if (getter) {
        cede__store_copy(&queue->store, getter->item, item);
        queue->n_unfinished++;
        cede__spot_grant(getter, 0);
        return 0;
    }
    if (queue_is_full(queue))
        return -EAGAIN;
    rc = cede__store_reserve(&queue->store);
    if (cede__unlikely(rc < 0))
        return rc;
    cede__store_put(&queue->store, item);
    queue->n_unfinished++;
    return 0;
}

/* Inside the guard: the next item, and the first putter's in its room. -EAGAIN: there is none. */
static inline int queue_provide(struct cede_queue *queue, void *item_out)
{
    struct cede__spot *putter;

    if (queue->store.n == 0)
        return -EAGAIN;
    cede__store_take(&queue->store, item_out);
    putter = cede__line_first(&queue->putters);
    if (putter) {
        cede__store_put(&queue->store, putter->item);
        queue->n_unfinished++;
        cede__spot_grant(putter, 0);
    }
    return 0;
}

/* The quick ones are of one loop: then a getter that waits is of the putter's. */
static inline void queue_set_quick(struct cede_queue *queue, uint64_t *quick, uint64_t *other,
                                   uint64_t number)
{
    if (queue->goes_slowly)
        return;
    *quick = number;
    if (*other >> CEDE__LOOP_NUMBER_BITS != number >> CEDE__LOOP_NUMBER_BITS)
        *other = 0;
}

/* Inside the guard: who has that number, or 0, puts or gets, perhaps after waiting: who waits is
 * served in turn, and before anybody can wait for the opposite. */
static inline void queue_set_putter(struct cede_queue *queue, uint64_t number)
{
    queue->put_by = number;
    queue_set_quick(queue, &queue->quick_putter, &queue->quick_getter, number);
}

static inline void queue_set_getter(struct cede_queue *queue, uint64_t number)
{
    queue->got_by = number;
    queue_set_quick(queue, &queue->quick_getter, &queue->quick_putter, number);
}

/* It was cancelled while it waited, and did not get, or put. */
static void getter_left(struct cede__spot *spot)
{
    queue_set_getter(cede__container_of(spot->sync, struct cede_queue, sync), 0);
}

static void putter_left(struct cede__spot *spot)
{
    queue_set_putter(cede__container_of(spot->sync, struct cede_queue, sync), 0);
}

static __attribute__((noinline)) int queue_put_slowly(struct cede_queue *queue, const void *item)
{
    struct cede_task *task = cede__task_here();
    int rc;

    if (cede__unlikely(!task || task->coro.is_cancelled))
        CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__sync_check(&queue->sync));
    cede__sync_enter(&queue->sync);
    if (cede__unlikely(queue->is_shut_down))
        return queue_refuse(queue);
    queue_set_putter(queue, cede__taker_number(&queue->sync, task));
    rc = queue_accept(queue, item);
    if (rc != -EAGAIN) {
        cede__sync_leave(&queue->sync);
        return rc;
    }
    return cede__line_wait(&queue->putters, &queue->sync, &putting, (void *)item, task);
}

/* For the task that put last: hand the item to the first getter, if there is one, of this loop. No
 * call in here: saving registers for it would take longer than the rest. */
static inline bool queue_hand_over(struct cede_queue *queue, const void *item,
                                   struct cede_loop *loop)
{
    struct cede__spot *getter = cede__line_first(&queue->sync.line);

    if (cede__unlikely(!getter))
        return false;
    memcpy(getter->item, item, sizeof(void *));
    queue->n_unfinished++;
    cede__line_grant_plain(&queue->sync.line, getter, loop);
    return true;
}

int cede_queue_put(cede_queue *queue, const void *item)
{
    struct cede_loop *loop = cede__loop_here;
    const struct cede_task *task = cede__task_here();

    if (cede__likely(task && cede__task_may_go_on(task, queue->quick_putter) &&
                     queue_hand_over(queue, item, loop)))
        return 0;
    const int rc = queue_put_slowly(queue, item);
    __asm__ volatile(""); /* a call, not a jump: backtraces show this function */
    return rc;
}

static __attribute__((noinline)) int queue_get_slowly(struct cede_queue *queue, void *item_out)
{
    struct cede_task *task = cede__task_here();

    if (cede__unlikely(!task || task->coro.is_cancelled))
        CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__line_check(&queue->putters, &queue->sync));
    cede__sync_enter(&queue->sync);
    queue_set_getter(queue, cede__taker_number(&queue->sync, task));
    if (queue_provide(queue, item_out) == 0) {
        cede__sync_leave(&queue->sync);
        return 0;
    }
    if (cede__unlikely(queue->is_shut_down))
        return queue_refuse(queue);
    return cede__line_wait(&queue->sync.line, &queue->sync, &getting, item_out, task);
}

/* It stands in backtraces in place of its caller, which jumps to it, and is named accordingly. */
static int queue_get_parked(struct cede_queue *queue, void *item_out,
                            struct cede_task *task) __asm__("cede_queue_get.parked");

static CEDE__RETURNS_AFTER_SWITCH int queue_get_parked(struct cede_queue *queue, void *item_out,
                                                       struct cede_task *task)
{
    return cede__line_wait_first(&queue->sync.line, &queue->sync, &getting, item_out, task);
}

int cede_queue_get(cede_queue *queue, void *item_out)
{
    struct cede_task *task = cede__task_here();

    if (cede__unlikely(!task || !cede__task_may_go_on(task, queue->quick_getter) ||
                       cede__coro_here() != &task->coro || queue->store.n > 0 ||
                       queue->sync.line.first)) {
        const int rc = queue_get_slowly(queue, item_out);
        __asm__ volatile(""); /* a call, not a jump: backtraces show this function */
        return rc;
    }
    return queue_get_parked(queue, item_out, task);
}

int cede_queue_try_put(cede_queue *queue, const void *item)
{
    int rc;

    CEDE_TRY(cede__sync_check(&queue->sync));
    cede__sync_enter(&queue->sync);
    if (queue->is_shut_down)
        return queue_refuse(queue);
    rc = queue_accept(queue, item);
    if (rc == 0)
        queue_set_putter(queue, cede__taker_number(&queue->sync, cede__task_here()));
    cede__sync_leave(&queue->sync);
    return rc;
}

int cede_queue_try_get(cede_queue *queue, void *item_out)
{
    int rc;

    CEDE_TRY(cede__line_check(&queue->putters, &queue->sync));
    cede__sync_enter(&queue->sync);
    rc = queue_provide(queue, item_out);
    if (rc == 0)
        queue_set_getter(queue, cede__taker_number(&queue->sync, cede__task_here()));
    if (rc < 0 && queue->is_shut_down)
        return queue_refuse(queue);
    cede__sync_leave(&queue->sync);
    return rc;
}

/* Inside the guard: n more items are done. */
static void queue_finish(struct cede_queue *queue, size_t n)
{
    queue->n_unfinished -= n;
    if (queue->n_unfinished == 0)
        cede__line_grant_all(&queue->joiners, 0);
}

int cede_queue_task_done(cede_queue *queue)
{
    bool any;

    CEDE_TRY(cede__line_check(&queue->joiners, &queue->sync));
    cede__sync_enter(&queue->sync);
    any = queue->n_unfinished > 0;
    if (any)
        queue_finish(queue, 1);
    cede__sync_leave(&queue->sync);
    return any ? 0 : cede_raise(-EINVAL, "more items are done than were put");
}

int cede_queue_join(cede_queue *queue)
{
    struct cede_task *task = cede__task_here();

    CEDE_TRY(cede_checkpoint());
    cede__sync_enter(&queue->sync);
    if (queue->n_unfinished == 0) {
        cede__sync_leave(&queue->sync);
        return 0;
    }
    return cede__line_wait(&queue->joiners, &queue->sync, &joining, NULL, task);
}

int cede_queue_shutdown(cede_queue *queue, bool immediate)
{
    struct cede__store dropped = {.n = 0};

    CEDE_TRY(cede__sync_check(&queue->sync));
    CEDE_TRY(cede__line_check(&queue->putters, &queue->sync));
    CEDE_TRY(cede__line_check(&queue->joiners, &queue->sync));
    cede__sync_enter(&queue->sync);
    queue->is_shut_down = true;
    queue->goes_slowly = true;
    queue->quick_putter = queue->quick_getter = 0;
    cede__line_grant_all(&queue->sync.line, CEDE_ESHUTDOWN);
    cede__line_grant_all(&queue->putters, CEDE_ESHUTDOWN);
    if (immediate) {
        dropped = queue->store;
        queue->store.places = NULL; /* nothing is ever put again */
        queue->store.n = 0;
        /* told done by who took them, or not at all */
        queue_finish(queue, dropped.n < queue->n_unfinished ? dropped.n : queue->n_unfinished);
    }
    cede__sync_leave(&queue->sync);
    cede__store_drop(&dropped, queue->drop);
    return 0;
}

void cede_queue_destroy(cede_queue *queue)
{
    if (!queue)
        return;
    cede__assert(cede_queue_shutdown(queue, true) == 0); /* destroyed under another loop's tasks */
    cede__sync_enter(&queue->sync);
    cede__line_grant_all(&queue->joiners, CEDE_ESHUTDOWN);
    cede__sync_leave(&queue->sync);
    cede__sync_settle(&queue->sync);
    cede__free(queue);
}

size_t cede_queue_size(cede_queue *queue)
{
    cede__sync_enter(&queue->sync);
    const size_t n = queue->store.n;
    cede__sync_leave(&queue->sync);
    return n;
}

void cede_queue_look(cede_queue *queue, cede_queue_state *state_out)
{
    cede__sync_enter(&queue->sync);
    *state_out = (cede_queue_state){.size = queue->store.n,
                                    .n_getting = cede__line_count(&queue->sync.line),
                                    .n_putting = cede__line_count(&queue->putters),
                                    .n_unfinished = queue->n_unfinished,
                                    .is_full = queue_is_full(queue),
                                    .is_shut_down = queue->is_shut_down};
    cede__sync_leave(&queue->sync);
}
