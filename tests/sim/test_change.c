/* test_change.c - waiting until any predicate is true. */
/* SPDX-License-Identifier: MIT */
#include <cede/container.h>
#include <cede/change.h>

#include "harness/harness_task.h"

static cede_change changed = CEDE_CHANGE_INIT("tide");
static int water;

static bool is_deep(void *arg)
{
    return water >= *(int *)arg;
}

static int sail(void *arg)
{
    CEDE_TRY(cede_change_wait(&changed, is_deep, arg));
    test_note("%d", *(int *)arg);
    return 0;
}

static void start(int (*fn)(void *), int *depth)
{
    CHECK_EQ(cede_start(fn, depth), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
}

TEST_TASK(change, who_finds_it_true_does_not_wait)
{
    int zero = 0;

    CHECK_EQ(cede_change_wait(&changed, is_deep, &zero), 0);
    CHECK_EQ(cede_now(), 0);
}

TEST_TASK(change, announcing_a_change_lets_those_go_on_whose_predicate_is_true)
{
    int five = 5, two = 2, nine = 9, three = 3;

    start(sail, &five);
    start(sail, &two);
    start(sail, &nine);
    start(sail, &three);
    CHECK_EQ(cede_change_announce(&changed), 0);
    water = 4;
    CHECK_EQ(cede_change_n_waiting(&changed), 4); /* nobody said so yet */
    CHECK_EQ(cede_change_announce(&changed), 2);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "2 3");
    water = 10;
    CHECK_EQ(cede_change_announce(&changed), 2);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "2 3 5 9");
}

static int sink(void *arg)
{
    CEDE_TRY(cede_change_wait(&changed, is_deep, arg));
    water = 0;
    test_note("sunk@%g", cede_time_seconds(cede_now()));
    return 0;
}

TEST_TASK(change, what_was_true_and_is_not_any_more_is_waited_for_again)
{
    int one = 1;

    start(sink, &one);
    start(sink, &one);
    water = 1;
    CHECK_EQ(cede_change_announce(&changed), 2);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_change_n_waiting(&changed), 1);
    CHECK_STR(test_notes(), "sunk@2");
    water = 1;
    CHECK_EQ(cede_change_announce(&changed), 1);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "sunk@2 sunk@3");
}

static bool is_nearly_empty(void *arg)
{
    return cede_container_level(arg) < 10;
}

static int refill(void *arg)
{
    CEDE_TRY(cede_change_wait(&changed, is_nearly_empty, arg));
    test_note("refill@%g", cede_time_seconds(cede_now()));
    return cede_container_put(arg, 40);
}

TEST_TASK(change, i11_a_container_tells_of_its_changes)
{
    const cede_container_options options = {.capacity = 50, .level = 50, .changes = &changed};
    cede_container *tank;

    CHECK_EQ(cede_container_create(&options, &tank), 0);
    CHECK_EQ(cede_start(refill, tank), 0);
    for (int i = 0; i < 5; i++) {
        CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
        CHECK_EQ(cede_container_get(tank, 9), 0);
    }
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "refill@5");
    CHECK(cede_container_level(tank) == 45);
    cede_container_destroy(tank);
}

TEST_TASK(change, waiting_ends_with_its_deadline_and_with_the_change)
{
    int five = 5, rc = 0;

    CEDE_TIMEOUT(CEDE_S(2), rc) {
        rc = cede_change_wait(&changed, is_deep, &five);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    cede_future *task = cede_spawn(sail, &five);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_change_fini(&changed);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
    cede_change_fini(NULL);
}

TEST(change, outside_of_tasks_there_is_nothing_to_wait_with)
{
    int zero = 0;

    CHECK_EQ(cede_change_wait(&changed, is_deep, &zero), CEDE_ENOTASK);
}

static int stuck(void *arg)
{
    int nine = 9;

    (void)arg;
    return sail(&nine);
}

TEST(change, who_waits_is_reported_with_its_name)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, stuck, NULL),
             -EDEADLK);
    CHECK_HAS(test_reports(), "change 'tide'");
}
