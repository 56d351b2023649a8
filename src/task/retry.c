/* retry.c - calling a function again when it failed, after pauses that double. */
/* SPDX-License-Identifier: MIT */
#include <cede/loop.h>
#include <cede/retry.h>

#include "task/task.h"

#define DEFAULT_DELAY     CEDE_MS(100)
#define DEFAULT_MAX_DELAY CEDE_S(30)

/* Twice as long, but no longer than `max`. */
static cede_time delay_double(cede_time delay, cede_time max)
{
    return delay >= max / 2 ? max : delay * 2;
}

int cede_retry(const cede_retry_options *options, cede_fn *fn, void *arg)
{
    static const cede_retry_options defaults;
    const cede_retry_options *o = options ? options : &defaults;
    const cede_time max = o->max_delay > 0 ? o->max_delay : DEFAULT_MAX_DELAY;
    const cede_time first = o->delay > 0 ? o->delay : DEFAULT_DELAY;
    cede_time delay = first < max ? first : max;
    unsigned n_failed = 0;

    for (;;) {
        cede_time begun, pause;
        int rc;

        CEDE_TRY(cede_checkpoint());
        begun = cede_now();
        rc = fn(arg);
        if (rc >= 0 || rc == -ECANCELED)
            return rc;
        if (o->steady > 0 && cede_now() - begun >= o->steady) {
            n_failed = 0;
            delay = first < max ? first : max;
        }
        n_failed++;
        if (o->n_tries > 0 && n_failed >= o->n_tries)
            return rc;
        pause = delay;
        if (o->again && !o->again(rc, n_failed, &pause, arg))
            return rc;
        if (o->failed)
            o->failed(rc, n_failed, arg);
        CEDE_TRY(cede_sleep(pause));
        delay = delay_double(delay, max);
    }
}
