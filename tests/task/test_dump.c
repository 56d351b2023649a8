/* test_dump.c - a deadlock is reported: who waits for whom, and where each task stands. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "harness/harness.h"

#define CIRCLE_LINE "each waits for the next"

static volatile int after;
static cede_future *promise;

static int wait_for_promise(void)
{
    const int rc = cede_await(promise);

    after++;
    return rc;
}

static int (*volatile call_wait)(void) = wait_for_promise;

static int waiting(void *arg)
{
    (void)arg;
    const int rc = call_wait();
    after++;
    return rc;
}

static int never_completed(void *arg)
{
    (void)arg;
    promise = cede_future_create();
    cede_future *task = cede_spawn(waiting, NULL);
    const int rc = cede_join(task);

    cede_future_unref(promise);
    return rc;
}

TEST(dump, a_deadlock_is_an_error_and_names_each_task_and_what_it_waits_for)
{
    test_capture_reports();

    CHECK_EQ(cede_run(never_completed, NULL), -EDEADLK);

    CHECK_HAS(test_reports(), "cede: deadlock: ");
    CHECK_HAS(test_reports(), "<Task pending name='never_completed' at test_dump.c:");
    CHECK_HAS(test_reports(), "waiting for task 'waiting'>\n");
    CHECK_HAS(test_reports(), "<Task pending name='waiting' at test_dump.c:");
    CHECK_HAS(test_reports(), "waiting for a Future>\n");
    CHECK(!strstr(test_reports(), CIRCLE_LINE));
}

#if defined(CEDE__HAVE_LIBDW)

TEST(dump, a_deadlock_shows_where_each_task_stands)
{
    test_capture_reports();

    CHECK_EQ(cede_run(never_completed, NULL), -EDEADLK);

    CHECK_HAS(test_reports(), "waiting for task 'waiting'>\n"
                              "    cede_join\n"
                              "    never_completed at test_dump.c:");
    CHECK_HAS(test_reports(), "waiting for a Future>\n"
                              "    cede_await\n"
                              "    wait_for_promise at test_dump.c:");
    CHECK_HAS(test_reports(), "    waiting at test_dump.c:");
    CHECK(!strstr(test_reports(), "task_enter"));
}

#endif

static cede_future *tasks[3];

static int awaits_next(void *arg)
{
    const int rc = cede_await(*(cede_future **)arg);

    after++;
    return rc;
}

static int circle(void *arg)
{
    static const char *const names[] = {"anna", "bert", "carl"};

    (void)arg;
    for (int i = 0; i < 3; i++) {
        tasks[i] = cede_spawn(awaits_next, &tasks[(i + 1) % 3]);
        CHECK_EQ(cede_task_set_name(tasks[i], names[i]), 0);
    }
    const int rc = cede_gather(tasks, 3, NULL);
    for (int i = 0; i < 3; i++)
        cede_future_unref(tasks[i]);
    return rc;
}

TEST(dump, tasks_that_wait_for_each_other_in_a_circle_are_shown_as_one)
{
    test_capture_reports();

    CHECK_EQ(cede_run(circle, NULL), -EDEADLK);

    /* It may begin with any of the three. */
    CHECK_HAS(test_reports(), "'anna' -> 'bert'");
    CHECK_HAS(test_reports(), "'bert' -> 'carl'");
    CHECK_HAS(test_reports(), "'carl' -> 'anna'");
    const char *line = strstr(test_reports(), CIRCLE_LINE);
    CHECK(line != NULL);
    CHECK(strstr(line + 1, CIRCLE_LINE) == NULL);
    /* Cancelled, the circle comes apart. */
    CHECK(strstr(test_reports(), "cannot be ended") == NULL);
}

enum { MANY = 1000 };

static int many_waiting(void *arg)
{
    static cede_future *waiters[MANY];

    (void)arg;
    promise = cede_future_create();
    for (int i = 0; i < MANY; i++)
        waiters[i] = cede_spawn(waiting, NULL);
    const int rc = cede_gather(waiters, MANY, NULL);
    for (int i = 0; i < MANY; i++)
        cede_future_unref(waiters[i]);
    cede_future_unref(promise);
    return rc;
}

static unsigned count(const char *text, const char *word)
{
    unsigned n = 0;

    for (; (text = strstr(text, word)); text++)
        n++;
    return n;
}

TEST(dump, of_a_thousand_tasks_those_that_fit_are_shown_and_the_others_counted)
{
    unsigned n_left_out = 0;

    test_capture_reports();
    test_time_limit(10);

    CHECK_EQ(cede_run(many_waiting, NULL), -EDEADLK);

    const char *report = test_reports();
    const char *last = strstr(report, "\n  and ");
    CHECK(last != NULL);
    CHECK_EQ(sscanf(last, "\n  and %u more\n", &n_left_out), 1);
    CHECK_EQ(count(report, "<Task pending name='waiting'") + n_left_out, MANY);
    CHECK(n_left_out < MANY - 300);
}

static int self_cancelled(void *arg)
{
    (void)arg;
    (void)cede_sleep(CEDE_NEVER);
    return 7;
}

TEST(dump, one_who_sleeps_for_ever_is_cancelled_and_may_still_end_well)
{
    test_capture_reports();

    CHECK_EQ(cede_run(self_cancelled, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "waiting for sleep for ever>");
}
