/* gen_context.c - a context made from a generator with one yield.
 *
 * Entering makes the generator and runs it to its yield; leaving goes on behind the yield, with the
 * error from inside thrown in if there is one, and frees it. One that yields again is closed: it
 * has nothing more to say.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/gen_context.h>

#include "base/base.h"

static void context_destroy_gen(cede_gen_context *self)
{
    cede_gen *gen = self->gen;

    self->gen = NULL;
    (void)cede_gen_destroy(gen); /* it does not run; what fails while it is closed is reported */
}

static int gen_context_enter(cede_context *context, void **value_out)
{
    cede_gen_context *self = cede__container_of(context, cede_gen_context, context);
    int rc;

    if (self->gen)
        return cede_raise(-EBUSY, "context '%s' is entered already", self->site->name);
    self->gen = cede__gen_create(self->body, self->arg, NULL, self->site);
    if (!self->gen)
        return cede_error_code(cede_error_last());
    rc = cede_next(self->gen, value_out);
    if (rc > 0)
        return 0;
    context_destroy_gen(self);
    return rc < 0 ? rc : cede_raise(CEDE_EGENEND, "generator '%s' didn't yield", self->site->name);
}

static int gen_context_exit(cede_context *context, int rc)
{
    cede_gen_context *self = cede__container_of(context, cede_gen_context, context);
    const int end = rc < 0 ? cede_throw(self->gen, rc, NULL) : cede_next(self->gen, NULL);

    context_destroy_gen(self);
    if (end == rc && rc == CEDE_EGENEXIT)
        cede_error_clear(); /* which travels without its record: the one from inside is put back */
    if (end > 0)
        return cede_raise(CEDE_EGENIGNORED, "generator '%s' didn't stop%s", self->site->name,
                          rc < 0 ? " after throw()" : "");
    return end;
}

void cede__gen_context_init(cede_gen_context *self, cede_gen_fn *body, void *arg,
                            const struct cede__spawn_site *site)
{
    *self = (cede_gen_context){
        .context = {gen_context_enter, gen_context_exit}, .body = body, .arg = arg, .site = site};
}
