/* clock.h - the system's clocks. Floor 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_CLOCK_H
#define CEDE_SYS_CLOCK_H

#include <stdint.h>

/* Nanoseconds that only grow, from an arbitrary zero. */
int64_t cede__clock_monotonic(void);

/* Nanoseconds since 1970, which may be set. */
int64_t cede__clock_realtime(void);

#endif
