/* queues.c - M/M/1, M/M/c and M/G/1 against theory: an experiment of four designs, ten runs
 * each. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include <cede.h>

/* [model] */
struct design {
    int desks;
    double rate;     /* customers come so often; serving one takes 1 on average */
    double variance; /* of the time that takes: 1 is exponential, 0 always the same */
};

struct outcome {
    double wait, busy; /* mean wait, and share of the desks' time in use */
};

struct office {
    const struct design *design;
    struct outcome *outcome;
    cede_random arrivals, service;
    cede_resource *desk;
};

static int customer(void *arg)
{
    struct office *office = arg;
    const double variance = office->design->variance;
    cede_claim claim = CEDE_CLAIM_INIT;
    int rc;

    CEDE_TRY(cede_resource_acquire(office->desk, &claim));
    rc = cede_sim_hold(variance > 0 ? cede_random_gamma(&office->service, 1 / variance, variance)
                                    : 1);
    cede_resource_release(&claim);
    return rc;
}

static int open_office(void *arg)
{
    struct office *office = arg;
    cede_facility_stats stats;

    CEDE_TRY(cede_resource_create(
        &(cede_resource_options){.capacity = (size_t)office->design->desks}, &office->desk));
    for (int i = 0; i < 12000; i++) {
        if (i == 2000)
            cede_facility_restart(); /* the warm-up is over */
        CEDE_TRY(
            cede_sim_hold(cede_random_exponential(&office->arrivals, 1 / office->design->rate)));
        CEDE_TRY(cede_sim_start(customer, office));
    }
    cede_resource_stats(office->desk, &stats);
    office->outcome->wait = cede_tally_mean(&stats.get_waits);
    office->outcome->busy = stats.utilisation;
    return 0;
}

static int run_office(const cede_trial *trial, void *result)
{
    struct office office = {.design = trial->point, .outcome = result};
    int rc;

    cede_random_init(&office.arrivals, trial->seed, "arrivals");
    cede_random_init(&office.service, trial->seed, "service");
    rc = cede_simulate(&(cede_sim_options){.seed = trial->seed}, open_office, &office);
    cede_resource_destroy(office.desk);
    return rc;
}
/* [/model] */

/* The mean wait in theory: Pollaczek and Khinchin for one desk, Erlang's C for several. */
static double theory(const struct design *d)
{
    const double share = d->rate / d->desks;
    double term = 1, sum = 1;

    if (d->desks == 1)
        return share / (1 - share) * (1 + d->variance) / 2;
    for (int k = 1; k < d->desks; k++)
        sum += term *= d->rate / k;
    term *= d->rate / d->desks / (1 - share);
    return term / (sum + term) / (d->desks - d->rate);
}

/* [experiment] */
static int compare(void)
{
    static const struct design designs[] = {{1, 0.8, 1}, {4, 3.2, 1}, {1, 0.8, 0}, {1, 0.8, 0.25}};
    static const char *const names[] = {"M/M/1", "M/M/4", "M/D/1", "M/G/1"};
    static const cede_column columns[] = {CEDE_COLUMN_RESULT(struct outcome, wait),
                                          CEDE_COLUMN_RESULT(struct outcome, busy)};
    cede_experiment *experiment;

    CEDE_TRY(cede_experiment_run(&(cede_experiment_options){.fn = run_office,
                                                            .points = designs,
                                                            .n_points = 4,
                                                            .point_size = sizeof *designs,
                                                            .n_runs = 10,
                                                            .result_size = sizeof(struct outcome),
                                                            .seed = 1,
                                                            .columns = columns,
                                                            .n_columns = 2},
                                 &experiment));
    for (size_t i = 0; i < 4; i++) {
        const cede_tally waits = cede_experiment_tally(experiment, i, "wait");
        const cede_tally busy = cede_experiment_tally(experiment, i, "busy");
        const cede_interval wait = cede_interval_of(&waits, 0.99);

        printf("%s: wait %.2f +- %.2f, in theory %.2f: %s; busy %.1f %%\n", names[i], wait.mean,
               wait.half_width, theory(&designs[i]),
               fabs(wait.mean - theory(&designs[i])) <= wait.half_width ? "agree" : "differ",
               100 * cede_tally_mean(&busy));
    }
    cede_experiment_destroy(experiment);
    return 0;
}
/* [/experiment] */

int main(void)
{
    return compare() < 0;
}

/* Output:
 * M/M/1: wait 3.94 +- 0.44, in theory 4.00: agree; busy 80.2 %
 * M/M/4: wait 0.77 +- 0.12, in theory 0.75: agree; busy 80.3 %
 * M/D/1: wait 1.96 +- 0.09, in theory 2.00: agree; busy 79.9 %
 * M/G/1: wait 2.47 +- 0.28, in theory 2.50: agree; busy 79.8 %
 */
