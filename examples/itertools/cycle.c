/* cycle.c - an endless sequence of a finite one, and a finite one of that again.
 *
 * There is no subscript to go wrong: colors[myslice], which is Python's TypeError, is an error of
 * the compiler. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static const char *const names[] = {"red", "white", "blue"};

/* [cycle] */
static void next_four(void)
{
    cede_iter *colors = cede_iter_cycle(cede_iter_pointers(names, 3));
    void *color;

    for (int i = 0; i < 4; i++) {
        check_item(cede_iter_next(colors, &color));
        printf("%s\n", (const char *)color);
    }
    cede_iter_close(colors);
}
/* [/cycle] */

/* [islice] */
static void six_of_them(void)
{
    cede_iter *colors = cede_iter_cycle(cede_iter_pointers(names, 3));
    cede_iter *limits = cede_iter_islice(colors, 0, 6, 1);
    const char *list[6];
    size_t n = 0;
    int rc;

    CEDE_FOREACH(rc, const char *, x, limits) {
        printf("%s\n", x);
        list[n++] = x;
    }
    check(rc);
    cede_iter_close(limits); /* and the cycle with it */
    print_list(cede_iter_islice(cede_iter_pointers(list, n), 0, 4, 1), print_text);
}
/* [/islice] */

int main(void)
{
    next_four();
    printf("****************\n");
    six_of_them();
    return 0;
}

/* Output:
 * red
 * white
 * blue
 * red
 * ****************
 * red
 * white
 * blue
 * red
 * white
 * blue
 * ['red', 'white', 'blue', 'red']
 */
