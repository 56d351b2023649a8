/* cede/context.h - context managers: what is entered is left, however the code inside ends
 *
 * A context is a small struct with two functions. It stands first in a struct of yours that holds
 * what they need. exit is told how the code inside ended and may swallow the error or replace it.
 *
 *     CEDE_WITH_AS(&glass.context, rc, const char *, what) {
 *         CEDE_TRY_BREAK(rc, say(what));
 *     }
 *     return rc;
 *
 * Source: src/coro/context.c   Tests: tests/coro/test_context.c   Guide: docs/context.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CONTEXT_H
#define CEDE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/error.h>

CEDE_BEGIN_DECLS

/* A context manager. Zero is a valid one that does nothing. */
typedef struct cede_context cede_context;
struct cede_context {
    /* Begins it and stores its value (what Python's "as" gives), which is the context itself if
     * nothing is stored. Negative: it was not entered, and exit is not called. NULL: nothing to
     * do. May suspend. */
    int (*enter)(cede_context *self, void **value_out);
    /* Ends it. `rc` is 0 or the code the code inside failed with, whose record is the last error.
     * Returns `rc` to let it go on, 0 or more to swallow it, another negative code to replace it:
     * then the error from inside is made its cause. NULL: let it go on. May suspend. */
    int (*exit)(cede_context *self, int rc);
};

/**
 * Enter a context: what CEDE_WITH does first.
 *
 * @param context    borrowed until it is left
 * @param value_out  receives the context's value; may be NULL
 * @return 0, or what the context's enter failed with; then it must not be left
 * Suspends: if the context does.  Cancellation point: if the context's is one.  Call from: wherever
 * the context allows.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_context_enter(cede_context *context, void **value_out);

/**
 * Leave a context: what CEDE_WITH does last.
 *
 * @param context  entered
 * @param rc       how the code inside ended; counts are kept from the context, which sees 0
 * @return rc; 0 if it was an error that the context swallowed; or what the context failed with, of
 *         which the error from inside, if there was one, is the cause
 * Suspends: if the context does.  Cancellation point: if the context's is one.  Call from: where it
 * was entered.
 */
CEDE_API CEDE_SUSPENDS int cede_context_exit(cede_context *context, int rc);

/**
 * Run a function inside a context (ContextDecorator: a function that calls this with another is the
 * decorated one).
 *
 * @param context  borrowed during the call
 * @param fn       not called if the context cannot be entered
 * @param arg      handed to it
 * @return as cede_context_exit for what `fn` returned, or what entering failed with
 * Suspends: if the context or `fn` does.  Cancellation point: if theirs are.  Call from: wherever
 * the context allows.
 */
CEDE_API CEDE_SUSPENDS int cede_context_call(cede_context *context, cede_fn *fn, void *arg);

/** Enter `context`, run the block that follows, and leave it with `rc`, a variable that the block
 * sets: 0 beforehand, negative if it failed. Afterwards `rc` is what cede_context_exit returned. If
 * the context cannot be entered the block is skipped and `rc` says why. `break` ends the block. A
 * return leaves the context as well, but what it returns is neither seen nor changed; so
 * CEDE_TRY_BREAK stands in for CEDE_TRY. */
#define CEDE_WITH(context, rc) CEDE__WITH((context), (rc), CEDE__PASTE(cede_with_, __COUNTER__))

/** CEDE_WITH that gives the context's value to the block as `name`, a pointer of type `type`. */
#define CEDE_WITH_AS(context, rc, type, name)                                                      \
    CEDE__WITH_AS((context), (rc), type, name, CEDE__PASTE(cede_with_, __COUNTER__))

#define CEDE__WITH(context, rc, with)                                                              \
    for (struct cede__with with                                                                    \
         __attribute__((cleanup(cede__with_exit))) = cede__with_enter(context, &(rc));             \
         with.is_inside; with.is_inside = false)
#define CEDE__WITH_AS(context, rc, type, name, with)                                               \
    CEDE__WITH(context, rc, with)                                                                  \
    for (type name __attribute__((unused)) = (type)with.value; with.is_inside;                     \
         with.is_inside = false)

/* What CEDE_WITH keeps. */
struct cede__with {
    cede_context *context; /* NULL: it could not be entered */
    int *rc;
    void *value;
    bool is_inside; /* the block has not ended */
};

static inline struct cede__with cede__with_enter(cede_context *context, int *rc)
{
    struct cede__with with = {context, rc, NULL, true};
    const int entered = cede_context_enter(context, &with.value);

    if (entered < 0) {
        *rc = entered;
        with.context = NULL;
        with.is_inside = false;
    }
    return with;
}

static inline void cede__with_exit(struct cede__with *with)
{
    if (with->context)
        *with->rc = cede_context_exit(with->context, *with->rc);
}

/* closing: its value is an object, which is closed at the end. */
typedef struct cede_closing {
    cede_context context;
    cede_fn *close;
    void *object;
} cede_closing;

/**
 * Make a context that closes an object (contextlib.closing and aclosing).
 *
 * @param closing  the caller's memory
 * @param close    called once each time it is left, however the code inside ended; what it fails
 *                 with replaces what was
 * @param object   handed to it; the context's value
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_closing_init(cede_closing *closing, cede_fn *close, void *object);

/* suppress: swallows errors of some codes. May be entered again inside itself. */
typedef struct cede_suppress {
    cede_context context;
    const int *codes;
    size_t n_codes;
} cede_suppress;

/**
 * Make a context that swallows errors of some codes (contextlib.suppress). One that swallows
 * -ECANCELED does not end a cancellation, which is a level.
 *
 * @param suppress  the caller's memory
 * @param codes     negative codes; borrowed as long as `suppress` is used
 * @param n_codes   how many; with 0 nothing is swallowed
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_suppress_init(cede_suppress *suppress, const int *codes, size_t n_codes);

/* nullcontext: has a value and does nothing. */
typedef struct cede_null_context {
    cede_context context;
    void *value;
} cede_null_context;

/**
 * Make a context that does nothing, where one is wanted by form (contextlib.nullcontext).
 *
 * @param null   the caller's memory
 * @param value  the context's value; may be NULL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_null_context_init(cede_null_context *null, void *value);

CEDE_END_DECLS

#endif
