/* rearranging.c - the functions that yield all items, in another arrangement. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static const char *const animals[] = {"duck", "eagle",   "rat",   "giraffe", "bear",
                                      "bat",  "dolphin", "shark", "lion"};

/* [groupby] */
static void groups_of_letters(void)
{
    cede_iter *groups = cede_iter_groupby(chars("LLLLAAGGG"), NULL);
    int rc;

    CEDE_FOREACH(rc, cede_grouped *, grouped, groups) {
        printf("%c -> ", *(char *)grouped->key);
        print_list(cede_iter_borrow(grouped->group), print_char);
    }
    check(rc);
    cede_iter_close(groups);
}
/* [/groupby] */

static int by_length(const void *a, const void *b, void *arg)
{
    const size_t n_a = strlen(a), n_b = strlen(b);

    return n_a < n_b ? -1 : n_a > n_b;
}

static int length(void *item, void *out, void *arg)
{
    *(size_t *)out = strlen(item);
    return 0;
}

static void print_groups_by_length(cede_iter *sorted)
{
    const cede_iter_key key = {.key = length, .key_size = sizeof(size_t)};
    cede_iter *groups = cede_iter_groupby(sorted, &key);
    int rc;

    CEDE_FOREACH(rc, cede_grouped *, grouped, groups) {
        printf("%zu -> ", *(size_t *)grouped->key);
        print_list(cede_iter_borrow(grouped->group), print_text);
    }
    check(rc);
    cede_iter_close(groups);
}

/* Sorting keeps everything, so it can be reversed once it is an array. */
static void groups_of_animals(void)
{
    void *sorted;
    size_t n;

    print_groups_by_length(cede_iter_sorted(cede_iter_pointers(animals, 9), by_length, NULL));
    check(cede_iter_collect(cede_iter_sorted(cede_iter_pointers(animals, 9), by_length, NULL),
                            &sorted, &n));
    print_groups_by_length(cede_iter_reversed(cede_iter_pointers(sorted, n)));
    cede_iter_release(sorted);
}

static void print_pair(const void *item)
{
    const cede_tuple *pair = item;

    printf("('%c', '%c')", *(char *)pair->items[0], *(char *)pair->items[1]);
}

/* [tee] */
static void twice(void)
{
    cede_iter *its[2];

    check(cede_iter_tee(chars("ABC"), 2, its));
    print_list(its[0], print_char);
    print_list(its[1], print_char);
    check(cede_iter_tee(chars("ABC"), 2, its));
    print_list(cede_iter_zip(its, 2), print_pair);
}
/* [/tee] */

int main(void)
{
    groups_of_letters();
    groups_of_animals();
    print_list(cede_iter_reversed(chars("ABC")), print_char);
    twice();
    return 0;
}

/* Output:
 * L -> ['L', 'L', 'L', 'L']
 * A -> ['A', 'A']
 * G -> ['G', 'G', 'G']
 * 3 -> ['rat', 'bat']
 * 4 -> ['duck', 'bear', 'lion']
 * 5 -> ['eagle', 'shark']
 * 7 -> ['giraffe', 'dolphin']
 * 7 -> ['dolphin', 'giraffe']
 * 5 -> ['shark', 'eagle']
 * 4 -> ['lion', 'bear', 'duck']
 * 3 -> ['bat', 'rat']
 * ['C', 'B', 'A']
 * ['A', 'B', 'C']
 * ['A', 'B', 'C']
 * [('A', 'A'), ('B', 'B'), ('C', 'C')]
 */
