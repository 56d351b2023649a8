/* simulation.h - what the models share: each is told as a story, or run many times for its figures.
 *
 *     bank          the story
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

/* Run the model, once or often; `end` gives back what it made. */
static inline int tell_or_measure(int argc, char **argv, cede_fn *model, void (*end)(void))
{
    const uint64_t n_runs = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    int rc = 0;

    is_story = n_runs == 0;
    for (uint64_t i = 1; rc == 0 && i <= (is_story ? 1 : n_runs); i++) {
        struct run run = {.figures = {0}};
        cede_random_init(&run.random, is_story ? STORY_SEED : i, "model");
        rc = cede_simulate(NULL, model, &run);
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
