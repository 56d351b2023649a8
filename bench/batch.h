/* batch.h - tasks of cede's started a thousand at a time, whom nobody joins: a count says when all
 * have ended. */
/* SPDX-License-Identifier: MIT */
#ifndef BENCH_BATCH_H
#define BENCH_BATCH_H

#include <cede.h>

#include "bench.h"

struct batch {
    cede_future *all_done;
    long n_left; /* of this thousand */
    long ran;    /* ever */
};

/* One has run: the end of its body. */
static inline int batch_count(struct batch *batch)
{
    batch->ran++;
    return --batch->n_left == 0 ? cede_future_set(batch->all_done, NULL) : 0;
}

/* Start tasks by the thousand until at least `count` have ended. */
static inline int batch_run(struct batch *batch, cede_fn *body, long count)
{
    while (batch->ran < count) {
        batch->n_left = 1000;
        batch->all_done = cede_future_create();
        for (int i = 0; i < 1000; i++)
            CEDE_TRY(cede_start(body, batch));
        CEDE_TRY(cede_join(batch->all_done));
    }
    return 0;
}

#endif
