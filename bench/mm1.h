/* mm1.h - one server, customers who arrive at random and take random times: each is put into a
 * queue, taken out, and held. */
/* SPDX-License-Identifier: MIT */
#ifndef BENCH_MM1_H
#define BENCH_MM1_H

#include <cede.h>

#include "bench.h"

struct shop {
    cede_queue *queue; /* of the customers' arrivals */
    cede_random random;
    long count;
    double time_in_shop;
};

static inline int arrive(void *arg)
{
    struct shop *shop = arg;

    for (long i = 0; i < shop->count; i++) {
        double now;

        CEDE_TRY(cede_sim_hold(cede_random_exponential(&shop->random, 1 / 0.9)));
        now = cede_sim_now();
        CEDE_TRY(cede_queue_put(shop->queue, &now));
    }
    return 0;
}

static inline int serve(void *arg)
{
    struct shop *shop = arg;

    for (long i = 0; i < shop->count; i++) {
        double arrival;

        CEDE_TRY(cede_queue_get(shop->queue, &arrival));
        CEDE_TRY(cede_sim_hold(cede_random_exponential(&shop->random, 1)));
        shop->time_in_shop += cede_sim_now() - arrival;
    }
    return 0;
}

/* A simulation of `count` customers. 10 is their mean time in theory; that it is above 0 tells that
 * they came. Nanoseconds that the run took. */
static inline int64_t mm1_run(long count, uint64_t seed, double *mean_time_out)
{
    const cede_queue_options options = {.item_size = sizeof(double)};
    struct shop shop = {.count = count};
    cede_sim *sim = NULL;

    cede_random_init(&shop.random, seed, "shop");
    bench_check(cede_sim_create(NULL, &sim) == 0, "create");
    bench_check(cede_queue_create(&options, &shop.queue) == 0, "queue");
    bench_check(cede_sim_start(arrive, &shop) == 0 && cede_sim_start(serve, &shop) == 0, "start");

    const int64_t start = bench_now();
    bench_check(cede_sim_run(sim) == 0, "run");
    const int64_t end = bench_now();

    bench_check(shop.time_in_shop > 0, "customers");
    cede_queue_destroy(shop.queue);
    cede_sim_destroy(sim);
    *mean_time_out = shop.time_in_shop / (double)count;
    return end - start;
}

#endif
