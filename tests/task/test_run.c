/* test_run.c - cede_run and cede_loop_run_until_complete: outcomes, what is left over, deadlocks,
 * Ctrl-C, closing. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cede/watch.h>

#include "harness/harness_task.h"

static const cede_run_options virtual = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

static int return_seven(void *arg)
{
    (void)arg;
    return 7;
}

static int fail(void *arg)
{
    (void)arg;
    return cede_raise(-EIO, "the disk is on fire");
}

static int await_it(void *arg)
{
    return cede_await(arg);
}

/* Outcomes. */

TEST(run, gives_what_main_returned)
{
    CHECK_EQ(cede_run(return_seven, NULL), 7);
}

TEST(run, gives_the_failure_of_main_with_its_record)
{
    CHECK_EQ(cede_run(fail, NULL), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "the disk is on fire");
}

TEST(run, d31_may_be_called_again_and_again)
{
    for (int i = 0; i < 100; i++) {
        CHECK_EQ(cede_run(return_seven, NULL), 7);
        CHECK_PTR(cede_loop_current(), NULL);
    }
}

static int run_inside(void *arg)
{
    (void)arg;
    return cede_run(return_seven, NULL);
}

TEST(run, inside_of_a_run_is_refused)
{
    CHECK_EQ(cede_run(run_inside, NULL), -EBUSY);
}

TEST(run, refuses_options_that_make_no_sense)
{
    const cede_run_options clock = {.loop = {.clock = (cede_clock)9}};
    const cede_run_options engine = {.loop = {.engine = "steam"}};

    CHECK_EQ(cede_run_with(&clock, return_seven, NULL), -EINVAL);
    CHECK_EQ(cede_run_with(&engine, return_seven, NULL), -ENOENT);
    CHECK_PTR(cede_loop_current(), NULL);
}

static int cancel_self(void *arg)
{
    (void)arg;
    CHECK(cede_cancel(cede_task_current()));
    return cede_checkpoint();
}

TEST(run, of_a_main_that_was_cancelled_is_cancelled)
{
    CHECK_EQ(cede_run(cancel_self, NULL), -ECANCELED);
}

static int await_what_is_cancelled(void *arg)
{
    cede_future *task = cede_spawn(test_sleep_for_ever, arg);

    CHECK(cede_cancel(task));
    return cede_join(task);
}

TEST(run, of_a_main_that_met_a_revoked_future_says_so)
{
    CHECK_EQ(cede_run(await_what_is_cancelled, NULL), CEDE_EREVOKED);
    CHECK_HAS(cede_error_message(cede_error_last()), "name='test_sleep_for_ever'");
}

/* What is left over. */

static int note_cancelled(void *arg)
{
    const int rc = cede_sleep(CEDE_NEVER);

    test_note("%s:%s", (const char *)arg, cede_error_name(rc));
    return rc;
}

static int leave_tasks(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_start(note_cancelled, "a"), 0);
    CHECK_EQ(cede_start(note_cancelled, "b"), 0);
    CHECK_EQ(cede_sleep(0), 0);
    test_note("main");
    return 0;
}

TEST(run, cancels_what_is_left_and_lets_it_end)
{
    CHECK_EQ(cede_run(leave_tasks, NULL), 0);
    CHECK_STR(test_notes(), "main a:ECANCELED b:ECANCELED");
}

static int slow_cleanup(void *arg)
{
    cede_scope shield;

    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_NEVER), -ECANCELED);
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    CHECK_EQ(cede_sleep(CEDE_S(5)), 0);
    CHECK_EQ(cede_scope_exit(&shield, 0), 0);
    test_note("cleaned at %g", cede_time_seconds(cede_now()));
    return cede_start(note_cancelled, "late");
}

static int leave_slow_cleanup(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_start(slow_cleanup, NULL), 0);
    return cede_sleep(CEDE_S(1));
}

TEST(run, waits_for_the_clean_up_of_what_is_left_and_ends_what_that_starts)
{
    CHECK_EQ(cede_run_with(&virtual, leave_slow_cleanup, NULL), 0);
    CHECK_STR(test_notes(), "cleaned at 6 late:ECANCELED");
}

static int shielded_for_ever(void *arg)
{
    cede_scope shield;

    (void)arg;
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    (void)cede_sleep(CEDE_NEVER);
    FAIL("a sleep for ever ended");
}

static int leave_a_shielded_task(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_start(shielded_for_ever, NULL), 0);
    return cede_sleep(0);
}

TEST(run, reports_and_leaves_what_cannot_be_ended)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&virtual, leave_a_shielded_task, NULL), 0);
    CHECK_HAS(test_reports(), "cede: a task cannot be ended and is left as it is: "
                              "<Task pending name='shielded_for_ever' at test_run.c:");
    CHECK_PTR(cede_loop_current(), NULL);
    CHECK_EQ(cede_run(return_seven, NULL), 7); /* the thread is free for another */
}

/* Idea 7: deadlocks. */

static int await_a_promise_nobody_keeps(void *arg)
{
    (void)arg;
    return cede_join(cede_future_create());
}

static int deadlock(void *arg)
{
    cede_future *task = cede_spawn(await_a_promise_nobody_keeps, arg);
    const int rc = cede_join(task);

    test_note("%s", cede_error_name(rc));
    return rc;
}

TEST(run, a_deadlock_is_reported_with_who_waits_for_what_and_is_an_error)
{
    test_capture_reports();
    CHECK_EQ(cede_run(deadlock, NULL), -EDEADLK);
    CHECK_STR(test_notes(), "ECANCELED");
    CHECK_HAS(test_reports(),
              "cede: deadlock: no task can run, and nothing is left that could wake one\n");
    CHECK_HAS(test_reports(), "<Task pending name='deadlock' at test_run.c:");
    CHECK_HAS(test_reports(), " waiting for task 'await_a_promise_nobody_keeps'>, age ");
    CHECK_HAS(test_reports(), " waiting for a Future>, age ");
}

TEST(run, a_task_that_can_never_be_ended_does_not_hang_a_deadlock)
{
    test_capture_reports();
    CHECK_EQ(cede_run(shielded_for_ever, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "cannot be ended");
}

static int two_that_wait_for_each_other(void *arg)
{
    cede_future **other = arg;

    return cede_await(*other);
}

static int deadly_embrace(void *arg)
{
    cede_future *a = NULL, *b = NULL;
    int rc;

    (void)arg;
    a = cede_spawn_with(&(cede_task_options){.name = "wait_on_b"}, two_that_wait_for_each_other,
                        &b);
    b = cede_spawn_with(&(cede_task_options){.name = "wait_on_a"}, two_that_wait_for_each_other,
                        &a);
    rc = cede_await(a);
    CHECK_EQ(cede_await(b), -ECANCELED);
    CHECK(cede_future_is_done(b));
    cede_future_unref(a);
    cede_future_unref(b);
    return rc;
}

TEST(run, two_tasks_that_await_each_other_are_a_deadlock)
{
    test_capture_reports();
    CHECK_EQ(cede_run(deadly_embrace, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "name='wait_on_a'");
    CHECK_HAS(test_reports(), "waiting for task 'wait_on_a'>");
}

static int await_shared(void *arg)
{
    return cede_await(arg);
}

static void *keep_later(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_MS(30)), 0);
    CHECK_EQ(cede_future_set(arg, NULL), 0);
    return NULL;
}

TEST(run, a_shared_future_that_somebody_may_keep_is_no_deadlock)
{
    cede_future *promise = cede_future_create();
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, keep_later, promise), 0);
    CHECK_EQ(cede_run(await_shared, promise), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    cede_future_unref(promise);
}

static int forget_a_shared_promise(void *arg)
{
    cede_future_unref(cede_future_share(cede_future_create()));
    return await_a_promise_nobody_keeps(arg);
}

TEST(run, a_shared_promise_that_is_forgotten_does_not_hide_a_deadlock)
{
    test_capture_reports();
    CHECK_EQ(cede_run(forget_a_shared_promise, NULL), -EDEADLK);
}

/* Run until complete. */

TEST(run, until_complete_gives_the_outcome_and_leaves_the_loop_open)
{
    cede_loop *loop = NULL;
    cede_future *task;

    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    for (int i = 0; i < 3; i++) {
        task = cede_spawn(return_seven, NULL);
        CHECK_EQ(cede_loop_run_until_complete(loop, task), 7);
        CHECK_EQ(cede_loop_run_until_complete(loop, task), 7); /* done already */
        cede_future_unref(task);
    }
    task = cede_spawn(fail, NULL);
    CHECK_EQ(cede_loop_run_until_complete(loop, task), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "the disk is on fire");
    cede_future_unref(task);
    CHECK_EQ(cede_loop_close(loop), 0);
}

static void stop_loop(void *arg)
{
    cede_loop_stop(arg);
}

TEST(run, until_complete_says_if_the_loop_was_stopped_first)
{
    cede_loop *loop = NULL;
    cede_future *task;

    CHECK_EQ(cede_loop_create(&virtual.loop, &loop), 0);
    task = cede_spawn(test_sleep_for_ever, NULL);
    CHECK_EQ(cede_call_later(loop, CEDE_S(1), stop_loop, loop, NULL), 0);
    CHECK_EQ(cede_loop_run_until_complete(loop, task), CEDE_ENOTDONE);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_loop_run_until_complete(loop, task), CEDE_EREVOKED);
    cede_future_unref(task);
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(run, until_complete_on_a_closed_loop_is_an_error)
{
    cede_loop *loop = NULL;

    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_EQ(cede_loop_run_until_complete(loop, NULL), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_loop_run_forever(loop), CEDE_ESHUTDOWN);
}

TEST(run, until_complete_of_no_future_is_an_error)
{
    cede_loop *loop = NULL;

    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    CHECK_EQ(cede_loop_run_until_complete(loop, NULL), -EINVAL);
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(run, a_loop_that_is_closed_ends_the_tasks_it_ran_for_ever)
{
    cede_loop *loop = NULL;

    CHECK_EQ(cede_loop_create(&virtual.loop, &loop), 0);
    cede_future_unref(cede_spawn(note_cancelled, "a"));
    CHECK_EQ(cede_call_later(loop, CEDE_S(1), stop_loop, loop, NULL), 0);
    CHECK_EQ(cede_loop_run_forever(loop), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_STR(test_notes(), "a:ECANCELED");
}

static int pipe_ends[2];

static void *write_later(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_MS(10)), 0);
    CHECK_EQ(write(pipe_ends[1], "x", 1), 1);
    return NULL;
}

static void keep(unsigned ready, void *promise)
{
    CHECK_EQ(ready, CEDE_READABLE);
    (void)cede_future_set(promise, NULL);
}

static int await_a_pipe(void *arg)
{
    cede_future *promise = cede_future_create();
    cede_watch *watch;
    int rc;

    (void)arg;
    CHECK_EQ(cede_watch_start(pipe_ends[0], CEDE_READABLE, keep, promise, &watch), 0);
    rc = cede_join(promise);
    cede_watch_stop(watch);
    return rc;
}

TEST(run, d34_what_only_a_descriptor_can_wake_is_no_deadlock)
{
    pthread_t thread;

    CHECK_EQ(pipe(pipe_ends), 0);
    CHECK_EQ(pthread_create(&thread, NULL, write_later, NULL), 0);
    CHECK_EQ(cede_run(await_a_pipe, NULL), 0);
    pthread_join(thread, NULL);
}

static void note_text(void *arg)
{
    test_note("%s", (const char *)arg);
}

TEST(run, for_ever_is_no_deadlock)
{
    cede_loop *loop = NULL;
    cede_future *promise, *task;

    test_capture_reports();
    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    promise = cede_future_create();
    task = cede_spawn(await_it, promise);
    CHECK_EQ(cede_call_later(loop, CEDE_MS(30), note_text, "still here", NULL), 0);
    CHECK_EQ(cede_call_later(loop, CEDE_MS(60), stop_loop, loop, NULL), 0);
    CHECK_EQ(cede_loop_run_forever(loop), 0);
    CHECK_STR(test_notes(), "still here");
    CHECK_STR(test_reports(), "");
    cede_future_unref(task);
    CHECK_EQ(cede_loop_close(loop), 0);
    cede_future_unref(promise);
}

/* Ctrl-C. */

static int interrupt_and_sleep(void *arg)
{
    int rc;

    (void)arg;
    CHECK_EQ(kill(getpid(), SIGINT), 0);
    rc = cede_sleep(CEDE_S(3600));
    test_note("%s", cede_error_name(rc));
    return rc;
}

TEST(run, d8_d31_ctrl_c_cancels_main_and_is_an_error_of_its_own)
{
    CHECK_EQ(cede_run(interrupt_and_sleep, NULL), -EINTR);
    CHECK_STR(test_notes(), "ECANCELED");
    CHECK_HAS(cede_error_message(cede_error_last()), "Ctrl-C");
}

static int swallow_interrupt(void *arg)
{
    (void)interrupt_and_sleep(arg);
    CHECK_EQ(cede_uncancel(), 0);
    CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    return 4;
}

TEST(run, d31_main_may_take_a_ctrl_c_as_a_wish_and_go_on)
{
    CHECK_EQ(cede_run(swallow_interrupt, NULL), 4);
}

static int ignore_interrupts(void *arg)
{
    (void)interrupt_and_sleep(arg);
    return interrupt_and_sleep(arg);
}

/* The wait status of a child that runs `fn`. */
static int status_of_child(cede_fn *fn)
{
    int status = 0;
    const pid_t child = fork();

    if (child == 0) {
        (void)cede_run(fn, NULL);
        _exit(0);
    }
    CHECK(child > 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    return status;
}

TEST(run, d31_a_second_ctrl_c_ends_the_process_at_once_with_status_130)
{
    const int status = status_of_child(ignore_interrupts);

    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 130);
}

static int spin_on_interrupt(void *arg)
{
    (void)arg;
    CHECK_EQ(kill(getpid(), SIGINT), 0);
    CHECK_EQ(kill(getpid(), SIGINT), 0);
    for (;;)
        ; /* never gives way: the second must not need the loop */
}

TEST(run, d31_a_second_ctrl_c_needs_no_loop)
{
    const int status = status_of_child(spin_on_interrupt);

    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 130);
}

static bool sigint_is_default(void)
{
    struct sigaction action;

    CHECK_EQ(sigaction(SIGINT, NULL, &action), 0);
    return action.sa_handler == SIG_DFL;
}

static int sigint_left_alone(void *arg)
{
    (void)arg;
    return sigint_is_default();
}

TEST(run, d31_ctrl_c_is_put_back_as_it_was_and_left_alone_on_request)
{
    const cede_run_options options = {.ignore_ctrl_c = true};

    CHECK_EQ(cede_run(sigint_left_alone, NULL), 0);
    CHECK(sigint_is_default());
    CHECK_EQ(cede_run_with(&options, sigint_left_alone, NULL), 1);
}

TEST(run, d31_a_disposition_of_the_programs_own_is_kept)
{
    struct sigaction action = {.sa_handler = SIG_IGN};

    CHECK_EQ(sigaction(SIGINT, &action, NULL), 0);
    CHECK_EQ(cede_run(return_seven, NULL), 7);
    CHECK_EQ(sigaction(SIGINT, NULL, &action), 0);
    CHECK(action.sa_handler == SIG_IGN);
}

static void *run_in_thread(void *arg)
{
    *(int *)arg = cede_run(sigint_left_alone, NULL);
    return NULL;
}

TEST(run, d31_ctrl_c_belongs_to_the_main_thread)
{
    pthread_t thread;
    int rc = -1;

    CHECK_EQ(pthread_create(&thread, NULL, run_in_thread, &rc), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(rc, 1);
}
