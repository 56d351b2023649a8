/* crowd.h - a great many tasks at once: that they park, cost little, and all finish. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_CROWD_H
#define CEDE_TESTS_CROWD_H

#include <cede.h>

#include "base/base.h"
#include "harness/harness.h"

static struct crowd {
    long n;            /* tasks */
    long n_parked;     /* in the end */
    long n_finished;   /* after the gate opened */
    long n_mappings;   /* while all are parked */
    long bytes_a_task; /* resident and page tables, more than before */
    cede_future *gate;
} crowd;

static int crowd_member(void *arg)
{
    (void)arg;
    crowd.n_parked++;
    const int rc = cede_shield(crowd.gate);
    crowd.n_finished++;
    return rc;
}

static long crowd_count_mappings(void)
{
    FILE *file = fopen("/proc/self/maps", "r");
    long n = 0;

    CHECK(file != NULL);
    for (int c; (c = fgetc(file)) != EOF;)
        n += c == '\n';
    fclose(file);
    return n;
}

/* Kilobytes of memory and of page tables. */
static long crowd_memory(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long sum = 0, value;

    CHECK(file != NULL);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "VmRSS: %ld", &value) == 1 || sscanf(line, "VmPTE: %ld", &value) == 1)
            sum += value;
    }
    fclose(file);
    return sum;
}

static int crowd_run(void *arg)
{
    const long before = crowd_memory();

    (void)arg;
    crowd.gate = cede_future_create();
    CHECK(crowd.gate != NULL);
    for (long i = 0; i < crowd.n; i++)
        CHECK_EQ(cede_start(crowd_member, NULL), 0);
    CEDE_TRY(cede_sleep(CEDE_MS(1)));
    CHECK_EQ(crowd.n_parked, crowd.n);
    CHECK_EQ(crowd.n_finished, 0);
    crowd.n_mappings = crowd_count_mappings();
    crowd.bytes_a_task = (crowd_memory() - before) * 1024 / crowd.n;
    CHECK_EQ(cede_future_set(crowd.gate, NULL), 0);
    CEDE_TRY(cede_sleep(CEDE_MS(1)));
    CHECK_EQ(crowd.n_finished, crowd.n);
    cede_future_unref(crowd.gate);
    return 0;
}

/* Let n tasks park together, look at them, and let them go. */
static void crowd_gather(long n)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    crowd.n = n;
    CHECK_EQ(cede_run_with(&options, crowd_run, NULL), 0);
}

#endif
