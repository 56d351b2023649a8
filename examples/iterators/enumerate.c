/* enumerate.c - items with their numbers, pairs in a loop, an array taken apart. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [enumerate] */
static void with_numbers(void)
{
    static const char *const letters[] = {"A", "B", "C"};
    cede_iter *it = cede_iter_enumerate(cede_iter_pointers(letters, 3), 0);
    int rc;

    CEDE_FOREACH(rc, cede_numbered *, value, it)
        printf("%" PRId64 " %s\n", value->number, (char *)value->item);
    check(rc);
    cede_iter_close(it);
}
/* [/enumerate] */

/* for x, y in [(1, 1), (2, 4), (3, 9)]: a struct says what its members are called. */
static void pairs(void)
{
    static const struct {
        int x, y;
    } points[] = {{1, 1}, {2, 4}, {3, 9}};

    for (size_t i = 0; i < 3; i++)
        printf("%d %d\n", points[i].x, points[i].y);
}

/* a, b, c = [1, 2, 3] */
static void taken_apart(void)
{
    int64_t list[] = {1, 2, 3}, *abc[3];
    cede_iter *it = CEDE_ITER_ARRAY(list);

    for (int i = 0; i < 3; i++)
        check_item(cede_iter_next(it, (void **)&abc[i]));
    printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", *abc[0], *abc[1], *abc[2]);
    cede_iter_close(it);
}

int main(void)
{
    with_numbers();
    pairs();
    taken_apart();
    return 0;
}

/* Output:
 * 0 A
 * 1 B
 * 2 C
 * 1 1
 * 2 4
 * 3 9
 * 1 2 3
 */
