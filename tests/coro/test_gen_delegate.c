/* test_gen_delegate.c - generators that delegate to others: row a9 of the list in
 * docs/from-python.md. */
/* SPDX-License-Identifier: MIT */
#include "coro/gen_test.h"

/* Delegates to the generator it is given; hands its result on. */
static int outer(cede_gen *self, void *arg)
{
    void *result;
    const int rc = cede_yield_from(self, arg, &result);

    leave(rc == CEDE_EGENEXIT ? "X" : rc < 0 ? "E" : "O");
    return rc < 0 ? rc : cede_gen_return(self, result);
}

TEST(gen_delegate, a9_delegation_passes_items_and_the_result)
{
    long n = 2;
    cede_gen *sub = cede_gen_create(count_to, &n);
    cede_gen *gen = cede_gen_create(outer, sub);

    CHECK_EQ(next_long(gen), 1);
    CHECK_PTR(cede_gen_delegate(gen), sub);
    CHECK_EQ(cede_gen_state(sub), CEDE_GEN_SUSPENDED);
    CHECK_EQ(next_long(gen), 2);
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_STR(cede_gen_result(gen), "end");
    CHECK(!cede_gen_delegate(gen));
    CHECK_STR(trail, "<>O");
    cede_gen_destroy(gen);
    cede_gen_destroy(sub);
}

TEST(gen_delegate, a9_what_is_sent_and_thrown_goes_to_the_innermost)
{
    cede_gen *sub = cede_gen_create(echo, NULL);
    cede_gen *middle = cede_gen_create(outer, sub);
    cede_gen *gen = cede_gen_create(outer, middle);
    char *item;

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_send(gen, "word", (void **)&item), 1);
    CHECK_STR(item, "word");
    CHECK_EQ(cede_throw(gen, -EPIPE, NULL), -EPIPE);
    CHECK_EQ(cede_gen_state(sub), CEDE_GEN_CLOSED);
    CHECK_STR(trail, "EE");
    cede_gen_destroy(gen);
    cede_gen_destroy(middle);
    cede_gen_destroy(sub);
}

TEST(gen_delegate, a9_close_goes_from_the_innermost_outward)
{
    long n = 9;
    cede_gen *sub = cede_gen_create(count_to, &n);
    cede_gen *middle = cede_gen_create(outer, sub);
    cede_gen *gen = cede_gen_create(outer, middle);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_STR(trail, "<xXX");
    CHECK_EQ(cede_gen_state(sub), CEDE_GEN_CLOSED);
    cede_gen_destroy(gen);
    cede_gen_destroy(middle);
    cede_gen_destroy(sub);
}

TEST(gen_delegate, a9_an_inner_one_that_ignores_close_is_let_go_and_tells_the_outer)
{
    int ignores = 1;
    cede_gen *sub = cede_gen_create(stubborn, &ignores);
    cede_gen *gen = cede_gen_create(outer, sub);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_close(gen), CEDE_EGENIGNORED);
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_CLOSED);
    CHECK_EQ(cede_gen_state(sub), CEDE_GEN_SUSPENDED);
    CHECK_EQ(cede_close(sub), 0);
    CHECK_STR(trail, "Egone");
    cede_gen_destroy(gen);
    cede_gen_destroy(sub);
}

TEST(gen_delegate, a9_an_inner_one_can_be_asked_by_itself_meanwhile)
{
    long n = 4;
    cede_gen *sub = cede_gen_create(count_to, &n);
    cede_gen *gen = cede_gen_create(outer, sub);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(next_long(sub), 2);
    CHECK_EQ(next_long(gen), 3);
    CHECK_EQ(cede_gen_destroy(sub), -EBUSY);
    CHECK_EQ(cede_close(sub), 0);
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK(!cede_gen_result(gen));
    CHECK_STR(trail, "<xO");
    cede_gen_destroy(gen);
    cede_gen_destroy(sub);
}

TEST(gen_delegate, a9_what_is_sent_after_the_inner_one_was_closed_is_not_its_result)
{
    long n = 4;
    cede_gen *sub = cede_gen_create(count_to, &n);
    cede_gen *gen = cede_gen_create(outer, sub);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(cede_close(sub), 0);
    CHECK_EQ(cede_send(gen, "lost", NULL), 0);
    CHECK(!cede_gen_result(gen));
    cede_gen_destroy(gen);
    cede_gen_destroy(sub);
}
