/* test_once.c - what is done once: by the first, again after a failure, never twice. */
/* SPDX-License-Identifier: MIT */
#include <cede/once.h>

#include "harness/harness_task.h"

static cede_once once;
static int n_runs;
static int n_failures; /* to come */

static int open_it(void *arg)
{
    (void)arg;
    n_runs++;
    CEDE_TRY(cede_sleep(CEDE_S(1)));
    if (n_failures > 0) {
        n_failures--;
        return cede_raise(-EIO, "it does not open");
    }
    return 5;
}

static int need_it(void *arg)
{
    const int rc = cede_once_run(&once, open_it, NULL);

    test_note("%s:%s", (const char *)arg, rc < 0 ? cede_error_name(rc) : "has it");
    return rc;
}

TEST_TASK(once, the_first_does_it_and_the_others_wait_for_it)
{
    cede_future *tasks[] = {cede_spawn(need_it, "a"), cede_spawn(need_it, "b"),
                            cede_spawn(need_it, "c")};

    CHECK_EQ(cede_sleep(CEDE_MS(500)), 0);
    CHECK(!cede_once_is_done(&once));
    CHECK(cede_once_runner(&once) == tasks[0]);
    CHECK_EQ(cede_once_n_waiting(&once), 2);
    CHECK_HAS(test_format(tasks[1]), "waiting for a once held by task 'need_it'");
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK(cede_once_is_done(&once));
    CHECK(cede_once_runner(&once) == NULL);
    CHECK_EQ(cede_once_n_waiting(&once), 0);
    CHECK_EQ(cede_once_run(&once, open_it, NULL), 0);
    CHECK_EQ(n_runs, 1);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(once, after_a_failure_the_next_in_the_queue_tries)
{
    cede_future *tasks[] = {cede_spawn(need_it, "a"), cede_spawn(need_it, "b"),
                            cede_spawn(need_it, "c")};

    n_failures = 1;
    CHECK_EQ(cede_join(tasks[0]), -EIO);
    CHECK_EQ(cede_join(tasks[1]), 0);
    CHECK_EQ(cede_join(tasks[2]), 0);
    CHECK_EQ(n_runs, 2);
    CHECK_STR(test_notes(), "a:EIO b:has it c:has it");
}

TEST_TASK(once, who_is_cancelled_while_it_runs_leaves_it_to_the_next)
{
    cede_future *a = cede_spawn(need_it, "a"), *b = cede_spawn(need_it, "b"),
                *c = cede_spawn(need_it, "c");

    CHECK_EQ(cede_sleep(CEDE_MS(500)), 0);
    CHECK(cede_cancel(b)); /* waits */
    CHECK(cede_cancel(a)); /* runs it */
    CHECK_EQ(cede_join(a), CEDE_EREVOKED);
    CHECK_EQ(cede_join(b), CEDE_EREVOKED);
    CHECK_EQ(cede_join(c), 0);
    CHECK_EQ(cede_now(), CEDE_MS(1500));
    CHECK_EQ(n_runs, 2);
}

static int need_itself(void *arg)
{
    return cede_once_run(&once, need_itself, arg);
}

TEST_TASK(once, what_needs_itself_is_refused)
{
    CHECK_EQ(cede_once_run(&once, need_itself, NULL), -EDEADLK);
    CHECK(!cede_once_is_done(&once));
    cede_once_init(&once, NULL);
    CHECK_EQ(cede_once_run(&once, open_it, NULL), 0);
}
