/* join.c - ','.join(str(a) for a in it), of a chain, of texts, of a generator and of a generator
 * expression. The separator of the second has been lost in print: it is a star. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [join] */
/* str() of an item, into `text`. */
typedef void str_fn(const void *item, char *text, size_t size);

static void print_joined(const char *separator, cede_iter *it, str_fn *str)
{
    char text[32];
    int rc, n = 0;

    CEDE_FOREACH(rc, const void *, item, it) {
        str(item, text, sizeof text);
        printf("%s%s", n++ > 0 ? separator : "", text);
    }
    check(rc);
    printf("\n");
    cede_iter_close(it);
}
/* [/join] */

static void str_int(const void *item, char *text, size_t size)
{
    snprintf(text, size, "%" PRId64, *(const int64_t *)item);
}

static void str_text(const void *item, char *text, size_t size)
{
    snprintf(text, size, "%s", (const char *)item);
}

/* format(a, '.3e') */
static void format_e(const void *item, char *text, size_t size)
{
    snprintf(text, size, "%.3e", *(const double *)item);
}

static int gen_123(cede_gen *self, void *arg)
{
    for (int64_t i = 1; i <= 3; i++)
        CEDE_TRY(cede_yield(self, &i, NULL));
    return 0;
}

int main(void)
{
    int64_t one_two[] = {1, 2}, three[] = {3};
    const char *const digits[] = {"5", "6", "7"};
    double numbers[] = {3.4444444, 78.4534534};

    print_joined(",", cede_iter_chain(CEDE_ITERS(CEDE_ITER_ARRAY(one_two), CEDE_ITER_ARRAY(three))),
                 str_int);
    print_joined("*", cede_iter_pointers(digits, 3), str_text);
    print_joined(",", cede_iter_gen(cede_gen_create(gen_123, NULL), sizeof(int64_t)), str_int);
    print_joined(",", CEDE_ITER_ARRAY(numbers), format_e);
    return 0;
}

/* Output:
 * 1,2,3
 * 5*6*7
 * 1,2,3
 * 3.444e+00,7.845e+01
 */
