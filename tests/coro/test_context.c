/* test_context.c - context managers: blocks, calls, closing, suppress, nullcontext. */
/* SPDX-License-Identifier: MIT */
#include <cede/context.h>

#include "exit_test.h"
#include "harness/harness.h"

/* Notes what happens to it. */
struct noted {
    cede_context context;
    int enter_rc;
    int swallows; /* the code that it swallows; 0: none */
    int raises;   /* the code that its exit fails with; 0: none */
};

static int noted_enter(cede_context *context, void **value_out)
{
    struct noted *self = (struct noted *)context;

    note("enter");
    *value_out = "value";
    return self->enter_rc < 0 ? cede_raise(self->enter_rc, "cannot be entered") : 0;
}

static int noted_exit(cede_context *context, int rc)
{
    const struct noted *self = (const struct noted *)context;
    char word[64];

    snprintf(word, sizeof word, "exit:%s", rc < 0 ? cede_error_name(rc) : rc > 0 ? "count" : "0");
    note(word);
    if (self->raises)
        return cede_raise(self->raises, "exit failed");
    return rc == self->swallows ? 0 : rc;
}

static struct noted make_noted(void)
{
    return (struct noted){.context = {noted_enter, noted_exit}};
}

TEST(context, a_block_is_entered_and_left)
{
    struct noted noted = make_noted();
    int rc = 0;

    CEDE_WITH(&noted.context, rc) {
        note("body");
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(notes, "enter body exit:0");
}

TEST(context, a_block_gets_the_value_of_the_context)
{
    struct noted noted = make_noted();
    int rc = 0;

    CEDE_WITH_AS(&noted.context, rc, const char *, what) {
        note(what);
        rc = 3;
    }
    CHECK_EQ(rc, 3);
    CHECK_STR(notes, "enter value exit:0");
}

TEST(context, a_context_that_stores_no_value_is_its_own)
{
    cede_context context = {NULL, NULL};
    int rc = 0;

    CEDE_WITH_AS(&context, rc, cede_context *, value) {
        CHECK_PTR(value, &context);
        rc = -EIO;
    }
    CHECK_EQ(rc, -EIO);
}

TEST(context, entered_and_left_by_hand_it_is_as_around_a_block)
{
    struct noted noted = make_noted();
    void *value;

    CHECK_EQ(cede_context_enter(&noted.context, &value), 0);
    CHECK_STR(value, "value");
    CHECK_EQ(cede_context_exit(&noted.context, 3), 3); /* a count, of which it sees 0 */
    noted.swallows = -EIO;
    CHECK_EQ(cede_context_exit(&noted.context, -EIO), 0);
    CHECK_EQ(cede_context_exit(&noted.context, -EPIPE), -EPIPE);
    CHECK_STR(notes, "enter exit:0 exit:EIO exit:EPIPE");
}

TEST(context, a_block_whose_context_cannot_be_entered_is_skipped)
{
    struct noted noted = make_noted();
    int rc = 0;

    noted.enter_rc = -EACCES;
    CEDE_WITH_AS(&noted.context, rc, const char *, what) {
        note(what);
    }
    CHECK_EQ(rc, -EACCES);
    CHECK_STR(notes, "enter");
    CHECK_STR(cede_error_message(cede_error_last()), "cannot be entered");
}

TEST(context, break_and_continue_leave_the_block_and_the_context)
{
    struct noted noted = make_noted();
    int rc = 0;

    CEDE_WITH(&noted.context, rc) {
        CEDE_TRY_BREAK(rc, fail(&codes[0]));
        note("never");
    }
    CHECK_EQ(rc, -EIO);
    CEDE_WITH_AS(&noted.context, rc, char *, value) {
        rc = 0;
        if (*value == 'v')
            continue;
        note("never");
    }
    CHECK_EQ(rc, 0);
    CEDE_WITH_AS(&noted.context, rc, char *, value) {
        if (*value == 'v')
            break;
        note("never");
    }
    CHECK_STR(notes, "enter exit:EIO enter exit:0 enter exit:0");
}

static int return_from_block(struct noted *noted)
{
    int rc = -EDOM;

    CEDE_WITH(&noted->context, rc) {
        return 5;
    }
    return rc;
}

TEST(context, a_return_leaves_the_context_too)
{
    struct noted noted = make_noted();

    CHECK_EQ(return_from_block(&noted), 5);
    CHECK_STR(notes, "enter exit:EDOM");
}

TEST(context, an_error_that_the_context_swallows_is_success)
{
    struct noted noted = make_noted();
    int rc = 0;

    noted.swallows = -EDOM;
    CEDE_WITH(&noted.context, rc) {
        rc = cede_raise(-EDOM, "division by zero");
    }
    CHECK_EQ(rc, 0);
    CHECK(cede_error_last() == NULL);
    CEDE_WITH(&noted.context, rc) {
        rc = cede_raise(-EIO, "disk");
    }
    CHECK_EQ(rc, -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "disk");
}

TEST(context, an_error_of_the_exit_is_caused_by_the_one_inside)
{
    struct noted noted = make_noted();
    char text[2048];
    int rc = 0;

    noted.raises = -EPERM;
    CEDE_WITH(&noted.context, rc) {
        rc = cede_raise(-EDOM, "division by zero");
    }
    CHECK_EQ(rc, -EPERM);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_HAS(text, "EDOM: division by zero\n\nThis was the direct cause");
    CHECK_HAS(text, "EPERM: exit failed\n");
}

TEST(context, an_error_of_the_exit_alone_has_no_cause)
{
    struct noted noted = make_noted();
    char text[2048];
    int rc = 0;

    noted.raises = -EPERM;
    CEDE_WITH(&noted.context, rc) {
        rc = 4;
    }
    CHECK_EQ(rc, -EPERM);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK(strstr(text, "direct cause") == NULL);
    CHECK_STR(notes, "enter exit:0");
}

TEST(context, blocks_nest)
{
    struct noted outer = make_noted();
    struct noted inner = make_noted();
    int rc = 0;

    outer.swallows = -EPERM;
    inner.raises = -EPERM;
    CEDE_WITH(&outer.context, rc) {
        CEDE_WITH(&inner.context, rc) {
            rc = -EDOM;
        }
        note("between");
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(notes, "enter enter exit:EDOM between exit:EPERM");
}

/* ContextDecorator: a function that always runs inside. */

static struct noted around;

static int undecorated(void *arg)
{
    note("function");
    return *(int *)arg;
}

static int decorated(void *arg)
{
    return cede_context_call(&around.context, undecorated, arg);
}

TEST(context, contextdecorator_runs_the_function_inside)
{
    int result = 3;

    around = make_noted();
    CHECK_EQ(decorated(&result), 3);
    CHECK_EQ(decorated(&result), 3); /* as often as one likes */
    CHECK_STR(notes, "enter function exit:0 enter function exit:0");
}

TEST(context, contextdecorator_with_exception_leaves_the_context)
{
    int result = -EIO;

    around = make_noted();
    around.swallows = -EIO;
    CHECK_EQ(decorated(&result), 0);
    around.swallows = 0;
    CHECK_EQ(decorated(&result), -EIO);
    CHECK_STR(notes, "enter function exit:EIO enter function exit:EIO");
}

TEST(context, contextdecorator_that_cannot_enter_does_not_call)
{
    int result = 3;

    around = make_noted();
    around.enter_rc = -EACCES;
    CHECK_EQ(decorated(&result), -EACCES);
    CHECK_STR(notes, "enter");
}

/* closing */

static int close_and_note(void *arg)
{
    note(arg);
    return 0;
}

static int close_and_fail(void *arg)
{
    note(arg);
    return cede_raise(-EIO, "nothing is on the disk");
}

TEST(context, closing_gives_the_object_and_closes_it)
{
    char door[] = "door";
    cede_closing closing;
    int rc = 0;

    cede_closing_init(&closing, close_and_note, door);
    CEDE_WITH_AS(&closing.context, rc, char *, value) {
        CHECK_PTR(value, door);
        note("body");
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(notes, "body door");
}

TEST(context, closing_error_closes_all_the_same)
{
    char door[] = "door";
    cede_closing closing;
    int rc = 0;

    cede_closing_init(&closing, close_and_note, door);
    CEDE_WITH(&closing.context, rc) {
        rc = cede_raise(-EDOM, "division by zero");
    }
    CHECK_EQ(rc, -EDOM);
    CHECK_STR(notes, "door");
    CHECK_STR(cede_error_message(cede_error_last()), "division by zero");
}

TEST(context, closing_that_fails_has_the_error_inside_as_its_cause)
{
    char door[] = "door";
    char text[2048];
    cede_closing closing;
    int rc = 0;

    cede_closing_init(&closing, close_and_fail, door);
    CEDE_WITH(&closing.context, rc) {
        rc = cede_raise(-EIO, "cable");
    }
    CHECK_EQ(rc, -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "nothing is on the disk");
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_HAS(text, "EIO: cable\n\nThis was the direct cause");
    CHECK(strstr(strstr(text, "direct cause") + 1, "direct cause") == NULL); /* chained once */
}

/* suppress */

static const int missing[] = {-ENOENT, -ENOTDIR};

static int suppressed(size_t n_codes, int code)
{
    cede_suppress suppress;
    int rc = 0;

    cede_suppress_init(&suppress, missing, n_codes);
    CEDE_WITH_AS(&suppress.context, rc, void *, value) {
        CHECK_PTR(value, NULL);
        rc = code;
    }
    return rc;
}

TEST(context, suppress_exact_exception_and_no_other)
{
    CHECK_EQ(suppressed(2, -ENOENT), 0);
    CHECK_EQ(suppressed(2, -ENOTDIR), 0); /* multiple_exception_args */
    CHECK_EQ(suppressed(2, -EIO), -EIO);  /* other_exception */
}

TEST(context, suppress_no_exception_is_nothing)
{
    CHECK_EQ(suppressed(2, 0), 0);
    CHECK_EQ(suppressed(2, 32), 32);
}

TEST(context, suppress_no_args_swallows_nothing)
{
    CHECK_EQ(suppressed(0, -ENOENT), -ENOENT);
}

TEST(context, suppress_is_reentrant)
{
    cede_suppress suppress;
    bool went_on = false;
    int rc = 0;

    cede_suppress_init(&suppress, missing, 2);
    CEDE_WITH(&suppress.context, rc) {
        CEDE_WITH(&suppress.context, rc) {
            rc = cede_raise(-ENOENT, "no file");
        }
        CHECK_EQ(rc, 0);
        went_on = true;
        rc = cede_raise(-ENOTDIR, "no folder");
    }
    CHECK_EQ(rc, 0);
    CHECK(went_on);
    CHECK(cede_error_last() == NULL);
}

TEST(context, nullcontext_gives_its_value_and_hands_errors_through)
{
    char word[] = "given";
    cede_null_context null;
    int rc = 0;

    cede_null_context_init(&null, word);
    CEDE_WITH_AS(&null.context, rc, char *, value) {
        CHECK_PTR(value, word);
        rc = -EIO;
    }
    CHECK_EQ(rc, -EIO);
}
