/* watch.c - the descriptors that the user watches: each is a watch of the loop, told as long as it
 * is ready, and is attached to the loop, with which it ends at the latest.
 *
 * Each counts among what may wake a task: nobody knows what its callback will do.
 */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "loop/loop.h"
#include "sys/poll.h"
#include <cede/watch.h>

struct cede_watch {
    struct cede__attachment attachment; /* on loop->attachments; without a key */
    struct cede__watch watch;
    struct cede_loop *loop;
    cede_watch_fn *fn;
    void *arg;
    unsigned wanted;
};

_Static_assert((int)CEDE_READABLE == CEDE__POLL_READ, "ready masks are those of the engine");
_Static_assert((int)CEDE_WRITABLE == CEDE__POLL_WRITE, "ready masks are those of the engine");

/* It may be gone when the callback returns. */
static void watch_ready(struct cede__watch *watch, unsigned mask)
{
    const cede_watch *self = cede__container_of(watch, cede_watch, watch);

    if (mask & self->wanted)
        self->fn(mask & self->wanted, self->arg);
}

static void watch_free(cede_watch *watch)
{
    cede__watch_stop(watch->loop, &watch->watch);
    watch->loop->n_wakers--;
    cede__free(watch);
}

static void watch_close(struct cede__attachment *attachment)
{
    watch_free(cede__container_of(attachment, cede_watch, attachment));
}

static int check_wanted(unsigned wanted)
{
    if (wanted == 0 || wanted & ~(unsigned)(CEDE_READABLE | CEDE_WRITABLE))
        return cede_raise(-EINVAL, "%#x is neither readable nor writable", wanted);
    return 0;
}

/* What the engine or the loop said of a descriptor. */
static int watch_refuse(int rc, int fd)
{
    switch (rc) {
    case -ENOTSUP: /* raised already */
        return rc;
    case -EEXIST:
        return cede_raise(-EBUSY, "descriptor %d is watched already", fd);
    case -EPERM:
        return cede_raise(rc, "descriptor %d cannot be waited for, as a plain file", fd);
    default:
        return cede_raise(rc, "descriptor %d cannot be watched", fd);
    }
}

int cede_watch_start(int fd, unsigned wanted, cede_watch_fn *fn, void *arg, cede_watch **watch_out)
{
    struct cede_loop *loop = cede__loop_here;
    cede_watch *watch;
    int rc;

    if (!loop || !fn)
        return cede_raise(-EINVAL, loop ? "no function to be called" : "this thread has no loop");
    CEDE_TRY(check_wanted(wanted));
    watch = cede__calloc(1, sizeof *watch);
    if (!watch)
        return cede_raise(-ENOMEM, "no memory to watch a descriptor");
    *watch = (cede_watch){.attachment = {.close = watch_close},
                          .watch = {fd, watch_ready},
                          .loop = loop,
                          .fn = fn,
                          .arg = arg,
                          .wanted = wanted};
    rc = cede__watch_start(loop, &watch->watch, wanted);
    if (rc < 0) {
        cede__free(watch);
        return watch_refuse(rc, fd);
    }
    cede__loop_attach(loop, &watch->attachment);
    loop->n_wakers++;
    *watch_out = watch;
    return 0;
}

static int watch_check_here(const cede_watch *watch)
{
    if (watch->loop == cede__loop_here)
        return 0;
    return cede__loop_tell_foreign(
        cede_raise(CEDE_EFOREIGN, "a watch is used by another thread than its loop's"));
}

int cede_watch_change(cede_watch *watch, unsigned wanted)
{
    int rc;

    CEDE_TRY(watch_check_here(watch));
    CEDE_TRY(check_wanted(wanted));
    rc = cede__watch_change(watch->loop, &watch->watch, wanted);
    if (rc < 0)
        return watch_refuse(rc == -ENOENT ? -EBADF : rc, watch->watch.fd);
    watch->wanted = wanted;
    return 0;
}

void cede_watch_stop(cede_watch *watch)
{
    if (!watch || watch_check_here(watch) < 0)
        return;
    cede__list_remove(&watch->attachment.link);
    watch_free(watch);
}
