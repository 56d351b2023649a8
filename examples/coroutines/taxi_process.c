/* taxi_process.c - a taxi as a coroutine, driven by hand: it yields what happens when, and is sent
 * the time at which it goes on.
 *
 * Where Python's last send raises StopIteration, cede_send returns 0. */
/* SPDX-License-Identifier: MIT */
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
static int event(cede_gen *self, struct event event, int *time_out)
{
    void *time;

    CEDE_TRY(cede_yield(self, &event, &time));
    *time_out = *(int *)time;
    return 0;
}

static int taxi_process(cede_gen *self, void *arg)
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

int main(void)
{
    static const int later[] = {7, 23, 5, 48, 1, 10};
    cede_gen *taxi = check_made(
        cede_gen_create(taxi_process, &(struct taxi){.ident = 13, .trips = 2, .start_time = 0}));
    void *item;
    int time, rc = cede_next(taxi, &item);

    for (size_t i = 0; rc > 0; i++) {
        const struct event *result = item;
        printf("Event(time=%d, proc=%d, action='%s')\n", result->time, result->proc,
               result->action);
        time = result->time + later[i];
        rc = cede_send(taxi, &time, &item);
    }
    print_end(rc);
    cede_gen_destroy(taxi);
    return rc < 0;
}

/* Output:
 * Event(time=0, proc=13, action='leave garage')
 * Event(time=7, proc=13, action='pick up passenger')
 * Event(time=30, proc=13, action='drop off passenger')
 * Event(time=35, proc=13, action='pick up passenger')
 * Event(time=83, proc=13, action='drop off passenger')
 * Event(time=84, proc=13, action='going home')
 * StopIteration
 */
