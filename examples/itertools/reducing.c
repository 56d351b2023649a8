/* reducing.c - the functions that use an iterator up and give one value. any and all stop as soon
 * as they know: what they have not looked at is still there. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static int64_t numbers[] = {1, 2, 3}, with_zero[] = {1, 0, 3}, zeroes[] = {0, 0};

static int is_true(void *item, void *arg)
{
    return *(int64_t *)item != 0;
}

static cede_iter *ints(int64_t *array, size_t n)
{
    return cede_iter_array(array, n, sizeof *array);
}

static void print_truth(const char *what, int rc)
{
    printf("%s: %s\n", what, check(rc) ? "True" : "False");
}

static void all_and_any(void)
{
    print_truth("all([1, 2, 3])", cede_iter_all(ints(numbers, 3), is_true, NULL));
    print_truth("all([1, 0, 3])", cede_iter_all(ints(with_zero, 3), is_true, NULL));
    print_truth("all([])", cede_iter_all(cede_iter_empty(), is_true, NULL));
    print_truth("any([1, 2, 3])", cede_iter_any(ints(numbers, 3), is_true, NULL));
    print_truth("any([1, 0, 3])", cede_iter_any(ints(with_zero, 3), is_true, NULL));
    print_truth("any([0, 0])", cede_iter_any(ints(zeroes, 2), is_true, NULL));
    print_truth("any([])", cede_iter_any(cede_iter_empty(), is_true, NULL));
}

/* [stop] */
/* any(g), and what is left of g. */
static void any_stops(void)
{
    static int64_t values[] = {0, 0, 7, 8};
    cede_iter *g = ints(values, 4);
    void *next;

    print_truth("any(g)", cede_iter_any(cede_iter_borrow(g), is_true, NULL));
    check_item(cede_iter_next(g, &next));
    printf("next(g): %" PRId64 "\n", *(int64_t *)next);
    cede_iter_close(g);
}
/* [/stop] */

int main(void)
{
    static int64_t sample[] = {5, 4, 2, 8, 7};
    int64_t least, greatest, sum, product = 1;

    all_and_any();
    any_stops();
    check(cede_iter_max(ints(sample, 5), cede_compare_int64, NULL, &greatest));
    check(cede_iter_min(ints(sample, 5), cede_compare_int64, NULL, &least));
    check(cede_iter_sum_int64(ints(sample, 5), &sum));
    check(cede_iter_reduce(ints(sample, 5), cede_fold_product_int64, NULL, &product));
    printf("max: %" PRId64 "\nmin: %" PRId64 "\nsum: %" PRId64 "\nreduce(mul): %" PRId64 "\n",
           greatest, least, sum, product);
    return 0;
}

/* Output:
 * all([1, 2, 3]): True
 * all([1, 0, 3]): False
 * all([]): True
 * any([1, 2, 3]): True
 * any([1, 0, 3]): True
 * any([0, 0]): False
 * any([]): False
 * any(g): True
 * next(g): 8
 * max: 8
 * min: 2
 * sum: 26
 * reduce(mul): 2240
 */
