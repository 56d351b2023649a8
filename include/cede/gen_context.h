/* cede/gen_context.h - a context made from a generator with one yield
 *
 * What stands before the yield is the entering, what is yielded is the value, what stands after it
 * is the leaving. An error from inside comes out of the yield: hand it up to let it go on, end
 * without one to swallow it.
 *
 *     static int opened(cede_gen *self, void *arg)
 *     {
 *         FILE *file = fopen(arg, "r");
 *         ...
 *         int rc = cede_yield(self, file, NULL);        the block runs here
 *         fclose(file);
 *         return rc;
 *     }
 *
 *     cede_gen_context context;
 *     cede_gen_context_init(&context, opened, "names.txt");
 *     CEDE_WITH_AS(&context.context, rc, FILE *, file) { ... }
 *
 * Source: src/coro/gen_context.c   Tests: tests/coro/test_gen_context.c   Guide: docs/context.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_GEN_CONTEXT_H
#define CEDE_GEN_CONTEXT_H

#include <cede/context.h>
#include <cede/def.h>
#include <cede/gen.h>

CEDE_BEGIN_DECLS

/* The caller's memory. Its members are the library's. */
typedef struct cede_gen_context {
    cede_context context;
    cede_gen_fn *body;
    void *arg;
    const struct cede__spawn_site *site; /* its name, for people */
    cede_gen *gen;                       /* while entered */
    void *spare[2];
} cede_gen_context;

/**
 * Make a context from a generator (contextlib.contextmanager and asynccontextmanager: the body may
 * wait). Each time it is entered the body begins anew; inside itself it cannot be entered again.
 * Entering may fail with
 *   CEDE_EGENEND      "generator didn't yield"
 *   -EBUSY            it is entered already
 *   -ENOMEM           no memory for its stack
 *   any code          the body failed with it before its yield
 * Leaving may fail with
 *   CEDE_EGENIGNORED  "generator didn't stop": it yielded a second time; or "generator didn't stop
 *                     after throw()", if there was an error inside, which is the cause. It is
 *                     closed
 *   any code          the body failed with it
 *
 * @param self  the caller's memory (cede_gen_context)
 * @param body  the generator's
 * @param arg   handed to it; borrowed as long as `self` is used
 * Suspends: never; entering and leaving do if the body does.  Cancellation point: no.  Call from:
 * any thread.
 */
#define cede_gen_context_init(self, body, ...)                                                     \
    cede__gen_context_init((self), (body), (__VA_ARGS__), CEDE__SPAWN_SITE(body))

CEDE_API void cede__gen_context_init(cede_gen_context *self, cede_gen_fn *body, void *arg,
                                     const struct cede__spawn_site *site);

CEDE_END_DECLS

#endif
