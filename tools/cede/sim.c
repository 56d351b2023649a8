/* sim.c - `cede sim`: small simulations to look at. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede/distribution.h>
#include <cede/random.h>
#include <cede/sim.h>
#include <cede/sim_process.h>

#include "tool.h"

enum { SEARCH_DURATION = 5, TRIP_DURATION = 20, DEPARTURE_INTERVAL = 5, MAX_TAXIS = 1000 };

static const char help[] =
    "usage: cede sim taxi [OPTION]...\n"
    "\n"
    "Taxis leave their garage, one every five minutes, search for passengers, carry them, and go\n"
    "home: a line for each event, indented by taxi. The same seed prints the same.\n"
    "\n"
    "  --taxis N    so many taxis (by default 3); the n-th makes 2 n trips\n"
    "  --seed N     of the random durations (by default 0)\n"
    "  --end N      stop after N minutes (by default 180)\n";

struct fleet {
    long n_taxis;
    long seed;
    long end;  /* minutes */
    int n_out; /* taxis that have not gone home */
    cede_random random;
};

struct taxi {
    struct fleet *fleet;
    int ident;
};

/* Print what happens now, and let a random time of that mean pass, in whole minutes. */
static int taxi_does(struct taxi *taxi, const char *action, double mean)
{
    printf("taxi: %d %*s Event(time=%.0f, proc=%d, action='%s')\n", taxi->ident, 2 * taxi->ident,
           "", cede_sim_now(), taxi->ident, action);
    if (mean == 0)
        return 0;
    return cede_sim_hold(floor(cede_random_exponential(&taxi->fleet->random, mean)) + 1);
}

static int taxi_process(void *arg)
{
    struct taxi *taxi = arg;

    CEDE_TRY(cede_sim_hold(taxi->ident * DEPARTURE_INTERVAL));
    CEDE_TRY(taxi_does(taxi, "leave garage", SEARCH_DURATION));
    for (int i = 0; i < 2 * (taxi->ident + 1); i++) {
        CEDE_TRY(taxi_does(taxi, "pick up passenger", TRIP_DURATION));
        CEDE_TRY(taxi_does(taxi, "drop off passenger", SEARCH_DURATION));
    }
    CEDE_TRY(taxi_does(taxi, "going home", 0));
    taxi->fleet->n_out--;
    return 0;
}

static int fleet_start(struct fleet *fleet, struct taxi *taxis)
{
    cede_random_init(&fleet->random, (uint64_t)fleet->seed, "taxis");
    for (int i = 0; i < fleet->n_taxis; i++) {
        /* at the same minute those with lower numbers go first */
        const cede_sim_process_options options = {.priority = i};
        cede_future *process;

        taxis[i] = (struct taxi){.fleet = fleet, .ident = i};
        process = cede_sim_spawn_with(&options, taxi_process, &taxis[i]);
        if (!process)
            return cede_error_code(cede_error_last());
        cede_future_unref(process);
        fleet->n_out++;
    }
    return 0;
}

/* Event after event, until one is no earlier than the end. */
static int fleet_run(struct fleet *fleet, cede_sim *sim)
{
    int rc = 1;

    while (rc > 0 && cede_sim_now() < (double)fleet->end)
        rc = cede_sim_step(sim);
    if (rc == 0)
        printf("*** end of events ***\n");
    else if (rc > 0)
        printf("*** end of simulation time: %d events pending ***\n", fleet->n_out);
    return rc;
}

static int fleet_simulate(struct fleet *fleet)
{
    struct taxi *taxis = calloc((size_t)fleet->n_taxis, sizeof *taxis);
    cede_sim *sim;
    int rc;

    if (!taxis)
        return cede_raise(-ENOMEM, "no memory for the taxis");
    rc = cede_sim_create(NULL, &sim);
    if (rc == 0) {
        rc = fleet_start(fleet, taxis);
        if (rc == 0)
            rc = fleet_run(fleet, sim);
        cede_sim_destroy(sim);
    }
    free(taxis);
    return rc;
}

/* TOOL_OK: go on; TOOL_USAGE; or -1: help was asked for. */
static int parse_arguments(int argc, char **argv, struct fleet *fleet)
{
    static const struct option options[] = {{"taxis", required_argument, NULL, 't'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"end", required_argument, NULL, 'e'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int c;

    while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (c == 'h')
            return -1;
        if (c == '?')
            return TOOL_USAGE; /* getopt has said why */
        if (!(c == 't'   ? tool_number("--taxis", optarg, 1, MAX_TAXIS, &fleet->n_taxis)
              : c == 's' ? tool_number("--seed", optarg, 0, INT64_MAX, &fleet->seed)
                         : tool_number("--end", optarg, 0, 1000000000, &fleet->end)))
            return TOOL_USAGE;
    }
    if (optind + 1 != argc || strcmp(argv[optind], "taxi") != 0)
        return tool_usage("sim", "which simulation? There is one: taxi");
    return TOOL_OK;
}

int sim_main(int argc, char **argv)
{
    struct fleet fleet = {.n_taxis = 3, .end = 180};
    int rc = parse_arguments(argc, argv, &fleet);

    if (rc < 0) {
        fputs(help, stdout);
        return TOOL_OK;
    }
    if (rc != TOOL_OK)
        return rc;
    if (fleet_simulate(&fleet) >= 0)
        return TOOL_OK;
    fprintf(stderr, "cede sim: %s\n", cede_error_message(cede_error_last()));
    return TOOL_FAILURE;
}
