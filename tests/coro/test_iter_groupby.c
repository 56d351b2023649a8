/* test_iter_groupby.c - stretches of items with the same key. */
/* SPDX-License-Identifier: MIT */
#include "iter_test.h"

static const cede_iter_key halves = {.key = half, .key_size = sizeof(int64_t)};

/* "key: item item | key: ..." */
static const char *groups(cede_iter *it)
{
    static char text[1024];
    int rc;

    text[0] = '\0';
    CEDE_FOREACH(rc, cede_grouped *, grouped, it) {
        const size_t length = strlen(text);
        const int64_t key = *(const int64_t *)grouped->key;
        snprintf(text + length, sizeof text - length, "%s%" PRId64 ": %s", length ? " | " : "", key,
                 some_items(grouped->group, SIZE_MAX, add_int));
    }
    CHECK_EQ(rc, 0);
    CHECK_EQ(cede_iter_close(it), 0);
    return text;
}

TEST(iter_groupby, groups_follow_the_key)
{
    int64_t values[] = {1, 1, 2, 2, 2, 1};

    CHECK_STR(groups(cede_iter_groupby(CEDE_ITER_ARRAY(values), NULL)), "1: 1 1 | 2: 2 2 2 | 1: 1");
    CHECK_STR(groups(cede_iter_groupby(numbers(5), &halves)), "0: 0 1 | 1: 2 3 | 2: 4");
    CHECK_STR(groups(cede_iter_groupby(numbers(0), &halves)), "");
}

TEST(iter_groupby, b2_advancing_empties_the_group_before)
{
    cede_iter *it = cede_iter_groupby(numbers(6), &halves);
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    cede_iter *first = ((cede_grouped *)item)->group;
    CHECK_EQ(cede_iter_next(first, &item), 1);
    CHECK_EQ(*(int64_t *)item, 0);
    CHECK_EQ(cede_iter_next(it, &item), 1); /* skips what is left of the first */
    cede_iter *second = ((cede_grouped *)item)->group;

    CHECK_EQ(cede_iter_next(first, &item), 0);
    CHECK_STR(some_items(second, 9, add_int), "2 3");
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter_groupby, b2_groups_that_nobody_looks_at_are_skipped)
{
    uint64_t n = 0;

    CHECK_EQ(cede_iter_length(cede_iter_groupby(numbers(9), &halves), &n), 0);
    CHECK_EQ(n, 5);
}

TEST(iter_groupby, items_of_groups_can_be_kept)
{
    cede_iter *it = cede_iter_groupby(cede_iter_enumerate(numbers(4), 5),
                                      &(cede_iter_key){.key = half, .key_size = 8});
    cede_numbered **array;
    void *item;
    size_t n;

    CHECK_EQ(cede_iter_next(it, &item), 1); /* by half of the number */
    CHECK_EQ(
        cede_iter_collect(cede_iter_borrow(((cede_grouped *)item)->group), (void **)&array, &n), 0);
    CHECK_EQ(n, 1);
    CHECK_EQ(array[0]->number, 5);
    CHECK_EQ(*(int64_t *)array[0]->item, 0);
    cede_iter_release(array);
    CHECK_EQ(cede_iter_close(it), 0);
}

/* A key function that goes into the groupby, or a group, that calls it. */
struct intruder {
    cede_iter *target;
    int rc;
    int close_rc;
};

static int intrude(void *item, void *out, void *arg)
{
    struct intruder *intruder = arg;
    void *other;

    if (intruder->target) {
        intruder->rc = cede_iter_next(intruder->target, &other);
        intruder->close_rc = cede_iter_close(intruder->target);
    }
    return half(item, out, NULL);
}

TEST(iter_groupby, b2_a_key_function_that_reenters_is_refused)
{
    struct intruder intruder = {0};
    const cede_iter_key key = {.key = intrude, .key_size = 8, .arg = &intruder};
    cede_iter *it = cede_iter_groupby(numbers(6), &key);
    void *item;

    intruder.target = it;
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(intruder.rc, -EBUSY);
    CHECK_EQ(intruder.close_rc, -EBUSY);
    cede_iter *group = ((cede_grouped *)item)->group;

    intruder.rc = 0;
    CHECK_STR(some_items(group, 9, add_int), "0 1"); /* by way of the group */
    CHECK_EQ(intruder.rc, -EBUSY);
    intruder.target = NULL;
    CHECK_EQ(cede_iter_close(it), 0);
}

static int ask_and_note(void *arg)
{
    struct intruder *intruder = arg;
    void *item;

    intruder->rc = cede_iter_next(intruder->target, &item);
    return 0;
}

TEST(iter_groupby, b2_a_group_and_its_groupby_are_not_in_the_source_at_once)
{
    struct watched watched;
    cede_iter *it = cede_iter_groupby(watch(&watched, 6), &halves);
    struct intruder intruder = {.target = it};
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    cede_iter *group = ((cede_grouped *)item)->group;
    CHECK_EQ(cede_iter_next(group, &item), 1);
    watched.inside = ask_and_note;
    watched.arg = &intruder;
    CHECK_EQ(cede_iter_next(group, &item), 1);
    CHECK_EQ(intruder.rc, -EBUSY);
    CHECK_EQ(*(int64_t *)item, 1);

    intruder.target = group; /* while the groupby advances, the group is empty already */
    intruder.rc = 7;
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(intruder.rc, 0);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter_groupby, b9_errors_reach_whoever_is_asking)
{
    struct watched watched;
    cede_iter *it = cede_iter_groupby(watch_failing(&watched, 3), &halves);
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_STR(some_items(((cede_grouped *)item)->group, 9, add_int), "2 !EIO");
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter_groupby, a_group_that_the_user_closes_does_no_harm)
{
    cede_iter *it = cede_iter_groupby(cede_iter_enumerate(numbers(4), 0), &halves);
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(cede_iter_close(((cede_grouped *)item)->group), 0);
    CHECK_EQ(cede_iter_length(it, NULL), 0);
}

static int groupby_once(void)
{
    uint64_t n;

    return cede_iter_length(cede_iter_groupby(cede_iter_enumerate(numbers(9), 0), &halves), &n);
}

TEST(iter_groupby, a_failing_allocation_loses_nothing)
{
    test_sweep_allocations(groupby_once);
}
