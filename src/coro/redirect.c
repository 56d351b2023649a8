/* redirect.c - standard output and standard error, sent elsewhere for a while.
 *
 * Two things are changed: the variable stdout, for what prints in this process, and what descriptor
 * 1 is, for everything else. A list remembers both, one node for each time the context was entered,
 * the last first: so it may be entered again inside itself. Whatever fails on the way back, both
 * are put back.
 */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include <cede/redirect.h>

#include "base/base.h"
#include "sys/file.h"
#include "sys/standard.h"

struct entered {
    struct entered *before; /* the time it was entered before this one */
    FILE *stream;           /* printed to inside */
    FILE *own;              /* the same, if it was made here; else NULL */
    FILE *old;              /* what the variable was */
    bool has_moved;         /* the descriptor is the stream's now */
    int old_fd;             /* a copy of what it was, owned; negative: it was closed */
};

static int redirect_target(const cede_redirect *self, struct entered *entered)
{
    if (self->at != STDOUT_FILENO && self->at != STDERR_FILENO)
        return cede_raise(-EINVAL, "%d is neither standard output nor standard error", self->at);
    entered->stream = self->stream;
    if (!self->stream) {
        const int rc = cede__stream_open(self->fd, self->at == STDOUT_FILENO, &entered->own);
        if (rc < 0)
            return cede_raise(rc, "cannot redirect to descriptor %d", self->fd);
        entered->stream = entered->own;
    }
    return 0;
}

/* Both change, or neither. */
static int redirect_change(int at, struct entered *entered)
{
    const int fd = cede__stream_descriptor(entered->stream);
    int rc;

    entered->old = cede__standard_stream(at);
    CEDE_TRY(cede__stream_flush(entered->old));
    CEDE_TRY(cede__stream_flush(entered->stream)); /* before what others write to its descriptor */
    entered->old_fd = cede__descriptor_copy(at);
    if (entered->old_fd < 0 && entered->old_fd != -EBADF)
        return cede_raise(entered->old_fd, "cannot remember descriptor %d", at);
    if (fd >= 0)
        CEDE_TRY(cede__descriptor_put(fd, at));
    entered->has_moved = fd >= 0;
    rc = cede__standard_swap(at, entered->stream, &entered->old);
    if (rc < 0 && fd < 0)
        return cede_raise(rc, "a stream without a descriptor cannot be redirected to here");
    return 0;
}

static void entered_free(struct entered *entered)
{
    if (entered->own)
        (void)cede__stream_close(entered->own); /* its errors have been looked at */
    (void)cede__file_close(entered->old_fd);    /* nothing was written to it */
    cede__free(entered);
}

static int redirect_enter(cede_context *context, void **value_out)
{
    cede_redirect *self = cede__container_of(context, cede_redirect, context);
    struct entered *entered = cede__malloc(sizeof *entered);
    int rc;

    if (!entered)
        return cede_raise(-ENOMEM, "no memory to remember descriptor %d", self->at);
    *entered = (struct entered){.before = self->entered, .old_fd = -1};
    rc = redirect_target(self, entered);
    if (rc == 0)
        rc = redirect_change(self->at, entered);
    if (rc < 0) {
        entered_free(entered);
        return rc;
    }
    self->entered = entered;
    *value_out = entered->stream;
    return 0;
}

static int redirect_exit(cede_context *context, int rc)
{
    cede_redirect *self = cede__container_of(context, cede_redirect, context);
    struct entered *entered = self->entered;
    FILE *inner = NULL;
    int end, late, back = 0;

    /* Who kept the old variable printed to the target too, by the descriptor. */
    end = cede__stream_flush(entered->stream);
    late = cede__stream_flush(entered->old);
    (void)cede__standard_swap(self->at, entered->old, &inner); /* as on the way in */
    if (entered->has_moved)
        back = cede__descriptor_put(entered->old_fd, self->at);
    self->entered = entered->before;
    if (end == 0 && entered->own && ferror(entered->own))
        end = -EIO;
    entered_free(entered);
    if (end == 0)
        end = late;
    if (end < 0)
        return cede_raise(end, "what was printed could not be written");
    return back < 0 ? cede_raise(back, "cannot restore descriptor %d", self->at) : rc;
}

void cede_redirect_init(cede_redirect *redirect, int at, FILE *target)
{
    *redirect = (cede_redirect){
        .context = {redirect_enter, redirect_exit}, .at = at, .stream = target, .fd = -1};
}

void cede_redirect_init_fd(cede_redirect *redirect, int at, int fd)
{
    *redirect = (cede_redirect){.context = {redirect_enter, redirect_exit}, .at = at, .fd = fd};
}
