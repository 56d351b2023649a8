/* coroutines.h - what the listings with a grouper share: averager, the sub-generator, and grouper,
 * which delegates to it. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_COROUTINES_H
#define CEDE_EXAMPLES_COROUTINES_H

#include "../python.h"

/* [pipe] */
struct result {
    int count;
    double average;
};

/* The sub-generator: is sent numbers, and None (NULL) to make it return. */
static inline int averager(cede_gen *self, void *arg)
{
    struct result *result = arg;
    double total = 0.0;
    void *term;

    *result = (struct result){0};
    for (;;) {
        CEDE_TRY(cede_yield(self, NULL, &term));
        if (!term)
            return cede_gen_return(self, result);
        total += *(double *)term;
        result->count += 1;
        result->average = total / result->count;
    }
}

CEDE_DEFER_FN(destroy_gen, cede_gen *, cede_gen_destroy)

/* results[key] = yield from averager() */
static inline int await_average(cede_gen *self, struct result *result_out)
{
    struct result memory;
    cede_gen *sub = cede_gen_create(averager, &memory);
    void *result;

    if (!sub)
        return -ENOMEM;
    CEDE_DEFER(destroy_gen, sub);
    CEDE_TRY(cede_yield_from(self, sub, &result));
    *result_out = *(struct result *)result;
    return 0;
}

/* The delegating generator: an average, and at once the next averager, until it is destroyed. */
static inline int grouper(cede_gen *self, void *arg)
{
    for (;;)
        CEDE_TRY(await_average(self, arg));
}
/* [/pipe] */

static inline void print_result(const char *name, const struct result *result)
{
    printf("%s(count=%d, average=", name, result->count);
    print_double(result->average);
    printf(")");
}

#endif
