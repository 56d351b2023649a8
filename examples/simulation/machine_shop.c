/* machine_shop.c - machines make parts and break down; the one repairer leaves other work at once
 * to mend them: a preemptive resource. */
/* SPDX-License-Identifier: MIT */
#include "simulation.h"

enum { MACHINES = 10, WEEK = 7 * 24 * 60, REPAIR = 30, OTHER_JOB = 30 };

static const double PART = 10, PART_DEVIATION = 2, MEAN_TIME_TO_FAILURE = 300; /* minutes */

struct machine {
    cede_future *making;
    bool is_broken;
    int n_parts;
};

static struct run *run;
static cede_resource *repairer;
static struct machine machines[MACHINES];
static int n_jobs;

/* [machine] */
/* Makes parts; interrupted when the machine breaks, goes on with the same part once it is
 * mended. */
static int make_parts(void *arg)
{
    struct machine *machine = arg;

    for (;;) {
        double left = cede_random_normal(&run->random, PART, PART_DEVIATION);
        while (left > 0) {
            const double begun = cede_sim_now();
            cede_claim help = CEDE_CLAIM_INIT;
            const int rc = cede_sim_hold(left);
            if (rc == 0)
                break;
            if (rc != CEDE_EINTERRUPTED)
                return rc;
            machine->is_broken = true;
            left -= cede_sim_now() - begun;
            CEDE_TRY(
                cede_resource_acquire_with(repairer, &(cede_claim_options){.priority = 1}, &help));
            CEDE_TRY(cede_sim_hold(REPAIR));
            cede_resource_release(&help);
            machine->is_broken = false;
        }
        machine->n_parts++;
    }
}

static int break_now_and_then(void *arg)
{
    struct machine *machine = arg;

    for (;;) {
        CEDE_TRY(cede_sim_hold(cede_random_exponential(&run->random, MEAN_TIME_TO_FAILURE)));
        if (!machine->is_broken) /* what is broken cannot break */
            CEDE_TRY(cede_sim_interrupt(machine->making, NULL));
    }
}

/* The repairer's other work, which gives way to repairs. */
static int other_jobs(void *arg)
{
    for (;; n_jobs++) {
        for (double left = OTHER_JOB; left > 0;) {
            cede_claim time = CEDE_CLAIM_INIT;
            CEDE_TRY(
                cede_resource_acquire_with(repairer, &(cede_claim_options){.priority = 2}, &time));
            const double begun = cede_sim_now();
            const int rc = cede_sim_hold(left);
            if (rc < 0 && rc != CEDE_EINTERRUPTED)
                return rc;
            left = rc == 0 ? 0 : left - (cede_sim_now() - begun);
            cede_resource_release(&time);
        }
    }
}
/* [/machine] */

static int shop(void *arg)
{
    const cede_resource_options options = {.name = "repairer", .kind = CEDE_RESOURCE_PREEMPTIVE};
    int n_parts = 0;

    run = arg;
    n_jobs = 0;
    CEDE_TRY(cede_resource_create(&options, &repairer));
    for (int i = 0; i < MACHINES; i++) {
        machines[i] = (struct machine){.making = cede_sim_spawn(make_parts, &machines[i])};
        CEDE_TRY(cede_sim_start(break_now_and_then, &machines[i]));
    }
    CEDE_TRY(cede_sim_start(other_jobs, NULL));
    CEDE_TRY(cede_sim_hold(WEEK));
    for (int i = 0; i < MACHINES; i++) {
        say("machine %d made %d parts\n", i, machines[i].n_parts);
        n_parts += machines[i].n_parts;
    }
    say("other jobs: %d\n", n_jobs);
    if (is_story)
        cede_facility_report(stdout);
    run->figures[0] = n_parts / (double)MACHINES;
    run->figures[1] = n_jobs;
    return stop();
}

static void end(void)
{
    for (int i = 0; i < MACHINES; i++)
        cede_future_unref(machines[i].making);
    cede_resource_destroy(repairer);
}

int main(int argc, char **argv)
{
    return tell_or_measure(argc, argv, shop, end);
}

/* Output:
 * machine 0 made 811 parts
 * machine 1 made 777 parts
 * machine 2 made 754 parts
 * machine 3 made 787 parts
 * machine 4 made 784 parts
 * machine 5 made 831 parts
 * machine 6 made 815 parts
 * machine 7 made 857 parts
 * machine 8 made 879 parts
 * machine 9 made 777 parts
 * other jobs: 55
 *                          mean     most   in use  waiting     wait  longest  served  left  lost
 * resource 'repairer'         1        1   100.0%    1.953    48.48     1440     394     0    58
 * 10459 records, trace 4a07c85ffece0f3b
 */
