/* gen_123.c - the ways to use a generator up: a loop, next, a list, taken apart, joined. Each way
 * gets a generator of its own, so each gets all items.
 *
 * Python prints the function and the generator with their addresses; a function is named here. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [gen_123] */
static int gen_123(cede_gen *self, void *arg)
{
    for (int64_t i = 1; i <= 3; i++)
        CEDE_TRY(cede_yield(self, &i, NULL));
    return 0;
}

/* A generator is the body and an argument; an iterator, what one can loop over. */
static cede_iter *make(void)
{
    return cede_iter_gen(cede_gen_create(gen_123, NULL), sizeof(int64_t));
}
/* [/gen_123] */

static void print_generator(void)
{
    cede_gen *gen = check_made(cede_gen_create(gen_123, NULL));
    char text[100];

    cede_gen_format(gen, text, sizeof text);
    printf("%s\n", text);
    cede_gen_destroy(gen);
}

/* [ways] */
static void in_a_loop(void)
{
    cede_iter *it = make();
    int rc;

    CEDE_FOREACH(rc, int64_t *, i, it)
        printf("%" PRId64 "\n", *i);
    check(rc);
    cede_iter_close(it);
}

static void by_next(void)
{
    cede_gen *g = check_made(cede_gen_create(gen_123, NULL));
    void *item;
    int rc;

    while ((rc = cede_next(g, &item)) > 0)
        printf("%" PRId64 "\n", *(int64_t *)item);
    print_end(rc);
    cede_gen_destroy(g);
}

/* x, y, z = gen_123() */
static void taken_apart(void)
{
    int64_t xyz[3];
    size_t n;

    check(cede_iter_fill(make(), xyz, 3, &n));
    if (n == 3)
        printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", xyz[0], xyz[1], xyz[2]);
}
/* [/ways] */

int main(void)
{
    print_generator();
    print_list(make(), print_int);
    in_a_loop();
    by_next();
    taken_apart();
    return 0;
}

/* Output:
 * <generator 'gen_123' created, made at gen_123.c:25>
 * [1, 2, 3]
 * 1
 * 2
 * 3
 * 1
 * 2
 * 3
 * StopIteration
 * 1 2 3
 */
