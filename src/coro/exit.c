/* exit.c - one exit function: who it is, and running it.
 *
 * Running one while an error is on its way is a matter of records. The function may look at the
 * record, drop it, or raise errors of its own that it handles; so a copy is kept here meanwhile,
 * and the record itself is marked. What came of it, and what the function returned, tell the rest:
 *
 *     0 or more      swallowed: no record
 *     the same code  on its way still, marked, maybe with more lines; where the function's own
 *                    errors have overwritten it, the copy is put back
 *     any code, not  the function's own error: the copy becomes its cause, unless the function has
 *     marked         chained it already (cede_raise_from)
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

/* The function's own error `result`; `mark` says what became of the earlier one. */
static int exit_replace(struct cede_error *record, const struct cede_error *earlier, int result,
                        int mark)
{
    if (cede_error_code(cede_error_last()) != result)
        mark = CEDE__ERROR_NOT_MARKED; /* what is here is not of the error that was returned */
    cede__error_adopt(record, result);
    if (mark != CEDE__ERROR_IS_CAUSE)
        cede__error_chain(earlier);
    if (earlier->mark != CEDE__ERROR_NOT_MARKED)
        record->mark = CEDE__ERROR_IS_CAUSE;
    return result;
}

static int exit_run_failed(const struct cede__exit *exit, int rc)
{
    struct cede_error *record = cede__error_slot();
    struct cede_error earlier;
    int result, mark;

    cede__error_adopt(record, rc);
    cede__error_copy(&earlier, record); /* with the mark of one around this, if there is one */
    record->mark = CEDE__ERROR_MARKED;
    if (!exit_sees(exit))
        cede_error_clear();
    result = exit_call(exit, rc);
    mark = record->mark;
    record->mark = CEDE__ERROR_NOT_MARKED;

    if (result >= 0 && exit_sees(exit)) {
        cede_error_clear();
        return 0;
    }
    if (result >= 0 ||
        (result == rc && exit_sees(exit) && cede_error_code(cede_error_last()) != rc)) {
        cede__error_copy(record, &earlier);
        return rc;
    }
    if (result == rc && exit_sees(exit) && mark == CEDE__ERROR_MARKED) {
        record->mark = earlier.mark;
        return rc;
    }
    return exit_replace(record, &earlier, result, mark);
}

int cede__exit_run(const struct cede__exit *exit, int rc)
{
    int result;

    if (rc < 0)
        return exit_run_failed(exit, rc);
    result = exit_call(exit, 0);
    return result < 0 ? result : rc;
}
