/* test_task.c - tasks: order, outcomes, reports, names, ownership, options. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"
#include "task/task.h"

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

static int sleep_for(void *arg)
{
    const cede_time *delay = arg;

    CEDE_TRY(cede_sleep(*delay));
    return 0;
}

/* Order. */

TEST_TASK(task, d11_creating_a_task_does_not_run_it_and_tasks_start_in_order_of_creation)
{
    cede_future *a = test_spawn_named("a", note_name, NULL);
    cede_future *b = test_spawn_named("b", note_name, NULL);
    cede_future *c = test_spawn_named("c", note_name, NULL);

    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "a b c");
    CHECK_EQ(cede_join(c), 0);
    CHECK_EQ(cede_join(b), 0);
    CHECK_EQ(cede_join(a), 0);
}

TEST_TASK(task, all_tasks_are_known_in_the_order_of_creation_whatever_their_age)
{
    cede_future *parked = test_spawn_named("parked", test_sleep_for_ever, NULL);

    CHECK_EQ(cede_start(note_name, NULL), 0); /* ends in its first turn */
    CHECK_EQ(cede_sleep(0), 0);
    cede_future *fresh = test_spawn_named("fresh", test_sleep_for_ever, NULL);

    const struct cede__list *tasks = cede__task_list(cede__loop_here);
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next)
        test_note("[%s]", cede__container_of(link, struct cede_task, link)->coro.site->name);
    CHECK_HAS(test_notes(), "note_name [");
    CHECK_HAS(test_notes(), "] [parked] [fresh]");

    CHECK(cede_cancel(parked) && cede_cancel(fresh));
    CHECK_EQ(cede_join(parked), CEDE_EREVOKED);
    CHECK_EQ(cede_join(fresh), CEDE_EREVOKED);
}

TEST_TASK(task, d9_all_unfinished_tasks_are_given_and_stay_as_long_as_they_are_held)
{
    cede_future *all[4] = {NULL};
    cede_future *ended = test_spawn_named("ended", note_name, NULL);

    CHECK_EQ(cede_start(test_sleep_for_ever, NULL), 0);
    CHECK_EQ(cede_join(ended), 0);
    CHECK_EQ(cede_start(note_name, NULL), 0); /* has not run yet */
    CHECK_EQ(cede_task_all(NULL, 0), 3);
    CHECK_EQ(cede_task_all(all, 2), 3); /* no more than there is room for */
    CHECK(all[0] && all[1] && !all[2]);
    cede_future_unref(all[0]);
    cede_future_unref(all[1]);

    CHECK_EQ(cede_task_all(all, 4), 3);
    CHECK_STR(cede_task_name(all[1]), "test_sleep_for_ever");
    CHECK(all[0] == cede_task_current());
    CHECK(cede_cancel(all[1]));
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_task_all(NULL, 0), 1); /* two have ended, */
    CHECK(cede_future_is_cancelled(all[1]));
    CHECK_EQ(cede_future_status(all[2]), 0); /* and can be looked at still */
    for (int i = 0; i < 3; i++)
        cede_future_unref(all[i]);
}

TEST(task, d9_without_a_loop_there_are_no_tasks)
{
    cede_future *all[1] = {NULL};

    CHECK_EQ(cede_task_all(all, 1), 0);
    CHECK(!all[0]);
}

static int two_turns(void *arg)
{
    (void)arg;
    test_note("%s1", cede_task_name(NULL));
    CHECK_EQ(cede_sleep(0), 0);
    test_note("%s2", cede_task_name(NULL));
    return 0;
}

TEST_TASK(task, d18_sleep_of_zero_gives_everyone_that_is_ready_one_turn)
{
    cede_future *a = test_spawn_named("a", two_turns, NULL);
    cede_future *b = test_spawn_named("b", two_turns, NULL);

    CHECK_EQ(cede_sleep(0), 0);
    test_note("main");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "a1 b1 main a2 b2");
    CHECK_EQ(cede_now(), 0);
    cede_future_unref(a);
    cede_future_unref(b);
}

TEST_TASK(task, sleeps_of_equal_end_are_served_in_the_order_they_began)
{
    cede_time long_nap = CEDE_MS(20), short_nap = CEDE_MS(10);
    cede_future *a = test_spawn_named("a", sleep_for, &long_nap);
    cede_future *b;

    CHECK_EQ(cede_sleep(CEDE_MS(10)), 0);
    b = test_spawn_named("b", sleep_for, &short_nap);
    CHECK_EQ(
        cede_wait((cede_future *[]){a, b}, 2, &(cede_wait_options){CEDE_FIRST_COMPLETED, 0}, NULL),
        0);
    CHECK_EQ(cede_now(), CEDE_MS(20));
    CHECK(cede_future_is_done(a));
    CHECK_EQ(cede_join(a), 0);
    CHECK_EQ(cede_join(b), 0);
}

TEST_TASK(task, a_negative_sleep_is_a_sleep_of_zero)
{
    cede_future *a = test_spawn_named("a", note_name, NULL);

    CHECK_EQ(cede_sleep(-5), 0);
    CHECK_STR(test_notes(), "a");
    CHECK_EQ(cede_join(a), 0);
}

/* Outcomes. */

TEST_TASK(task, await_gives_what_the_body_returned_again_and_again)
{
    cede_future *task = test_spawn_named("three", return_three, NULL);

    CHECK_EQ(cede_await(task), 3);
    CHECK_EQ(cede_await(task), 3);
    CHECK_EQ(cede_future_status(task), 3);
    CHECK_EQ(cede_join(task), 3);
}

static int return_pointer(void *arg)
{
    return cede_return(arg);
}

TEST_TASK(task, cede_return_hands_a_pointer_to_the_future)
{
    int here = 0;
    void *value = NULL;
    cede_future *task = test_spawn_named("value", return_pointer, &here);

    CHECK_EQ(cede_await(task), 0);
    CHECK_EQ(cede_future_value(task, &value), 0);
    CHECK_PTR(value, &here);
    cede_future_unref(task);
}

static int value_and_failure(void *arg)
{
    (void)cede_return(arg);
    return cede_raise(-EIO, "failed all the same");
}

TEST_TASK(task, a_failure_hides_the_value)
{
    int here = 0;
    void *value = "untouched";
    cede_future *task = test_spawn_named("value", value_and_failure, &here);

    CHECK_EQ(cede_await(task), -EIO);
    CHECK_EQ(cede_future_value(task, &value), -EIO);
    CHECK_STR(value, "untouched");
    cede_future_unref(task);
}

static int fail_deep(void *arg)
{
    CEDE_TRY(value_and_failure(arg));
    return 0;
}

TEST_TASK(task, the_record_of_a_failure_comes_with_await)
{
    cede_future *task = test_spawn_named("deep", fail_deep, NULL);

    CHECK_EQ(cede_await(task), -EIO);
    CHECK_EQ(cede_error_code(cede_error_last()), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "failed all the same");
    CHECK_HAS(test_traceback(), "in fail_deep\n");
    CHECK_HAS(test_traceback(), "in value_and_failure\nEIO: failed all the same\n");
    cede_error_clear();
    CHECK_EQ(cede_join(task), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "failed all the same");
}

/* d2: failures that nobody looked at. */

TEST_TASK(task, d2_a_failure_that_nobody_looked_at_is_reported_with_its_whole_traceback)
{
    cede_future *task = test_spawn_named("deep", fail_deep, NULL);
    char expected[1024];
    int line, deep, raised;

    test_capture_reports();
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_reports(), "");
    cede_future_unref(task);
    CHECK_EQ(
        sscanf(test_reports(),
               "Task exception was never retrieved\n"
               "<Task finished name='deep' at test_task.c:%d error=EIO 'failed all the same'>\n"
               "Traceback (most recent call last):\n"
               "  test_task.c:%d in fail_deep\n"
               "  test_task.c:%d in value_and_failure\n",
               &line, &deep, &raised),
        3);
    snprintf(expected, sizeof expected,
             "Task exception was never retrieved\n"
             "<Task finished name='deep' at test_task.c:%d error=EIO 'failed all the same'>\n"
             "Traceback (most recent call last):\n"
             "  test_task.c:%d in fail_deep\n"
             "  test_task.c:%d in value_and_failure\n"
             "EIO: failed all the same\n",
             line, deep, raised);
    CHECK_STR(test_reports(), expected);
    CHECK(raised < deep);
}

TEST_TASK(task, d2_a_failure_that_somebody_looked_at_is_not_reported)
{
    cede_future *awaited = test_spawn_named("a", fail_deep, NULL);
    cede_future *asked = test_spawn_named("b", fail_deep, NULL);
    cede_future *shown = test_spawn_named("c", fail_deep, NULL);

    test_capture_reports();
    CHECK_EQ(cede_join(awaited), -EIO);
    CHECK_EQ(cede_future_status(asked), -EIO);
    cede_future_unref(asked);
    CHECK_EQ(cede_error_code(cede_future_error(shown)), -EIO);
    cede_future_unref(shown);
    CHECK_STR(test_reports(), "");
}

TEST_TASK(task, d2_a_cancelled_task_is_not_reported)
{
    cede_future *task = test_spawn_named("a", test_sleep_for_ever, NULL);

    test_capture_reports();
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    cede_future_unref(task);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_reports(), "");
}

TEST_TASK(task, d2_a_failure_without_a_record_is_reported_by_its_code)
{
    cede_future *task = test_spawn_named("bare", test_sleep_for_ever, NULL);

    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_HAS(cede_error_message(cede_error_last()), "name='bare'");
}

TEST_TASK(task, d10_the_loop_owns_what_was_started_and_reports_its_failure_when_it_ends)
{
    test_capture_reports();
    CHECK_EQ(cede_start(fail_deep, NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_HAS(test_reports(),
              "Task exception was never retrieved\n<Task finished name='fail_deep'");
    CHECK_HAS(test_reports(), "EIO: failed all the same\n");
}

TEST_TASK(task, d10_a_task_whose_reference_was_given_back_goes_on)
{
    cede_time nap = CEDE_S(1);
    cede_future *task = test_spawn_named("a", sleep_for, &nap);

    cede_future_unref(task);
    cede_future_unref(test_spawn_named("b", note_name, NULL));
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK_STR(test_notes(), "b");
    CHECK_EQ(cede_now(), CEDE_S(2));
}

/* d7, d9. */

TEST_TASK(task, d7_awaiting_oneself_is_an_error_not_a_hang)
{
    CHECK_EQ(cede_await(cede_task_current()), -EDEADLK);
    CHECK_HAS(cede_error_message(cede_error_last()), "awaits itself");
}

TEST_TASK(task, d9_names_are_given_read_changed_and_cut)
{
    cede_future *plain = cede_spawn(return_three, NULL);
    cede_future *named =
        test_spawn_named("abcdefghijklmnopqrstuvwxyz0123456789", return_three, NULL);

    CHECK_STR(cede_task_name(plain), "return_three");
    CHECK_STR(cede_task_name(named), "abcdefghijklmnopqrstuvwxyz01234");
    CHECK_EQ(cede_task_set_name(plain, "other"), 0);
    CHECK_STR(cede_task_name(plain), "other");
    CHECK_STR(cede_task_name(NULL), "body_run");
    CHECK_EQ(cede_join(plain), 3);
    CHECK_EQ(cede_join(named), 3);
}

static void check_line(const cede_future *future, const char *before, const char *after)
{
    const char *line = test_format(future);
    const char *digits;
    size_t n;

    if (strncmp(line, before, strlen(before)) != 0)
        FAIL("\"%s\" does not begin with \"%s\"", line, before);
    digits = line + strlen(before);
    n = strspn(digits, "0123456789");
    CHECK(n > 0);
    CHECK_STR(digits + n, after);
}

static int await_it(void *arg)
{
    return cede_await(arg);
}

TEST_TASK(task, d9_repr_of_a_task_in_each_state)
{
    cede_time nap = CEDE_MS(300);
    cede_future *sleeper = test_spawn_named("fetch", sleep_for, &nap);
    cede_future *waiter = test_spawn_named("waiter", await_it, sleeper);
    cede_future *stuck = test_spawn_named("stuck", test_sleep_for_ever, NULL);
    cede_future *failing = test_spawn_named("bad", fail_deep, NULL);

    check_line(sleeper, "<Task pending name='fetch' at test_task.c:", ">");
    CHECK_EQ(cede_sleep(0), 0);
    check_line(sleeper, "<Task pending name='fetch' at test_task.c:", " waiting for sleep 0.3s>");
    check_line(waiter, "<Task pending name='waiter' at test_task.c:", " waiting for task 'fetch'>");
    check_line(stuck, "<Task pending name='stuck' at test_task.c:", " waiting for sleep for ever>");
    CHECK(cede_cancel(stuck));
    CHECK(cede_cancel(stuck));
    check_line(stuck, "<Task pending name='stuck' at test_task.c:", " cancelling=2>");
    CHECK_EQ(cede_await(waiter), 0);
    check_line(sleeper, "<Task finished name='fetch' at test_task.c:", " result=0>");
    check_line(stuck, "<Task cancelled name='stuck' at test_task.c:", ">");
    check_line(failing,
               "<Task finished name='bad' at test_task.c:", " error=EIO 'failed all the same'>");
    CHECK_EQ(cede_future_status(failing), -EIO);
    cede_future_unref(sleeper);
    cede_future_unref(waiter);
    cede_future_unref(stuck);
    cede_future_unref(failing);
}

TEST_TASK(task, d9_repr_is_cut_to_fit_and_says_how_long_it_would_be)
{
    char small[12];
    cede_future *task = test_spawn_named("x", return_three, NULL);
    const size_t whole = cede_future_format(task, NULL, 0);

    CHECK_EQ(whole, strlen(test_format(task)));
    CHECK_EQ(cede_future_format(task, small, sizeof small), whole);
    CHECK_STR(small, "<Task pendi");
    CHECK_EQ(cede_join(task), 3);
}

static int is_current(void *arg)
{
    return cede_task_current() == *(cede_future **)arg;
}

TEST_TASK(task, d9_the_current_task_is_the_one_that_runs)
{
    cede_future *task = NULL;

    task = test_spawn_named("a", is_current, &task);
    CHECK_EQ(cede_join(task), 1);
}

TEST(task, outside_of_tasks_there_is_no_current_task)
{
    CHECK_PTR(cede_task_current(), NULL);
    CHECK_STR(cede_task_name(NULL), "");
    CHECK_EQ(cede_task_set_name(NULL, "x"), CEDE_ENOTASK);
    CHECK_EQ(cede_return(NULL), CEDE_ENOTASK);
    CHECK_EQ(cede_uncancel(), CEDE_ENOTASK);
    CHECK_EQ(cede_task_cancelling(NULL), 0);
    CHECK_EQ(cede_start(return_three, NULL), -EINVAL);
}

TEST_TASK(task, a_promise_is_no_task)
{
    cede_future *promise = cede_future_create();

    CHECK_STR(cede_task_name(promise), "");
    CHECK_EQ(cede_task_set_name(promise, "x"), CEDE_ENOTASK);
    CHECK_EQ(cede_task_cancelling(promise), 0);
    cede_future_unref(promise);
}

/* Stacks. */

static int use_stack(void *arg)
{
    volatile char memory[300 * 1024];

    (void)arg;
    memset((char *)memory, 1, sizeof memory);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    return memory[sizeof memory - 1];
}

TEST_TASK(task, a_task_may_have_a_larger_stack)
{
    cede_future *tasks[4];

    for (int i = 0; i < 4; i++)
        tasks[i] =
            cede_spawn_with(&(cede_task_options){.stack_size = 1024 * 1024}, use_stack, NULL);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(cede_join(tasks[i]), 1);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

#if !defined(CEDE__TSAN) /* it has room for a few thousand tasks at once */
static int end_at_once(void *arg)
{
    (void)arg;
    return 0;
}

TEST_TASK(task, stacks_are_given_up_in_a_pause_not_in_the_gaps_of_a_busy_loop)
{
    enum { MORE_THAN_KEPT = 3 * CEDE__STACK_CACHE_LIMIT };
    const struct cede_loop *loop = cede__loop_here;

    for (int i = 0; i < MORE_THAN_KEPT; i++)
        CHECK_EQ(cede_start(end_at_once, NULL), 0);
    CHECK_EQ(cede_sleep(CEDE_US(10)), 0);
    CHECK_EQ(cede_sleep(CEDE_US(999)), 0);
    CHECK_EQ(loop->n_idle, MORE_THAN_KEPT);

    CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    CHECK_EQ(loop->n_idle, CEDE__STACK_CACHE_LIMIT);
}
#endif
