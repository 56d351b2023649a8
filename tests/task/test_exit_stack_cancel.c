/* test_exit_stack_cancel.c - exit stacks and contexts in tasks that are cancelled: everything runs,
 * and may wait under a shield. Row a16. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include <cede/exit_stack.h>
#include <cede/gen_context.h>
#include <cede/inplace.h>

#include "harness/harness_task.h"

static void note_now(const char *word)
{
    test_note("%s@%g", word, cede_time_seconds(cede_now()));
}

static void defer_note(void *arg)
{
    note_now(arg);
}

static int note_error(int rc, void *arg)
{
    test_note("%s:%s", (const char *)arg, rc < 0 ? cede_error_name(rc) : "0");
    return rc;
}

/* Waits for two seconds in a shield that lasts as many as `arg` points to. */
static int wait_shielded(void *arg)
{
    const double *seconds = arg;
    cede_scope shield;
    int rc;

    cede_scope_enter_shield(&shield, cede_after(CEDE_S(*seconds)));
    rc = cede_scope_exit(&shield, cede_sleep(CEDE_S(2)));
    note_now(rc < 0 ? cede_error_name(rc) : "waited");
    return rc;
}

static int wait_unshielded(void *arg)
{
    const int rc = cede_sleep(CEDE_S(2));

    (void)arg;
    note_now(rc < 0 ? cede_error_name(rc) : "waited");
    return rc;
}

/* Run `fn` and cancel it after a second. */
static int cancel_after_a_second(cede_fn *fn, void *arg)
{
    cede_future *task = cede_spawn(fn, arg);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(task));
    return cede_join(task);
}

static int push_and_sleep(void *arg)
{
    cede_exit_stack stack;
    int rc;

    (void)arg;
    CEDE_DEFER(defer_note, "defer");
    cede_exit_stack_init(&stack);
    rc = cede_exit_stack_defer(&stack, defer_note, "1");
    if (rc == 0)
        rc = cede_exit_stack_push(&stack, note_error, "2");
    if (rc == 0)
        rc = cede_sleep(CEDE_S(60));
    return cede_exit_stack_close(&stack, rc);
}

TEST_TASK(exit_stack_cancel, a16_everything_pushed_runs_and_sees_the_cancellation)
{
    CHECK_EQ(cancel_after_a_second(push_and_sleep, NULL), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "2:ECANCELED 1@1 defer@1");
}

static double shield_seconds;

static int push_waiting(void *arg)
{
    cede_exit_stack stack = {0};
    int rc;

    rc = cede_exit_stack_push(&stack, note_error, "end");
    if (rc == 0)
        rc = cede_exit_stack_callback(&stack, arg ? wait_shielded : wait_unshielded,
                                      &shield_seconds);
    if (rc == 0)
        rc = cede_exit_stack_callback(&stack, arg ? wait_shielded : wait_unshielded,
                                      &shield_seconds);
    if (rc == 0)
        rc = cede_sleep(CEDE_S(60));
    return cede_exit_stack_close(&stack, rc);
}

TEST_TASK(exit_stack_cancel, what_is_pushed_may_wait_under_a_shield)
{
    shield_seconds = 5;
    CHECK_EQ(cancel_after_a_second(push_waiting, "shielded"), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "waited@3 waited@5 end:ECANCELED");
}

TEST_TASK(exit_stack_cancel, without_a_shield_its_waits_are_cancelled)
{
    CHECK_EQ(cancel_after_a_second(push_waiting, NULL), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "ECANCELED@1 ECANCELED@1 end:ECANCELED");
}

TEST_TASK(exit_stack_cancel, a_shield_has_its_own_limit)
{
    /* outside it is cancelled, so running out of time is not an error of its own */
    shield_seconds = 1;
    CHECK_EQ(cancel_after_a_second(push_waiting, "shielded"), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "ECANCELED@2 ECANCELED@3 end:ECANCELED");
}

static int swallow(int rc, void *arg)
{
    (void)rc;
    (void)arg;
    return 0;
}

static int swallow_and_sleep(void *arg)
{
    cede_exit_stack stack = {0};
    int rc;

    (void)arg;
    rc = cede_exit_stack_push(&stack, swallow, NULL);
    if (rc == 0)
        rc = cede_sleep(CEDE_S(60));
    rc = cede_exit_stack_close(&stack, rc);
    CHECK_EQ(rc, 0);
    return cede_sleep(CEDE_S(60));
}

TEST_TASK(exit_stack_cancel, a_cancellation_that_is_swallowed_comes_again_at_the_next_wait)
{
    CHECK_EQ(cancel_after_a_second(swallow_and_sleep, NULL), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(exit_stack_cancel, a_limit_around_it_becomes_its_error_outside)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(3), rc) {
        rc = push_and_sleep(NULL);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_STR(test_notes(), "2:ECANCELED 1@3 defer@3");
}

/* Many tasks, each with many functions: each runs once. */

enum { N_TASKS = 50, N_PUSHED = 40 };

static int n_run[N_TASKS];

static int count_and_give_way(void *arg)
{
    cede_scope shield;
    int *n = arg;

    cede_scope_enter_shield(&shield, CEDE_NEVER);
    ++*n;
    return cede_scope_exit(&shield, cede_sleep(0));
}

static int push_many(void *arg)
{
    const int i = (int)((int *)arg - n_run);
    cede_exit_stack stack = {0};
    int rc = 0;

    for (int j = 0; rc == 0 && j < N_PUSHED; j++)
        rc = cede_exit_stack_callback(&stack, count_and_give_way, arg);
    if (rc == 0)
        rc = cede_sleep(CEDE_MS(i * 100));
    return cede_exit_stack_close(&stack, rc);
}

TEST_TASK(exit_stack_cancel, each_function_of_many_tasks_runs_once)
{
    cede_group group;

    cede_group_init(&group);
    for (int i = 0; i < N_TASKS; i++)
        CHECK_EQ(cede_group_spawn(&group, push_many, &n_run[i]), 0);
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    cede_group_cancel(&group);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    for (int i = 0; i < N_TASKS; i++)
        CHECK_EQ(n_run[i], N_PUSHED);
}

/* A stack that two tasks use. */

static int close_slowly(void *arg)
{
    return cede_exit_stack_close(arg, 0);
}

static int wait_and_note(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    note_now(arg);
    return 0;
}

TEST_TASK(exit_stack_cancel, a_push_of_another_task_during_close_runs_next)
{
    cede_exit_stack stack = {0};
    cede_future *task;

    CHECK_EQ(cede_exit_stack_callback(&stack, wait_and_note, "a"), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, wait_and_note, "b"), 0);
    task = cede_spawn(close_slowly, &stack);
    CHECK_EQ(cede_sleep(CEDE_S(0.5)), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, wait_and_note, "c"), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(test_notes(), "b@1 c@2 a@3");
}

TEST_TASK(exit_stack_cancel, pop_all_hands_clean_up_to_another_task)
{
    cede_exit_stack stack = {0};
    cede_exit_stack handed;

    CHECK_EQ(cede_exit_stack_callback(&stack, wait_and_note, "a"), 0);
    cede_exit_stack_pop_all(&stack, &handed);
    CHECK_EQ(cede_exit_stack_close(&stack, -ECANCELED), -ECANCELED);
    CHECK_EQ(cede_join(cede_spawn(close_slowly, &handed)), 0);
    CHECK_STR(test_notes(), "a@1");
}

/* Contexts that wait: asynccontextmanager. */

static int connected(cede_gen *self, void *arg)
{
    int rc;

    (void)arg;
    CEDE_TRY(cede_sleep(CEDE_S(0.5)));
    note_now("connected");
    rc = cede_yield(self, NULL, NULL);
    test_note("%s", rc < 0 ? cede_error_name(rc) : "0");
    shield_seconds = 5;
    (void)wait_shielded(&shield_seconds); /* says goodbye, in any case */
    return rc;
}

static int talk(void *arg)
{
    const double *seconds = arg;
    cede_gen_context context;
    int rc = 0;

    cede_gen_context_init(&context, connected, NULL);
    CEDE_WITH(&context.context, rc) {
        rc = cede_sleep(CEDE_S(*seconds));
    }
    note_now("over");
    return rc;
}

TEST_TASK(exit_stack_cancel, a_generators_context_may_wait_at_both_ends)
{
    double seconds = 1;

    CHECK_EQ(talk(&seconds), 0);
    CHECK_STR(test_notes(), "connected@0.5 0 waited@3.5 over@3.5");
}

TEST_TASK(exit_stack_cancel, a16_a_generators_context_is_left_when_the_block_is_cancelled)
{
    double seconds = 60;

    CHECK_EQ(cancel_after_a_second(talk, &seconds), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "connected@0.5 ECANCELED waited@3 over@3");
}

static int talk_too_early(void *arg)
{
    CHECK(cede_cancel(cede_task_current()));
    return talk(arg);
}

TEST_TASK(exit_stack_cancel, a_context_whose_entering_is_cancelled_is_not_entered)
{
    double seconds = 60;

    CHECK_EQ(cede_join(cede_spawn(talk_too_early, &seconds)), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "over@0");
}

static int rewrite_slowly(void *arg)
{
    cede_inplace inplace;
    int rc = 0;

    cede_inplace_init(&inplace, arg, NULL);
    CEDE_WITH(&inplace.context, rc) {
        fputs("half of it", inplace.out);
        rc = cede_sleep(CEDE_S(60));
    }
    return rc;
}

TEST_TASK(exit_stack_cancel, a_rewriting_that_is_cancelled_keeps_the_old_file)
{
    char path[] = "/tmp/cede-cancel-XXXXXX";
    char text[16] = "";
    const int fd = mkstemp(path);

    CHECK_EQ(write(fd, "old", 3), 3);
    CHECK_EQ(cancel_after_a_second(rewrite_slowly, path), CEDE_EREVOKED);
    close(fd);
    FILE *file = fopen(path, "re");
    CHECK(file && fgets(text, sizeof text, file));
    fclose(file);
    CHECK_EQ(unlink(path), 0);
    CHECK_STR(text, "old");
}
