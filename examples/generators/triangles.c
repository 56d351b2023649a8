/* triangles.c - Pascal's triangle, line by line and without an end. A line is valid until the next
 * one is asked for: the generator makes it of the one before, in the same memory. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [triangles] */
struct line {
    int n;
    long numbers[64]; /* the middle of the 65th line is near the end of 64 bits */
};

static int triangles(cede_gen *self, void *arg)
{
    struct line line = {1, {1}};

    for (;;) {
        CEDE_TRY(cede_yield(self, &line, NULL));
        if (line.n == 64)
            return 0;
        line.numbers[line.n++] = 0;
        for (int i = line.n - 1; i > 0; i--)
            line.numbers[i] += line.numbers[i - 1];
    }
}
/* [/triangles] */

static void print_line(const struct line *line)
{
    for (int i = 0; i < line->n; i++)
        printf("%s%ld", i == 0 ? "[" : ", ", line->numbers[i]);
    printf("]\n");
}

int main(void)
{
    cede_gen *lines = check_made(cede_gen_create(triangles, NULL));
    void *t;

    for (int n = 0; n < 10; n++) {
        check_item(cede_next(lines, &t));
        print_line(t);
    }
    cede_gen_destroy(lines);
    return 0;
}

/* Output:
 * [1]
 * [1, 1]
 * [1, 2, 1]
 * [1, 3, 3, 1]
 * [1, 4, 6, 4, 1]
 * [1, 5, 10, 10, 5, 1]
 * [1, 6, 15, 20, 15, 6, 1]
 * [1, 7, 21, 35, 35, 21, 7, 1]
 * [1, 8, 28, 56, 70, 56, 28, 8, 1]
 * [1, 9, 36, 84, 126, 126, 84, 36, 9, 1]
 */
