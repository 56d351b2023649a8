/* test_exit_stack.c - CEDE_DEFER and exit stacks; the rows of Python's own tests of ExitStack. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <cede/allocator.h>
#include <cede/exit_stack.h>

#include "exit_test.h"
#include "harness/harness.h"

/* CEDE_DEFER */

CEDE_DEFER_FN(note_text, const char *, note)

static int leave_by_return(int n)
{
    CEDE_DEFER(defer_note, "outer");
    for (int i = 0; i < n; i++) {
        CEDE_DEFER(note_text, "inner");
        if (i == 1)
            return 5;
    }
    note("end");
    return 0;
}

TEST(defer, it_runs_at_the_end_of_its_block_the_last_first)
{
    {
        CEDE_DEFER(defer_note, "a");
        CEDE_DEFER(defer_note, "b");
        note("body");
    }
    note("after");
    CHECK_STR(notes, "body b a after");
}

TEST(defer, it_runs_however_its_block_is_left)
{
    CHECK_EQ(leave_by_return(0), 0);
    CHECK_STR(notes, "end outer");
    notes[0] = '\0';
    CHECK_EQ(leave_by_return(3), 5);
    CHECK_STR(notes, "inner inner outer");
}

TEST(defer, it_keeps_the_argument_of_its_line)
{
    const char *word = "old";

    {
        CEDE_DEFER(note_text, (void *)word);
        word = "new";
    }
    CHECK_STR(notes, "old");
}

/* What ExitStack's tests pin down. */

TEST(exit_stack, no_resources_an_empty_stack_hands_rc_through)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, 7), 7);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EIO, "disk")), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "disk");
}

TEST(exit_stack, callback_all_run_last_in_first_out)
{
    char words[20][12];
    cede_exit_stack stack;

    cede_exit_stack_init(&stack);
    for (int i = 0; i < 20; i++) {
        snprintf(words[i], sizeof words[i], "%d", i);
        if (i % 2)
            CHECK_EQ(cede_exit_stack_defer(&stack, defer_note, words[i]), 0);
        else
            CHECK_EQ(cede_exit_stack_callback(&stack, callback_note, words[i]), 0);
    }
    CHECK_EQ(cede_exit_stack_close(&stack, 3), 3);
    CHECK_STR(notes, "19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0");
}

TEST(exit_stack, push_each_function_sees_what_those_before_made_of_the_error)
{
    cede_exit_stack stack;

    cede_exit_stack_init(&stack);
    CHECK_EQ(cede_exit_stack_push(&stack, note_error, "ok"), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, swallow, NULL), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, note_error, "other"), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, replace, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, note_error, "first"), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EDOM, "division by zero")), 0);
    CHECK_STR(notes, "first:EDOM other:EPERM ok:0");
    CHECK(cede_error_last() == NULL);
}

TEST(exit_stack, push_a_function_finds_the_record_of_the_error)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, replace_from, &codes[1]), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, -EDOM), -EPERM); /* that was never raised */
    CHECK_STR(chain(), "EPERM EDOM");
}

TEST(exit_stack, push_null_is_refused)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, NULL, NULL), -EINVAL);
    CHECK_EQ(cede_exit_stack_callback(&stack, NULL, NULL), -EINVAL);
    CHECK_EQ(cede_exit_stack_defer(&stack, NULL, NULL), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "no function");
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
}

struct noted {
    cede_context context;
    cede_exit_stack *stack; /* where its enter pushes; NULL: nowhere */
    int enter_rc;
};

static int noted_enter(cede_context *context, void **value_out)
{
    struct noted *self = (struct noted *)context;

    note("enter");
    if (self->stack)
        CEDE_TRY(cede_exit_stack_defer(self->stack, defer_note, "pushed-by-enter"));
    *value_out = "value";
    return self->enter_rc;
}

static int noted_exit(cede_context *context, int rc)
{
    (void)context;
    return note_error(rc, "exit");
}

static struct noted make_noted(int enter_rc)
{
    return (struct noted){{noted_enter, noted_exit}, NULL, enter_rc};
}

TEST(exit_stack, enter_context_pushes_its_exit_and_gives_its_value)
{
    struct noted noted = make_noted(0);
    cede_exit_stack stack = {0};
    void *value = NULL;

    CHECK_EQ(cede_exit_stack_defer(&stack, defer_note, "first"), 0);
    CHECK_EQ(cede_exit_stack_enter(&stack, &noted.context, &value), 0);
    CHECK_STR(value, "value");
    note("body");
    CHECK_EQ(cede_exit_stack_close(&stack, -EDOM), -EDOM);
    CHECK_STR(notes, "enter body exit:EDOM first");
}

TEST(exit_stack, enter_context_errors_push_nothing)
{
    struct noted noted = make_noted(-EACCES);
    cede_exit_stack stack = {0};
    void *value = "untouched";

    CHECK_EQ(cede_exit_stack_enter(&stack, &noted.context, &value), -EACCES);
    CHECK_STR(value, "untouched");
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
    CHECK_STR(notes, "enter");
}

TEST(exit_stack, enter_context_may_push_onto_the_same_stack)
{
    struct noted noted = make_noted(0);
    cede_exit_stack stack = {0};

    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_exit_stack_defer(&stack, defer_note, "-"), 0);
    noted.stack = &stack; /* takes the place that was kept for it */
    CHECK_EQ(cede_exit_stack_enter(&stack, &noted.context, NULL), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
    CHECK_STR(notes, "enter exit:0 pushed-by-enter - - -");
}

TEST(exit_stack, close_empties_it_and_it_can_be_used_again)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_defer(&stack, defer_note, "1"), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
    note("2");
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
    CHECK_EQ(cede_exit_stack_defer(&stack, defer_note, "3"), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
    CHECK_STR(notes, "1 2 3");
}

TEST(exit_stack, pop_all_moves_everything_and_calls_nothing)
{
    cede_exit_stack stack = {0};
    cede_exit_stack kept;
    char words[9][12];

    test_count_allocations();
    for (int i = 0; i < 9; i++) {
        snprintf(words[i], sizeof words[i], "%d", i);
        CHECK_EQ(cede_exit_stack_defer(&stack, defer_note, words[i]), 0);
    }
    cede_exit_stack_pop_all(&stack, &kept);
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
    CHECK_STR(notes, "");
    memset(&stack, 0xff, sizeof stack); /* nothing of it is needed any more */
    CHECK_EQ(cede_exit_stack_close(&kept, 0), 0);
    CHECK_STR(notes, "8 7 6 5 4 3 2 1 0");
    CHECK_EQ(test_live_allocations(), 0);
}

TEST(exit_stack, exit_raise_an_error_that_nobody_swallows_is_returned)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, note_error, "saw"), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EDOM, "division by zero")), -EDOM);
    CHECK_STR(cede_error_message(cede_error_last()), "division by zero");
}

TEST(exit_stack, exit_suppress_a_swallowed_error_is_success_and_leaves_no_record)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, swallow, NULL), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(-EDOM, "division by zero")), 0);
    CHECK(cede_error_last() == NULL);
}

static void count_up(void *arg)
{
    ++*(long *)arg;
}

static char *lowest;

/* How far down the stack of calls goes. */
static int look_down(int rc, void *arg)
{
    char here = 0;

    ++*(long *)arg;
    if (!lowest || &here < lowest)
        lowest = &here;
    return rc;
}

TEST(exit_stack, excessive_nesting_ten_thousand_run_without_recursion)
{
    cede_exit_stack stack = {0};
    long n = 0;
    char *low;

    CHECK_EQ(cede_exit_stack_push(&stack, look_down, &n), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, -EIO), -EIO);
    low = lowest;
    for (int i = 0; i < 5000; i++) {
        CHECK_EQ(cede_exit_stack_push(&stack, look_down, &n), 0);
        CHECK_EQ(cede_exit_stack_defer(&stack, count_up, &n), 0);
    }
    CHECK_EQ(cede_exit_stack_close(&stack, -EIO), -EIO);
    CHECK_EQ(n, 10001);
    CHECK_PTR(lowest, low);
}

/* A stack that changes while it is closed. */

static int push_more(int rc, void *arg)
{
    cede_exit_stack *stack = arg;

    note("pushes");
    for (int i = 0; i < 10; i++)
        CEDE_TRY(cede_exit_stack_push(stack, note_error, i == 9 ? "last" : "more"));
    return rc;
}

TEST(exit_stack, a_push_during_close_runs_next)
{
    cede_exit_stack stack = {0};

    test_count_allocations();
    CHECK_EQ(cede_exit_stack_push(&stack, note_error, "first"), 0);
    CHECK_EQ(cede_exit_stack_push(&stack, push_more, &stack), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, -EIO), -EIO);
    CHECK_HAS(notes, "pushes last:EIO more:EIO");
    CHECK_HAS(notes, "more:EIO first:EIO");
    CHECK_EQ(test_live_allocations(), 0);
}

static int close_again(void *arg)
{
    note("closes");
    return cede_exit_stack_close(arg, 0);
}

TEST(exit_stack, a_close_during_close_runs_nothing_twice)
{
    cede_exit_stack stack = {0};

    CHECK_EQ(cede_exit_stack_push(&stack, note_error, "first"), 0);
    CHECK_EQ(cede_exit_stack_callback(&stack, close_again, &stack), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, -EIO), -EIO);
    CHECK_STR(notes, "closes first:0");
}

/* No memory. */

static void *refuse_malloc(size_t size, void *arg)
{
    (void)size;
    (void)arg;
    return NULL;
}

static void *refuse_realloc(void *memory, size_t size, void *arg)
{
    (void)memory;
    (void)size;
    (void)arg;
    return NULL;
}

static void release(void *memory, void *arg)
{
    (void)arg;
    free(memory);
}

static const cede_allocator no_memory = {refuse_malloc, refuse_realloc, release, NULL};

static void fill(cede_exit_stack *stack)
{
    cede_exit_stack_init(stack);
    cede_set_allocator(&no_memory);
    for (int i = 0; i < CEDE__EXIT_STACK_ROOM; i++)
        CHECK_EQ(cede_exit_stack_defer(stack, defer_note, "room"), 0);
}

TEST(exit_stack, a_push_without_memory_runs_the_function_at_once)
{
    cede_exit_stack stack;

    fill(&stack);
    CHECK_EQ(cede_exit_stack_push(&stack, note_error, "push"), -ENOMEM);
    CHECK_EQ(cede_exit_stack_callback(&stack, callback_note, "callback"), -ENOMEM);
    CHECK_EQ(cede_exit_stack_defer(&stack, defer_note, "defer"), -ENOMEM);
    CHECK_STR(notes, "push:ENOMEM callback defer");
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
    CHECK_STR(notes, "push:ENOMEM callback defer room room room room");
}

TEST(exit_stack, a_push_without_memory_is_no_success_though_it_is_swallowed)
{
    cede_exit_stack stack;

    fill(&stack);
    CHECK_EQ(cede_exit_stack_push(&stack, swallow, NULL), -ENOMEM);
    CHECK_EQ(cede_exit_stack_push(&stack, replace, &codes[0]), -EIO);
    CHECK_STR(chain(), "EIO ENOMEM");
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
}

TEST(exit_stack, an_enter_without_memory_does_not_enter)
{
    struct noted noted = make_noted(0);
    cede_exit_stack stack;

    fill(&stack);
    CHECK_EQ(cede_exit_stack_enter(&stack, &noted.context, NULL), -ENOMEM);
    CHECK_STR(notes, "");
    CHECK_EQ(cede_exit_stack_close(&stack, 0), 0);
}

static int push_thirty(void)
{
    struct noted noted = make_noted(0);
    cede_exit_stack stack = {0};
    cede_exit_stack kept;
    long n = 0;
    int rc = 0;

    for (int i = 0; rc == 0 && i < 30; i++)
        rc = cede_exit_stack_defer(&stack, count_up, &n);
    if (rc == 0)
        rc = cede_exit_stack_enter(&stack, &noted.context, NULL);
    cede_exit_stack_pop_all(&stack, &kept);
    rc = cede_exit_stack_close(&kept, rc);
    if (rc == 0)
        CHECK_EQ(n, 30);
    return rc;
}

TEST(exit_stack, every_allocation_may_fail)
{
    test_sweep_allocations(push_thirty);
}
