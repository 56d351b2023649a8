/* count.c - count: numbers without an end; takewhile gives them one.
 *
 * Python's count(1, .5) begins with the int 1 it was given and goes on with floats. Here
 * cede_iter_count and cede_iter_count_double are of one type each; a count that changes its type is
 * a cede_iter_call over numbers that know theirs. */
/* SPDX-License-Identifier: MIT */
#include "count.h"

static void next_three(void)
{
    cede_iter *gen = count(number_int(1), number_double(.5));
    void *number;

    for (int i = 0; i < 3; i++) {
        check_item(cede_iter_next(gen, &number));
        print_number(number);
        printf("\n");
    }
    cede_iter_close(gen);
}

/* [takewhile] */
static int less_than(void *item, void *arg)
{
    const struct number *n = item, *end = arg;

    return number_less(*n, *end);
}

static void take_below_three(void)
{
    struct number end = number_int(3);

    print_list(cede_iter_takewhile(count(number_int(1), number_double(.5)), less_than, &end),
               print_number);
}
/* [/takewhile] */

/* [whole] */
static void count_from(int64_t start)
{
    cede_iter *counter = cede_iter_count(start, 1);
    void *number;

    for (int i = 0; i < 2; i++) {
        check_item(cede_iter_next(counter, &number));
        printf("%" PRId64 "\n", *(int64_t *)number);
    }
    cede_iter_close(counter);
}
/* [/whole] */

int main(void)
{
    next_three();
    take_below_three();
    count_from(13);
    return 0;
}

/* Output:
 * 1
 * 1.5
 * 2.0
 * [1, 1.5, 2.0, 2.5]
 * 13
 * 14
 */
