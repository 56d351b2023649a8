/* level.c - a value that changes in time: its mean, variance, least and greatest by duration.
 *
 * The same recurrence as a tally's, with durations for weights: each value is added when it ends,
 * or when somebody reads. The value of now, held since `since`, is not in the sums yet. Whatever
 * has a queue or units calls: resources for themselves, models for the rest.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/level.h>

/* A value that lasted for a while. */
static void level_weigh(cede_level *level, double value, double duration)
{
    const double distance = value - level->mean;

    if (duration <= 0)
        return;
    if (level->time <= 0 || value < level->least)
        level->least = value;
    if (level->time <= 0 || value > level->greatest)
        level->greatest = value;
    level->time += duration;
    level->mean += distance * (duration / level->time);
    level->squares += duration * distance * (value - level->mean);
}

void cede_level_start(cede_level *level, double now, double value)
{
    *level = (cede_level){.value = value, .since = now};
}

void cede_level_set(cede_level *level, double now, double value)
{
    if (!isfinite(value) || !isfinite(now) || now < level->since) {
        level->n_refused++;
        return;
    }
    level_weigh(level, level->value, now - level->since);
    level->since = now;
    level->value = value;
}

void cede_level_add(cede_level *level, double now, double change)
{
    cede_level_set(level, now, level->value + change);
}

void cede_level_restart(cede_level *level, double now)
{
    if (!isfinite(now) || now < level->since) {
        level->n_refused++;
        return;
    }
    *level = (cede_level){.value = level->value, .since = now, .n_refused = level->n_refused};
}

cede_level_summary cede_level_read(const cede_level *level, double now)
{
    cede_level past = *level;
    const double nothing = (double)NAN;

    level_weigh(&past, level->value, now - level->since);
    if (past.time <= 0)
        return (cede_level_summary){0, level->value, nothing, nothing, nothing, nothing};
    return (cede_level_summary){
        .time = past.time,
        .value = past.value,
        .mean = past.mean,
        .variance = past.squares / past.time,
        .min = past.least,
        .max = past.greatest,
    };
}

void cede_level_merge(cede_level *level, const cede_level *other)
{
    const double distance = other->mean - level->mean;
    const double time = level->time + other->time;

    level->n_refused += other->n_refused;
    if (other->time <= 0)
        return;
    if (level->time <= 0 || other->least < level->least)
        level->least = other->least;
    if (level->time <= 0 || other->greatest > level->greatest)
        level->greatest = other->greatest;
    level->squares += other->squares + distance * distance * (level->time * (other->time / time));
    level->mean += distance * (other->time / time);
    level->time = time;
}
