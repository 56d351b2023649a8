/* arithmetic_progression.c - ArithmeticProgression as a kind of iterator of one's own: a struct
 * whose first member is a cede_iter, and a function for the next item.
 *
 * Python's end of .3 beside Decimals is a Decimal here too. */
/* SPDX-License-Identifier: MIT */
#include "progression.h"

/* [kind] */
struct progression_iter {
    cede_iter iter; /* first: the whole is what next and close get */
    struct progression *ap;
    struct number result;
    int64_t index;
};

static int progression_next(cede_iter *it, void **item)
{
    struct progression_iter *self = (struct progression_iter *)it;
    struct progression *ap = self->ap;

    if (self->index == 0)
        self->result = progression_first(ap);
    else
        self->result = number_add(ap->begin, number_times(ap->step, self->index));
    self->index++;
    *item = &self->result;
    return ap->forever || number_less(self->result, ap->end);
}

static void progression_close(cede_iter *it)
{
    free(it);
}

static const cede_iter_kind progression_kind = {
    .name = "ArithmeticProgression", .next = progression_next, .close = progression_close};

/* Each call is a pass of its own over the same progression (Python: __iter__). */
static cede_iter *arithmetic_progression(struct progression *ap)
{
    struct progression_iter *self = calloc(1, sizeof *self);

    if (!self) {
        cede_raise(-ENOMEM, "no memory for a progression");
        return NULL;
    }
    cede_iter_init(&self->iter, &progression_kind, sizeof(struct number));
    self->ap = ap;
    return &self->iter;
}
/* [/kind] */

static int add(void *total, void *item, void *arg)
{
    *(struct number *)total = number_add(*(struct number *)total, *(struct number *)item);
    return 0;
}

/* x + x + x, and x * 3 */
static void print_thrice(struct number x)
{
    struct number sum = number_int(0), thrice = number_times(x, 3);

    check(cede_iter_reduce(cede_iter_repeat(&x, sizeof x, 3), add, NULL, &sum));
    print_number(&sum);
    printf(" ");
    print_number(&thrice);
    printf("\n");
}

int main(void)
{
    const struct number third = number_fraction(1, 3);

    test_progressions(arithmetic_progression);
    printf("%" PRId64 "/%" PRId64 "\n", third.fraction.top, third.fraction.bottom);

    printf("\nthree of each, added and multiplied:\n");
    print_thrice(third);
    print_thrice(number_decimal(1, 1));
    print_thrice(number_double(.1));
    return 0;
}

/* Output:
 * [0, 1, 2]
 * [1.0, 1.5, 2.0, 2.5]
 * [0.0, 0.3333333333333333, 0.6666666666666666]
 * [Fraction(0, 1), Fraction(1, 3), Fraction(2, 3)]
 * [Decimal('0'), Decimal('0.1'), Decimal('0.2')]
 * 1/3
 *
 * three of each, added and multiplied:
 * Fraction(1, 1) Fraction(1, 1)
 * Decimal('0.3') Decimal('0.3')
 * 0.30000000000000004 0.30000000000000004
 */
