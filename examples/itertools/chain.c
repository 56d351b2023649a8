/* chain.c - chain, used up in each of the ways there are: with next, in a loop, as a list, taken
 * apart. An iterator is used up once: each way makes its own. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static int64_t one_two[] = {1, 2}, three_four[] = {3, 4};

/* [chain] */
static cede_iter *chain_them(void)
{
    return cede_iter_chain(CEDE_ITERS(CEDE_ITER_ARRAY(one_two), CEDE_ITER_ARRAY(three_four)));
}
/* [/chain] */

static void by_next(void)
{
    cede_iter *b = chain_them();
    void *item;

    for (int i = 0; i < 4; i++) {
        check_item(cede_iter_next(b, &item));
        printf("%" PRId64 "\n", *(int64_t *)item);
    }
    cede_iter_close(b);
}

static void in_a_loop(void)
{
    cede_iter *b = chain_them();
    int rc;

    CEDE_FOREACH(rc, int64_t *, i, b)
        printf("%" PRId64 "\n", *i);
    check(rc);
    cede_iter_close(b);
}

/* a, b, c = chain([1, 2], (3,)) */
static void taken_apart(void)
{
    cede_iter *it =
        cede_iter_chain(CEDE_ITERS(CEDE_ITER_ARRAY(one_two), cede_iter_array(three_four, 1, 8)));
    int64_t abc[3];
    size_t n;

    check(cede_iter_fill(it, abc, 3, &n));
    if (n == 3)
        printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", abc[0], abc[1], abc[2]);
}

int main(void)
{
    printf("*************\n");
    by_next();
    in_a_loop();
    print_list(chain_them(), print_int);
    taken_apart();
    return 0;
}

/* Output:
 * *************
 * 1
 * 2
 * 3
 * 4
 * 1
 * 2
 * 3
 * 4
 * [1, 2, 3, 4]
 * 1 2 3
 */
