/* event.c - tasks that wait for the same thing to happen; a thread makes it happen. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [event] */
static cede_event loaded = CEDE_EVENT_INIT_SHARED("loaded");
static int table[3];

static int load(void *arg) /* in a thread */
{
    for (int i = 0; i < 3; i++)
        table[i] = i * i;
    return cede_event_set(&loaded);
}

static int look_up(void *arg) /* in tasks */
{
    const int *i = arg;

    CEDE_TRY(cede_event_wait(&loaded));
    printf("%d: %d\n", *i, table[*i]);
    return 0;
}
/* [/event] */

static int run(void *arg)
{
    int keys[] = {0, 1, 2};
    cede_future *tasks[3];

    for (int i = 0; i < 3; i++)
        tasks[i] = cede_spawn(look_up, &keys[i]);
    CEDE_TRY(cede_run_in_thread(load, NULL));
    for (int i = 0; i < 3; i++)
        CEDE_TRY(cede_join(tasks[i]));
    return 0;
}

int main(void)
{
    return cede_run(run, NULL) == 0 ? 0 : 1;
}

/* Output:
 * 0: 0
 * 1: 1
 * 2: 4
 */
