/* test_conformance_futures.c - what CPython's test_futures.py pins down and our own tests of
 * futures left open; tests/conformance/asyncio.md says which is which. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

static void note_done(cede_future *future, void *arg)
{
    CHECK(cede_future_is_done(future));
    test_note("%s", (const char *)arg);
}

/* A promise with the callbacks a, b and c. */
static cede_future *watched_promise(void)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_on_done(promise, note_done, "a"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "b"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "c"), 0);
    return promise;
}

static void keep_and_check_notes(cede_future *promise, const char *notes)
{
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), notes);
    cede_future_unref(promise);
}

TEST_TASK(conformance_futures, without_the_first_callback_the_others_are_called_in_order)
{
    cede_future *promise = watched_promise();

    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "a"), 1);
    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "a"), 0);
    keep_and_check_notes(promise, "b c");
}

TEST_TASK(conformance_futures, without_the_first_two_callbacks_the_third_is_called)
{
    cede_future *promise = watched_promise();

    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "a"), 1);
    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "b"), 1);
    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "a"), 0);
    keep_and_check_notes(promise, "c");
}

TEST_TASK(conformance_futures, without_the_last_callback_the_others_are_called_in_order)
{
    cede_future *promise = watched_promise();

    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "c"), 1);
    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "c"), 0);
    keep_and_check_notes(promise, "a b");
}

TEST_TASK(conformance_futures, callbacks_of_a_broken_promise_are_called)
{
    cede_future *promise = watched_promise();

    CHECK_EQ(cede_future_fail(promise, -EIO), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "a b c");
    CHECK_EQ(cede_join(promise), -EIO);
}

static void remove_the_others(cede_future *future, void *arg)
{
    test_note("first");
    CHECK_EQ(cede_future_remove_on_done(future, note_done, arg), 0);
}

TEST_TASK(conformance_futures, a_callback_comes_too_late_to_remove_the_others)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_on_done(promise, remove_the_others, "x"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "x"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "x"), 0);
    keep_and_check_notes(promise, "first x x");
}

TEST_TASK(conformance_futures, a_promise_is_pending_until_it_is_cancelled)
{
    cede_future *promise = cede_future_create();

    CHECK(!cede_future_is_done(promise));
    CHECK(!cede_future_is_cancelled(promise));
    CHECK(cede_cancel(promise));
    CHECK(cede_future_is_cancelled(promise));
    CHECK_EQ(cede_future_status(promise), CEDE_EREVOKED);
    CHECK_EQ(cede_future_set(promise, NULL), CEDE_EDONE);
    CHECK_EQ(cede_future_fail(promise, -EIO), CEDE_EDONE);
    CHECK(cede_future_is_cancelled(promise));
    cede_future_unref(promise);
}

TEST_TASK(conformance_futures, a_kept_promise_has_no_error_and_is_not_cancelled)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK(!cede_future_is_cancelled(promise));
    CHECK_PTR(cede_future_error(promise), NULL);
    CHECK(!cede_cancel(promise));
    CHECK_EQ(cede_join(promise), 0);
}

TEST_TASK(conformance_futures, a_broken_promise_stays_broken)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_fail(promise, cede_raise(-EIO, "broken")), 0);
    CHECK(cede_future_is_done(promise));
    CHECK(!cede_future_is_cancelled(promise));
    CHECK_EQ(cede_error_code(cede_future_error(promise)), -EIO);
    CHECK_EQ(cede_future_set(promise, NULL), CEDE_EDONE);
    CHECK_EQ(cede_future_fail(promise, -EPIPE), CEDE_EDONE);
    CHECK(!cede_cancel(promise));
    CHECK_EQ(cede_join(promise), -EIO);
}

static int await_twice(void *arg)
{
    CHECK_EQ(cede_await(arg), 0);
    test_note("once");
    CHECK_EQ(cede_await(arg), 0);
    test_note("twice");
    return 0;
}

TEST_TASK(conformance_futures, the_second_await_of_a_promise_does_not_wait)
{
    cede_future *promise = cede_future_create();
    cede_future *task = cede_spawn(await_twice, promise);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "once twice");
    CHECK_EQ(cede_join(task), 0);
    cede_future_unref(promise);
}

/* What is reported when a promise is forgotten. */

static cede_future *broken_promise(void)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_fail(promise, cede_raise(-EIO, "boom")), 0);
    cede_error_clear();
    return promise;
}

TEST_TASK(conformance_futures, a_pending_promise_is_forgotten_without_a_word)
{
    test_capture_reports();
    cede_future_unref(cede_future_create());
    CHECK_STR(test_reports(), "");
}

TEST_TASK(conformance_futures, a_kept_promise_is_forgotten_without_a_word_looked_at_or_not)
{
    cede_future *unseen = cede_future_create(), *seen = cede_future_create();

    test_capture_reports();
    CHECK_EQ(cede_future_set(unseen, NULL), 0);
    cede_future_unref(unseen);
    CHECK_EQ(cede_future_set(seen, NULL), 0);
    CHECK_EQ(cede_future_status(seen), 0);
    cede_future_unref(seen);
    CHECK_STR(test_reports(), "");
}

TEST_TASK(conformance_futures, a_broken_promise_that_nobody_looked_at_is_reported)
{
    test_capture_reports();
    cede_future_unref(broken_promise());
    CHECK_HAS(test_reports(), "Future exception was never retrieved\n");
    CHECK_HAS(test_reports(), "EIO: boom\n");
}

TEST_TASK(conformance_futures, a_broken_promise_is_not_reported_once_its_error_was_asked_for)
{
    cede_future *promise = broken_promise();

    test_capture_reports();
    CHECK_EQ(cede_error_code(cede_future_error(promise)), -EIO);
    cede_future_unref(promise);
    CHECK_STR(test_reports(), "");
}

TEST_TASK(conformance_futures, a_broken_promise_is_not_reported_once_its_status_was_asked_for)
{
    cede_future *promise = broken_promise();

    test_capture_reports();
    CHECK_EQ(cede_future_status(promise), -EIO);
    cede_future_unref(promise);
    CHECK_STR(test_reports(), "");
}

TEST_TASK(conformance_futures, a_cancel_that_comes_too_late_is_no_look_at_a_broken_promise)
{
    cede_future *promise = broken_promise();

    test_capture_reports();
    CHECK(!cede_cancel(promise));
    cede_future_unref(promise);
    CHECK_HAS(test_reports(), "EIO: boom\n");
}

TEST_TASK(conformance_futures, a_cancelled_promise_is_forgotten_without_a_word)
{
    cede_future *promise = cede_future_create();

    test_capture_reports();
    CHECK(cede_cancel(promise));
    cede_future_unref(promise);
    CHECK_STR(test_reports(), "");
}
