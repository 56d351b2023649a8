/* pace.c - counting units, guessing when the clock is worth reading, and the rate.
 *
 * An add compares the count with `next`, the count at which the clock is worth reading: that is all
 * it costs. After each look at the clock `next` is set so far ahead that, at the speed since the
 * look before, an eighth of min_interval will pass. It never moves ahead by more than twice the
 * last distance, so a program that slows down is noticed soon.
 *
 *      rated_n       checked_n        n           next
 *   ------|--------------|------------|------------|-------> units
 *      rated_at      checked_at
 *
 * The rate is the quotient of two exponential moving averages, of units and of seconds between
 * drawings, as tqdm has it. Called by progress.c.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "progress/pace.h"

#define LOOKS_PER_INTERVAL 8 /* at the clock, while the speed stays the same */

static int64_t add_clamped(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return b > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

static void average_add(struct cede__average *average, double value, double smoothing)
{
    average->last = smoothing * value + (1 - smoothing) * average->last;
    average->n_values++;
}

static double average_value(const struct cede__average *average, double smoothing)
{
    if (average->n_values == 0)
        return 0;
    return average->last / (1 - pow(1 - smoothing, average->n_values));
}

void cede__pace_start(struct cede__pace *pace, int64_t n, cede_time now)
{
    pace->n = pace->rated_n = pace->checked_n = n;
    pace->started_at = pace->rated_at = pace->checked_at = now;
    pace->units = pace->seconds = (struct cede__average){0, 0};
    /* The first distance is the shortest: nothing is known of the speed. */
    pace->next = add_clamped(n, pace->min_steps > 0 ? pace->min_steps : 1);
    if (pace->stopped)
        pace->next = INT64_MAX;
}

void cede__pace_stop(struct cede__pace *pace)
{
    pace->stopped = true;
    pace->next = INT64_MAX;
}

void cede__pace_take_back(struct cede__pace *pace, int64_t n)
{
    pace->n = add_clamped(pace->n, n);
    pace->rated_n = add_clamped(pace->rated_n, n);
    pace->checked_n = add_clamped(pace->checked_n, n);
    if (!pace->stopped)
        pace->next = add_clamped(pace->next, n);
}

void cede__pace_look_ahead(struct cede__pace *pace, cede_time now)
{
    const double target = (double)pace->min_interval / LOOKS_PER_INTERVAL;
    const double done = (double)pace->n - (double)pace->checked_n;
    const double distance = (double)pace->next - (double)pace->checked_n;
    const double most = 2 * fmax(1, fmax(distance, done));
    double step;

    if (pace->stopped)
        return;
    if (pace->min_steps > 0) {
        pace->next = add_clamped(pace->rated_n, pace->min_steps);
        return;
    }
    step = now > pace->checked_at ? done * target / (double)(now - pace->checked_at) : most;
    if (target <= 0)
        step = 1;
    step = fmin(fmax(step, 1), fmin(most, 0x1p62));
    pace->next = add_clamped(pace->n, (int64_t)step);
    pace->checked_n = pace->n;
    pace->checked_at = now;
}

void cede__pace_step(struct cede__pace *pace, cede_time now)
{
    const double units = (double)pace->n - (double)pace->rated_n;

    /* Drawn again without anything new: the time goes on counting. */
    if (units == 0)
        return;
    if (pace->smoothing > 0 && now != pace->rated_at) {
        average_add(&pace->units, units, pace->smoothing);
        average_add(&pace->seconds, cede_time_seconds(now - pace->rated_at), pace->smoothing);
    }
    pace->rated_n = pace->n;
    pace->rated_at = now;
}

void cede__pace_skip(struct cede__pace *pace, cede_time now)
{
    pace->started_at += now - pace->rated_at;
    pace->rated_at = now;
    pace->checked_at = now;
}

bool cede__pace_rate(const struct cede__pace *pace, double *rate)
{
    const double seconds = average_value(&pace->seconds, pace->smoothing);

    if (seconds == 0)
        return false;
    *rate = average_value(&pace->units, pace->smoothing) / seconds;
    return true;
}
