/* descriptor.c - a descriptor that tasks wait for: try first, register once, wait for edges.
 *
 * `may_try` holds, for each direction, what is known: true until a call would have blocked (or read
 * less than it asked for), true again when the engine reports an edge. So nothing is called that is
 * known to block, and the engine is told of a descriptor once, when a task first has to wait for
 * it.
 *
 * A waiter stays in `waiters` until its task runs again, also when it has been woken: the owner may
 * close and free everything in between, and then says so in the waiter, which lies on the task's
 * own stack.
 *
 * All descriptors of a loop are on a list, so that closing the loop can close what is left open.
 */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "io/descriptor.h"
#include "sys/poll.h"
#include "sys/socket.h"

enum {
    UNPARKED_LIMIT = 64
}; /* calls that may succeed in a row before the others have their turn */

struct cede__descriptor_waiter {
    struct cede__waiter waiter;
    struct cede__descriptor *descriptor; /* gone if is_closed */
    enum cede__direction direction;
    bool is_woken;
    bool is_closed; /* the descriptor was, and may be gone */
};

/* What a loop has open. */

struct open_descriptors {
    struct cede__attachment attachment;
    struct cede__list list;
};

static const char open_descriptors_key;

/* The loop closes and no task is left. What is still open belongs to somebody, who may still call
 * close. */
static void open_descriptors_close(struct cede__attachment *attachment)
{
    struct open_descriptors *open =
        cede__container_of(attachment, struct open_descriptors, attachment);

    while (!cede__list_is_empty(&open->list)) {
        struct cede__descriptor *descriptor =
            cede__container_of(open->list.next, struct cede__descriptor, link);
        cede__report("cede: a %s was not closed before its loop\n", descriptor->kind->noun);
        cede__descriptor_close(descriptor);
    }
    cede__free(open);
}

static struct open_descriptors *open_descriptors_of(struct cede_loop *loop)
{
    struct cede__attachment *attachment = cede__loop_attachment(loop, &open_descriptors_key);
    struct open_descriptors *open;

    if (attachment)
        return cede__container_of(attachment, struct open_descriptors, attachment);
    open = cede__malloc(sizeof *open);
    if (!open)
        return NULL;
    open->attachment.key = &open_descriptors_key;
    open->attachment.close = open_descriptors_close;
    cede__list_init(&open->list);
    cede__loop_attach(loop, &open->attachment);
    return open;
}

/* Waking. */

static void waiter_wake(struct cede__descriptor_waiter *waiter, int rc)
{
    if (!waiter || waiter->is_woken)
        return;
    waiter->is_woken = true;
    cede__waiter_wake(&waiter->waiter, rc);
}

static void waiter_cancel(struct cede__waiter *waiter)
{
    waiter_wake(cede__container_of(waiter, struct cede__descriptor_waiter, waiter), -ECANCELED);
}

static void waiter_describe(const struct cede__waiter *base, struct cede__text *text)
{
    const struct cede__descriptor_waiter *waiter =
        cede__container_of(base, struct cede__descriptor_waiter, waiter);
    const struct cede__descriptor *descriptor = waiter->descriptor;
    const int fd = descriptor->watch.fd;
    char name[CEDE__ADDRESS_TEXT_SIZE];
    struct cede__address address;

    cede__text_add(text, "%s of ", waiter->direction == CEDE__READING ? "input" : "output");
    if (descriptor->is_simulated) {
        (void)descriptor->kind->address(descriptor, name, sizeof name);
        cede__text_add(text, "%s (simulated %s)", name, descriptor->kind->noun);
        return;
    }
    cede__socket_address(fd, true, &address);
    if (address.size == 0)
        cede__socket_address(fd, false, &address);
    (void)cede__address_format(&address, name, sizeof name);
    cede__text_add(text, "%s (%s, descriptor %d)", name, descriptor->kind->noun, fd);
}

static const struct cede__wait_kind waiting = {
    .cancel = waiter_cancel, .describe = waiter_describe, .noun = "a descriptor"};
static const struct cede__wait_kind giving_way = {.describe = waiter_describe,
                                                  .noun = "a descriptor"};

void cede__descriptor_edge(struct cede__descriptor *descriptor, unsigned mask)
{
    if (mask & CEDE__POLL_HANGUP)
        descriptor->has_hung_up = true;
    if (mask & CEDE__POLL_READ) {
        descriptor->may_try[CEDE__READING] = true;
        waiter_wake(descriptor->waiters[CEDE__READING], 0);
    }
    if (mask & CEDE__POLL_WRITE) {
        descriptor->may_try[CEDE__WRITING] = true;
        if (descriptor->kind->writable)
            descriptor->kind->writable(descriptor);
        waiter_wake(descriptor->waiters[CEDE__WRITING], 0);
    }
    if ((mask & CEDE__POLL_READ) && descriptor->kind->readable)
        descriptor->kind->readable(descriptor); /* last: it may be gone then */
}

static void descriptor_ready(struct cede__watch *watch, unsigned mask)
{
    cede__descriptor_edge(cede__container_of(watch, struct cede__descriptor, watch), mask);
}

/* Opening and closing. */

int cede__io_check(void)
{
    if (!cede__loop_here)
        return cede_raise(-EINVAL, "this thread has no loop");
    if (!cede__loop_here->allow_io)
        return cede_raise(-ENOTSUP,
                          "no I/O on a virtual clock, unless the loop's options allow it");
    return 0;
}

static int descriptor_init(struct cede__descriptor *descriptor,
                           const struct cede__descriptor_kind *kind, int fd)
{
    struct open_descriptors *open = open_descriptors_of(cede__loop_here);

    if (!open)
        return cede_raise(-ENOMEM, "no memory for a %s", kind->noun);
    *descriptor = (struct cede__descriptor){
        .watch = {.fd = fd, .ready = descriptor_ready},
        .kind = kind,
        .loop = cede__loop_here,
        .may_try = {true, true},
    };
    cede__list_append(&open->list, &descriptor->link);
    return 0;
}

int cede__descriptor_open(struct cede__descriptor *descriptor,
                          const struct cede__descriptor_kind *kind, int fd)
{
    int rc = cede__io_check();

    if (rc == 0)
        rc = descriptor_init(descriptor, kind, fd);
    if (rc < 0)
        cede__socket_close(fd);
    return rc;
}

int cede__descriptor_open_simulated(struct cede__descriptor *descriptor,
                                    const struct cede__descriptor_kind *kind)
{
    CEDE_TRY(descriptor_init(descriptor, kind, 0));
    descriptor->is_simulated = true;
    return 0;
}

void cede__descriptor_close(struct cede__descriptor *descriptor)
{
    if (descriptor->watch.fd < 0)
        return;
    /* Taken from the engine before it is closed: a child being started may hold a copy, which would
     * keep the watch alive. */
    if (descriptor->is_watched)
        cede__watch_stop(descriptor->loop, &descriptor->watch);
    if (!descriptor->is_simulated)
        cede__socket_close(descriptor->watch.fd);
    descriptor->watch.fd = -1;
    descriptor->loop = NULL;
    cede__list_remove(&descriptor->link);
    for (int direction = CEDE__READING; direction <= CEDE__WRITING; direction++) {
        struct cede__descriptor_waiter *waiter = descriptor->waiters[direction];
        if (!waiter)
            continue;
        waiter->is_closed = true;
        waiter_wake(waiter, CEDE_ESHUTDOWN);
        descriptor->waiters[direction] = NULL;
    }
}

/* Waiting. */

int cede__descriptor_watch(struct cede__descriptor *descriptor)
{
    int rc;

    if (descriptor->is_watched || descriptor->is_simulated)
        return 0;
    rc = cede__watch_start(descriptor->loop, &descriptor->watch,
                           CEDE__POLL_READ | CEDE__POLL_WRITE | CEDE__POLL_EDGE);
    if (rc < 0)
        return cede_raise(rc, "the %s cannot be watched", descriptor->kind->noun);
    descriptor->is_watched = true;
    return 0;
}

static int descriptor_park(struct cede__descriptor *descriptor, enum cede__direction direction,
                           const struct cede__wait_kind *kind)
{
    struct cede_task *task = cede__task_here();
    struct cede__descriptor_waiter waiter = {
        .waiter = {.kind = kind}, .descriptor = descriptor, .direction = direction};
    const bool is_simulated = descriptor->is_simulated; /* it may be gone after the wait */
    int rc;

    descriptor->n_unparked = 0;
    descriptor->waiters[direction] = &waiter;
    if (kind == &giving_way) {
        waiter.is_woken = true;
        cede__loop_add_ready(task->loop, &task->ready);
    }
    if (!is_simulated)
        task->loop->n_wakers++;
    rc = cede__task_park(task, &waiter.waiter);
    if (!is_simulated)
        task->loop->n_wakers--;
    task->ready.waiter = NULL;
    if (waiter.is_closed)
        return cede_raise(CEDE_ESHUTDOWN, "it was closed by another task");
    descriptor->waiters[direction] = NULL;
    return rc;
}

int cede__descriptor_begin(struct cede__descriptor *descriptor, enum cede__direction direction)
{
    struct cede_task *task = cede__task_here();

    if (cede__unlikely(!task))
        return cede_raise(CEDE_ENOTASK, "only a task may wait for a %s", descriptor->kind->noun);
    if (cede__unlikely(descriptor->watch.fd < 0))
        return cede_raise(CEDE_ESHUTDOWN, "the loop of the %s is closed", descriptor->kind->noun);
    if (cede__unlikely(descriptor->loop != task->loop))
        return cede_raise(CEDE_EFOREIGN, "the %s is another loop's", descriptor->kind->noun);
    if (cede__unlikely(descriptor->waiters[direction] != NULL))
        return cede_raise(-EBUSY, "another task is %s this %s",
                          direction == CEDE__READING ? "reading from" : "writing to",
                          descriptor->kind->noun);
    CEDE_TRY(cede__task_checkpoint(task));
    if (cede__unlikely(++descriptor->n_unparked > UNPARKED_LIMIT))
        return descriptor_park(descriptor, direction, &giving_way);
    return 0;
}

int cede__descriptor_turn(struct cede__descriptor *descriptor, enum cede__direction direction)
{
    if (++descriptor->n_unparked > UNPARKED_LIMIT)
        CEDE_TRY(descriptor_park(descriptor, direction, &giving_way));
    /* Not a checkpoint: that may give way once more, and the descriptor be gone after it. */
    return cede__task_here()->coro.is_cancelled ? -ECANCELED : 0;
}

int cede__descriptor_wait(struct cede__descriptor *descriptor, enum cede__direction direction)
{
    CEDE_TRY(cede__descriptor_watch(descriptor));
    /* Cancelled after it was woken in vain: nobody would wake it again for that. */
    if (cede__task_here()->coro.is_cancelled)
        return -ECANCELED;
    return descriptor_park(descriptor, direction, &waiting);
}
