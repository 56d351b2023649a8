/* queue.c - work for three workers: a queue, and waiting until all of it is done. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [worker] */
static int worker(void *arg)
{
    cede_queue *jobs = arg;
    cede_time job;
    int rc;

    while ((rc = cede_queue_get(jobs, &job)) == 0) {
        CEDE_TRY(cede_sleep(job));
        printf("%s: %g s\n", cede_task_name(NULL), cede_time_seconds(job));
        cede_queue_task_done(jobs);
    }
    return rc == CEDE_ESHUTDOWN ? 0 : rc; /* no more jobs: that is how it ends */
}
/* [/worker] */

/* [jobs] */
static int run(void *arg)
{
    static const char *const names[] = {"ann", "bob", "cid"};
    const cede_queue_options options = {
        .sync.name = "jobs", .item_size = sizeof(cede_time), .max_size = 4};
    cede_queue *jobs;
    cede_group group;
    int rc = 0;

    CEDE_TRY(cede_queue_create(&options, &jobs));
    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < 3; i++)
        rc = cede_group_spawn_with(&group, &(cede_task_options){.name = names[i]}, worker, jobs);
    for (int i = 1; rc == 0 && i <= 8; i++) {
        const cede_time job = CEDE_S(i);
        rc = cede_queue_put(jobs, &job); /* waits while four are there */
    }
    if (rc == 0)
        rc = cede_queue_join(jobs); /* until every job is done */
    printf("all done at %g s\n", cede_time_seconds(cede_now()));
    cede_queue_shutdown(jobs, false);
    rc = cede_group_join(&group, rc);
    cede_queue_destroy(jobs);
    return rc;
}
/* [/jobs] */

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, run, NULL) == 0 ? 0 : 1;
}

/* Output:
 * ann: 1 s
 * bob: 2 s
 * cid: 3 s
 * ann: 4 s
 * bob: 5 s
 * cid: 6 s
 * ann: 7 s
 * bob: 8 s
 * all done at 15 s
 */
