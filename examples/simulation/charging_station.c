/* charging_station.c - electric cars drive to a charging station with two places, and wait for one.
 * A driver who has no more time pulls the plug: the car is interrupted. */
/* SPDX-License-Identifier: MIT */
#include "simulation.h"

enum { CARS = 4, CHARGING = 5, DRIVING = 2 };

static cede_resource *station;

/* [car] */
static int car(void *arg)
{
    const char *name = cede_task_name(NULL);
    const double *way = arg;
    cede_claim place = CEDE_CLAIM_INIT;

    CEDE_TRY(cede_sim_hold(*way));
    printf("%s arrives at %g\n", name, cede_sim_now());
    CEDE_TRY(cede_resource_acquire(station, &place));
    printf("%s begins to charge at %g\n", name, cede_sim_now());
    const int rc = cede_sim_hold(CHARGING);
    if (rc == CEDE_EINTERRUPTED)
        printf("%s is unplugged: %s\n", name, (const char *)cede_sim_cause());
    else if (rc < 0)
        return rc;
    printf("%s leaves at %g\n", name, cede_sim_now());
    cede_resource_release(&place);
    return 0;
}

static int town(void *arg)
{
    static const double ways[CARS] = {0, 2, 4, 6};
    cede_future *cars[CARS];

    CEDE_TRY(cede_resource_create(
        &(cede_resource_options){.name = "charging station", .capacity = 2}, &station));
    for (int i = 0; i < CARS; i++) {
        char name[16];
        snprintf(name, sizeof name, "car %d", i);
        cars[i] = cede_sim_spawn_with(&(cede_sim_process_options){.task.name = name}, car,
                                      (void *)&ways[i]);
    }
    CEDE_TRY(cede_sim_hold(8.5));
    CEDE_TRY(cede_sim_interrupt(cars[2], "no time"));
    for (int i = 0; i < CARS; i++)
        CEDE_TRY(cede_join(cars[i]));
    cede_resource_destroy(station);
    return 0;
}
/* [/car] */

int main(void)
{
    return tell(town, NULL) < 0;
}

/* Output:
 * car 0 arrives at 0
 * car 0 begins to charge at 0
 * car 1 arrives at 2
 * car 1 begins to charge at 2
 * car 2 arrives at 4
 * car 0 leaves at 5
 * car 2 begins to charge at 5
 * car 3 arrives at 6
 * car 1 leaves at 7
 * car 3 begins to charge at 7
 * car 2 is unplugged: no time
 * car 2 leaves at 8.5
 * car 3 leaves at 12
 * 28 records, trace 79cd6027bbded742
 */
