/* containers.c - `in`: whether a container has an item. It need not be one: any iterator will do,
 * and is asked until it gives the item. Sets and the keys of a dictionary are arrays here. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [in] */
static int is_same(void *item, void *wanted)
{
    return *(int64_t *)item == *(int64_t *)wanted;
}

static bool has_number(cede_iter *it, int64_t wanted)
{
    return check(cede_iter_any(it, is_same, &wanted)) > 0;
}

static int is_same_text(void *item, void *wanted)
{
    return strcmp(item, wanted) == 0;
}

static bool has_text(cede_iter *it, char *wanted)
{
    return check(cede_iter_any(it, is_same_text, wanted)) > 0;
}
/* [/in] */

static void print_truth(bool is_true)
{
    print_bool(&is_true);
    printf("\n");
}

int main(void)
{
    int64_t list[] = {1, 2, 3};
    static const struct {
        int64_t key;
        const char *value;
    } d[] = {{1, "foo"}, {2, "bar"}, {3, "qux"}};
    const char *s = "foobar";

    for (int i = 0; i < 3; i++) { /* as a list, a set and a tuple */
        print_truth(has_number(CEDE_ITER_ARRAY(list), 1));
        print_truth(!has_number(CEDE_ITER_ARRAY(list), 4));
    }
    print_truth(has_number(CEDE_ITER_ARRAY(d), 1)); /* its first member is the key */
    print_truth(!has_text(cede_iter_empty(), "foo"));
    print_truth(strstr(s, "b") != NULL);
    print_truth(strstr(s, "x") == NULL);
    print_truth(strstr(s, "foo") != NULL);
    return 0;
}

/* Output:
 * True
 * True
 * True
 * True
 * True
 * True
 * True
 * True
 * True
 * True
 * True
 */
