/* test_container.c - amounts that are put and drawn: in order, with those who want much ahead of
 * those who want little; row i11. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/container.h>

#include "harness/harness_task.h"

static cede_container *tank;

static void make(double capacity, double level)
{
    const cede_container_options options = {.name = "tank", .capacity = capacity, .level = level};

    CHECK_EQ(cede_container_create(&options, &tank), 0);
}

/* Somebody who comes and puts an amount, or gets it if it is negative. */
struct visit {
    const char *name;
    double comes;
    double amount;
    double patience; /* 0: without end */
};

static double now(void)
{
    return cede_time_seconds(cede_now());
}

static int visit(void *arg)
{
    const struct visit *visit = arg;
    int rc = 0;

    CEDE_TRY(cede_sleep(CEDE_S(visit->comes)));
    CEDE_TIMEOUT(visit->patience > 0 ? CEDE_S(visit->patience) : CEDE_NEVER, rc) {
        rc = visit->amount < 0 ? cede_container_get(tank, -visit->amount)
                               : cede_container_put(tank, visit->amount);
    }
    if (rc < 0)
        test_note("%s:%s@%g", visit->name, cede_error_name(rc), now());
    else
        test_note("%s@%g", visit->name, now());
    return 0;
}

static void run_visits(struct visit *visits, int n)
{
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < n; i++)
        rc = cede_group_spawn(&group, visit, &visits[i]);
    CHECK_EQ(cede_group_join(&group, rc), 0);
}

TEST_TASK(container, i11_gives_as_soon_as_there_is_enough)
{
    struct visit visits[] = {{"a", 0, -3, 0}, {"b", 1, 2, 0}, {"c", 2, 2.5, 0}};

    make(0, 0);
    run_visits(visits, 3);
    CHECK_STR(test_notes(), "b@1 c@2 a@2");
    CHECK(cede_container_level(tank) == 1.5);
    cede_container_destroy(tank);
}

TEST_TASK(container, i11_takes_as_soon_as_there_is_room)
{
    struct visit visits[] = {{"a", 0, 8, 0}, {"b", 1, 5, 0}, {"c", 2, -2, 0}, {"d", 3, -2, 0}};

    make(10, 0);
    run_visits(visits, 4);
    CHECK_STR(test_notes(), "a@0 c@2 d@3 b@3");
    CHECK(cede_container_level(tank) == 9);
    cede_container_destroy(tank);
}

TEST_TASK(container, i11_who_wants_much_holds_up_those_behind)
{
    struct visit visits[] = {{"much", 0, -10, 0}, {"little", 1, -1, 0}, {"fill", 2, 7, 0}};

    make(20, 4);
    run_visits(visits, 3);
    CHECK_STR(test_notes(), "fill@2 much@2 little@2");
    cede_container_destroy(tank);
}

TEST_TASK(container, i11_who_brings_much_holds_up_those_behind)
{
    struct visit visits[] = {
        {"much", 0, 10, 0}, {"little", 1, 1, 0}, {"draw", 2, -5, 0}, {"more", 3, -1, 0}};

    make(10, 5);
    run_visits(visits, 4);
    CHECK_STR(test_notes(), "draw@2 much@2 more@3 little@3");
    cede_container_destroy(tank);
}

TEST_TASK(container, i11_when_the_first_gives_up_those_behind_go_on)
{
    struct visit visits[] = {{"much", 0, -10, 5}, {"little", 1, -1, 0}, {"some", 2, -2, 0}};

    make(20, 4);
    run_visits(visits, 3);
    CHECK_HAS(test_notes(), "little@5 some@5");
    CHECK_HAS(test_notes(), "much:ETIMEDOUT@5");
    CHECK(cede_container_level(tank) == 1);
    cede_container_destroy(tank);
}

TEST_TASK(container, i11_one_who_gets_may_let_in_one_who_puts_and_so_on)
{
    struct visit visits[] = {
        {"p", 0, 10, 0}, {"q", 0, 10, 0}, {"g", 1, -10, 0}, {"h", 1, -10, 0}, {"k", 2, -10, 0}};

    make(10, 10);
    run_visits(visits, 5);
    CHECK_STR(test_notes(), "g@1 h@1 p@1 q@1 k@2");
    CHECK(cede_container_level(tank) == 0);
    cede_container_destroy(tank);
}

TEST_TASK(container, i13_counts_by_itself)
{
    struct visit visits[] = {{"a", 2, -4, 0}, {"b", 4, 10, 0}, {"c", 5, -1, 1}};
    cede_facility_stats stats;

    make(10, 0);
    run_visits(visits, 3);
    CHECK_EQ(cede_sleep(CEDE_S(5)), 0); /* until 10 */
    cede_container_stats(tank, &stats);
    CHECK(stats.level.mean == (6 * 1 + 5 * 5) / 10.0);
    CHECK(stats.utilisation == stats.level.mean / 10);
    CHECK(stats.getting.mean == 0.2 && stats.getting.max == 1);
    CHECK_EQ(stats.get_waits.count, 2);
    CHECK_EQ(stats.put_waits.count, 1);
    CHECK(cede_tally_max(&stats.get_waits) == 2);
    CHECK_EQ(stats.n_left, 0);
    cede_container_destroy(tank);
}

TEST_TASK(container, impossible_amounts_are_refused)
{
    cede_container *none;

    make(10, 5);
    CHECK_EQ(cede_container_put(tank, 0), -EINVAL);
    CHECK_EQ(cede_container_put(tank, -1), -EINVAL);
    CHECK_EQ(cede_container_get(tank, NAN), -EINVAL);
    CHECK_EQ(cede_container_get(tank, INFINITY), -EINVAL);
    CHECK_EQ(cede_container_get(tank, 11), -EINVAL); /* would wait for ever */
    CHECK_EQ(cede_container_create(&(cede_container_options){.capacity = -1}, &none), -EINVAL);
    CHECK_EQ(cede_container_create(&(cede_container_options){.capacity = NAN}, &none), -EINVAL);
    CHECK_EQ(cede_container_create(&(cede_container_options){.capacity = 1, .level = 2}, &none),
             -EINVAL);
    CHECK_EQ(cede_container_create(&(cede_container_options){.level = -1}, &none), -EINVAL);
    CHECK_EQ(cede_container_create(&(cede_container_options){.level = INFINITY}, &none), -EINVAL);
    cede_container_destroy(tank);
    cede_container_destroy(NULL);
}

static int draw(void *arg)
{
    (void)arg;
    return cede_container_get(tank, 5);
}

TEST_TASK(container, destroying_one_wakes_who_waits)
{
    make(0, 0);
    cede_future *waits = cede_spawn(draw, NULL);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_container_n_getting(tank), 1);
    CHECK_EQ(cede_container_n_putting(tank), 0);
    cede_container_destroy(tank);
    CHECK_EQ(cede_join(waits), CEDE_ESHUTDOWN);
}

static int stuck(void *arg)
{
    make(0, 0);
    return draw(arg);
}

TEST(container, who_waits_is_reported_with_what_they_want)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, stuck, NULL),
             -EDEADLK);
    CHECK_HAS(test_reports(), "5 out of container 'tank'");
    cede_container_destroy(tank);
}

static int scenario_body(void *arg)
{
    int rc;

    (void)arg;
    CEDE_TRY(cede_container_create(NULL, &tank));
    rc = cede_container_put(tank, 5);
    if (rc == 0)
        rc = cede_container_get(tank, 5);
    cede_container_destroy(tank);
    return rc;
}

static int scenario(void)
{
    return cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, scenario_body,
                         NULL);
}

TEST(container, survives_every_failing_allocation)
{
    CHECK_EQ(scenario(), 0); /* stacks that are kept for the next loop are no loss */
    test_sweep_allocations(scenario);
}
