/* exit_stack.c - clean-up that always runs, last in, first out.
 *
 * An array in two pieces: the first few functions stand in the stack itself, the others in memory
 * that doubles. So a small stack allocates nothing, and a stack is moved by copying it.
 *
 * Invariant: a function is taken off before it runs. So whatever it does to the stack, even pushing
 * or closing it, no function runs twice, and none is left when close returns.
 */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "coro/exit.h"

void cede_exit_stack_init(cede_exit_stack *stack)
{
    *stack = (cede_exit_stack){0};
}

static int stack_reserve(cede_exit_stack *stack)
{
    if (stack->n < CEDE__EXIT_STACK_ROOM + stack->capacity)
        return 0;
    const size_t capacity = stack->capacity > 0 ? 2 * stack->capacity : 2 * CEDE__EXIT_STACK_ROOM;
    struct cede__exit *more = cede__realloc(stack->more, capacity * sizeof *more);
    if (!more)
        return cede_raise(-ENOMEM, "no memory for %zu exit functions",
                          CEDE__EXIT_STACK_ROOM + capacity);
    stack->more = more;
    stack->capacity = capacity;
    return 0;
}

static struct cede__exit *stack_at(cede_exit_stack *stack, size_t i)
{
    return i < CEDE__EXIT_STACK_ROOM ? &stack->first[i] : &stack->more[i - CEDE__EXIT_STACK_ROOM];
}

static int stack_push(cede_exit_stack *stack, const struct cede__exit *exit)
{
    const int rc = stack_reserve(stack);

    if (rc < 0) {
        /* Swallowing this one does not make it a success: the caller's clean-up has run already. */
        const int end = cede__exit_run(exit, rc);
        return end < 0 ? end : rc;
    }
    *stack_at(stack, stack->n++) = *exit;
    return 0;
}

static int refuse_null(void)
{
    return cede_raise(-EINVAL, "there is no function to be called");
}

int cede_exit_stack_push(cede_exit_stack *stack, cede_exit_fn *fn, void *arg)
{
    if (!fn)
        return refuse_null();
    return stack_push(stack,
                      &(struct cede__exit){.kind = CEDE__EXIT_SEES, .fn.exit = fn, .arg = arg});
}

int cede_exit_stack_callback(cede_exit_stack *stack, cede_fn *fn, void *arg)
{
    if (!fn)
        return refuse_null();
    return stack_push(
        stack, &(struct cede__exit){.kind = CEDE__EXIT_CALLBACK, .fn.callback = fn, .arg = arg});
}

int cede_exit_stack_defer(cede_exit_stack *stack, cede_defer_fn *fn, void *arg)
{
    if (!fn)
        return refuse_null();
    return stack_push(stack,
                      &(struct cede__exit){.kind = CEDE__EXIT_DEFER, .fn.defer = fn, .arg = arg});
}

int cede_exit_stack_enter(cede_exit_stack *stack, cede_context *context, void **value_out)
{
    const struct cede__exit exit = {.kind = CEDE__EXIT_CONTEXT, .arg = context};
    void *value = NULL;
    int rc;

    /* Room first: what cannot be pushed is not entered. The push looks again, for the context may
     * have pushed something itself. */
    rc = stack_reserve(stack);
    if (rc == 0)
        rc = cede_context_enter(context, &value);
    if (rc >= 0)
        rc = stack_push(stack, &exit);
    if (rc == 0 && value_out)
        *value_out = value;
    return rc;
}

void cede_exit_stack_pop_all(cede_exit_stack *stack, cede_exit_stack *stack_out)
{
    *stack_out = *stack;
    cede_exit_stack_init(stack);
}

int cede_exit_stack_close(cede_exit_stack *stack, int rc)
{
    while (stack->n > 0) {
        const struct cede__exit exit = *stack_at(stack, --stack->n);
        rc = cede__exit_run(&exit, rc);
    }
    cede__free(stack->more);
    cede_exit_stack_init(stack);
    return rc;
}
