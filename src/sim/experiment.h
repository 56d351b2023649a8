/* experiment.h - what became of an experiment's trials. Floor 7. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_EXPERIMENT_H
#define CEDE_SIM_EXPERIMENT_H

#include <cede/experiment.h>

/* What a trial sends back, from another process, too: no pointers. */
struct cede__outcome {
    int code; /* 0, or negative */
    char message[196];
    _Alignas(max_align_t) char result[];
};

struct cede_experiment {
    cede_experiment_options options; /* its points are our copy */
    size_t n;                        /* trials */
    size_t n_failed;
    size_t outcome_size;
    char *outcomes; /* n of outcome_size bytes */
};

static inline struct cede__outcome *cede__experiment_outcome(const cede_experiment *experiment,
                                                             size_t index)
{
    return (struct cede__outcome *)(void *)(experiment->outcomes +
                                            index * experiment->outcome_size);
}

/* What a trial is given. */
void cede__experiment_trial(const cede_experiment *experiment, size_t index, cede_trial *out);

#endif
