/* tick.h - redrawing a bar when its program does not come by. Floor 6c. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_TICK_H
#define CEDE_PROGRESS_TICK_H

#include <cede/progress.h>

/* Redraw the bar if what it shows is out of date: units that were counted since, or a second of
 * elapsed time. A chore of the loop on whose thread the bar is used. Returns nanoseconds until
 * it is worth calling again; CEDE_NEVER once the bar is closed or shows nothing. */
cede_time cede__progress_tick(cede_progress *bar);

#endif
