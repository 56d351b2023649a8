/* sim_trials.c - cede: an experiment of 100 runs of the model of sim.mm1, in so many threads. */
/* SPDX-License-Identifier: MIT */
#include "mm1.h"

static int trial_run(const cede_trial *trial, void *result)
{
    (void)mm1_run(*(const long *)trial->point, trial->seed, result);
    return 0;
}

int main(int argc, char **argv)
{
    const long customers = bench_count(argc, argv) / 100, n_threads = bench_size(argc, argv);
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = (unsigned)n_threads});
    cede_experiment *experiment = NULL;

    const int64_t start = bench_now();
    bench_check(cede_experiment_run(&(cede_experiment_options){.fn = trial_run,
                                                               .executor = pool,
                                                               .points = &customers,
                                                               .n_points = 1,
                                                               .point_size = sizeof customers,
                                                               .n_runs = 100,
                                                               .result_size = sizeof(double),
                                                               .seed = 1},
                                    &experiment) == 0,
                "the experiment");
    const int64_t end = bench_now();

    bench_check(cede_experiment_failed(experiment) == 0, "trials");
    cede_experiment_destroy(experiment);
    cede_executor_destroy(pool);
    bench_result(n_threads == 1 ? "sim.trials.one-core" : "sim.trials", "cede", "s",
                 (double)(end - start) / 1e9);
    return 0;
}
