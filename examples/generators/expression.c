/* expression.c - the generator expression (format(a, '.3e') for a in ...), used up in each of the
 * ways there are. A second way to use one finds it empty: each gets its own here. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [expression] */
struct text {
    char chars[16];
};

static int format(void *a, void *out, void *arg)
{
    struct text *text = out;

    snprintf(text->chars, sizeof text->chars, "%.3e", *(double *)a);
    return 0;
}

static cede_iter *formatted(const double *numbers, size_t n)
{
    return cede_iter_map(cede_iter_array(numbers, n, sizeof *numbers), format, NULL,
                         sizeof(struct text));
}
/* [/expression] */

static const double two[] = {3.4444444, 78.4534534};

static void by_next(void)
{
    cede_iter *g = formatted(two, 2);
    void *text;

    for (int i = 0; i < 2; i++) {
        check_item(cede_iter_next(g, &text));
        printf("%s\n", ((struct text *)text)->chars);
    }
    cede_iter_close(g);
}

static void in_a_loop(void)
{
    cede_iter *a = formatted(two, 2);
    int rc;

    CEDE_FOREACH(rc, struct text *, i, a)
        printf("%s\n", i->chars);
    check(rc);

    CEDE_FOREACH(rc, struct text *, i, a)
        printf("never printed: %s\n", i->chars);
    check(rc);
    cede_iter_close(a);
}

static void taken_apart(void)
{
    const double three[] = {3.444444, 78.54899, 987.345555};
    struct text abc[3];
    size_t n;

    check(cede_iter_fill(formatted(three, 3), abc, 3, &n));
    if (n == 3)
        printf("%s %s %s\n", abc[0].chars, abc[1].chars, abc[2].chars);
}

int main(void)
{
    by_next();
    in_a_loop();
    print_list(formatted(two, 2), print_text);
    taken_apart();
    return 0;
}

/* Output:
 * 3.444e+00
 * 7.845e+01
 * 3.444e+00
 * 7.845e+01
 * ['3.444e+00', '7.845e+01']
 * 3.444e+00 7.855e+01 9.873e+02
 */
