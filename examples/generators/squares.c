/* squares.c - a list and a generator expression of the same squares: the one computed at once, the
 * other a map, whose items are computed as they are asked for. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [squares] */
static int square(void *x, void *out, void *arg)
{
    *(int64_t *)out = *(int64_t *)x * *(int64_t *)x;
    return 0;
}

/* (x * x for x in range(n)) */
static cede_iter *squares(int64_t n)
{
    return cede_iter_map(cede_iter_range(0, n, 1), square, NULL, sizeof(int64_t));
}

/* [x * x for x in range(n)] */
static void print_as_list(int64_t n)
{
    void *list;
    size_t n_items;

    check(cede_iter_collect(squares(n), &list, &n_items));
    print_list(cede_iter_array(list, n_items, sizeof(int64_t)), print_int);
    cede_iter_release(list);
}
/* [/squares] */

static void by_next(void)
{
    cede_iter *g = squares(3);
    void *item;
    int rc;

    while ((rc = cede_iter_next(g, &item)) > 0)
        printf("%" PRId64 "\n", *(int64_t *)item);
    print_end(rc);
    cede_iter_close(g);
}

/* The way it is done: nobody looks for the end. */
static void in_a_loop(void)
{
    cede_iter *g = squares(3);
    int rc;

    CEDE_FOREACH(rc, int64_t *, n, g)
        printf("%" PRId64 "\n", *n);
    check(rc);
    cede_iter_close(g);
}

int main(void)
{
    print_as_list(10);
    print_as_list(3);
    by_next();
    in_a_loop();
    return 0;
}

/* Output:
 * [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]
 * [0, 1, 4]
 * 0
 * 1
 * 4
 * StopIteration
 * 0
 * 1
 * 4
 */
