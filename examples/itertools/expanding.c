/* expanding.c - the functions that yield more than they are given. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static void print_line(const char *what, cede_iter *it, print_fn *print)
{
    printf("%s: ", what);
    print_list(it, print);
}

static void print_chars(const void *item)
{
    const cede_tuple *tuple = item;

    for (size_t i = 0; i < tuple->n; i++) {
        printf("%s", i == 0 ? "(" : ", ");
        print_char(tuple->items[i]);
    }
    printf(")");
}

static int add(void *const *items, void *out, void *arg)
{
    *(double *)out = *(double *)items[0] + *(double *)items[1];
    return 0;
}

static int mul(void *const *items, void *out, void *arg)
{
    *(int64_t *)out = *(int64_t *)items[0] * *(int64_t *)items[1];
    return 0;
}

int main(void)
{
    int64_t seven = 7, five = 5;
    char letter = 'A';

    print_line("count", cede_iter_islice(cede_iter_count(0, 1), 0, 5, 1), print_int);
    print_line("count by .3", cede_iter_islice(cede_iter_count_double(1, .3), 0, 3, 1), print_real);
    print_line("cycle", cede_iter_islice(cede_iter_cycle(chars("ABC")), 0, 7, 1), print_char);
    print_line("pairwise", cede_iter_pairwise(chars("ABCD")), print_chars);
    print_line("repeat", cede_iter_repeat(&letter, 1, 4), print_char);
    print_line("repeat for ever",
               cede_iter_islice(cede_iter_repeat(&seven, 8, CEDE_ENDLESS), 0, 2, 1), print_int);
    /* [times] */
    print_line(
        "times five",
        cede_iter_starmap(cede_iter_zip(CEDE_ITERS(cede_iter_range(0, 11, 1),
                                                   cede_iter_repeat(&five, 8, CEDE_ENDLESS))),
                          mul, NULL, sizeof(int64_t)),
        print_int);
    /* [/times] */
    print_line("sums of pairs",
               cede_iter_starmap(cede_iter_pairwise(cede_iter_range_double(.5, .5, 5)), add, NULL,
                                 sizeof(double)),
               print_real);
    print_line("combinations", cede_iter_combinations(chars("ABC"), 2), print_chars);
    print_line("combinations_with_replacement", cede_iter_combinations_replaced(chars("ABC"), 2),
               print_chars);
    print_line("permutations", cede_iter_permutations(chars("ABC"), 2), print_chars);
    print_line("product", cede_iter_product(CEDE_ITERS(chars("ABC")), 2), print_chars);
    return 0;
}

/* Output:
 * count: [0, 1, 2, 3, 4]
 * count by .3: [1.0, 1.3, 1.6]
 * cycle: ['A', 'B', 'C', 'A', 'B', 'C', 'A']
 * pairwise: [('A', 'B'), ('B', 'C'), ('C', 'D')]
 * repeat: ['A', 'A', 'A', 'A']
 * repeat for ever: [7, 7]
 * times five: [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]
 * sums of pairs: [1.5, 2.5, 3.5, 4.5]
 * combinations: [('A', 'B'), ('A', 'C'), ('B', 'C')]
 * combinations_with_replacement: [('A', 'A'), ('A', 'B'), ('A', 'C'), ('B', 'B'), ('B', 'C'), \
 * ('C', 'C')]
 * permutations: [('A', 'B'), ('A', 'C'), ('B', 'A'), ('B', 'C'), ('C', 'A'), ('C', 'B')]
 * product: [('A', 'A'), ('A', 'B'), ('A', 'C'), ('B', 'A'), ('B', 'B'), ('B', 'C'), ('C', 'A'), \
 * ('C', 'B'), ('C', 'C')]
 */
