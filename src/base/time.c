/* time.c - arithmetic on points in time that never wraps. */
/* SPDX-License-Identifier: MIT */
#include <cede/time.h>

cede_time cede_time_add(cede_time point, cede_time span)
{
    cede_time sum;

    if (point == CEDE_NEVER)
        return CEDE_NEVER;
    if (__builtin_add_overflow(point, span, &sum))
        return span > 0 ? CEDE_NEVER : INT64_MIN;
    return sum;
}

double cede_time_seconds(cede_time span)
{
    return (double)span / 1e9;
}
