/* exit.c - one exit function: who it is, and running it.
 *
 * Running one while an error is on its way is a matter of records. The function may look at the
 * record, drop it, or raise errors of its own that it handles; so a copy is kept here meanwhile.
 * What it returned tells the rest:
 *
 *     0 or more      swallowed: no record
 *     the same code  on its way still, unless the record that is here now was raised elsewhere, or
 *                    with other words; if it is gone, the copy is put back
 *     another code   the function's own error: the copy becomes its cause, unless the function
 *                    has chained it already (cede_raise_from)
 *
 * A function that does not see the error finds no record, so whatever it returns below 0 is its
 * own. Callers: exit_stack.c and context.c.
 */
/* SPDX-License-Identifier: MIT */
#include "base/error_record.h"
#include "coro/exit.h"

static bool exit_sees(const struct cede__exit *exit)
{
    return exit->kind == CEDE__EXIT_SEES || exit->kind == CEDE__EXIT_CONTEXT;
}

static int exit_call(const struct cede__exit *exit, int rc)
{
    switch ((enum cede__exit_kind)exit->kind) {
    case CEDE__EXIT_SEES:
        return exit->fn.exit(rc, exit->arg);
    case CEDE__EXIT_CALLBACK:
        return exit->fn.callback(exit->arg);
    case CEDE__EXIT_DEFER:
        exit->fn.defer(exit->arg);
        return 0;
    case CEDE__EXIT_CONTEXT: {
        cede_context *context = exit->arg;
        return context->exit ? context->exit(context, rc) : rc;
    }
    }
    cede__assert(!"an exit function of a kind that exists");
    return rc;
}

static int exit_run_failed(const struct cede__exit *exit, int rc)
{
    struct cede_error earlier;
    int result;

    cede__error_adopt(cede__error_slot(), rc);
    cede__error_copy(&earlier, cede__error_slot());
    if (!exit_sees(exit))
        cede_error_clear();
    result = exit_call(exit, rc);

    if (result >= 0 && exit_sees(exit)) {
        cede_error_clear();
        return 0;
    }
    if (result >= 0) {
        cede__error_copy(cede__error_slot(), &earlier);
        return rc;
    }
    if (result == rc && exit_sees(exit)) {
        if (cede_error_code(cede_error_last()) != rc)
            cede__error_copy(cede__error_slot(), &earlier);
        if (cede__error_is_same(&earlier))
            return rc;
    }
    cede__error_adopt(cede__error_slot(), result);
    cede__error_chain(&earlier);
    return result;
}

int cede__exit_run(const struct cede__exit *exit, int rc)
{
    int result;

    if (rc < 0)
        return exit_run_failed(exit, rc);
    result = exit_call(exit, 0);
    return result < 0 ? result : rc;
}
