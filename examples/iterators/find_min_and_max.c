/* find_min_and_max.c - the least and the greatest item, in one loop and with min and max; (None,
 * None) of an empty list. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

struct min_and_max {
    bool is_none; /* there are no items */
    int64_t min, max;
};

static void print_both(const struct min_and_max *both)
{
    if (both->is_none)
        printf("(None, None)\n");
    else
        printf("(%" PRId64 ", %" PRId64 ")\n", both->min, both->max);
}

/* [loop] */
static struct min_and_max find_min_and_max1(cede_iter *list)
{
    struct min_and_max both = {.is_none = true};
    int rc;

    CEDE_FOREACH(rc, int64_t *, val, list) {
        if (both.is_none || *val < both.min)
            both.min = *val;
        if (both.is_none || *val > both.max)
            both.max = *val;
        both.is_none = false;
    }
    check(rc);
    cede_iter_close(list);
    return both;
}
/* [/loop] */

/* [folds] */
/* An iterator is used up by one of them: of two over the same items, each gets its own. */
static struct min_and_max find_min_and_max2(cede_iter *list)
{
    struct min_and_max both = {0};
    cede_iter *its[2];

    check(cede_iter_tee(list, 2, its));
    both.is_none = check(cede_iter_min(its[0], cede_compare_int64, NULL, &both.min)) == 0;
    check(cede_iter_max(its[1], cede_compare_int64, NULL, &both.max));
    return both;
}
/* [/folds] */

int main(void)
{
    struct min_and_max (*const ways[])(cede_iter *) = {find_min_and_max1, find_min_and_max2};

    for (int i = 0; i < 2; i++) {
        struct min_and_max both = ways[i](cede_iter_range(0, 10, 1));
        print_both(&both);
    }
    for (int i = 0; i < 2; i++) {
        struct min_and_max both = ways[i](cede_iter_empty());
        print_both(&both);
    }
    return 0;
}

/* Output:
 * (0, 9)
 * (0, 9)
 * (None, None)
 * (None, None)
 */
