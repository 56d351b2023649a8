/* chdir.c - another working folder for a while.
 *
 * A list of descriptors, one for each time the context was entered, the last first: so it may be
 * entered again inside itself. A descriptor and not a path: that may lead elsewhere by then.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/chdir.h>

#include "base/base.h"
#include "sys/file.h"
#include "sys/standard.h"

struct entered {
    struct entered *before; /* the time it was entered before this one */
    int fd;                 /* the folder that it was entered from; owned */
};

static int chdir_enter(cede_context *context, void **value_out)
{
    cede_chdir *self = cede__container_of(context, cede_chdir, context);
    struct entered *entered = cede__malloc(sizeof *entered);
    int rc;

    if (!entered)
        return cede_raise(-ENOMEM, "no memory to remember the working folder");
    rc = cede__folder_here();
    if (rc < 0) {
        cede__free(entered);
        return cede_raise(rc, "cannot remember the working folder");
    }
    *entered = (struct entered){self->entered, rc};
    rc = cede__folder_go(self->path);
    if (rc < 0) {
        (void)cede__file_close(entered->fd); /* nothing was written to it */
        cede__free(entered);
        return cede_raise(rc, "cannot go to the folder '%s'", self->path);
    }
    self->entered = entered;
    *value_out = NULL;
    return 0;
}

static int chdir_exit(cede_context *context, int rc)
{
    cede_chdir *self = cede__container_of(context, cede_chdir, context);
    struct entered *entered = self->entered;
    const int back = cede__folder_return(entered->fd);

    self->entered = entered->before;
    (void)cede__file_close(entered->fd); /* nothing was written to it */
    cede__free(entered);
    return back < 0 ? cede_raise(back, "cannot return from the folder '%s'", self->path) : rc;
}

void cede_chdir_init(cede_chdir *chdir, const char *path)
{
    *chdir = (cede_chdir){.context = {chdir_enter, chdir_exit}, .path = path};
}
