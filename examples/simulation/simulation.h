/* simulation.h - what the models share: each is told as a story, or run many times for its figures.
 *
 *     bank          the story, and its trace as one number, which is the same on every machine
 *     bank 100      a line for each of a hundred runs, seeds 1 to 100: its figures
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_SIMULATION_H
#define CEDE_EXAMPLES_SIMULATION_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cede.h>

enum { STORY_SEED = 42 };

/* A run of a model: the argument of its first process. */
struct run {
    cede_random random; /* seeded */
    double figures[2];
};

static bool is_story;

/* printf, in a story. */
#define say(...) ((void)(is_story && printf(__VA_ARGS__)))

static inline void count_record(const cede_sim_record *record, void *n)
{
    ++*(int *)n;
}

/* Run the model once, traced. */
static inline int tell(cede_fn *model, void *arg)
{
    cede_sim *sim;
    int rc, n = 0;

    CEDE_TRY(cede_sim_create(NULL, &sim));
    cede_sim_trace(sim, count_record, &n);
    rc = cede_sim_start(model, arg);
    if (rc == 0)
        rc = cede_sim_run(sim);
    printf("%d records, trace %016llx\n", n, (unsigned long long)cede_sim_trace_hash(sim));
    cede_sim_destroy(sim);
    return rc;
}

/* Run the model, once or often; `end` gives back what it made. */
static inline int tell_or_measure(int argc, char **argv, cede_fn *model, void (*end)(void))
{
    const uint64_t n_runs = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    int rc = 0;

    is_story = n_runs == 0;
    for (uint64_t i = 1; rc == 0 && i <= (is_story ? 1 : n_runs); i++) {
        struct run run = {.figures = {0}};
        cede_random_init(&run.random, is_story ? STORY_SEED : i, "model");
        rc = is_story ? tell(model, &run) : cede_simulate(NULL, model, &run);
        end();
        if (!is_story)
            printf("%.17g %.17g\n", run.figures[0], run.figures[1]);
    }
    return rc < 0;
}

/* The end of a model that would go on for ever: whoever calls this has waited for it. */
static inline int stop(void)
{
    cede_sim_stop(cede_sim_current());
    return 0;
}

#endif
