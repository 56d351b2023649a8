/* mapping.c - the functions that make something of each item. Python's map of several iterables is
 * the starmap of their zip. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static int64_t sample[] = {5, 4, 2, 8, 7, 6, 3, 0, 9, 1};
static int64_t few[] = {2, 4, 8};

static cede_iter *accumulate(cede_iter_fold_fn *fn)
{
    return cede_iter_accumulate(CEDE_ITER_ARRAY(sample), fn, NULL, NULL, sizeof(int64_t));
}

static void print_ints(const char *what, cede_iter *it)
{
    printf("%s: ", what);
    print_list(it, print_int);
}

static void print_numbered(const void *item)
{
    const cede_numbered *numbered = item;

    printf("(%" PRId64 ", '%c')", numbered->number, *(char *)numbered->item);
}

static void print_pair(const void *item)
{
    const cede_tuple *pair = item;

    printf("(%" PRId64 ", %" PRId64 ")", *(int64_t *)pair->items[0], *(int64_t *)pair->items[1]);
}

/* [starmap] */
static int mul(void *const *items, void *out, void *arg)
{
    *(int64_t *)out = *(int64_t *)items[0] * *(int64_t *)items[1];
    return 0;
}

static cede_iter *squares(void)
{
    return cede_iter_starmap(
        cede_iter_zip(CEDE_ITERS(cede_iter_range(0, 11, 1), cede_iter_range(0, 11, 1))), mul, NULL,
        sizeof(int64_t));
}
/* [/starmap] */

static cede_iter *zip_few(void)
{
    return cede_iter_zip(CEDE_ITERS(cede_iter_range(0, 11, 1), CEDE_ITER_ARRAY(few)));
}

/* What enumerate yields is no tuple: it has a number and an item, so map takes it. */
static int repeat_char(void *item, void *out, void *arg)
{
    const cede_numbered *numbered = item;

    memset(out, 0, 16);
    memset(out, *(char *)numbered->item, (size_t)numbered->number);
    return 0;
}

/* [average] */
static int average(void *item, void *out, void *arg)
{
    const cede_numbered *total = item;

    *(double *)out = (double)*(int64_t *)total->item / (double)total->number;
    return 0;
}
/* [/average] */

int main(void)
{
    print_ints("accumulate", accumulate(cede_fold_sum_int64));
    print_ints("accumulate min", accumulate(cede_fold_min_int64));
    print_ints("accumulate max", accumulate(cede_fold_max_int64));
    print_ints("accumulate mul", accumulate(cede_fold_product_int64));
    print_ints("factorials", cede_iter_accumulate(cede_iter_range(1, 11, 1),
                                                  cede_fold_product_int64, NULL, NULL, 8));
    printf("enumerate: ");
    print_list(cede_iter_enumerate(chars("alligator"), 1), print_numbered);
    print_ints("map", squares());
    print_ints("map, the shorter", cede_iter_starmap(zip_few(), mul, NULL, sizeof(int64_t)));
    printf("zip: ");
    print_list(zip_few(), print_pair);
    printf("starmap: ");
    print_list(cede_iter_map(cede_iter_enumerate(chars("alligator"), 1), repeat_char, NULL, 16),
               print_text);
    printf("running average: ");
    print_list(cede_iter_map(cede_iter_enumerate(accumulate(cede_fold_sum_int64), 1), average, NULL,
                             sizeof(double)),
               print_real);
    return 0;
}

/* Output:
 * accumulate: [5, 9, 11, 19, 26, 32, 35, 35, 44, 45]
 * accumulate min: [5, 4, 2, 2, 2, 2, 2, 0, 0, 0]
 * accumulate max: [5, 5, 5, 8, 8, 8, 8, 8, 9, 9]
 * accumulate mul: [5, 20, 40, 320, 2240, 13440, 40320, 0, 0, 0]
 * factorials: [1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800]
 * enumerate: [(1, 'a'), (2, 'l'), (3, 'l'), (4, 'i'), (5, 'g'), (6, 'a'), (7, 't'), (8, 'o'), \
 * (9, 'r')]
 * map: [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100]
 * map, the shorter: [0, 4, 16]
 * zip: [(0, 2), (1, 4), (2, 8)]
 * starmap: ['a', 'll', 'lll', 'iiii', 'ggggg', 'aaaaaa', 'ttttttt', 'oooooooo', 'rrrrrrrrr']
 * running average: [5.0, 4.5, 3.6666666666666665, 4.75, 5.2, 5.333333333333333, 5.0, 4.375, \
 * 4.888888888888889, 4.5]
 */
