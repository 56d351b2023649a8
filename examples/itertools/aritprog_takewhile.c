/* aritprog_takewhile.c - an arithmetic progression made of count and takewhile: no generator, as it
 * is no generator function in Python either, but a function that returns an iterator. */
/* SPDX-License-Identifier: MIT */
#include "count.h"
#include "progression.h"

/* [aritprog_gen] */
static int is_before(void *n, void *end)
{
    return number_less(*(struct number *)n, *(struct number *)end);
}

static cede_iter *aritprog_gen(struct progression *ap)
{
    cede_iter *ap_gen = count(progression_first(ap), ap->step);

    return ap->forever ? ap_gen : cede_iter_takewhile(ap_gen, is_before, &ap->end);
}
/* [/aritprog_gen] */

int main(void)
{
    test_progressions(aritprog_gen);
    return 0;
}

/* Output:
 * [0, 1, 2]
 * [1.0, 1.5, 2.0, 2.5]
 * [0.0, 0.3333333333333333, 0.6666666666666666]
 * [Fraction(0, 1), Fraction(1, 3), Fraction(2, 3)]
 * [Decimal('0'), Decimal('0.1'), Decimal('0.2')]
 */
