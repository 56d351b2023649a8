/* sim_hold.c - the same without processes: events in cede's own order, compiled into this program.
 *
 * There is no cancelling, no priority, no stack; the least that an event can cost.
 */
/* SPDX-License-Identifier: MIT */
#include "loop/calendar.c"
#include "loop/timer_sort.c"
#include "loop/timers.c"

typedef struct cede__timer event_place;
static const event_place event_nowhere = {.slot = CEDE__TIMER_IDLE};

#include "sim_hold.h"

static struct cede__timers timers;

static void order_init(long size)
{
    (void)size;
    cede__timers_init(&timers);
}

static void order_put(struct event *event, double time)
{
    int64_t key;

    memcpy(&key, &time, sizeof key);
    bench_check(cede__timers_add(&timers, &event->place, key) == 0, "memory");
}

static struct event *order_take(void)
{
    const int64_t key = cede__timers_next(&timers);

    memcpy(&now, &key, sizeof now);
    return cede__container_of(cede__timers_take(&timers, key), struct event, place);
}

int main(int argc, char **argv)
{
    const int rc = sim_hold_main(argc, argv, "callbacks");

    cede__timers_fini(&timers);
    return rc;
}
