/* test_group_limit.c - groups of which only so many children run at once; row d26. */
/* SPDX-License-Identifier: MIT */
#include "task/group_test.h"

/* Children that count how many they are. */
struct crew {
    int n_now, n_most, n_ended;
};

static int work(void *arg)
{
    struct crew *crew = arg;
    int rc;

    crew->n_now++;
    if (crew->n_now > crew->n_most)
        crew->n_most = crew->n_now;
    rc = cede_sleep(CEDE_S(1));
    crew->n_now--;
    crew->n_ended++;
    return rc;
}

TEST_TASK(group_limit, d26_no_more_than_the_limit_run_at_once)
{
    struct crew crew = {0};
    cede_group group;

    cede_group_init(&group);
    cede_group_set_limit(&group, 3);
    for (int i = 0; i < 10; i++)
        CHECK_EQ(cede_group_spawn(&group, work, &crew), 0);
    CHECK_EQ(cede_task_all(NULL, 0), 11); /* also those that are held are known */
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(crew.n_most, 3);
    CHECK_EQ(crew.n_ended, 10);
    CHECK_EQ(cede_now(), CEDE_S(4));
}

TEST_TASK(group_limit, d26_those_beyond_the_limit_begin_in_their_order)
{
    struct child children[] = {
        {"a", CEDE_S(2), 0}, {"b", CEDE_S(1), 0}, {"c", CEDE_S(2), 0}, {"d", CEDE_S(1), 0}};
    cede_group group;

    cede_group_init(&group);
    cede_group_set_limit(&group, 2);
    for (size_t i = 0; i < 4; i++)
        CHECK_EQ(cede_group_spawn(&group, run_child, &children[i]), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "b:end a:end c:end d:end"); /* c from 1 to 3, d from 2 to 3 */
    CHECK_EQ(cede_now(), CEDE_S(3));
}

TEST_TASK(group_limit, d26_a_higher_limit_lets_more_begin_and_a_lower_one_stops_nobody)
{
    struct crew crew = {0};
    cede_group group;

    cede_group_init(&group);
    cede_group_set_limit(&group, 1);
    for (int i = 0; i < 10; i++)
        CHECK_EQ(cede_group_spawn(&group, work, &crew), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(crew.n_now, 1);
    cede_group_set_limit(&group, 4);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(crew.n_now, 4);
    cede_group_set_limit(&group, 2);
    CHECK_EQ(cede_sleep(CEDE_S(1.5)), 0);
    CHECK_EQ(crew.n_now, 2);
    cede_group_set_limit(&group, 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(crew.n_now, 6);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(crew.n_ended, 10);
}

TEST_TASK(group_limit, d26_with_a_limit_an_eager_child_begins_at_once_if_there_is_a_place)
{
    const cede_task_options eager = {.eager = true};
    struct crew crew = {0};
    cede_group group;

    cede_group_init(&group);
    cede_group_set_limit(&group, 1);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, work, &crew), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, work, &crew), 0);
    CHECK_EQ(crew.n_now, 1);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(crew.n_ended, 2);
    CHECK_EQ(crew.n_most, 1);
}

TEST_TASK(group_limit, d26_those_that_have_not_begun_when_one_fails_never_do_and_are_dropped)
{
    struct child bad = {"bad", CEDE_S(1), -EPIPE};
    cede_group group;

    cede_group_init(&group);
    cede_group_set_limit(&group, 1);
    CHECK_EQ(cede_group_spawn(&group, run_child, &bad), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "x"), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "y"), 0);
    CHECK_EQ(cede_group_join(&group, 0), -EPIPE);
    CHECK_STR(test_notes(), "bad:end dropped:x dropped:y");
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(group_limit, d26_a_deadline_reaches_those_that_have_not_begun)
{
    struct child slow = {"slow", CEDE_S(9), 0};
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(2), rc) {
        cede_group group;

        cede_group_init(&group);
        cede_group_set_limit(&group, 1);
        CHECK_EQ(cede_group_spawn(&group, run_child, &slow), 0);
        CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "x"), 0);
        rc = cede_group_join(&group, 0);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_STR(test_notes(), "slow:ECANCELED dropped:x");
    CHECK_EQ(cede_now(), CEDE_S(2));
}

static int hold_for_ever(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_NEVER);
}

static int leave_held_children(void *arg)
{
    cede_group *group = arg;

    cede_group_init(group);
    cede_group_set_limit(group, 1);
    CHECK_EQ(cede_group_spawn_with(group, &with_drop, hold_for_ever, "x"), 0);
    CHECK_EQ(cede_group_spawn_with(group, &with_drop, never, "y"), 0);
    return cede_group_join(group, 0);
}

static int leave_it_to_the_end(void *arg)
{
    CHECK_EQ(cede_start(leave_held_children, arg), 0);
    return cede_sleep(0);
}

TEST(group_limit, d26_a_run_that_ends_ends_those_that_have_not_begun)
{
    static cede_group group;

    CHECK_EQ(cede_run(leave_it_to_the_end, &group), 0);
    CHECK_STR(test_notes(), "dropped:y");
}
