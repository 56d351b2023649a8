/* iter.c - numbers through a pipeline: a loop over it, a value out of it, and an error through
 * it. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include <cede.h>

/* [callbacks] */
static int is_odd(void *item, void *arg)
{
    return *(int64_t *)item % 2;
}

static int square(void *item, void *out, void *arg)
{
    const int64_t value = *(int64_t *)item;

    if (value > 100)
        return cede_raise(-ERANGE, "%" PRId64 " is too large to be squared here", value);
    *(int64_t *)out = value * value;
    return 0;
}
/* [/callbacks] */

/* [loop] */
static int print_squares(void)
{
    cede_iter *numbers = cede_iter_range(0, 10, 1);
    cede_iter *odd = cede_iter_filter(numbers, is_odd, NULL);
    cede_iter *squares = cede_iter_map(odd, square, NULL, sizeof(int64_t));
    int rc;

    CEDE_FOREACH(rc, int64_t *, v, squares)
        printf("%" PRId64 " ", *v);
    printf("\n");
    cede_iter_close(squares); /* and odd, and numbers */
    return rc;
}
/* [/loop] */

/* [sum] */
static int sum_of_squares(int64_t n, int64_t *sum)
{
    CEDE_TRY(cede_iter_sum_int64(
        cede_iter_map(cede_iter_range(0, n, 1), square, NULL, sizeof(int64_t)), sum));
    return 0;
}
/* [/sum] */

/* [borrow] */
static int split(void)
{
    cede_iter *numbers = cede_iter_range(1, 8, 1);
    int64_t first = 0, rest = 0;
    int rc = cede_iter_sum_int64(cede_iter_islice(cede_iter_borrow(numbers), 0, 3, 1), &first);

    if (rc == 0)
        rc = cede_iter_sum_int64(numbers, &rest); /* what the slice left */
    else
        cede_iter_close(numbers);
    CEDE_TRY(rc);
    printf("1 + 2 + 3 = %" PRId64 ", 4 + ... + 7 = %" PRId64 "\n", first, rest);
    return 0;
}
/* [/borrow] */

static int print_all(void)
{
    int64_t sum;

    CEDE_TRY(print_squares());
    CEDE_TRY(split());
    CEDE_TRY(sum_of_squares(10, &sum));
    printf("%" PRId64 "\n", sum);
    CEDE_TRY(sum_of_squares(1000, &sum)); /* what square says of 101 comes out here */
    return 0;
}

int main(void)
{
    const int rc = print_all();

    printf("%s: %s\n", cede_error_name(rc), cede_error_message(cede_error_last()));
    return rc == -ERANGE ? 0 : 1;
}

/* Output:
 * 1 9 25 49 81
 * 1 + 2 + 3 = 6, 4 + ... + 7 = 22
 * 285
 * ERANGE: 101 is too large to be squared here
 */
