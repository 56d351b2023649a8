/* count.h - itertools.count over numbers of any type: an iterator with a state of its own, which it
 * takes along to its end. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_COUNT_H
#define CEDE_EXAMPLES_COUNT_H

#include "number.h"

/* [count] */
struct counter {
    struct number next, step;
};

static inline int counter_next(void *out, void *arg)
{
    struct counter *counter = arg;

    *(struct number *)out = counter->next;
    counter->next = number_add(counter->next, counter->step);
    return 1;
}

static inline cede_iter *count(struct number first, struct number step)
{
    struct counter *counter = malloc(sizeof *counter);

    if (!counter) {
        cede_raise(-ENOMEM, "no memory for a count");
        return NULL;
    }
    *counter = (struct counter){first, step};
    return cede_iter_owning(cede_iter_call(counter_next, counter, NULL, sizeof(struct number)),
                            free, counter);
}
/* [/count] */

#endif
