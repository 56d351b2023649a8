/* yield_from_rules.c - the six rules of `yield from`, each seen at work, and the same through a
 * hundred generators that delegate to each other. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [sub] */
/* Yields what it was sent last, "first" at first, and handles one error. */
static int sub_generator(cede_gen *self, void *arg)
{
    void *item = "first", *sent;

    for (;;) {
        const int rc = cede_yield(self, item, &sent);
        if (rc == -EDOM) {
            item = "handled";
        } else if (rc < 0) {
            printf("  the sub-generator ends: %s\n", cede_error_name(rc));
            return rc;
        } else if (!sent) {
            return cede_gen_return(self, "the result");
        } else {
            item = sent;
        }
    }
}
/* [/sub] */

/* [delegating] */
static int delegating_generator(cede_gen *self, void *arg)
{
    void *result;
    const int rc = cede_yield_from(self, arg, &result);

    if (rc < 0)
        printf("  the delegating generator sees: %s\n", cede_error_name(rc));
    else
        printf("  the delegating generator gets: %s\n", (char *)result);
    return rc;
}
/* [/delegating] */

struct pair {
    cede_gen *outer, *inner;
};

static struct pair make_pair(void)
{
    struct pair pair;

    pair.inner = check_made(cede_gen_create(sub_generator, NULL));
    pair.outer = check_made(cede_gen_create(delegating_generator, pair.inner));
    return pair;
}

static void destroy_pair(struct pair pair)
{
    cede_gen_destroy(pair.outer);
    cede_gen_destroy(pair.inner);
}

static void items_and_values(void)
{
    struct pair pair = make_pair();
    void *item;

    printf("1. what the sub-generator yields goes to the caller:\n");
    check_item(cede_next(pair.outer, &item));
    printf("  %s\n", (char *)item);
    printf("2. what the caller sends goes to the sub-generator:\n");
    check_item(cede_send(pair.outer, "second", &item));
    printf("  %s\n", (char *)item);
    printf("3. and 4. what it returns is the value of the yield from:\n");
    check(cede_send(pair.outer, NULL, NULL));
    destroy_pair(pair);
}

static void errors(void)
{
    struct pair pair = make_pair();
    void *item;

    check(cede_next(pair.outer, NULL));
    printf("5. what is thrown goes to the sub-generator, which may handle it:\n");
    check_item(cede_throw(pair.outer, -EDOM, &item));
    printf("  %s\n", (char *)item);
    printf("   or not:\n");
    print_end(cede_throw(pair.outer, -EPIPE, NULL));
    destroy_pair(pair);

    pair = make_pair();
    check(cede_next(pair.outer, NULL));
    printf("6. close closes the sub-generator first:\n");
    check(cede_close(pair.outer));
    destroy_pair(pair);
}

static int pipe_through(cede_gen *self, void *arg)
{
    return cede_yield_from(self, arg, NULL);
}

static void hundred(void)
{
    cede_gen *gens[101] = {check_made(cede_gen_create(sub_generator, NULL))};
    void *item;

    for (int i = 1; i <= 100; i++)
        gens[i] = check_made(cede_gen_create(pipe_through, gens[i - 1]));
    check_item(cede_next(gens[100], &item));
    printf("through a hundred: %s", (char *)item);
    check_item(cede_send(gens[100], "second", &item));
    printf(", %s\n", (char *)item);
    for (int i = 100; i >= 0; i--)
        cede_gen_destroy(gens[i]);
}

int main(void)
{
    items_and_values();
    errors();
    hundred();
    return 0;
}

/* Output:
 * 1. what the sub-generator yields goes to the caller:
 *   first
 * 2. what the caller sends goes to the sub-generator:
 *   second
 * 3. and 4. what it returns is the value of the yield from:
 *   the delegating generator gets: the result
 * 5. what is thrown goes to the sub-generator, which may handle it:
 *   handled
 *    or not:
 *   the sub-generator ends: EPIPE
 *   the delegating generator sees: EPIPE
 * EPIPE: Broken pipe
 * 6. close closes the sub-generator first:
 *   the sub-generator ends: CEDE_EGENEXIT
 *   the delegating generator sees: CEDE_EGENEXIT
 * through a hundred: first, second
 *   the sub-generator ends: CEDE_EGENEXIT
 */
