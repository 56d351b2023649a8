/* feed.c - a thread makes items, a task uses them; between them a shared queue of three places. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [feed] */
static int read_sensor(void *arg) /* in a thread: may block as it likes */
{
    cede_queue *values = arg;

    for (int value = 1; value <= 5; value++)
        CEDE_TRY(cede_queue_put(values, &value)); /* blocks the thread while three are there */
    return cede_queue_shutdown(values, false);
}

static int add_up(void *arg) /* in a task: parks, and lets others run */
{
    cede_queue *values = arg;
    int value, sum = 0, rc;

    while ((rc = cede_queue_get(values, &value)) == 0)
        printf("%d, together %d\n", value, sum += value);
    return rc == CEDE_ESHUTDOWN ? 0 : rc;
}

static int run(void *arg)
{
    const cede_queue_options options = {
        .sync.shared = true, .item_size = sizeof(int), .max_size = 3};
    cede_queue *values;

    CEDE_TRY(cede_queue_create(&options, &values));
    cede_future *task = cede_spawn(add_up, values);
    CEDE_TRY(cede_run_in_thread(read_sensor, values));
    CEDE_TRY(cede_join(task));
    cede_queue_destroy(values);
    return 0;
}
/* [/feed] */

int main(void)
{
    return cede_run(run, NULL) == 0 ? 0 : 1;
}

/* Output:
 * 1, together 1
 * 2, together 3
 * 3, together 6
 * 4, together 10
 * 5, together 15
 */
