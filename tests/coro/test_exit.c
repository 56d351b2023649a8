/* test_exit.c - what exit functions do to an error: records and their causes. The rows of Python's
 * own tests of ExitStack that are about exceptions. */
/* SPDX-License-Identifier: MIT */
#include <cede/exit_stack.h>

#include "exit_test.h"
#include "harness/harness.h"

TEST(exit, exit_exception_chaining_follows_nested_blocks)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[3]), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[2]), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, swallow, NULL), 0); /* those inside are forgotten */
    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EDOM, "inside")), -EACCES);
    CHECK_STR(chain(), "EACCES ENOENT EPERM");
}

static int note_chain(int rc, void *arg)
{
    (void)arg;
    note(chain());
    return rc;
}

TEST(exit, exit_exception_chaining_reference_shows_the_inner_errors_to_who_swallows)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, note_chain, NULL), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EDOM, "inside")), -EIO);
    CHECK_STR(notes, "EIO EDOM");
}

TEST(exit, exit_exception_traceback_has_the_lines_of_both)
{
    cede_exit_stack stack = {0};
    char text[2048];

    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EDOM, "division by zero")), -EIO);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_HAS(text, "in test_exit_exit_exception_traceback_has_the_lines_of_both\n"
                    "EDOM: division by zero\n\n"
                    "This was the direct cause of the following error:\n\n");
    CHECK_HAS(text, "in fail\nEIO: EIO raised\n");
}

TEST(exit, exit_exception_non_suppressing_there_was_nothing_to_suppress)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_callback(&stack, callback_note, "-"), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, 0), -EIO);
    CHECK_STR(chain(), "EIO");

    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, swallow, NULL), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, 0), -EPERM);
    CHECK_STR(chain(), "EPERM");
}

TEST(exit, exit_exception_with_correct_context_is_not_chained_again)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, replace_from, &codes[2]), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, replace_from, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, replace_from, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EDOM, "inside")), -ENOENT);
    CHECK_STR(chain(), "ENOENT EPERM EIO EDOM");
}

static int raise_nested(void *arg)
{
    int *pair = arg;

    (void)fail(&pair[0]);
    return replace_from(0, &pair[1]);
}

TEST(exit, exit_exception_with_existing_context_goes_under_it)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[3]), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, raise_nested, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EDOM, "inside")), -EACCES);
    CHECK_STR(chain(), "EACCES ENOENT EPERM EDOM");
}

TEST(exit, exit_exception_chains_beyond_four_drop_the_oldest)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_callback(&stack, raise_nested, &codes[3]), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, raise_nested, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-ERANGE, "inside")), -EDOM);
    CHECK_STR(chain(), "EDOM EACCES ENOENT EPERM");
}

TEST(exit, exit_exception_of_the_same_code_is_a_new_error)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, replace, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EIO, "inside")), -EIO);
    CHECK_STR(chain(), "EIO EIO");
    cede_error_clear();
    CHECK_EQ(cede_exit_stack_callback(&stack, fail, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, -EIO), -EIO);
    CHECK_STR(chain(), "EIO EIO");
}

static int handle_own_error(int rc, void *arg)
{
    (void)fail(arg);
    cede_error_clear();
    return rc;
}

static int ignore_own_error(int rc, void *arg)
{
    (void)fail(arg);
    return rc;
}

static int callback_ignores_own_error(void *arg)
{
    (void)fail(arg);
    return 0;
}

TEST(exit, errors_that_a_function_handles_leave_the_record_as_it_was)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, handle_own_error, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, ignore_own_error, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, callback_ignores_own_error, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EIO, "inside")), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "inside");
    CHECK_STR(chain(), "EIO");
}

static int find_no_record(void *arg)
{
    (void)arg;
    CHECK(cede_error_last() == NULL);
    return -EIO; /* never raised */
}

TEST(exit, a_callback_does_not_see_the_error_so_its_code_is_its_own)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_callback(&stack, find_no_record, NULL), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EIO, "inside")), -EIO);
    CHECK_STR(chain(), "EIO EIO");
    CHECK_STR(cede_error_message(cede_error_last()), cede_strerror(-EIO));
}

static int hand_up(int rc, void *arg)
{
    (void)arg;
    CEDE_TRY(rc);
    return 0;
}

TEST(exit, a_function_may_hand_the_error_up_with_its_line)
{
    cede_exit_stack stack = {0};
    char text[2048];

    CHECK_EQ(cede_exit_stack_push(&stack, hand_up, NULL), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EIO, "inside")), -EIO);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_STR(chain(), "EIO");
    CHECK_HAS(text, "in hand_up\n");
}

TEST(exit, body_exception_suppress_makes_a_failed_scope_a_success)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, swallow, NULL), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, replace, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, replace, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0); /* exit_exception_chaining_suppress */
    CHECK_EQ(cede_exit_stack_push(&stack, swallow, NULL), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, -EDOM), 0);
}

TEST(exit, a_count_is_kept_from_functions_that_see_zero)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, note_error, "saw"), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, swallow, NULL), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, 42), 42);
    CHECK_STR(notes, "saw:0");
}

/* Closes another stack, with what it sees. */
static int close_inner(int rc, void *arg)
{
    return cede_exit_stack_close(arg, rc);
}

TEST(exit, a_stack_closed_by_another_hands_the_error_through)
{
    cede_exit_stack outer = {0}, inner = {0};

    CHECK_EQ(cede_exit_stack_push(&outer, close_inner, &inner), 0);
    CHECK_EQ(cede_exit_stack_push(&inner, hand_up, NULL), 0);
    CHECK_EQ(cede_exit_stack_callback(&inner, callback_ignores_own_error, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&outer, cede_raise(-EIO, "inside")), -EIO);
    CHECK_STR(chain(), "EIO");
}

TEST(exit, an_error_of_a_stack_closed_by_another_is_chained_once)
{
    cede_exit_stack outer = {0}, inner = {0};

    for (int i = 0; i < 2; i++) {
        CHECK_EQ(cede_exit_stack_push(&outer, close_inner, &inner), 0);
        CHECK_EQ(cede_exit_stack_push(&inner, i ? replace_from : replace, &codes[0]), 0);
        CHECK_EQ(cede_exit_stack_close(&outer, cede_raise(-EIO, "inside")), -EIO);
        CHECK_STR(chain(), "EIO EIO");
    }
}

TEST(exit, an_error_raised_again_at_the_same_place_is_another_one)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, replace, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, replace, &codes[0]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, -EPERM), -EIO);
    CHECK_STR(chain(), "EIO EIO EPERM");
}
