/* taxi.h - what the listings with taxis share: taxi_process, a taxi as a coroutine that yields what
 * happens when, and is sent the time at which it goes on. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_TAXI_H
#define CEDE_EXAMPLES_TAXI_H

#include "../python.h"

/* [body] */
struct event {
    int time; /* minutes */
    int proc;
    const char *action;
};

struct taxi {
    int ident;
    int trips;
    int start_time; /* minutes */
};

/* Yield an event; the time that is sent then. */
static inline int event(cede_gen *self, struct event event, int *time_out)
{
    void *time;

    CEDE_TRY(cede_yield(self, &event, &time));
    *time_out = *(int *)time;
    return 0;
}

static inline int taxi_process(cede_gen *self, void *arg)
{
    const struct taxi *taxi = arg;
    const int ident = taxi->ident;
    int time;

    CEDE_TRY(event(self, (struct event){taxi->start_time, ident, "leave garage"}, &time));
    for (int i = 0; i < taxi->trips; i++) {
        CEDE_TRY(event(self, (struct event){time, ident, "pick up passenger"}, &time));
        CEDE_TRY(event(self, (struct event){time, ident, "drop off passenger"}, &time));
    }
    return event(self, (struct event){time, ident, "going home"}, &time);
}
/* [/body] */

static inline void print_event(const struct event *event)
{
    printf("Event(time=%d, proc=%d, action='%s')\n", event->time, event->proc, event->action);
}

#endif
