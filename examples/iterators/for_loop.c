/* for_loop.c - what a for loop does: it makes an iterator, asks it for one item after the other,
 * and stops at the end, which nobody else gets to see. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static int64_t x[] = {1, 2, 3};

/* [by_hand] */
static void by_hand(void)
{
    cede_iter *x_iterator = CEDE_ITER_ARRAY(x);
    void *item;

    while (check(cede_iter_next(x_iterator, &item)) > 0)
        printf("%" PRId64 "\n", *(int64_t *)item);
    printf("STOP\n");
    cede_iter_close(x_iterator);
}
/* [/by_hand] */

/* [foreach] */
static void with_foreach(void)
{
    cede_iter *it = CEDE_ITER_ARRAY(x);
    int rc;

    CEDE_FOREACH(rc, int64_t *, number, it)
        printf("%" PRId64 "\n", *number);
    check(rc);
    cede_iter_close(it);
}
/* [/foreach] */

static void print_next(cede_iter *it)
{
    void *item;

    check_item(cede_iter_next(it, &item));
    printf("%" PRId64 "\n", *(int64_t *)item);
}

/* Two iterators over one array: each knows where it is. */
static void two_passes(void)
{
    cede_iter *y = CEDE_ITER_ARRAY(x), *z = CEDE_ITER_ARRAY(x);

    print_next(y);
    print_next(y);
    print_next(z);
    cede_iter_close(y);
    cede_iter_close(z);
}

int main(void)
{
    by_hand();
    with_foreach();
    two_passes();
    return 0;
}

/* Output:
 * 1
 * 2
 * 3
 * STOP
 * 1
 * 2
 * 3
 * 1
 * 2
 * 1
 */
