/* cede/exit_stack.h - clean-up that always runs, last in, first out
 *
 * CEDE_DEFER is for what one block owns and its text says so; the stack is for what is known only
 * when it runs: so many files, a resource that is there or not, clean-up handed to somebody else.
 *
 *     cede_exit_stack stack;
 *     cede_exit_stack_init(&stack);
 *     for (int i = 0; rc == 0 && i < n; i++)
 *         rc = open_page(&stack, &pages[i]);            it pushes what closes the page
 *     return cede_exit_stack_close(&stack, rc);
 *
 * Source: src/coro/exit_stack.c   Tests: tests/coro/test_exit_stack.c   Guide: docs/exit_stack.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXIT_STACK_H
#define CEDE_EXIT_STACK_H

#include <stddef.h>

#include <cede/context.h>
#include <cede/def.h>

CEDE_BEGIN_DECLS

/* Clean-up that cannot fail: free, a destroy function. */
typedef void cede_defer_fn(void *arg);

/** At the end of this block, however it is left (its end, return, break, goto), call `fn(arg)`;
 * several in the reverse of their order. `fn` is a cede_defer_fn; `arg` is evaluated here. */
#define CEDE_DEFER(fn, arg) CEDE__DEFER((fn), (arg), CEDE__PASTE(cede_defer_, __COUNTER__))
#define CEDE__DEFER(fn, arg, name)                                                                 \
    struct cede__defer name __attribute__((cleanup(cede__defer_run), unused)) = {(fn), (arg)}

/** Define `name`, a cede_defer_fn that calls `fn((type)arg)`, a function of another type whose
 * result, if it has one, is of no use: CEDE_DEFER_FN(close_file, FILE *, fclose) outside of
 * functions, then CEDE_DEFER(close_file, file). */
#define CEDE_DEFER_FN(name, type, fn)                                                              \
    static inline void name(void *cede_defer_arg)                                                  \
    {                                                                                              \
        (void)fn((type)cede_defer_arg);                                                            \
    }

struct cede__defer {
    cede_defer_fn *fn;
    void *arg;
};

static inline void cede__defer_run(struct cede__defer *defer)
{
    defer->fn(defer->arg);
}

/* Sees how the scope ends: `rc` is 0 or the code it failed with, whose record is the last error.
 * Returns `rc` to let it go on, 0 or more to swallow it, another negative code to replace it. */
typedef int cede_exit_fn(int rc, void *arg);

/* One function to be called. */
struct cede__exit {
    int kind; /* which member of fn; a context has none */
    union {
        cede_exit_fn *exit;
        cede_fn *callback;
        cede_defer_fn *defer;
    } fn;
    void *arg; /* borrowed */
};

enum { CEDE__EXIT_STACK_ROOM = 4 };

/* The caller's memory, usually a local. Zero is an empty one. Its members are the library's. */
typedef struct cede_exit_stack {
    size_t n;                /* functions on it */
    size_t capacity;         /* of `more` */
    struct cede__exit *more; /* those that `first` has no room for; allocated */
    struct cede__exit first[CEDE__EXIT_STACK_ROOM]; /* so that it can be moved */
    void *spare[2];
} cede_exit_stack;

/**
 * Make an empty stack.
 *
 * @param stack  the caller's memory, kept until cede_exit_stack_close
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_exit_stack_init(cede_exit_stack *stack);

/**
 * Push a function that sees the error (ExitStack.push). Also while the stack is being closed: it is
 * the next to run then.
 *
 * @param stack  borrowed
 * @param fn     called once
 * @param arg    handed to it; lives until then
 * @return 0, or
 *   -ENOMEM  it was called at once with -ENOMEM, so that nothing is lost; if it failed with
 *            another code, that code, of which -ENOMEM is the cause
 *   -EINVAL  `fn` is NULL
 * Suspends: if there is no memory and `fn` does.  Cancellation point: no.  Call from: wherever `fn`
 * may be called.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_exit_stack_push(cede_exit_stack *stack, cede_exit_fn *fn,
                                                           void *arg);

/**
 * Push a function that neither sees nor swallows the error, but may fail itself
 * (ExitStack.callback).
 *
 * @param stack  borrowed
 * @param fn     called once; what it fails with replaces the error, which becomes its cause
 * @param arg    handed to it; lives until then
 * @return 0, or as cede_exit_stack_push
 * Suspends: if there is no memory and `fn` does.  Cancellation point: no.  Call from: wherever `fn`
 * may be called.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_exit_stack_callback(cede_exit_stack *stack, cede_fn *fn,
                                                               void *arg);

/**
 * Push a function that cannot fail: CEDE_DEFER for a stack.
 *
 * @param stack  borrowed
 * @param fn     called once
 * @param arg    handed to it; lives until then
 * @return 0, or
 *   -ENOMEM  it was called at once, so that nothing is lost
 *   -EINVAL  `fn` is NULL
 * Suspends: if there is no memory and `fn` does.  Cancellation point: no.  Call from: wherever `fn`
 * may be called.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_exit_stack_defer(cede_exit_stack *stack,
                                                            cede_defer_fn *fn, void *arg);

/**
 * Enter a context and push its exit (ExitStack.enter_context).
 *
 * @param stack      borrowed
 * @param context    borrowed until its exit has run
 * @param value_out  receives the context's value; may be NULL
 * @return 0, or
 *   -ENOMEM  the context was not entered
 *   what its enter failed with; nothing was pushed
 * Suspends: if the context does.  Cancellation point: if the context's is one.  Call from: wherever
 * the context allows.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int
cede_exit_stack_enter(cede_exit_stack *stack, cede_context *context, void **value_out);

/**
 * Move everything to another stack and call nothing (ExitStack.pop_all): all went well, and the
 * clean-up is somebody else's now.
 *
 * @param stack      empty afterwards, and may be used on
 * @param stack_out  the caller's memory; becomes a stack, which must be closed in its turn
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_exit_stack_pop_all(cede_exit_stack *stack, cede_exit_stack *stack_out);

/**
 * Call everything that was pushed, the last first, each seeing what those before made of the error.
 * The stack is empty afterwards and may be used again.
 *
 * @param stack  borrowed; zero or empty: nothing is called
 * @param rc     how the scope ended; negative: it failed. A count is kept from the functions, which
 *               see 0
 * @return rc; 0 if it was an error and was swallowed; or the code of the last error. An error that
 *         replaced another has it as its cause
 * Suspends: if a function on it does.  Cancellation point: no; what is called decides for itself,
 * and waits under a shield if it must wait in a task that is cancelled.  Call from: wherever the
 * functions may be called.
 */
CEDE_API CEDE_SUSPENDS int cede_exit_stack_close(cede_exit_stack *stack, int rc);

CEDE_END_DECLS

#endif
