/* aritprog_gen.c - an arithmetic progression as a generator function: what took a struct and a
 * table is a loop. */
/* SPDX-License-Identifier: MIT */
#include "progression.h"

/* [aritprog_gen] */
static int aritprog_gen(cede_gen *self, void *arg)
{
    const struct progression *ap = arg;
    struct number result = progression_first(ap);

    for (int64_t index = 1; ap->forever || number_less(result, ap->end); index++) {
        CEDE_TRY(cede_yield(self, &result, NULL));
        result = number_add(ap->begin, number_times(ap->step, index));
    }
    return 0;
}

static cede_iter *make(struct progression *ap)
{
    return cede_iter_gen(cede_gen_create(aritprog_gen, ap), sizeof(struct number));
}
/* [/aritprog_gen] */

int main(void)
{
    test_progressions(make);
    return 0;
}

/* Output:
 * [0, 1, 2]
 * [1.0, 1.5, 2.0, 2.5]
 * [0.0, 0.3333333333333333, 0.6666666666666666]
 * [Fraction(0, 1), Fraction(1, 3), Fraction(2, 3)]
 * [Decimal('0'), Decimal('0.1'), Decimal('0.2')]
 */
