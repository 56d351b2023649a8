/* cede/time.h - points in time and spans, in nanoseconds
 *
 * One type for both. A deadline is a point on the clock of the loop it is used with (`cede_now`); a
 * plain thread uses the system's monotonic clock, which is also the clock of a loop on real time.
 * Source: src/base/time.c   Tests: tests/base/test_time.c
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TIME_H
#define CEDE_TIME_H

#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* Nanoseconds: a span, or a point counted from the clock's own zero. 292 years either way. */
typedef int64_t cede_time;

/* Later than every point in time: no deadline. */
#define CEDE_NEVER INT64_MAX

/* Spans from seconds, milliseconds, microseconds; whole or fractional, constant if the argument
 * is. */
#define CEDE_S(seconds)       ((cede_time)((seconds)*1000000000.0))
#define CEDE_MS(milliseconds) ((cede_time)((milliseconds)*1000000.0))
#define CEDE_US(microseconds) ((cede_time)((microseconds)*1000.0))

/* A place in a loop's order of time, embedded in larger things: for the library's own use. */
struct cede__timer {
    /* called once, on the loop's own stack, when disarmed */
    void (*fire)(struct cede__timer *timer);
    uint32_t slot; /* which of the loop's slots points back here */
};

/**
 * The sum of a point and a span, held at CEDE_NEVER or at the least value instead of overflowing.
 *
 * @param point  a point in time; CEDE_NEVER stays CEDE_NEVER
 * @param span   nanoseconds, of either sign
 * @return the sum
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_time cede_time_add(cede_time point, cede_time span);

/**
 * A span in seconds, for printing.
 *
 * @param span  nanoseconds
 * @return the same in seconds
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_time_seconds(cede_time span);

CEDE_END_DECLS

#endif
