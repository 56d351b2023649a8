/* test_gen.c - the protocol of generators outside of any loop; the names' letters and numbers are
 * rows of the list in docs/from-python.md. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <cede/allocator.h>

#include "coro/gen_test.h"

TEST(gen, yields_in_order_and_ends_for_good)
{
    long n = 3;
    cede_gen *gen = cede_gen_create(count_to, &n);
    void *item = "untouched";

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(next_long(gen), 2);
    CHECK_EQ(next_long(gen), 3);
    CHECK_EQ(cede_next(gen, &item), 0);
    CHECK_EQ(cede_next(gen, &item), 0);
    CHECK_STR(item, "untouched");
    CHECK_STR(trail, "<>");
    CHECK_EQ(cede_gen_destroy(gen), 0);
}

TEST(gen, a1_a_value_sent_before_the_start_is_refused_and_changes_nothing)
{
    long n = 1;
    cede_gen *gen = cede_gen_create(count_to, &n);

    CHECK_EQ(cede_send(gen, &n, NULL), CEDE_EGENSTART);
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_CREATED);
    CHECK_STR(trail, "");
    CHECK_EQ(next_long(gen), 1);
    cede_gen_destroy(gen);
}

TEST(gen, a1_what_is_sent_arrives_at_the_yield)
{
    cede_gen *gen = cede_gen_create(echo, "first");
    char *item;

    CHECK_EQ(cede_next(gen, (void **)&item), 1);
    CHECK_STR(item, "first");
    CHECK_EQ(cede_send(gen, "second", (void **)&item), 1);
    CHECK_STR(item, "second");
    CHECK_EQ(cede_next(gen, (void **)&item), 1);
    CHECK(!item);
    cede_gen_destroy(gen);
}

TEST(gen, a2_a_throw_before_the_start_closes_without_running)
{
    long n = 1;
    cede_gen *gen = cede_gen_create(count_to, &n);

    CHECK_EQ(cede_throw(gen, -EPIPE, NULL), -EPIPE);
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_CLOSED);
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_STR(trail, "");
    cede_gen_destroy(gen);
}

/* Catches what is thrown and yields its number. */
static int catcher(cede_gen *self, void *arg)
{
    long caught = 0;

    (void)arg;
    for (;;) {
        const int rc = cede_yield(self, &caught, NULL);
        if (rc == CEDE_EGENEXIT || rc == -EIO)
            return rc;
        caught = rc;
    }
}

TEST(gen, a3_a_throw_may_be_answered_with_an_item)
{
    cede_gen *gen = cede_gen_create(catcher, NULL);
    long *item;

    CHECK_EQ(next_long(gen), 0);
    CHECK_EQ(cede_throw(gen, -EPIPE, (void **)&item), 1);
    CHECK_EQ(*item, -EPIPE);
    CHECK_EQ(cede_throw(gen, 0, NULL), -EINVAL);
    CHECK_EQ(cede_throw(gen, 7, NULL), -EINVAL);
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_SUSPENDED);
    CHECK_EQ(cede_throw(gen, -EIO, NULL), -EIO);
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_CLOSED);
    cede_gen_destroy(gen);
}

TEST(gen, a3_the_thrown_error_keeps_its_words_and_trace)
{
    cede_gen *gen = cede_gen_create(catcher, NULL);

    (void)next_long(gen);
    CHECK_EQ(cede_raise(-EIO, "the disk is gone"), -EIO);
    CHECK_EQ(cede_throw(gen, -EIO, NULL), -EIO);
    CHECK_HAS(cede_error_message(cede_error_last()), "the disk is gone");
    cede_gen_destroy(gen);
}

TEST(gen, a4_a_throw_into_one_that_ended_comes_straight_back)
{
    long n = 0;
    cede_gen *gen = cede_gen_create(count_to, &n);

    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_EQ(cede_throw(gen, -EPIPE, NULL), -EPIPE);
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}

TEST(gen, a5_close_ends_it_at_the_yield_and_again_does_nothing)
{
    long n = 9;
    cede_gen *gen = cede_gen_create(count_to, &n);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_STR(trail, "<x");
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}

TEST(gen, a5_close_before_the_start_runs_nothing_and_drops_the_argument)
{
    void *arg = malloc(1);
    cede_gen *gen = cede_gen_create_with(&(cede_gen_options){.drop = free}, count_to, arg);

    CHECK_EQ(cede_close(gen), 0);
    CHECK_STR(trail, "");
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_CLOSED);
    cede_gen_destroy(gen);
}

TEST(gen, a5_a_yield_in_answer_to_close_is_an_error)
{
    int ignores = 1;
    cede_gen *gen = cede_gen_create(stubborn, &ignores);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_close(gen), CEDE_EGENIGNORED);
    CHECK_HAS(cede_error_message(cede_error_last()), "stubborn");
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_SUSPENDED);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_STR(trail, "gone");
    cede_gen_destroy(gen);
}

static int fails_on_close(cede_gen *self, void *arg)
{
    (void)arg;
    if (cede_yield(self, NULL, NULL) < 0)
        return cede_raise(-EIO, "cannot flush");
    return 0;
}

TEST(gen, a5_another_error_out_of_close_is_passed_on)
{
    cede_gen *gen = cede_gen_create(fails_on_close, NULL);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_close(gen), -EIO);
    CHECK_HAS(cede_error_message(cede_error_last()), "cannot flush");
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_CLOSED);
    cede_gen_destroy(gen);
}

TEST(gen, a5_closing_leaves_the_callers_error_as_it_is)
{
    long n = 9;
    cede_gen *gen = cede_gen_create(count_to, &n);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(cede_raise(-EPIPE, "the error under way"), -EPIPE);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_HAS(cede_error_message(cede_error_last()), "under way");
    cede_gen_destroy(gen);
}

TEST(gen, a6_the_result_is_apart_from_the_items)
{
    long n = 1;
    cede_gen *gen = cede_gen_create(count_to, &n);

    CHECK_EQ(next_long(gen), 1);
    CHECK(!cede_gen_result(gen));
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_STR(cede_gen_result(gen), "end");
    cede_gen_destroy(gen);
}

static int takes_one_of(cede_gen *self, void *arg)
{
    cede_gen *other = arg;

    for (;;) {
        void *item;
        const int rc = cede_next(other, &item);
        if (rc <= 0)
            return rc; /* its end is the end of this one; nothing to be mistaken for an error */
        CEDE_TRY(cede_yield(self, item, NULL));
    }
}

TEST(gen, a7_the_end_of_another_is_no_error_that_leaks_out)
{
    long n = 1;
    cede_gen *other = cede_gen_create(count_to, &n);
    cede_gen *gen = cede_gen_create(takes_one_of, other);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
    cede_gen_destroy(other);
}

static int resumes_itself(cede_gen *self, void *arg)
{
    int *rcs = arg;

    rcs[0] = cede_next(self, NULL);
    rcs[1] = cede_close(self);
    rcs[2] = cede_throw(self, -EIO, NULL);
    rcs[3] = cede_gen_destroy(self);
    rcs[4] = cede_yield_from(self, self, NULL);
    rcs[5] = (int)cede_gen_state(self);
    return 0;
}

TEST(gen, a8_one_that_runs_cannot_be_resumed_closed_or_destroyed)
{
    int rcs[6];
    cede_gen *gen = cede_gen_create(resumes_itself, rcs);

    CHECK_EQ(cede_next(gen, NULL), 0);
    for (int i = 0; i < 5; i++)
        CHECK_EQ(rcs[i], -EBUSY);
    CHECK_EQ(rcs[5], CEDE_GEN_RUNNING);
    cede_gen_destroy(gen);
}

static int raises_between(cede_gen *self, void *arg)
{
    (void)arg;
    (void)cede_raise(-EIO, "inside");
    CEDE_TRY(cede_yield(self, NULL, NULL));
    CHECK_HAS(cede_error_message(cede_error_last()), "inside");
    return 0;
}

TEST(gen, a10_each_has_its_own_error)
{
    cede_gen *gen = cede_gen_create(raises_between, NULL);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK(!cede_error_last());
    CHECK_EQ(cede_raise(-EPIPE, "outside"), -EPIPE);
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_HAS(cede_error_message(cede_error_last()), "outside");
    cede_gen_destroy(gen);
}

TEST(gen, a11_the_four_states)
{
    long n = 1;
    cede_gen *gen = cede_gen_create(count_to, &n);
    char line[128];

    CHECK_STR(cede_gen_state_name(cede_gen_state(gen)), "GEN_CREATED");
    (void)next_long(gen);
    CHECK_STR(cede_gen_state_name(cede_gen_state(gen)), "GEN_SUSPENDED");
    cede_gen_format(gen, line, sizeof line);
    CHECK_HAS(line, "<generator 'count_to' suspended, made at test_gen.c:");
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_STR(cede_gen_state_name(cede_gen_state(gen)), "GEN_CLOSED");
    CHECK_STR(cede_gen_state_name((enum cede_gen_state)9), "?");
    cede_gen_destroy(gen);
}

TEST(gen, a13_destroying_a_suspended_one_closes_it)
{
    long n = 9;
    cede_gen *gen = cede_gen_create(count_to, &n);

    (void)next_long(gen);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_STR(trail, "<x");
    CHECK_EQ(cede_gen_destroy(NULL), 0);
}

TEST(gen, a13_an_error_while_it_is_destroyed_is_reported)
{
    cede_gen *gen = cede_gen_create(fails_on_close, NULL);

    test_capture_reports();
    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_HAS(test_reports(), "fails_on_close");
    CHECK_HAS(test_reports(), "cannot flush");
}

TEST(gen, a13_one_that_refuses_to_be_destroyed_still_cleans_up)
{
    int ignores = 500;
    cede_gen *gen = cede_gen_create(stubborn, &ignores);

    test_capture_reports();
    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_HAS(test_reports(), "yielded when it was to be closed");
    CHECK_STR(trail, "gone");
}

TEST(gen, a13_one_that_refuses_for_ever_loses_its_stack)
{
    int ignores = 1 << 30;
    cede_gen *gen = cede_gen_create(stubborn, &ignores);

    test_capture_reports();
    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_HAS(test_reports(), "its stack is taken");
    CHECK_STR(trail, "");
}

static int deep(cede_gen *self, long depth)
{
    return depth > 0 ? deep(self, depth - 1) : cede_yield(self, "deep", NULL);
}

static int yields_deep(cede_gen *self, void *arg)
{
    return deep(self, *(long *)arg);
}

TEST(gen, a17_yields_from_any_depth_of_calls)
{
    long depth = 100;
    cede_gen *gen = cede_gen_create(yields_deep, &depth);
    char *item;

    CHECK_EQ(cede_next(gen, (void **)&item), 1);
    CHECK_STR(item, "deep");
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}

/* Uses 4 KiB of stack a level. */
static __attribute__((noinline)) int deep_and_wide(cede_gen *self, long depth)
{
    volatile char room[4096];
    int rc;

    room[0] = (char)depth;
    rc = depth > 0 ? deep_and_wide(self, depth - 1) : cede_yield(self, "deep", NULL);
    return rc < 0 ? rc : rc + 0 * room[0];
}

static int yields_deep_and_wide(cede_gen *self, void *arg)
{
    return deep_and_wide(self, *(long *)arg);
}

TEST(gen, a17_one_that_needs_more_stack_is_given_it)
{
    long depth = 200;
    const cede_gen_options options = {.stack_size = 4 << 20};
    cede_gen *gen = cede_gen_create_with(&options, yields_deep_and_wide, &depth);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}

static int yield_at(cede_gen *self, long depth, long *i)
{
    void *sent;
    const int rc =
        depth > 0 ? yield_at(self, depth - 1, i) : cede_yield(self, i, *i % 2 > 0 ? &sent : NULL);

    return rc < 0 ? rc : 0;
}

static int yields_here_and_there(cede_gen *self, void *arg)
{
    for (long i = 1; i <= *(long *)arg; i++)
        CEDE_TRY(yield_at(self, i * 7 % 5, &i));
    return 0;
}

TEST(gen, a17_both_sides_may_stand_elsewhere_each_time)
{
    long n = 1000, *items[2];
    cede_gen *gen = cede_gen_create(yields_here_and_there, &n);

    for (long i = 1; i <= n; i++) {
        CHECK_EQ(i % 3 > 0 ? cede_next(gen, (void **)&items[i % 2]) : 1, 1);
        CHECK_EQ(i % 3 > 0 ? *items[i % 2] : next_long(gen), i);
    }
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}

TEST(gen, a_yield_for_another_generator_is_refused)
{
    long n = 1;
    cede_gen *gen = cede_gen_create(count_to, &n);

    CHECK_EQ(cede_yield(gen, NULL, NULL), -EINVAL);
    CHECK_EQ(cede_yield_from(gen, gen, NULL), -EINVAL);
    cede_gen_destroy(gen);
}

TEST(gen, a_primed_one_is_ready_to_be_sent_to)
{
    cede_gen *gen = cede_gen_create_with(&(cede_gen_options){.prime = true}, echo, "lost");
    char *item;

    CHECK_EQ(cede_send(gen, "word", (void **)&item), 1);
    CHECK_STR(item, "word");
    cede_gen_destroy(gen);
    long n = 0;
    CHECK(!cede_gen_create_with(&(cede_gen_options){.prime = true}, count_to, &n));
    CHECK_EQ(cede_error_code(cede_error_last()), CEDE_EGENEND);
}

static void *no_memory(size_t size, void *arg)
{
    (void)size;
    (void)arg;
    return NULL;
}

static void *no_memory_again(void *memory, size_t size, void *arg)
{
    (void)memory;
    return no_memory(size, arg);
}

static void never(void *memory, void *arg)
{
    (void)memory;
    (void)arg;
    FAIL("nothing was allocated");
}

TEST(gen, without_memory_or_with_a_senseless_stack_there_is_none)
{
    static const cede_allocator empty = {no_memory, no_memory_again, never, NULL};
    void *args[] = {malloc(1), malloc(1)};
    const cede_gen_options huge = {.stack_size = SIZE_MAX / 2, .drop = free};

    CHECK(!cede_gen_create_with(&huge, echo, args[0]));
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    cede_set_allocator(&empty);
    CHECK(!cede_gen_create_with(&(cede_gen_options){.drop = free}, echo, args[1]));
    CHECK_EQ(cede_error_code(cede_error_last()), -ENOMEM);
    cede_set_allocator(NULL);
}
