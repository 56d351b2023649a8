/* slices.c - slices of a list, and trim by slicing. A list has a length, so its slices may count
 * from the end: a slice is an iterator over a part of the array, and islice takes the steps. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

#define NONE INT64_MIN /* L[:3] has no start */

/* [slice] */
/* A position from 0 to n: negative ones count from the end. */
static int64_t position(int64_t i, int64_t n, int64_t none)
{
    if (i == NONE)
        return none;
    if (i < 0)
        i += n;
    return i < 0 ? 0 : i < n ? i : n;
}

struct slice {
    int64_t start, stop, step;
};

static cede_iter *texts(const char *const *list, int64_t n, struct slice slice)
{
    return cede_iter_islice(cede_iter_pointers(list, (size_t)n), position(slice.start, n, 0),
                            position(slice.stop, n, n), slice.step);
}

static cede_iter *numbers(int64_t n, struct slice slice)
{
    return cede_iter_islice(cede_iter_range(0, n, 1), position(slice.start, n, 0),
                            position(slice.stop, n, n), slice.step);
}
/* [/slice] */

static void slices(void)
{
    static const char *const L[] = {"Michael", "Sarah", "Tracy", "Bob", "Jack"};
    static const struct slice of_texts[] = {
        {0, 3, 1}, {NONE, 3, 1}, {1, 3, 1}, {-2, NONE, 1}, {-2, -1, 1}};
    static const struct slice of_numbers[] = {{NONE, NONE, 1}, {NONE, 10, 1}, {-10, NONE, 1},
                                              {10, 20, 1},     {NONE, 10, 2}, {NONE, NONE, 5},
                                              {NONE, NONE, 1}};

    for (size_t i = 0; i < 5; i++)
        print_list(texts(L, 5, of_texts[i]), print_text);
    for (size_t i = 0; i < 7; i++)
        print_list(numbers(100, of_numbers[i]), print_int);
}

/* A tuple is a list that cannot be changed: sliced the same way. */
static void print_tuple(int64_t n, struct slice slice)
{
    cede_iter *it = numbers(n, slice);
    const char *before = "(";
    int rc;

    CEDE_FOREACH(rc, int64_t *, number, it) {
        printf("%s%" PRId64, before, *number);
        before = ", ";
    }
    check(rc);
    printf(")\n");
    cede_iter_close(it);
}

/* [trim] */
struct text {
    const char *start;
    size_t size;
};

/* Slicing copies nothing: the same characters from another start, or fewer of them. */
static struct text trim(struct text s)
{
    if (s.size == 0)
        return s;
    if (s.start[0] == ' ')
        return trim((struct text){s.start + 1, s.size - 1});
    if (s.start[s.size - 1] == ' ')
        return trim((struct text){s.start, s.size - 1});
    return s;
}
/* [/trim] */

static bool trims_to(const char *text, const char *expected)
{
    const struct text trimmed = trim((struct text){text, strlen(text)});

    return trimmed.size == strlen(expected) && memcmp(trimmed.start, expected, trimmed.size) == 0;
}

int main(void)
{
    slices();
    print_tuple(6, (struct slice){NONE, 3, 1});
    if (trims_to("hello  ", "hello") && trims_to("  hello", "hello") &&
        trims_to("  hello  ", "hello") && trims_to("  hello  world  ", "hello  world") &&
        trims_to("", "") && trims_to("    ", ""))
        printf("测试成功!\n"); /* passed */
    else
        printf("测试失败!\n"); /* failed */
    return 0;
}

/* Output:
 * ['Michael', 'Sarah', 'Tracy']
 * ['Michael', 'Sarah', 'Tracy']
 * ['Sarah', 'Tracy']
 * ['Bob', 'Jack']
 * ['Bob']
 * [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, \
 * 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, \
 * 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, \
 * 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, \
 * 95, 96, 97, 98, 99]
 * [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
 * [90, 91, 92, 93, 94, 95, 96, 97, 98, 99]
 * [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
 * [0, 2, 4, 6, 8]
 * [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95]
 * [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, \
 * 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, \
 * 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, \
 * 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, \
 * 95, 96, 97, 98, 99]
 * (0, 1, 2)
 * 测试成功!
 */
