/* test_cancel.c - cancellation of tasks: a level with a count; who is told, who is waited for, what
 * is dropped. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

/* Bodies that many tests use. */

static int note_name(void *arg)
{
    (void)arg;
    test_note("%s", cede_task_name(NULL));
    return 0;
}

static int return_three(void *arg)
{
    (void)arg;
    return 3;
}

/* d3, d4, d6: cancellation. */

static void note_dropped(void *arg)
{
    test_note("dropped:%s", (const char *)arg);
}

static const cede_task_options with_drop = {.drop = note_dropped};

TEST_TASK(cancel, d3_a_task_cancelled_before_its_first_step_never_runs)
{
    cede_future *task = cede_spawn_with(&with_drop, note_name, "x");

    CHECK(cede_cancel(task));
    CHECK(!cede_future_is_done(task)); /* it ends when its turn comes */
    CHECK_EQ(cede_await(task), CEDE_EREVOKED);
    CHECK(cede_future_is_cancelled(task));
    CHECK_STR(test_notes(), "dropped:x");
    cede_future_unref(task);
}

TEST_TASK(cancel, drop_is_not_called_for_a_body_that_ran)
{
    cede_future *task = cede_spawn_with(&with_drop, test_sleep_for_ever, "x");

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "");
}

TEST_TASK(cancel, drop_is_called_once_if_there_is_no_such_stack)
{
    const cede_task_options options = {.drop = note_dropped, .stack_size = (size_t)1 << 50};

    CHECK_PTR(cede_spawn_with(&options, note_name, "x"), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_STR(test_notes(), "dropped:x");
}

TEST(cancel, drop_is_called_once_if_there_is_no_loop)
{
    CHECK_PTR(cede_spawn_with(&with_drop, note_name, "x"), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_STR(test_notes(), "dropped:x");
}

TEST(cancel, drop_is_called_once_if_the_loop_closes_first)
{
    cede_loop *loop = NULL;

    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    cede_future_unref(cede_spawn_with(&with_drop, note_name, "x"));
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_STR(test_notes(), "dropped:x");
}

TEST(cancel, a_task_that_has_not_begun_when_the_loop_closes_never_does)
{
    cede_loop *loop;

    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    CHECK_EQ(cede_start(note_name, "x"), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_STR(test_notes(), "");
}

TEST_TASK(cancel, d4_cancel_of_a_finished_task_is_refused)
{
    cede_future *task = test_spawn_named("a", return_three, NULL);

    CHECK_EQ(cede_await(task), 3);
    CHECK(!cede_cancel(task));
    CHECK_EQ(cede_join(task), 3);
}

TEST_TASK(cancel, cancel_of_nothing_is_nothing)
{
    CHECK(!cede_cancel(NULL));
}

static int cancel_self_and_sleep(void *arg)
{
    (void)arg;
    CHECK(cede_cancel(cede_task_current()));
    test_note("on");
    CHECK_EQ(cede_sleep(0), -ECANCELED);
    test_note("cancelled");
    return -ECANCELED;
}

TEST_TASK(cancel, d4_cancelling_oneself_takes_effect_at_the_next_suspension)
{
    CHECK_EQ(cede_join(test_spawn_named("a", cancel_self_and_sleep, NULL)), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "on cancelled");
}

static int cancel_self_and_return(void *arg)
{
    (void)arg;
    CHECK(cede_cancel(cede_task_current()));
    return 5;
}

TEST_TASK(cancel, d4_cancel_and_return_keeps_the_result)
{
    cede_future *task = test_spawn_named("a", cancel_self_and_return, NULL);

    CHECK_EQ(cede_await(task), 5);
    CHECK(!cede_future_is_cancelled(task));
    cede_future_unref(task);
}

static int note_end_of_sleep(void *arg)
{
    const int rc = cede_sleep(CEDE_NEVER);

    test_note("%s:%s", (const char *)arg, cede_error_name(rc));
    return rc;
}

static int await_it(void *arg)
{
    const int rc = cede_await(arg);

    test_note("awaiter:%s", cede_error_name(rc));
    return rc;
}

TEST_TASK(cancel, d4_cancellation_is_passed_to_the_awaited_task_which_ends_first)
{
    cede_future *inner = test_spawn_named("inner", note_end_of_sleep, "inner");
    cede_future *outer = test_spawn_named("outer", await_it, inner);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(outer));
    CHECK_EQ(cede_join(outer), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "inner:ECANCELED awaiter:ECANCELED");
    CHECK(cede_future_is_cancelled(inner));
    cede_future_unref(inner);
}

static int slow_to_end(void *arg)
{
    cede_scope shield;

    if (cede_sleep(CEDE_NEVER) == -ECANCELED) {
        cede_scope_enter_shield(&shield, CEDE_NEVER);
        CHECK_EQ(cede_sleep(CEDE_S(3)), 0);
        CHECK_EQ(cede_scope_exit(&shield, 0), 0);
    }
    return *(int *)arg;
}

TEST_TASK(cancel, d4_a_cancelled_await_waits_for_the_end_of_what_it_cancelled)
{
    int end = -ECANCELED;
    cede_future *inner = test_spawn_named("inner", slow_to_end, &end);
    cede_future *outer = test_spawn_named("outer", await_it, inner);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(outer));
    CHECK_EQ(cede_join(outer), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), CEDE_S(4));
    cede_future_unref(inner);
}

TEST_TASK(cancel, d4_the_result_of_an_awaited_task_that_refused_to_be_cancelled_counts)
{
    int end = 9;
    cede_future *inner = test_spawn_named("inner", slow_to_end, &end);
    cede_future *outer = test_spawn_named("outer", await_it, inner);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(outer));
    CHECK_EQ(cede_join(outer), 9);
    CHECK_EQ(cede_join(inner), 9);
}

TEST_TASK(cancel, d5_awaiting_what_was_itself_cancelled_is_revoked_and_says_what)
{
    cede_future *inner = test_spawn_named("inner", test_sleep_for_ever, NULL);
    cede_future *outer = test_spawn_named("outer", await_it, inner);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(inner));
    CHECK_EQ(cede_join(outer), CEDE_EREVOKED);
    CHECK_HAS(cede_error_message(cede_error_last()), "'inner'");
    CHECK(cede_future_is_cancelled(inner));
    cede_future_unref(inner);
    CHECK_EQ(cede_checkpoint(), 0); /* nobody cancelled us */
}

TEST_TASK(cancel, d6_each_cancel_counts_and_swallowing_does_not_reset)
{
    cede_future *me = cede_task_current();

    CHECK_EQ(cede_task_cancelling(NULL), 0);
    CHECK(cede_cancel(me));
    CHECK(cede_cancel(me));
    CHECK_EQ(cede_task_cancelling(me), 2);
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_task_cancelling(NULL), 2);
    CHECK_EQ(cede_uncancel(), 1);
    CHECK_EQ(cede_sleep(0), -ECANCELED);
    CHECK_EQ(cede_uncancel(), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_uncancel(), 0); /* never below 0 */
    CHECK_EQ(cede_task_cancelling(NULL), 0);
}

TEST_TASK(cancel, d6_taking_the_last_cancel_back_before_it_was_seen_undoes_it)
{
    CHECK(cede_cancel(cede_task_current()));
    CHECK_EQ(cede_uncancel(), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
}

TEST_TASK(cancel, cancellation_is_a_level_every_point_refuses)
{
    cede_future *done = test_spawn_named("done", return_three, NULL);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(cede_task_current()));
    CHECK_EQ(cede_sleep(CEDE_S(1)), -ECANCELED);
    CHECK_EQ(cede_sleep(0), -ECANCELED);
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_await(done), -ECANCELED);
    CHECK_EQ(cede_shield(done), -ECANCELED);
    CHECK_EQ(cede_gather(&done, 1, NULL), -ECANCELED);
    CHECK_EQ(cede_wait(&done, 1, NULL, NULL), -ECANCELED);
    CHECK_EQ(cede_now(), 0);
    CHECK_EQ(cede_uncancel(), 0);
    CHECK_EQ(cede_join(done), 3);
}

/* Idea 5: a loop that ignores cancellation freezes nobody, and is named. */

static int count_turns(void *arg)
{
    unsigned *n = arg;

    while (cede_sleep(0) == 0)
        ++*n;
    return 0;
}

TEST_TASK(cancel, from_the_second_refusal_a_suspension_point_gives_way)
{
    unsigned n = 0;
    cede_future *other = test_spawn_named("other", count_turns, &n);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(cede_task_current()));
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(n, 0); /* the first is at once */
    for (unsigned i = 1; i <= 10; i++) {
        CHECK_EQ(cede_checkpoint(), -ECANCELED);
        CHECK_EQ(n, i);
    }
    CHECK_EQ(cede_uncancel(), 0);
    CHECK_EQ(cede_checkpoint(), 0);
    CHECK_EQ(n, 10);
    CHECK(cede_cancel(other));
    CHECK_EQ(cede_join(other), 0);
}

TEST_TASK(cancel, a_thousand_refusals_in_a_row_are_reported_once_with_the_name)
{
    CHECK_EQ(cede_task_set_name(NULL, "stubborn"), 0);
    test_capture_reports();
    CHECK(cede_cancel(cede_task_current()));
    for (int i = 0; i < 999; i++)
        CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_STR(test_reports(), "");
    for (int i = 0; i < 3000; i++)
        CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_STR(test_reports(),
              "cede: task 'stubborn' has been refused 1000 times in a row since it was cancelled, "
              "and goes on: does a loop of it ignore -ECANCELED?\n");
    CHECK_EQ(cede_uncancel(), 0);
}

/* Depth. */

struct link {
    cede_future *next; /* awaited; NULL at the end of the chain */
    int *n_ended;
};

static int chain_link(void *arg)
{
    struct link *link = arg;
    const int rc = link->next ? cede_await(link->next) : cede_sleep(CEDE_NEVER);

    ++*link->n_ended;
    return rc;
}

TEST_TASK(cancel, a_chain_of_a_hundred_thousand_awaits_is_cancelled_from_its_head)
{
#if defined(__SANITIZE_THREAD__)
    enum { N = 1000 }; /* ThreadSanitizer has room for 8,128, also those laid out to come */
#else
    enum { N = 100000 };
#endif
    static struct link links[N];
    static cede_future *tasks[N];
    int n_ended = 0;

    for (int i = 0; i < N; i++) {
        links[i] = (struct link){i > 0 ? tasks[i - 1] : NULL, &n_ended};
        tasks[i] = cede_spawn(chain_link, &links[i]);
        CHECK(tasks[i]);
    }
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(n_ended, 0);
    CHECK(cede_cancel(tasks[N - 1]));
    CHECK_EQ(cede_await(tasks[N - 1]), CEDE_EREVOKED);
    CHECK_EQ(n_ended, N);
    for (int i = 0; i < N; i++) {
        CHECK(cede_future_is_cancelled(tasks[i]));
        cede_future_unref(tasks[i]);
    }
}
