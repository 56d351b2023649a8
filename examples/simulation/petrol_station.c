/* petrol_station.c - cars fill up at two pumps from one tank; when that runs low a truck is called,
 * and takes its time. */
/* SPDX-License-Identifier: MIT */
#include "simulation.h"

enum { PUMPS = 2, TANK = 200, CAR_TANK = 50, LEAST_LEFT = 5, MOST_LEFT = 25 };
enum { LEAST_INTERVAL = 30, MOST_INTERVAL = 300, TRUCK = 300, STORY = 1000, DAY = 20000 };

static const double SPEED = 2; /* litres a second */
static const double LOW = TANK / 10.0;

static struct run *run;
static cede_resource *pumps;
static cede_container *tank;
static cede_change level = CEDE_CHANGE_INIT("level of the tank");
static cede_tally stays;
static int n_trucks;

/* [car] */
static int car(void *arg)
{
    const int number = (int)(intptr_t)arg;
    const double arrived = cede_sim_now();
    const double litres =
        CAR_TANK - (double)cede_random_integer(&run->random, LEAST_LEFT, MOST_LEFT);
    cede_claim pump = CEDE_CLAIM_INIT;

    say("%4g car %d comes\n", arrived, number);
    CEDE_TRY(cede_resource_acquire(pumps, &pump));
    CEDE_TRY(cede_container_get(tank, litres));
    CEDE_TRY(cede_sim_hold(litres / SPEED));
    cede_resource_release(&pump);
    cede_tally_add(&stays, cede_sim_now() - arrived);
    say("%4g car %d has %g litres after %g s\n", cede_sim_now(), number, litres,
        cede_sim_now() - arrived);
    return 0;
}

static bool is_low(void *arg)
{
    return cede_container_level(tank) < LOW;
}

static int owner(void *arg)
{
    for (;;) {
        CEDE_TRY(cede_change_wait(&level, is_low, NULL));
        say("%4g the tank holds %g litres: a truck is called\n", cede_sim_now(),
            cede_container_level(tank));
        CEDE_TRY(cede_sim_hold(TRUCK));
        n_trucks++;
        say("%4g the truck brings %g litres\n", cede_sim_now(), TANK - cede_container_level(tank));
        CEDE_TRY(cede_container_put(tank, TANK - cede_container_level(tank)));
    }
}
/* [/car] */

static int street(void *arg)
{
    for (int i = 0;; i++) {
        CEDE_TRY(cede_sim_hold(
            (double)cede_random_integer(&run->random, LEAST_INTERVAL, MOST_INTERVAL)));
        CEDE_TRY(cede_sim_start(car, (void *)(intptr_t)i));
    }
}

static int station(void *arg)
{
    run = arg;
    stays = (cede_tally){0};
    n_trucks = 0;
    CEDE_TRY(
        cede_resource_create(&(cede_resource_options){.name = "pumps", .capacity = PUMPS}, &pumps));
    CEDE_TRY(cede_container_create(
        &(cede_container_options){
            .name = "tank", .capacity = TANK, .level = TANK, .changes = &level},
        &tank));
    CEDE_TRY(cede_sim_start(owner, NULL));
    CEDE_TRY(cede_sim_start(street, NULL));
    CEDE_TRY(cede_sim_hold(is_story ? STORY : DAY));
    run->figures[0] = cede_tally_mean(&stays);
    run->figures[1] = n_trucks;
    return stop();
}

static void end(void)
{
    cede_resource_destroy(pumps);
    cede_container_destroy(tank);
}

int main(int argc, char **argv)
{
    return tell_or_measure(argc, argv, station, end);
}

/* Output:
 *  217 car 0 comes
 * 229.5 car 0 has 25 litres after 12.5 s
 *  335 car 1 comes
 * 349.5 car 1 has 29 litres after 14.5 s
 *  493 car 2 comes
 * 512.5 car 2 has 39 litres after 19.5 s
 *  579 car 3 comes
 * 601.5 car 3 has 45 litres after 22.5 s
 *  660 car 4 comes
 * 676.5 car 4 has 33 litres after 16.5 s
 *  908 car 5 comes
 *  908 the tank holds 3 litres: a truck is called
 *  921 car 5 has 26 litres after 13 s
 * 41 records, trace 91ac3c378d8ff7cb
 */
