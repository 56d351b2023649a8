/* cede/gen.h - generators
 *
 * A function that stops in the middle, hands out an item, and goes on when the next one is asked
 * for. It has a stack of its own: any function it calls, however deep, may yield, and may sleep,
 * await or read sockets; then whoever asked waits. What crosses is a `void *`, usually the address
 * of a local, valid until the generator is resumed; NULL is Python's None.
 *
 *     static int fibonacci(cede_gen *self, void *arg)
 *     {
 *         for (long a = 0, b = 1;; b += a, a = b - a)
 *             CEDE_TRY(cede_yield(self, &a, NULL));
 *     }
 *
 *     cede_gen *numbers = cede_gen_create(fibonacci, NULL);
 *     while ((rc = cede_next(numbers, (void **)&number)) > 0 && *number < 100)
 *         printf("%ld\n", *number);
 *     cede_gen_destroy(numbers);
 * A generator needs no loop, and stays on its thread. See the guide on CEDE_INLINE.
 * Source: src/coro/gen.c   Guide: docs/gen.md
 * Tests: tests/coro/test_gen.c, tests/coro/test_gen_delegate.c, tests/task/test_gen.c
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_GEN_H
#define CEDE_GEN_H

#include <stdbool.h>
#include <stdio.h>
#include <cede/error.h>

CEDE_BEGIN_DECLS

typedef struct cede_gen cede_gen;

/* The body of a generator. It ends by returning: 0 or more is the end of the items, a negative code
 * an error that whoever resumed it gets, with its trace. */
typedef int cede_gen_fn(cede_gen *self, void *arg);

/* Where a generator stands. */
enum cede_gen_state {
    CEDE_GEN_CREATED,   /* not a line of the body has run */
    CEDE_GEN_RUNNING,   /* also while it waits for something, or has resumed another */
    CEDE_GEN_SUSPENDED, /* at a yield, or where it delegates */
    CEDE_GEN_CLOSED     /* the body has ended, or never will begin */
};

/* Zero means the default everywhere. */
typedef struct cede_gen_options {
    const char *name;        /* for people; borrowed until destroyed; default: the body's */
    size_t stack_size;       /* bytes, guard included, rounded up; default 64 KiB */
    void (*drop)(void *arg); /* called once with arg if the body never runs */
    bool prime;              /* run it at once to its first yield, whose item is dropped */
} cede_gen_options;

/**
 * Create a generator. Its body runs when the first item is asked for.
 *
 * @param body  the function
 * @param arg   handed to it; may be NULL; borrowed until the generator is closed
 * @return the generator, to be destroyed; NULL: -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
#define cede_gen_create(body, ...)                                                                 \
    cede__gen_create((body), (__VA_ARGS__), NULL, CEDE__SPAWN_SITE(body))

/**
 * cede_gen_create with options.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @param body     the function
 * @param arg      handed to it, or to options->drop
 * @return the generator, to be destroyed; NULL: drop has been called if the body had not begun, and
 *   -ENOMEM; -EINVAL: the size of the stack is out of range
 *   CEDE_EGENEND, any code  it was to be primed, and ended, or failed, before its first yield
 * Suspends: if it is primed and the body does.  Cancellation point: no.  Call from: any thread.
 */
#define cede_gen_create_with(options, body, ...)                                                   \
    cede__gen_create((body), (__VA_ARGS__), (options), CEDE__SPAWN_SITE(body))

/**
 * Close a generator, if need be, and free it. A body that fails meanwhile, or yields instead of
 * ending, is reported; the latter's yields then return CEDE_EGENEXIT at once, a thousand times.
 *
 * @param gen  owned; NULL is nothing
 * @return 0; -EBUSY: it runs, or another delegates to it, and is still there
 * Suspends: if the body's clean-up does.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API CEDE_SUSPENDS int cede_gen_destroy(cede_gen *gen);

/**
 * Ask for the next item.
 *
 * @param gen       borrowed
 * @param item_out  receives what was yielded, valid until the generator is resumed; may be NULL
 * @return 1: there is an item; 0: it has ended, and stays so; or
 *   -EBUSY    it runs already
 *   any code  the body failed with it; it has ended
 * Suspends: if the body does.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API CEDE_SUSPENDS CEDE_CHECK int cede_next(cede_gen *gen, void **item_out);

/**
 * Have the yield where the generator is suspended give `value`, and ask for the next item.
 *
 * @param gen       borrowed
 * @param value     what its cede_yield receives; NULL makes it cede_next
 * @param item_out  as for cede_next
 * @return as cede_next, and
 *   CEDE_EGENSTART  it has not run yet, so no yield can take a value: nothing happened
 * Suspends: if the body does.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API CEDE_SUSPENDS CEDE_CHECK int cede_send(cede_gen *gen, void *value, void **item_out);

/**
 * Have the yield where the generator is suspended return an error, with the caller's trace of it.
 * One that has not run is closed without running; to one that has ended nothing happens.
 *
 * @param gen       borrowed
 * @param code      negative
 * @param item_out  as for cede_next
 * @return as cede_next: 1 if the body yields again; and
 *   code     it had not run, has ended already, or lets the error out
 *   -EINVAL  the code is no error: nothing happened
 * Suspends: if the body does.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API CEDE_SUSPENDS CEDE_CHECK int cede_throw(cede_gen *gen, int code, void **item_out);

/**
 * Have the yield where the generator is suspended return CEDE_EGENEXIT, so that it cleans up and
 * ends; what it delegates to is closed first. One that has not run, or has ended, is just closed.
 *
 * @param gen  borrowed; NULL is nothing
 * @return 0: it is closed; or
 *   CEDE_EGENIGNORED  it yielded instead of ending, and is suspended there
 *   -EBUSY            it runs
 *   any code          the body failed with it; it has ended
 * Suspends: if the body's clean-up does.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API CEDE_SUSPENDS int cede_close(cede_gen *gen);

/**
 * Hand out an item and wait to be resumed. From the body, or any function it calls.
 *
 * @param self      the running generator
 * @param item      what the caller of next gets; borrowed until this returns; may be NULL
 * @param sent_out  receives what was sent, NULL after a next; may be NULL
 * @return 0, or
 *   any code       that was thrown in
 *   CEDE_EGENEXIT  the generator is being closed: clean up and end
 *   -EINVAL        `self` is not the generator that runs here; or a group is open, whose tasks
 *                  would outlive their surroundings: nothing was handed out
 * Suspends: until resumed; other tasks do not run for it.  Cancellation point: no.
 * Call from: the generator.
 */
CEDE_API CEDE_SUSPENDS CEDE_CHECK int cede_yield(cede_gen *self, void *item, void **sent_out);

/**
 * Delegate to another generator until it ends: who resumes `self` resumes it directly, at any
 * depth; what is sent or thrown goes to it.
 *
 * @param self        the running generator
 * @param sub         borrowed; one that is suspended goes on where it is
 * @param result_out  receives what it gave to cede_gen_return; NULL if nothing, or if it had ended
 *                    before; may be NULL
 * @return 0: it has ended; or
 *   any code          it failed with, or that was thrown in and it let out
 *   CEDE_EGENEXIT     `self` is being closed; so was it
 *   CEDE_EGENIGNORED  the same, but it yielded instead of ending
 *   -EBUSY            it runs, or another generator delegates to it
 *   -EINVAL           `self` is not the generator that runs here
 * Suspends: whenever it does.  Cancellation point: no.  Call from: the generator.
 */
CEDE_API CEDE_SUSPENDS CEDE_CHECK int cede_yield_from(cede_gen *self, cede_gen *sub,
                                                      void **result_out);

/**
 * Leave a result: `return cede_gen_return(self, pointer);` ends a body with it.
 *
 * @param self    the generator
 * @param result  what cede_gen_result and cede_yield_from give; it must outlive the body's locals
 * @return 0
 * Suspends: never.  Cancellation point: no.  Call from: the generator.
 */
CEDE_API int cede_gen_return(cede_gen *self, void *result);

/**
 * What the body left with cede_gen_return.
 *
 * @param gen  borrowed
 * @return the result; NULL: it left none, or has not ended
 * Suspends: never.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API void *cede_gen_result(const cede_gen *gen);

/**
 * Where a generator stands.
 *
 * @param gen  borrowed
 * @return its state
 * Suspends: never.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API enum cede_gen_state cede_gen_state(const cede_gen *gen);

/**
 * The name of a state, as Python's inspect has it.
 *
 * @param state  any
 * @return "GEN_CREATED" and so on; "?" for what is none
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API const char *cede_gen_state_name(enum cede_gen_state state);

/**
 * Whom a generator delegates to.
 *
 * @param gen  borrowed
 * @return the generator in its cede_yield_from; NULL if there is none
 * Suspends: never.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API cede_gen *cede_gen_delegate(const cede_gen *gen);

/**
 * A line about a generator, as Python's repr: <generator 'lines' suspended, made at log.c:42>
 *
 * @param gen     borrowed
 * @param buffer  receives the text, cut to fit, terminated; may be NULL if `size` is 0
 * @param size    bytes of `buffer`
 * @return the length of the whole text
 * Suspends: never.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API size_t cede_gen_format(const cede_gen *gen, char *buffer, size_t size);

/**
 * Print where a suspended generator stands, innermost call first, those it delegates to before it.
 *
 * @param gen     borrowed
 * @param stream  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: its thread.
 */
CEDE_API void cede_gen_print_stack(const cede_gen *gen, FILE *stream);

CEDE_API CEDE_CHECK cede_gen *cede__gen_create(cede_gen_fn *body, void *arg,
                                               const cede_gen_options *options,
                                               const struct cede__spawn_site *site);

CEDE_END_DECLS

#include <cede/gen_cross.h>

#endif
