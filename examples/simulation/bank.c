/* bank.c - customers come to a bank with one counter; who waits for longer than they care to goes
 * away again: reneging. */
/* SPDX-License-Identifier: MIT */
#include "simulation.h"

enum { CUSTOMERS = 20 };

static const double INTERVAL = 10, SERVICE = 12; /* on average */
static const double LEAST_PATIENCE = 1, MOST_PATIENCE = 3;

static struct run *run;
static cede_resource *counter;

/* [customer] */
static int customer(void *arg)
{
    const int number = (int)(intptr_t)arg;
    const double arrived = cede_sim_now();
    const double patience = cede_random_uniform(&run->random, LEAST_PATIENCE, MOST_PATIENCE);
    cede_claim turn = CEDE_CLAIM_INIT;
    int rc = 0;

    say("%7.3f customer %d comes\n", arrived, number);
    CEDE_TIMEOUT(CEDE_S(patience), rc) {
        rc = cede_resource_acquire(counter, &turn);
    }
    if (rc == -ETIMEDOUT) {
        say("%7.3f customer %d leaves after %.3f\n", cede_sim_now(), number, patience);
        return 0;
    }
    CEDE_TRY(rc);
    say("%7.3f customer %d waited for %.3f\n", cede_sim_now(), number, cede_sim_now() - arrived);
    CEDE_TRY(cede_sim_hold(cede_random_exponential(&run->random, SERVICE)));
    say("%7.3f customer %d is done\n", cede_sim_now(), number);
    cede_resource_release(&turn);
    return 0;
}
/* [/customer] */

static int bank(void *arg)
{
    cede_future *customers[CUSTOMERS];
    const int n = is_story ? 5 : CUSTOMERS;
    cede_facility_stats stats;

    run = arg;
    CEDE_TRY(cede_resource_create(&(cede_resource_options){.name = "counter"}, &counter));
    for (int i = 0; i < n; i++) {
        customers[i] = cede_sim_spawn(customer, (void *)(intptr_t)i);
        CEDE_TRY(cede_sim_hold(cede_random_exponential(&run->random, INTERVAL)));
    }
    for (int i = 0; i < n; i++)
        CEDE_TRY(cede_join(customers[i]));
    cede_resource_stats(counter, &stats);
    run->figures[0] = (double)stats.n_left;
    run->figures[1] = cede_tally_mean(&stats.holds);
    if (is_story)
        cede_facility_report(stdout);
    return 0;
}

static void end(void)
{
    cede_resource_destroy(counter);
}

int main(int argc, char **argv)
{
    return tell_or_measure(argc, argv, bank, end);
}

/* Output:
 *   0.000 customer 0 comes
 *   0.000 customer 0 waited for 0.000
 *   4.292 customer 1 comes
 *   6.882 customer 1 leaves after 2.590
 *   9.244 customer 2 comes
 *  10.875 customer 2 leaves after 1.632
 *  13.967 customer 3 comes
 *  15.057 customer 3 leaves after 1.090
 *  15.906 customer 4 comes
 *  18.081 customer 4 leaves after 2.175
 *  23.175 customer 0 is done
 *                          mean     most   in use  waiting     wait  longest  served  left  lost
 * resource 'counter'     0.5816        1    58.2%   0.1879        0        0       1     4     0
 * 26 records, trace df7131d9bb123abd
 */
