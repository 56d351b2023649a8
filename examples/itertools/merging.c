/* merging.c - the functions that make one iterator of several.
 *
 * Items of a chain may be of several types in Python; here each source's items are texts. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static const char *const letters[] = {"A", "B", "C"}, *const digits[] = {"0", "1", "2", "3", "4"};

static cede_iter *texts(const char *const *array, size_t n)
{
    return cede_iter_pointers(array, n);
}

static void print_tuple(const void *item)
{
    const cede_tuple *tuple = item;

    for (size_t i = 0; i < tuple->n; i++) {
        printf("%s", i == 0 ? "(" : ", ");
        if (tuple->items[i])
            print_text(tuple->items[i]);
        else
            printf("None");
    }
    printf(")");
}

static void print_lines(const char *what, cede_iter *it, print_fn *print)
{
    printf("%s: ", what);
    print_list(it, print);
}

static void chains(void)
{
    print_lines("chain", cede_iter_chain(CEDE_ITERS(texts(letters, 3), texts(digits, 2))),
                print_text);
    print_lines("chain of one", cede_iter_chain(CEDE_ITERS(texts(letters, 3))), print_text);
    /* [from_iterable] */
    cede_iter *rows[] = {texts(letters, 2), texts(digits, 2), texts(letters + 2, 1)};
    print_lines("chain.from_iterable",
                cede_iter_chain_from(cede_iter_pointers(rows, 3), CEDE_ITEM_OUTLIVES), print_text);
    /* [/from_iterable] */
}

static void zips(void)
{
    static char fill[] = "?";

    print_lines("zip", cede_iter_zip(CEDE_ITERS(texts(letters, 3), texts(digits, 5))), print_tuple);
    print_lines("zip of three",
                cede_iter_zip(CEDE_ITERS(texts(letters, 3), texts(digits, 5), texts(letters, 2))),
                print_tuple);
    print_lines("zip_longest",
                cede_iter_zip_longest(CEDE_ITERS(texts(letters, 3), texts(digits, 5)), NULL),
                print_tuple);
    print_lines("zip_longest, filled",
                cede_iter_zip_longest(CEDE_ITERS(texts(letters, 3), texts(digits, 5)), fill),
                print_tuple);
}

static void products(void)
{
    static const char *const suits[] = {"spades", "hearts"}, *const ranks[] = {"A", "K", "Q"};

    print_lines("product", cede_iter_product(CEDE_ITERS(texts(letters, 3), texts(digits, 2)), 1),
                print_tuple);
    print_lines("cards", cede_iter_product(CEDE_ITERS(texts(ranks, 3), texts(suits, 2)), 1),
                print_tuple);
    print_lines("product, twice", cede_iter_product(CEDE_ITERS(texts(letters, 2)), 2), print_tuple);
}

int main(void)
{
    chains();
    zips();
    products();
    return 0;
}

/* Output:
 * chain: ['A', 'B', 'C', '0', '1']
 * chain of one: ['A', 'B', 'C']
 * chain.from_iterable: ['A', 'B', '0', '1', 'C']
 * zip: [('A', '0'), ('B', '1'), ('C', '2')]
 * zip of three: [('A', '0', 'A'), ('B', '1', 'B')]
 * zip_longest: [('A', '0'), ('B', '1'), ('C', '2'), (None, '3'), (None, '4')]
 * zip_longest, filled: [('A', '0'), ('B', '1'), ('C', '2'), ('?', '3'), ('?', '4')]
 * product: [('A', '0'), ('A', '1'), ('B', '0'), ('B', '1'), ('C', '0'), ('C', '1')]
 * cards: [('A', 'spades'), ('A', 'hearts'), ('K', 'spades'), ('K', 'hearts'), ('Q', 'spades'), \
 * ('Q', 'hearts')]
 * product, twice: [('A', 'A'), ('A', 'B'), ('B', 'A'), ('B', 'B')]
 */
