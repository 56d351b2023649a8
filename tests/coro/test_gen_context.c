/* test_gen_context.c - contexts made from generators; the rows of Python's own tests of
 * contextmanager. */
/* SPDX-License-Identifier: MIT */
#include <cede/allocator.h>
#include <cede/exit_stack.h>
#include <cede/gen_context.h>

#include "exit_test.h"
#include "harness/harness.h"

/* Python: state.append(1); yield 42; state.append(999). */
static int woohoo(cede_gen *self, void *arg)
{
    note("1");
    CEDE_TRY(cede_yield(self, arg, NULL));
    note("999");
    return 0;
}

static int woohoo_finally(cede_gen *self, void *arg)
{
    CEDE_DEFER(defer_note, "999");
    note("1");
    CEDE_TRY(cede_yield(self, arg, NULL));
    return 0;
}

/* The context of `body` around a block that ends with `end`. */
static int around(cede_gen_fn *body, int end)
{
    cede_gen_context context;
    char word[] = "42";
    int rc = 0;

    cede_gen_context_init(&context, body, word);
    CEDE_WITH_AS(&context.context, rc, const char *, x) {
        note(x ? x : "none");
        rc = end;
    }
    CHECK_PTR(context.gen, NULL);
    return rc;
}

static int zero_division(void)
{
    return cede_raise(-EDOM, "division by zero");
}

TEST(gen_context, contextmanager_plain)
{
    CHECK_EQ(around(woohoo, 0), 0);
    CHECK_STR(notes, "1 42 999");
}

TEST(gen_context, contextmanager_finally)
{
    CHECK_EQ(around(woohoo_finally, zero_division()), -EDOM);
    CHECK_STR(notes, "1 42 999");
    CHECK_STR(cede_error_message(cede_error_last()), "division by zero");
}

TEST(gen_context, contextmanager_traceback_begins_where_it_was_raised)
{
    char text[2048];

    CHECK_EQ(around(woohoo, zero_division()), -EDOM);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_HAS(text, "in zero_division\nEDOM: division by zero\n");
    CHECK_STR(chain(), "EDOM");
    CHECK_STR(notes, "1 42"); /* nothing caught it */
}

TEST(gen_context, contextmanager_no_reraise_of_an_error_that_goes_on)
{
    cede_gen_context context;

    cede_gen_context_init(&context, woohoo, NULL);
    CHECK_EQ(cede_context_enter(&context.context, NULL), 0);
    CHECK_EQ(context.context.exit(&context.context, -EDOM), -EDOM); /* the same, not a new one */
}

static int yield_after_throw(cede_gen *self, void *arg)
{
    CEDE_DEFER(defer_note, "closed");
    if (cede_yield(self, arg, NULL) < 0)
        CEDE_TRY(cede_yield(self, arg, NULL));
    return 0;
}

TEST(gen_context, contextmanager_trap_yield_after_throw)
{
    CHECK_EQ(around(yield_after_throw, zero_division()), CEDE_EGENIGNORED);
    CHECK_STR(cede_error_message(cede_error_last()), "generator 'body' didn't stop after throw()");
    CHECK_STR(chain(), "CEDE_EGENIGNORED EDOM");
    CHECK_STR(notes, "42 closed");
}

static int no_yield(cede_gen *self, void *arg)
{
    (void)self;
    (void)arg;
    note("ran");
    return 0;
}

TEST(gen_context, contextmanager_trap_no_yield)
{
    cede_gen_context context;

    cede_gen_context_init(&context, no_yield, NULL);
    CHECK_EQ(cede_context_enter(&context.context, NULL), CEDE_EGENEND);
    CHECK_STR(cede_error_message(cede_error_last()), "generator 'no_yield' didn't yield");
    CHECK_STR(notes, "ran");
}

static int yield_twice(cede_gen *self, void *arg)
{
    CEDE_DEFER(defer_note, "closed");
    CEDE_TRY(cede_yield(self, arg, NULL));
    CEDE_TRY(cede_yield(self, arg, NULL));
    note("never");
    return 0;
}

TEST(gen_context, contextmanager_trap_second_yield)
{
    CHECK_EQ(around(yield_twice, 0), CEDE_EGENIGNORED);
    CHECK_STR(cede_error_message(cede_error_last()), "generator 'body' didn't stop");
    CHECK_STR(chain(), "CEDE_EGENIGNORED");
    CHECK_STR(notes, "42 closed");
}

static int replace_error(cede_gen *self, void *arg)
{
    if (cede_yield(self, arg, NULL) == -EDOM)
        return cede_raise(-EPERM, "another");
    return 0;
}

TEST(gen_context, contextmanager_non_normalised_another_error_replaces_the_first)
{
    CHECK_EQ(around(replace_error, -EDOM), -EPERM); /* which was never raised */
    CHECK_STR(chain(), "EPERM EDOM");
}

static int except_zero_division(cede_gen *self, void *arg)
{
    const int rc = cede_yield(self, arg, NULL);

    if (rc == -EDOM) {
        note(cede_error_message(cede_error_last()));
        return 0;
    }
    return rc;
}

TEST(gen_context, contextmanager_except)
{
    CHECK_EQ(around(except_zero_division, zero_division()), 0);
    CHECK_STR(notes, "42 division by zero");
    CHECK(cede_error_last() == NULL);
    CHECK_EQ(around(except_zero_division, -EIO), -EIO);
}

TEST(gen_context, contextmanager_except_stopiter_codes_of_generators_pass_like_others)
{
    static const int ends[] = {CEDE_EGENEND, CEDE_EGENEXIT, CEDE_EGENIGNORED, CEDE_EGENSTART};

    for (int i = 0; i < 4; i++) {
        CHECK_EQ(around(woohoo, cede_raise(ends[i], "spam")), ends[i]);
        CHECK_STR(cede_error_message(cede_error_last()), "spam");
    }
}

static int chain_error(cede_gen *self, void *arg)
{
    if (cede_yield(self, arg, NULL) < 0)
        return cede_raise_from(-EPERM, "issue29692:Chained");
    return 0;
}

TEST(gen_context, contextmanager_do_not_unchain_a_cause_that_the_body_gave)
{
    CHECK_EQ(around(chain_error, zero_division()), -EPERM);
    CHECK_STR(cede_error_message(cede_error_last()), "issue29692:Chained");
    CHECK_STR(chain(), "EPERM EDOM"); /* once */
    CHECK_EQ(around(chain_error, cede_raise(CEDE_EGENEND, "Unchained")), -EPERM);
    CHECK_STR(chain(), "EPERM CEDE_EGENEND"); /* wrap_runtimeerror: nothing is unwrapped */
}

static int fail_before(cede_gen *self, void *arg)
{
    (void)self;
    (void)arg;
    return cede_raise(-EACCES, "locked");
}

static int fail_after(cede_gen *self, void *arg)
{
    CEDE_TRY(cede_yield(self, arg, NULL));
    return cede_raise(-EACCES, "locked");
}

TEST(gen_context, a_body_that_fails_before_its_yield_is_not_entered)
{
    CHECK_EQ(around(fail_before, 0), -EACCES);
    CHECK_STR(cede_error_message(cede_error_last()), "locked");
    CHECK_STR(notes, "");
}

TEST(gen_context, a_body_that_fails_after_its_yield_fails_the_block)
{
    CHECK_EQ(around(fail_after, 7), -EACCES);
    CHECK_STR(notes, "42");
}

TEST(gen_context, a_count_is_kept)
{
    CHECK_EQ(around(woohoo, 7), 7);
}

TEST(gen_context, contextmanager_as_decorator_begins_anew_each_time)
{
    cede_gen_context context;

    cede_gen_context_init(&context, woohoo, NULL);
    CHECK_EQ(cede_context_call(&context.context, callback_note, "something"), 0);
    CHECK_EQ(cede_context_call(&context.context, callback_note, "something else"), 0);
    CHECK_STR(notes, "1 something 999 1 something else 999");
}

static int depth, n_entered;

static int count_depth(cede_gen *self, void *arg)
{
    const int before = depth;

    n_entered++;
    depth++;
    CEDE_TRY(cede_yield(self, arg, NULL));
    depth--;
    CHECK_EQ(depth, before);
    return 0;
}

static int recursive(void *arg);

static int recursive_body(void *arg)
{
    return depth < 10 ? recursive(arg) : 0;
}

static int recursive(void *arg)
{
    cede_gen_context context;

    cede_gen_context_init(&context, count_depth, NULL);
    return cede_context_call(&context.context, recursive_body, arg);
}

TEST(gen_context, recursive_a_decorated_function_may_call_itself)
{
    CHECK_EQ(recursive(NULL), 0);
    CHECK_EQ(n_entered, 10);
    CHECK_EQ(depth, 0);
}

TEST(gen_context, the_same_one_cannot_be_entered_inside_itself)
{
    cede_gen_context context;
    int rc = 0, inner = 0;

    cede_gen_context_init(&context, woohoo, NULL);
    CEDE_WITH(&context.context, rc) {
        CEDE_WITH(&context.context, inner) {
            FAIL("entered");
        }
        CHECK_EQ(inner, -EBUSY);
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(notes, "1 999");
}

static int reraise(cede_gen *self, void *arg)
{
    CEDE_TRY(cede_yield(self, arg, NULL));
    return 0;
}

TEST(gen_context, dont_reraise_runtimeerror_on_an_exit_stack)
{
    cede_exit_stack stack = {0};
    cede_gen_context first, second;

    cede_gen_context_init(&second, chain_error, NULL);
    cede_gen_context_init(&first, reraise, NULL);
    CHECK_EQ(cede_exit_stack_enter(&stack, &second.context, NULL), 0);
    CHECK_EQ(cede_exit_stack_enter(&stack, &first.context, NULL), 0);
    CHECK_EQ(cede_exit_stack_close(&stack, cede_raise(CEDE_EGENEND, "please no loop")), -EPERM);
    CHECK_STR(chain(), "EPERM CEDE_EGENEND");
}

static int raise_code(cede_gen *self, void *arg)
{
    const int *code = arg;

    if (cede_yield(self, arg, NULL) == 0)
        return 0;
    return cede_raise_from(*code, "finally");
}

TEST(gen_context, gets_the_context_right_on_an_exit_stack)
{
    cede_gen_context contexts[3];
    cede_exit_stack stack = {0};

    for (int i = 0; i < 3; i++) {
        cede_gen_context_init(&contexts[i], raise_code, &codes[2 - i]);
        CHECK_EQ(cede_exit_stack_enter(&stack, &contexts[i].context, NULL), 0);
    }
    CHECK_EQ(cede_exit_stack_close(&stack, zero_division()), -ENOENT);
    CHECK_STR(chain(), "ENOENT EPERM EIO EDOM");
}

/* a16: clean-up on every way out of a generator, last in, first out. */

static int with_cleanups(cede_gen *self, void *arg)
{
    cede_exit_stack stack = {0};
    int rc;

    CEDE_DEFER(defer_note, "a");
    rc = cede_exit_stack_defer(&stack, defer_note, "b");
    if (rc == 0)
        rc = cede_exit_stack_push(&stack, note_error, "c");
    if (rc == 0)
        rc = cede_yield(self, arg, NULL);
    return cede_exit_stack_close(&stack, rc);
}

TEST(gen_context, a16_clean_up_runs_on_the_normal_way_out)
{
    cede_gen *gen = cede_gen_create(with_cleanups, NULL);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_next(gen, NULL), 0);
    CHECK_STR(notes, "c:0 b a");
    CHECK_EQ(cede_gen_destroy(gen), 0);
}

TEST(gen_context, a16_clean_up_runs_on_throw)
{
    cede_gen *gen = cede_gen_create(with_cleanups, NULL);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_throw(gen, -EIO, NULL), -EIO);
    CHECK_STR(notes, "c:EIO b a");
    CHECK_EQ(cede_gen_destroy(gen), 0);
}

TEST(gen_context, a16_clean_up_runs_on_close)
{
    cede_gen *gen = cede_gen_create(with_cleanups, NULL);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_STR(notes, "c:CEDE_EGENEXIT b a");
    CHECK_EQ(cede_gen_destroy(gen), 0);
}

TEST(gen_context, a16_clean_up_runs_on_destroy)
{
    cede_gen *gen = cede_gen_create(with_cleanups, NULL);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_STR(notes, "c:CEDE_EGENEXIT b a");
}

static int enter_seven(void)
{
    cede_gen_context contexts[7];
    cede_exit_stack stack = {0};
    int rc = 0;

    for (int i = 0; rc == 0 && i < 7; i++) {
        cede_gen_context_init(&contexts[i], reraise, NULL);
        rc = cede_exit_stack_enter(&stack, &contexts[i].context, NULL);
    }
    return cede_exit_stack_close(&stack, rc);
}

TEST(gen_context, every_allocation_may_fail)
{
    CHECK_EQ(enter_seven(), 0); /* stacks stay, for the next generators */
    test_sweep_allocations(enter_seven);
}

static void *refuse_malloc(size_t size, void *arg)
{
    (void)size;
    (void)arg;
    return NULL;
}

TEST(gen_context, without_memory_for_its_stack_it_is_not_entered)
{
    const cede_allocator no_memory = {.allocate = refuse_malloc};

    cede_set_allocator(&no_memory);
    CHECK_EQ(around(woohoo, 0), -ENOMEM);
    CHECK_STR(notes, "");
}
