/* test_facility.c - what happened at resources, containers and stores: warm-up and report; row
 * i13. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <cede/container.h>
#include <cede/plot.h>
#include <cede/resource.h>
#include <cede/store.h>

#include "harness/harness_task.h"

static const char *written(void (*write)(FILE *file))
{
    static char text[4096];
    FILE *file = fmemopen(text, sizeof text, "w");

    CHECK(file != NULL);
    write(file);
    CHECK_EQ(fclose(file), 0);
    return text;
}

static const char *report(void)
{
    return written(cede_facility_report);
}

static void write_csv(FILE *file)
{
    CHECK_EQ(cede_facility_write_csv(file), 0);
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

static int use(void *arg)
{
    cede_claim claim = CEDE_CLAIM_INIT;

    CEDE_TRY(cede_resource_acquire(arg, &claim));
    CEDE_TRY(cede_sleep(CEDE_S(2)));
    cede_resource_release(&claim);
    return 0;
}

/* Three come at 0, 0 and 1 for one unit, which each uses for 2. */
static void let_three_use(cede_resource *resource)
{
    CHECK_EQ(cede_start(use, resource), 0);
    CHECK_EQ(cede_start(use, resource), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_start(use, resource), 0);
    CHECK_EQ(cede_sleep(CEDE_S(7)), 0);
}

TEST_TASK(facility, i13_lines_and_levels_are_series_without_code_of_the_model)
{
    cede_resource *resource;
    cede_facility_stats stats;

    CHECK_EQ(cede_facility_record(), 0);
    CHECK_EQ(cede_resource_create(&(cede_resource_options){.name = "the \"desk\""}, &resource), 0);
    let_three_use(resource);
    CHECK_STR(written(write_csv), "kind,name,what,time,value\n"
                                  "resource,\"the \"\"desk\"\"\",level,0,1\n"
                                  "resource,\"the \"\"desk\"\"\",level,6,0\n"
                                  "resource,\"the \"\"desk\"\"\",getting,0,1\n"
                                  "resource,\"the \"\"desk\"\"\",getting,1,2\n"
                                  "resource,\"the \"\"desk\"\"\",getting,2,1\n"
                                  "resource,\"the \"\"desk\"\"\",getting,4,0\n"
                                  "resource,\"the \"\"desk\"\"\",putting,0,0\n");
    cede_resource_stats(resource, &stats);
    CHECK_EQ(stats.points->getting.n, 4);
    CHECK_EQ(stats.points->n_missed, 0);
    cede_resource_destroy(resource);
}

static cede_resource *plotted;

static void plot(FILE *file)
{
    cede_facility_stats stats;

    cede_resource_stats(plotted, &stats);
    const cede_plot_curve line = {.series = &stats.points->getting, .steps = true};
    CHECK_EQ(cede_plot_write(&(cede_plot_options){.curves = &line, .n_curves = 1}, file), 0);
}

TEST_TASK(facility, i13_the_length_of_a_line_can_be_plotted)
{
    CHECK_EQ(cede_facility_record(), 0);
    CHECK_EQ(cede_resource_create(NULL, &plotted), 0);
    let_three_use(plotted);
    CHECK(strstr(written(plot), "<polyline") || strstr(written(plot), "<path"));
    cede_resource_destroy(plotted);
}

TEST_TASK(facility, a_record_begins_with_what_there_is_and_anew_after_the_warm_up)
{
    cede_container *tank;
    cede_facility_stats stats;

    CHECK_EQ(cede_container_create(&(cede_container_options){.level = 4, .capacity = 10}, &tank),
             0);
    cede_container_stats(tank, &stats);
    CHECK(stats.points == NULL);
    CHECK_STR(written(write_csv), "kind,name,what,time,value\n");
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_facility_record(), 0);
    CHECK_EQ(cede_facility_record(), 0); /* is that already */
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_container_put(tank, 3), 0);
    cede_container_stats(tank, &stats);
    CHECK_EQ(stats.points->level.n, 2);
    CHECK(stats.points->level.points[0].x == 1 && stats.points->level.points[0].y == 4);
    CHECK(stats.points->level.points[1].x == 2 && stats.points->level.points[1].y == 7);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_facility_restart();
    CHECK_EQ(stats.points->level.n, 1);
    CHECK(stats.points->level.points[0].x == 3 && stats.points->level.points[0].y == 7);
    cede_container_destroy(tank);
}

TEST(facility, without_a_loop_there_is_nothing_to_record)
{
    CHECK_EQ(cede_facility_record(), -EINVAL);
    CHECK_STR(written(write_csv), "kind,name,what,time,value\n");
}

static int fill(void *arg)
{
    cede_container *tank;
    cede_facility_stats stats;
    int rc = 0;

    (void)arg;
    CEDE_TRY(cede_facility_record());
    CEDE_TRY(cede_container_create(NULL, &tank));
    for (int i = 0; rc == 0 && i < 100; i++) {
        rc = cede_sleep(CEDE_S(1));
        if (rc == 0)
            rc = cede_container_put(tank, 1); /* is done with or without memory for its point */
    }
    cede_container_stats(tank, &stats);
    if (rc == 0) {
        CHECK(stats.level.value == 100);
        CHECK(stats.points->n_missed > 0 || stats.points->level.n == 101);
        rc = stats.points->n_missed > 0 ? -ENOMEM : 0;
    }
    cede_container_destroy(tank);
    return rc;
}

static int record(void)
{
    return cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, fill, NULL);
}

TEST(facility, a_record_survives_every_failing_allocation)
{
    CHECK_EQ(record(), 0); /* stacks that are kept for the next loop are no loss */
    test_sweep_allocations(record);
}
