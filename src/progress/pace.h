/* pace.h - counting units, guessing when the clock is worth reading, and the rate. Floor 6c.
 *
 * Pure but for its own fields: the time is always the caller's.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_PACE_H
#define CEDE_PROGRESS_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include <cede/time.h>

#include "base/base.h"

/* An exponential moving average that starts without a bias towards 0. */
struct cede__average {
    double last;
    int n_values;
};

struct cede__pace {
    int64_t n;    /* units counted */
    int64_t next; /* the count at which the clock is read; INT64_MAX once stopped */

    int64_t checked_n; /* n when the clock was last read */
    int64_t rated_n;   /* n at the last step of the rate */
    cede_time checked_at;
    cede_time rated_at;
    cede_time started_at;                /* moved on by pauses */
    struct cede__average units, seconds; /* between steps of the rate */

    double smoothing;       /* 0 < smoothing <= 1; else the rate is left to the mean */
    cede_time min_interval; /* between drawings; 0 or less: every unit */
    int64_t min_steps;      /* units between looks at the clock; 0: found here */
    bool stopped;
};

/* Begin at `n` units now; the settings stay. */
void cede__pace_start(struct cede__pace *pace, int64_t n, cede_time now);

/* Never ask for the clock again. */
void cede__pace_stop(struct cede__pace *pace);

/* After a stop: let every add say that the clock is worth reading, whoever does that. */
static inline void cede__pace_call_always(struct cede__pace *pace)
{
    pace->next = INT64_MIN;
}

/* Take `n` (negative) units back: the marks move with the count. */
void cede__pace_take_back(struct cede__pace *pace, int64_t n);

/* Count `n` units. Whether the clock is worth reading. */
static inline bool cede__pace_add(struct cede__pace *pace, int64_t n)
{
    int64_t sum;

    if (cede__unlikely(n < 0)) {
        cede__pace_take_back(pace, n);
        return pace->n >= pace->next;
    }
    if (cede__unlikely(__builtin_add_overflow(pace->n, n, &sum)))
        sum = INT64_MAX;
    pace->n = sum;
    return cede__unlikely(sum >= pace->next);
}

/* The clock has been read: decide on the count at which it is read next. */
void cede__pace_look_ahead(struct cede__pace *pace, cede_time now);

/* A drawing that is due: what came since the last one counts for the rate. */
void cede__pace_step(struct cede__pace *pace, cede_time now);

/* Leave the time since the last step out. */
void cede__pace_skip(struct cede__pace *pace, cede_time now);

/* The smoothed rate in units a second; false where there is none yet, or none is wanted. */
bool cede__pace_rate(const struct cede__pace *pace, double *rate);

#endif
