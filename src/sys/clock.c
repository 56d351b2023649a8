/* clock.c - reads the system's clocks; they cannot fail on the clocks asked for. */
/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "sys/clock.h"

static int64_t clock_read(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t cede__clock_monotonic(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

int64_t cede__clock_realtime(void)
{
    return clock_read(CLOCK_REALTIME);
}
