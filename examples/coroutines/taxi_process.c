/* taxi_process.c - a taxi as a coroutine, driven by hand: it yields what happens when, and is sent
 * the time at which it goes on.
 *
 * Where Python's last send raises StopIteration, cede_send returns 0. */
/* SPDX-License-Identifier: MIT */
#include "taxi.h"

int main(void)
{
    static const int later[] = {7, 23, 5, 48, 1, 10};
    cede_gen *taxi = check_made(
        cede_gen_create(taxi_process, &(struct taxi){.ident = 13, .trips = 2, .start_time = 0}));
    void *item;
    int time, rc = cede_next(taxi, &item);

    for (size_t i = 0; rc > 0; i++) {
        const struct event *result = item;
        print_event(result);
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
