/* test_gen_delegate.c - generators that delegate to others: row a9 of the list in
 * docs/from-python.md; and the stacks of such chains, row a12. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

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

/* What cede_gen_print_stack prints; to be freed. */
static char *printed_stack(const cede_gen *gen)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    CHECK(stream);
    cede_gen_print_stack(gen, stream);
    CHECK_EQ(fclose(stream), 0);
    return text;
}

TEST(gen_delegate, a12_the_stack_of_a_suspended_one_goes_through_all_it_delegates_to)
{
    long n = 2;
    cede_gen *sub = cede_gen_create(count_to, &n);
    cede_gen *gen = cede_gen_create(outer, sub);

    CHECK_EQ(next_long(gen), 1);
    char *text = printed_stack(gen);
    CHECK_HAS(text, "<generator 'outer' suspended, delegates to 'count_to', made at test_gen_del");
#if defined(CEDE__HAVE_LIBDW)
    const char *innermost = strstr(text, "\n    count_to at gen_test.h:");
    CHECK(innermost);
    CHECK(strstr(innermost, "\n    outer at test_gen_delegate.c:"));
#else
    CHECK(strchr(strchr(text, '\n') + 1, '\n')); /* there are frames, without their names */
#endif
    free(text);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_EQ(cede_gen_destroy(sub), 0);
}

TEST(gen_delegate, a12_one_that_is_not_suspended_has_no_stack_to_show)
{
    long n = 2;
    cede_gen *gen = cede_gen_create(count_to, &n);
    char *created = printed_stack(gen), *closed;

    CHECK_EQ(cede_close(gen), 0);
    closed = printed_stack(gen);
    CHECK_HAS(created, "<generator 'count_to' created, made at test_gen_delegate.c:");
    CHECK_HAS(closed, "<generator 'count_to' closed, made at test_gen_delegate.c:");
    CHECK_PTR(strchr(created, '\n') + 1, created + strlen(created));
    CHECK_PTR(strchr(closed, '\n') + 1, closed + strlen(closed));
    free(created);
    free(closed);
    CHECK_EQ(cede_gen_destroy(gen), 0);
}
