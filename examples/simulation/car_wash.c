/* car_wash.c - a car wash with two machines: cars come every few minutes, wait for a machine, and
 * leave cleaner. */
/* SPDX-License-Identifier: MIT */
#include "simulation.h"

enum { MACHINES = 2, WASHING = 5, INTERVAL = 3, CARS_AT_FIRST = 4, STORY = 20, DAY = 600 };

static struct run *run;
static cede_resource *machines;
static cede_tally removed; /* per cent of the dirt */

/* [car] */
static int car(void *arg)
{
    const int number = (int)(intptr_t)arg;
    cede_claim machine = CEDE_CLAIM_INIT;

    say("%5.2f car %d comes\n", cede_sim_now(), number);
    CEDE_TRY(cede_resource_acquire(machines, &machine));
    say("%5.2f car %d goes in\n", cede_sim_now(), number);
    CEDE_TRY(cede_sim_hold(WASHING));
    const int64_t dirt = cede_random_integer(&run->random, 50, 99);
    cede_tally_add(&removed, (double)dirt);
    say("%5.2f car %d has lost %d %% of its dirt\n", cede_sim_now(), number, (int)dirt);
    cede_resource_release(&machine);
    return 0;
}

static int street(void *arg)
{
    for (int i = 0; i < CARS_AT_FIRST; i++)
        CEDE_TRY(cede_sim_start(car, (void *)(intptr_t)i));
    for (int i = CARS_AT_FIRST;; i++) {
        CEDE_TRY(
            cede_sim_hold((double)cede_random_integer(&run->random, INTERVAL - 2, INTERVAL + 2)));
        CEDE_TRY(cede_sim_start(car, (void *)(intptr_t)i));
    }
}
/* [/car] */

static int car_wash(void *arg)
{
    cede_facility_stats stats;

    run = arg;
    removed = (cede_tally){0};
    CEDE_TRY(cede_resource_create(
        &(cede_resource_options){.name = "washing machines", .capacity = MACHINES}, &machines));
    CEDE_TRY(cede_sim_start(street, NULL));
    CEDE_TRY(cede_sim_hold(is_story ? STORY : DAY));
    cede_resource_stats(machines, &stats);
    run->figures[0] = stats.utilisation;
    run->figures[1] = cede_tally_mean(&removed);
    return stop();
}

static void end(void)
{
    cede_resource_destroy(machines);
}

int main(int argc, char **argv)
{
    return tell_or_measure(argc, argv, car_wash, end);
}

/* Output:
 *  0.00 car 0 comes
 *  0.00 car 0 goes in
 *  0.00 car 1 comes
 *  0.00 car 1 goes in
 *  0.00 car 2 comes
 *  0.00 car 3 comes
 *  4.00 car 4 comes
 *  5.00 car 0 has lost 98 % of its dirt
 *  5.00 car 1 has lost 73 % of its dirt
 *  5.00 car 2 goes in
 *  5.00 car 3 goes in
 *  6.00 car 5 comes
 * 10.00 car 2 has lost 60 % of its dirt
 * 10.00 car 3 has lost 65 % of its dirt
 * 10.00 car 6 comes
 * 10.00 car 4 goes in
 * 10.00 car 5 goes in
 * 11.00 car 7 comes
 * 12.00 car 8 comes
 * 15.00 car 4 has lost 79 % of its dirt
 * 15.00 car 5 has lost 64 % of its dirt
 * 15.00 car 6 goes in
 * 15.00 car 7 goes in
 * 17.00 car 9 comes
 * 53 records, trace 0bbcb7a676891e13
 */
