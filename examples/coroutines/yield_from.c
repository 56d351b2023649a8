/* yield_from.c - `yield from` of what is no generator: of the characters of a text, of a range, of
 * any iterator, and of several in a row.
 *
 * Items of several types in one sequence carry their type with them. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* An item: a text, a number, or a range. */
struct value {
    const char *text; /* NULL: it is a number, */
    int64_t number;
    int64_t stop; /* or, if this is not 0, the range from that number */
};

static void print_value(const void *item)
{
    const struct value *value = item;

    if (value->text)
        printf("'%s'", value->text);
    else if (value->stop)
        printf("range(%" PRId64 ", %" PRId64 ")", value->number, value->stop);
    else
        printf("%" PRId64, value->number);
}

static int letter_value(void *item, void *out, void *arg)
{
    ((struct value *)out)->text = item;
    return 0;
}

static int number_value(void *item, void *out, void *arg)
{
    ((struct value *)out)->number = *(int64_t *)item;
    return 0;
}

static cede_iter *letters(const char *const *texts, size_t n)
{
    return cede_iter_map(cede_iter_pointers(texts, n), letter_value, NULL, sizeof(struct value));
}

static cede_iter *range(int64_t start, int64_t stop)
{
    return cede_iter_map(cede_iter_range(start, stop, 1), number_value, NULL, sizeof(struct value));
}

static const char *const abc[] = {"A", "B", "C"};

/* for c in 'AB': yield c */
static int gen(cede_gen *self, void *arg)
{
    for (int i = 0; i < 2; i++)
        CEDE_TRY(cede_yield(self, &(struct value){.text = abc[i]}, NULL));
    return 0;
}

/* [delegate] */
CEDE_DEFER_FN(close_iter, cede_iter *, cede_iter_close)

/* yield from it, which is closed however that ends. */
static int delegate(cede_gen *self, cede_iter *it)
{
    CEDE_DEFER(close_iter, it);
    return cede_yield_from_iter(self, it);
}

static int gen_new(cede_gen *self, void *arg)
{
    return delegate(self, letters(abc, 2));
}

static int gen_both(cede_gen *self, void *arg)
{
    CEDE_TRY(delegate(self, letters(abc, 2)));
    return delegate(self, range(1, 3));
}
/* [/delegate] */

/* Without "from", the text and the range are themselves the items. */
static int gen_without_from(cede_gen *self, void *arg)
{
    CEDE_TRY(cede_yield(self, &(struct value){.text = "AB"}, NULL));
    return cede_yield(self, &(struct value){.number = 1, .stop = 3}, NULL);
}

/* [chain] */
/* def chain(*iterables); the argument ends with a NULL. */
static int chain(cede_gen *self, void *arg)
{
    for (cede_iter **it = arg; *it; it++)
        CEDE_TRY(cede_yield_from_iter(self, *it));
    return 0;
}
/* [/chain] */

static void print_all(cede_gen_fn *body, void *arg)
{
    print_list(cede_iter_gen(cede_gen_create(body, arg), sizeof(struct value)), print_value);
}

int main(void)
{
    cede_iter *iterables[] = {letters(abc, 3), range(0, 3), NULL};

    print_all(gen, NULL);
    print_all(gen_new, NULL);
    print_all(gen_both, NULL);
    print_all(gen_without_from, NULL);
    print_all(chain, iterables);
    cede_iter_close(iterables[0]);
    cede_iter_close(iterables[1]);
    return 0;
}

/* Output:
 * ['A', 'B']
 * ['A', 'B']
 * ['A', 'B', 1, 2]
 * ['AB', range(1, 3)]
 * ['A', 'B', 'C', 0, 1, 2]
 */
