/* grouper.c - `yield from` as a pipe: what main sends goes through grouper to an averager, and only
 * what the averager returns stops at grouper. The notes have the program three times, with other
 * data and other reports. */
/* SPDX-License-Identifier: MIT */
#include "coroutines.h"

/* A key of the dictionary is group;unit. */
struct group {
    const char *group, *unit;
    double values[11]; /* up to the first 0 */
    struct result result;
};

/* [report] */
static int compare_keys(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    const int order = strcmp(a->group, b->group);

    return order ? order : strcmp(a->unit, b->unit);
}

static void report(const struct group *groups, size_t n, const char *gap, const char *word)
{
    struct group sorted[4];

    memcpy(sorted, groups, n * sizeof *groups);
    qsort(sorted, n, sizeof *sorted, compare_keys);
    for (const struct group *group = sorted; group < sorted + n; group++) {
        printf("%2d%s%-5s %s %.2f%s\n", group->result.count, gap, group->group, word,
               group->result.average, group->unit);
    }
}
/* [/report] */

static void print_results(const struct group *groups, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        printf("%s'%s;%s': ", i == 0 ? "{" : ", ", groups[i].group, groups[i].unit);
        print_result("Result", &groups[i].result);
    }
    printf("}\n");
}

/* [client] */
/* The client code, that is, the caller. */
static void average(struct group *of)
{
    cede_gen *group = check_made(cede_gen_create(grouper, &of->result));

    check(cede_next(group, NULL));
    for (double *value = of->values; *value != 0; value++)
        check(cede_send(group, value, NULL));
    check(cede_send(group, NULL, NULL)); /* important: the averager returns, and grouper goes on */
    cede_gen_destroy(group);
}
/* [/client] */

int main(void)
{
    struct group data[] = {
        {"girls", "kg", {40.9, 38.5, 44.3, 42.2, 45.2, 41.7, 44.5, 38.0, 40.6, 44.5}, {0}},
        {"girls", "m", {1.6, 1.51, 1.4, 1.3, 1.41, 1.39, 1.33, 1.46, 1.45, 1.43}, {0}},
        {"boys", "kg", {39.0, 40.8, 43.2, 40.8, 43.1, 38.6, 41.4, 40.6, 36.3}, {0}},
        {"boys", "m", {1.38, 1.5, 1.32, 1.25, 1.37, 1.48, 1.25, 1.49, 1.46}, {0}},
    };
    struct group less[] = {
        {"girls", "kg", {40.9, 38.5, 44.3}, {0}},
        {"girls", "m", {1.6, 1.51, 1.4}, {0}},
        {"boys", "kg", {50.6, 60, 70.33}, {0}},
        {"boys", "m", {1.7, 1.89, 1.78}, {0}},
    };

    for (size_t i = 0; i < 4; i++)
        average(&data[i]);
    print_results(data, 4);
    report(data, 4, " ", "average");

    printf("\nthe report in the loop, of what is there so far:\n");
    for (size_t i = 0; i < 4; i++) {
        average(&data[i]);
        report(data, i + 1, "", "averaging");
    }

    printf("\n");
    for (size_t i = 0; i < 4; i++)
        average(&less[i]);
    print_results(less, 4);
    report(less, 4, "", "averaging");
    return 0;
}

/* Output:
 * {'girls;kg': Result(count=10, average=42.040000000000006), 'girls;m': Result(count=10, \
 * average=1.4279999999999997), 'boys;kg': Result(count=9, average=40.422222222222224), 'boys;m': \
 * Result(count=9, average=1.3888888888888888)}
 *  9 boys  average 40.42kg
 *  9 boys  average 1.39m
 * 10 girls average 42.04kg
 * 10 girls average 1.43m
 *
 * the report in the loop, of what is there so far:
 * 10girls averaging 42.04kg
 * 10girls averaging 42.04kg
 * 10girls averaging 1.43m
 *  9boys  averaging 40.42kg
 * 10girls averaging 42.04kg
 * 10girls averaging 1.43m
 *  9boys  averaging 40.42kg
 *  9boys  averaging 1.39m
 * 10girls averaging 42.04kg
 * 10girls averaging 1.43m
 *
 * {'girls;kg': Result(count=3, average=41.233333333333334), 'girls;m': Result(count=3, \
 * average=1.5033333333333332), 'boys;kg': Result(count=3, average=60.31), 'boys;m': \
 * Result(count=3, average=1.79)}
 *  3boys  averaging 60.31kg
 *  3boys  averaging 1.79m
 *  3girls averaging 41.23kg
 *  3girls averaging 1.50m
 */
