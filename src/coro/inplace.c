/* inplace.c - rewriting a file in place, all of it or not at all.
 *
 * What is on the disk at each step, if that is where it ends:
 *
 *     enter       the old file; beside it the new one, growing, under a name of its own
 *     sync        the same, the new one complete and safe
 *     backup      the old file has two names
 *     commit      the new file has the old one's name
 *     end         and that is safe too
 *
 * A failure before commit drops the new file. The steps are in sys/rewrite.c.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/inplace.h>

#include "base/base.h"
#include "sys/rewrite.h"

static int inplace_enter(cede_context *context, void **value_out)
{
    cede_inplace *self = cede__container_of(context, cede_inplace, context);
    struct cede__rewrite *rewrite;
    int rc;

    if (self->rewrite)
        return cede_raise(-EBUSY, "'%s' is being rewritten already", self->path);
    rewrite = cede__malloc(sizeof *rewrite);
    if (!rewrite)
        return cede_raise(-ENOMEM, "no memory to rewrite '%s'", self->path);
    rc = cede__rewrite_open(rewrite, self->path);
    if (rc < 0) {
        cede__free(rewrite);
        return cede_raise(rc, "cannot rewrite '%s'", self->path);
    }
    self->rewrite = rewrite;
    self->in = rewrite->in;
    self->out = rewrite->out;
    *value_out = self;
    return 0;
}

static int inplace_replace(const cede_inplace *self, struct cede__rewrite *rewrite)
{
    int rc = cede__rewrite_sync(rewrite);

    if (rc < 0)
        return cede_raise(rc, "cannot write the new '%s'", self->path);
    if (self->backup) {
        rc = cede__rewrite_backup(rewrite, self->backup);
        if (rc < 0)
            return cede_raise(rc, "cannot keep '%s' as '%s%s'", self->path, self->path,
                              self->backup);
    }
    rc = cede__rewrite_commit(rewrite);
    if (rc < 0)
        return cede_raise(rc, "cannot replace '%s'", self->path);
    rc = cede__rewrite_end(rewrite);
    if (rc < 0)
        return cede_raise(rc, "'%s' is replaced, but its folder could not be synchronised",
                          self->path);
    return 0;
}

static int inplace_exit(cede_context *context, int rc)
{
    cede_inplace *self = cede__container_of(context, cede_inplace, context);
    struct cede__rewrite *rewrite = self->rewrite;

    if (rc == 0)
        rc = inplace_replace(self, rewrite);
    cede__rewrite_drop(rewrite); /* what is left of it */
    cede__free(rewrite);
    self->rewrite = NULL;
    self->in = self->out = NULL;
    return rc;
}

void cede_inplace_init(cede_inplace *inplace, const char *path, const char *backup)
{
    *inplace =
        (cede_inplace){.context = {inplace_enter, inplace_exit}, .path = path, .backup = backup};
}
