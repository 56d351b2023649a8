/* progression.h - arithmetic progressions, and the five that each way of making them is tried
 * on. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_PROGRESSION_H
#define CEDE_EXAMPLES_PROGRESSION_H

#include "number.h"

struct progression {
    struct number begin, step, end;
    bool forever; /* there is no end */
};

/* type(begin + step)(begin): the first number has the type of the others. */
static inline struct number progression_first(const struct progression *ap)
{
    struct number first = ap->begin, step = ap->step;

    number_meet(&first, &step);
    return first;
}

static inline void test_progressions(cede_iter *(*make)(struct progression *ap))
{
    struct number third = number_fraction(1, 3), tenth = number_decimal(1, 1);
    struct progression aps[] = {
        {.begin = number_int(0), .step = number_int(1), .end = number_int(3)},
        {.begin = number_int(1), .step = number_double(.5), .end = number_int(3)},
        {.begin = number_int(0), .step = number_double(1. / 3), .end = number_int(1)},
        {.begin = number_int(0), .step = third, .end = number_int(1)},
        {.begin = number_int(0), .step = tenth, .end = number_decimal(3, 1)},
    };

    for (size_t i = 0; i < sizeof aps / sizeof *aps; i++)
        print_list(make(&aps[i]), print_number);
}

#endif
