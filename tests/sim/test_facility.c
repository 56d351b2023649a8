/* test_facility.c - what happened at resources, containers and stores: warm-up and report; row
 * i13. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <cede/container.h>
#include <cede/store.h>

#include "harness/harness_task.h"

static const char *report(void)
{
    static char text[4096];
    FILE *file = fmemopen(text, sizeof text, "w");

    CHECK(file != NULL);
    cede_facility_report(file);
    CHECK_EQ(fclose(file), 0);
    return text;
}

static int draw(void *arg)
{
    return cede_container_get(arg, 5);
}

TEST_TASK(facility, i13_a_report_has_a_line_for_each_in_the_order_they_were_made)
{
    cede_container *tank;
    cede_store *store;

    CHECK_EQ(cede_container_create(
                 &(cede_container_options){.name = "tank", .capacity = 10, .level = 4}, &tank),
             0);
    CHECK_EQ(cede_store_create(NULL, &store), 0);
    CHECK_EQ(cede_start(draw, tank), 0);
    CHECK_EQ(cede_sleep(CEDE_S(3)), 0);
    CHECK_EQ(cede_container_put(tank, 5), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(report(),
              "                         mean     most   in use  waiting     wait  longest  served  "
              "left  lost\n"
              "container 'tank'            4        4    40.0%     0.75      1.5        3       2  "
              "   0     0\n"
              "a store                     0        0        -        0        -        -       0  "
              "   0     0\n");
    cede_container_destroy(tank);
    CHECK(strstr(report(), "tank") == NULL);
    cede_store_destroy(store);
}

TEST_TASK(facility, i13_what_was_before_the_restart_does_not_count)
{
    cede_container *tank;
    cede_facility_stats stats;

    cede_facility_restart(); /* of nothing */
    CHECK_EQ(cede_container_create(&(cede_container_options){.capacity = 10}, &tank), 0);
    CHECK_EQ(cede_container_put(tank, 8), 0);
    CHECK_EQ(cede_start(draw, tank), 0);
    CHECK_EQ(cede_start(draw, tank), 0); /* waits from 0 to 6 */
    CHECK_EQ(cede_sleep(CEDE_S(4)), 0);
    cede_facility_restart();
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK_EQ(cede_container_put(tank, 2), 0);
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    cede_container_stats(tank, &stats);
    CHECK(stats.level.time == 4 && stats.level.mean == 1.5 && stats.level.max == 3);
    CHECK(stats.getting.mean == 0.5);
    CHECK_EQ(stats.get_waits.count, 1);
    CHECK(cede_tally_mean(&stats.get_waits) == 6);
    CHECK_EQ(stats.put_waits.count, 1);
    cede_container_destroy(tank);
}

TEST(facility, i13_a_thread_without_a_loop_has_nothing_to_report)
{
    CHECK(strstr(report(), "\n") == strrchr(report(), '\n'));
    cede_facility_restart();
}
