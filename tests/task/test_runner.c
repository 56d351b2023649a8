/* test_runner.c - several runs on one loop; CPython's test_runners.py is beside it. Row d31. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cede/local.h>
#include <cede/runner.h>

#include "harness/harness_task.h"

static const cede_run_options virtual = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

static cede_runner *make_runner(const cede_run_options *options)
{
    cede_runner *runner;

    CHECK_EQ(cede_runner_create(options, &runner), 0);
    return runner;
}

static int note_it(void *arg)
{
    test_note("%s", (const char *)arg);
    return 7;
}

static int note_the_end(void *arg)
{
    const int rc = cede_sleep(CEDE_S(1));

    test_note("%s:%s", (const char *)arg, rc < 0 ? cede_error_name(rc) : "end");
    return rc;
}

TEST(runner, d31_all_its_runs_are_on_one_loop)
{
    cede_runner *runner = make_runner(NULL);
    cede_loop *loop = cede_runner_loop(runner);

    CHECK_EQ(cede_runner_run(runner, note_it, "first"), 7);
    CHECK_PTR(cede_loop_current(), loop);
    CHECK_EQ(cede_runner_run(runner, note_it, "second"), 7);
    CHECK_PTR(cede_runner_loop(runner), loop);
    CHECK_EQ(cede_runner_close(runner), 0);
    CHECK_PTR(cede_loop_current(), NULL);
    CHECK_STR(test_notes(), "first second");
}

static int fail(void *arg)
{
    return cede_raise(-EIO, "%s", (const char *)arg);
}

TEST(runner, a_run_that_fails_is_no_end_of_the_runner)
{
    cede_runner *runner = make_runner(NULL);

    CHECK_EQ(cede_runner_run(runner, fail, "out of ink"), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "out of ink");
    CHECK_EQ(cede_runner_run(runner, note_it, "second"), 7);
    CHECK_EQ(cede_runner_close(runner), 0);
}

static int leave_one(void *arg)
{
    return cede_start(note_the_end, arg);
}

static int sleep_two_seconds(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_S(2));
}

TEST(runner, d31_what_a_run_leaves_goes_on_in_the_next)
{
    cede_runner *runner = make_runner(&virtual);

    CHECK_EQ(cede_runner_run(runner, leave_one, "left"), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_runner_run(runner, sleep_two_seconds, NULL), 0);
    CHECK_STR(test_notes(), "left:end");
    CHECK_EQ(cede_runner_close(runner), 0);
}

TEST(runner, d31_closing_cancels_what_is_left)
{
    cede_runner *runner = make_runner(&virtual);

    test_capture_reports();
    CHECK_EQ(cede_runner_run(runner, leave_one, "left"), 0);
    CHECK_EQ(cede_runner_close(runner), 0);
    CHECK_STR(test_notes(), "left:ECANCELED");
    CHECK_STR(test_reports(), "");
    CHECK_EQ(cede_runner_close(NULL), 0);
}

TEST(runner, d31_one_that_never_ran_can_be_closed)
{
    CHECK_EQ(cede_runner_close(make_runner(NULL)), 0);
}

/* Values. */

static cede_local colour = {"none"};

static int note_and_set_colour(void *arg)
{
    test_note("%s", (const char *)cede_local_get(&colour));
    return arg ? cede_local_set(&colour, arg) : 0;
}

TEST(runner, d31_values_are_kept_from_run_to_run)
{
    cede_runner *runner = make_runner(NULL);

    CHECK_EQ(cede_runner_run(runner, note_and_set_colour, "red"), 0);
    CHECK_EQ(cede_runner_run(runner, note_and_set_colour, NULL), 0);
    CHECK_EQ(cede_runner_run(runner, note_and_set_colour, "blue"), 0);
    CHECK_EQ(cede_runner_run(runner, note_and_set_colour, NULL), 0);
    CHECK_EQ(cede_runner_close(runner), 0);
    CHECK_STR(test_notes(), "none red red blue");
}

/* Misuse. */

struct inner {
    cede_runner *runner;
    int run_rc, close_rc;
};

static int run_and_close_inside(void *arg)
{
    struct inner *inner = arg;

    inner->run_rc = cede_runner_run(inner->runner, note_it, "inside");
    inner->close_rc = cede_runner_close(inner->runner);
    return 0;
}

TEST(runner, d31_is_neither_run_nor_closed_while_it_runs)
{
    struct inner inner = {.runner = make_runner(NULL)};

    CHECK_EQ(cede_runner_run(inner.runner, run_and_close_inside, &inner), 0);
    CHECK_EQ(inner.run_rc, -EBUSY);
    CHECK_EQ(inner.close_rc, -EBUSY);
    CHECK_EQ(cede_runner_close(inner.runner), 0);
}

TEST(runner, is_not_created_where_there_is_a_loop)
{
    cede_runner *runner = make_runner(NULL), *second;

    CHECK_EQ(cede_runner_create(NULL, &second), -EBUSY);
    CHECK_EQ(cede_runner_close(runner), 0);
}

static void *run_elsewhere(void *arg)
{
    struct inner *inner = arg;

    inner->run_rc = cede_runner_run(inner->runner, note_it, "elsewhere");
    inner->close_rc = cede_runner_close(inner->runner);
    return NULL;
}

TEST(runner, belongs_to_its_thread)
{
    struct inner inner = {.runner = make_runner(NULL)};
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, run_elsewhere, &inner), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(inner.run_rc, -EBUSY);
    CHECK_EQ(inner.close_rc, -EBUSY);
    CHECK_EQ(cede_runner_close(inner.runner), 0);
}

/* A run that the loop leaves. */

static int stop_and_note(void *arg)
{
    cede_loop_stop(NULL);
    CHECK_EQ(cede_sleep(0), 0);
    return note_it(arg);
}

TEST(runner, a_main_task_that_a_stopped_loop_left_ends_in_the_next_run)
{
    cede_runner *runner = make_runner(&virtual);

    CHECK_EQ(cede_runner_run(runner, stop_and_note, "late"), CEDE_ENOTDONE);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_runner_run(runner, sleep_two_seconds, NULL), 0);
    CHECK_STR(test_notes(), "late");
    CHECK_EQ(cede_runner_close(runner), 0);
}

/* Ctrl-C, a real one. */

static void interrupt(void *arg)
{
    (void)arg;
    CHECK_EQ(kill(getpid(), SIGINT), 0);
}

static int sleep_until_interrupted(void *arg)
{
    int rc;

    (void)arg;
    CHECK_EQ(cede_call_soon(NULL, interrupt, NULL), 0);
    rc = cede_sleep(CEDE_NEVER);
    test_note("%s", cede_error_name(rc));
    return rc;
}

TEST(runner, d31_ctrl_c_cancels_the_main_task_of_each_run)
{
    cede_runner *runner = make_runner(NULL);

    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_runner_run(runner, sleep_until_interrupted, NULL), -EINTR);
    CHECK_EQ(cede_runner_run(runner, note_it, "calm"), 7);
    CHECK_EQ(cede_runner_close(runner), 0);
    CHECK_STR(test_notes(), "ECANCELED ECANCELED ECANCELED calm");
}

static int uncancel_what_interrupts(void *arg)
{
    (void)sleep_until_interrupted(arg);
    CHECK_EQ(cede_uncancel(), 0);
    return 5;
}

TEST(runner, d31_a_main_task_that_takes_the_interruption_back_has_its_result)
{
    cede_runner *runner = make_runner(NULL);

    CHECK_EQ(cede_runner_run(runner, uncancel_what_interrupts, NULL), 5);
    CHECK_EQ(cede_runner_close(runner), 0);
}

static int ignore_what_interrupts(void *arg)
{
    (void)sleep_until_interrupted(arg);
    interrupt(NULL);
    FAIL("the second Ctrl-C was survived");
}

TEST(runner, d31_a_second_ctrl_c_in_one_run_ends_the_process)
{
    int status = 0;
    const pid_t child = fork();

    if (child == 0) {
        cede_runner *runner = make_runner(NULL);
        CHECK_EQ(cede_runner_run(runner, sleep_until_interrupted, NULL), -EINTR);
        (void)cede_runner_run(runner, ignore_what_interrupts, NULL);
        _exit(1);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 130);
}

TEST(runner, d31_between_runs_nobody_catches_ctrl_c)
{
    cede_runner *runner = make_runner(NULL);
    struct sigaction action;

    CHECK_EQ(cede_runner_run(runner, note_it, "first"), 7);
    CHECK_EQ(sigaction(SIGINT, NULL, &action), 0);
    CHECK(action.sa_handler == SIG_DFL);
    CHECK_EQ(cede_runner_close(runner), 0);
}

/* Options. */

TEST(runner, d32_debug_mode_comes_from_the_options)
{
    const cede_run_options debug = {.loop = {.debug = true}};
    cede_runner *runner = make_runner(&debug);

    CHECK(cede_loop_is_debug(cede_runner_loop(runner)));
    CHECK_EQ(cede_runner_close(runner), 0);
    runner = make_runner(NULL);
    CHECK(!cede_loop_is_debug(cede_runner_loop(runner)));
    CHECK_EQ(cede_runner_close(runner), 0);
}

static int run_twice(void)
{
    cede_runner *runner;
    int rc = cede_runner_create(&virtual, &runner);

    if (rc < 0)
        return rc;
    rc = cede_runner_run(runner, note_and_set_colour, "green");
    if (rc == 0)
        rc = cede_runner_run(runner, note_and_set_colour, NULL);
    CHECK_EQ(cede_runner_close(runner), 0);
    return rc;
}

TEST(runner, survives_every_failing_allocation)
{
    CHECK_EQ(run_twice(), 0); /* stacks are kept for the next */
    test_sweep_allocations(run_twice);
}
