/* taxi_sim.c - Simulator: taxis as coroutines, driven by a queue of their events.
 *
 *     taxi_sim [SEED [TAXIS [END]]]
 *
 * The random numbers are cede's, so the times are others than Python's; `cede sim taxi` prints the
 * same for the same seed, and has the library's simulation do the work. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "taxi.h"

enum { SEARCH_DURATION = 5, TRIP_DURATION = 20, DEPARTURE_INTERVAL = 5, MAX_TAXIS = 100 };

/* [simulator] */
struct simulator {
    cede_queue *events; /* the earliest first */
    int n_taxis;
    struct taxi taxis[MAX_TAXIS];
    cede_gen *procs[MAX_TAXIS]; /* NULL: it has gone home */
    cede_random random;
};

/* Minutes until the next event after that one. */
static int compute_duration(struct simulator *sim, const struct event *previous)
{
    int interval = SEARCH_DURATION;

    if (strcmp(previous->action, "pick up passenger") == 0)
        interval = TRIP_DURATION;
    else if (strcmp(previous->action, "going home") == 0)
        return 1;
    return (int)cede_random_exponential(&sim->random, interval) + 1;
}

static int simulator_run(struct simulator *sim, int end_time)
{
    int sim_time = 0;
    struct event current;
    void *next;

    for (int i = 0; i < sim->n_taxis; i++) {
        CEDE_TRY(cede_next(sim->procs[i], &next));
        CEDE_TRY(cede_queue_try_put(sim->events, next));
    }
    while (sim_time < end_time) {
        if (cede_queue_try_get(sim->events, &current) == -EAGAIN) {
            printf("*** end of events ***\n");
            return 0;
        }
        sim_time = current.time;
        printf("taxi: %d %*s ", current.proc, 2 * current.proc, "");
        print_event(&current);

        int next_time = sim_time + compute_duration(sim, &current);
        const int rc = cede_send(sim->procs[current.proc], &next_time, &next);
        CEDE_TRY(rc);
        if (rc > 0) {
            CEDE_TRY(cede_queue_try_put(sim->events, next));
        } else {
            cede_gen_destroy(sim->procs[current.proc]);
            sim->procs[current.proc] = NULL;
        }
    }
    printf("*** end of simulation time: %zu events pending ***\n", cede_queue_size(sim->events));
    return 0;
}
/* [/simulator] */

static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    return x->time != y->time ? x->time - y->time : x->proc - y->proc;
}

int main(int argc, char **argv)
{
    static struct simulator sim;
    const cede_queue_options options = {
        .item_size = sizeof(struct event), .order = CEDE_QUEUE_PRIORITY, .compare = compare_events};
    const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 3;
    const int end_time = argc > 3 ? atoi(argv[3]) : 180;
    int rc = cede_queue_create(&options, &sim.events);

    sim.n_taxis = argc > 2 ? atoi(argv[2]) : 3;
    if (rc < 0 || sim.n_taxis < 1 || sim.n_taxis > MAX_TAXIS)
        return 2;
    cede_random_init(&sim.random, seed, "taxis");
    for (int i = 0; i < sim.n_taxis; i++) {
        sim.taxis[i] = (struct taxi){i, (i + 1) * 2, i * DEPARTURE_INTERVAL};
        sim.procs[i] = check_made(cede_gen_create(taxi_process, &sim.taxis[i]));
    }
    rc = simulator_run(&sim, end_time);
    for (int i = 0; i < sim.n_taxis; i++)
        cede_gen_destroy(sim.procs[i]);
    cede_queue_destroy(sim.events);
    return rc < 0;
}

/* Output:
 * taxi: 0  Event(time=0, proc=0, action='leave garage')
 * taxi: 0  Event(time=2, proc=0, action='pick up passenger')
 * taxi: 1    Event(time=5, proc=1, action='leave garage')
 * taxi: 1    Event(time=8, proc=1, action='pick up passenger')
 * taxi: 2      Event(time=10, proc=2, action='leave garage')
 * taxi: 1    Event(time=15, proc=1, action='drop off passenger')
 * taxi: 2      Event(time=15, proc=2, action='pick up passenger')
 * taxi: 1    Event(time=23, proc=1, action='pick up passenger')
 * taxi: 2      Event(time=23, proc=2, action='drop off passenger')
 * taxi: 2      Event(time=25, proc=2, action='pick up passenger')
 * taxi: 2      Event(time=33, proc=2, action='drop off passenger')
 * taxi: 2      Event(time=39, proc=2, action='pick up passenger')
 * taxi: 2      Event(time=48, proc=2, action='drop off passenger')
 * taxi: 2      Event(time=53, proc=2, action='pick up passenger')
 * taxi: 2      Event(time=54, proc=2, action='drop off passenger')
 * taxi: 2      Event(time=63, proc=2, action='pick up passenger')
 * taxi: 1    Event(time=69, proc=1, action='drop off passenger')
 * taxi: 1    Event(time=76, proc=1, action='pick up passenger')
 * taxi: 1    Event(time=77, proc=1, action='drop off passenger')
 * taxi: 0  Event(time=78, proc=0, action='drop off passenger')
 * taxi: 1    Event(time=78, proc=1, action='pick up passenger')
 * taxi: 0  Event(time=83, proc=0, action='pick up passenger')
 * taxi: 2      Event(time=117, proc=2, action='drop off passenger')
 * taxi: 2      Event(time=118, proc=2, action='pick up passenger')
 * taxi: 0  Event(time=126, proc=0, action='drop off passenger')
 * taxi: 0  Event(time=128, proc=0, action='going home')
 * taxi: 1    Event(time=135, proc=1, action='drop off passenger')
 * taxi: 1    Event(time=139, proc=1, action='going home')
 * taxi: 2      Event(time=197, proc=2, action='drop off passenger')
 * *** end of simulation time: 1 events pending ***
 */
