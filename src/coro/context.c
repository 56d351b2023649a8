/* context.c - context managers: entering and leaving, and the small ready-made ones.
 *
 * A context has no state of its own here: whether it is entered is known to who entered it, a block
 * of CEDE_WITH or an exit stack. What leaving does to the error is in exit.c.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/context.h>

#include "base/base.h"
#include "coro/exit.h"

int cede_context_enter(cede_context *context, void **value_out)
{
    void *value = context;
    const int rc = context->enter ? context->enter(context, &value) : 0;

    if (rc < 0)
        return rc;
    if (value_out)
        *value_out = value;
    return 0;
}

int cede_context_exit(cede_context *context, int rc)
{
    return cede__exit_run(&(struct cede__exit){.kind = CEDE__EXIT_CONTEXT, .arg = context}, rc);
}

int cede_context_call(cede_context *context, cede_fn *fn, void *arg)
{
    const int rc = cede_context_enter(context, NULL);

    return rc < 0 ? rc : cede_context_exit(context, fn(arg));
}

/* closing */

static int closing_enter(cede_context *context, void **value_out)
{
    *value_out = cede__container_of(context, cede_closing, context)->object;
    return 0;
}

static int closing_exit(cede_context *context, int rc)
{
    const cede_closing *self = cede__container_of(context, cede_closing, context);
    const struct cede__exit close = {
        .kind = CEDE__EXIT_CALLBACK, .fn.callback = self->close, .arg = self->object};

    return cede__exit_run(&close, rc);
}

void cede_closing_init(cede_closing *closing, cede_fn *close, void *object)
{
    *closing = (cede_closing){{closing_enter, closing_exit}, close, object};
}

/* suppress */

static int suppress_enter(cede_context *context, void **value_out)
{
    (void)context;
    *value_out = NULL;
    return 0;
}

static int suppress_exit(cede_context *context, int rc)
{
    const cede_suppress *self = cede__container_of(context, cede_suppress, context);

    for (size_t i = 0; i < self->n_codes; i++)
        if (self->codes[i] == rc)
            return 0;
    return rc;
}

void cede_suppress_init(cede_suppress *suppress, const int *codes, size_t n_codes)
{
    *suppress = (cede_suppress){{suppress_enter, suppress_exit}, codes, n_codes};
}

/* nullcontext */

static int null_context_enter(cede_context *context, void **value_out)
{
    *value_out = cede__container_of(context, cede_null_context, context)->value;
    return 0;
}

void cede_null_context_init(cede_null_context *null, void *value)
{
    *null = (cede_null_context){{null_context_enter, NULL}, value};
}
