/* test_retry.c - doing it again when it failed, after longer and longer pauses; row d26. */
/* SPDX-License-Identifier: MIT */
#include <cede/retry.h>

#include "harness/harness_task.h"

/* Something that fails some times; notes when it is called. */
struct flaky {
    int n_failures; /* left */
    cede_time takes;
    int code;
};

static int try_it(void *arg)
{
    struct flaky *flaky = arg;

    test_note("%g", cede_time_seconds(cede_now()));
    CEDE_TRY(cede_sleep(flaky->takes));
    return flaky->n_failures-- > 0 ? cede_raise(flaky->code, "not yet") : 7;
}

static void note_failure(int code, unsigned n_failed, void *arg)
{
    CHECK(arg && cede_error_code(cede_error_last()) == code);
    test_note("%s:%u", cede_error_name(code), n_failed);
}

TEST_TASK(retry, d26_pauses_double_until_it_does_not_fail)
{
    const cede_retry_options options = {.delay = CEDE_S(1)};
    struct flaky flaky = {4, 0, -EPIPE};

    CHECK_EQ(cede_retry(&options, try_it, &flaky), 7);
    CHECK_STR(test_notes(), "0 1 3 7 15");
}

/* Not after -EPERM; after others in 1.5 s for each failure. */
static bool ask(int code, unsigned n_failed, cede_time *pause, void *arg)
{
    CHECK(arg && cede_error_code(cede_error_last()) == code);
    test_note("(%g)", cede_time_seconds(*pause));
    *pause = n_failed * CEDE_MS(1500);
    return code != -EPERM;
}

TEST_TASK(retry, d26_whether_and_when_may_be_asked)
{
    const cede_retry_options options = {.delay = CEDE_S(1), .n_tries = 4, .again = ask};
    struct flaky flaky = {4, 0, -EPIPE};
    struct flaky hopeless = {4, 0, -EPERM};

    CHECK_EQ(cede_retry(&options, try_it, &flaky), -EPIPE); /* not asked after the last */
    CHECK_EQ(cede_retry(&options, try_it, &hopeless), -EPERM);
    CHECK_STR(test_notes(), "0 (1) 1.5 (2) 4.5 (4) 9 9 (1)");
}

TEST_TASK(retry, d26_no_pause_is_longer_than_the_longest)
{
    const cede_retry_options options = {.delay = CEDE_S(1), .max_delay = CEDE_S(3)};
    const cede_retry_options short_ones = {.delay = CEDE_S(9), .max_delay = CEDE_S(2)};
    struct flaky flaky = {4, 0, -EPIPE}, other = {2, 0, -EPIPE};

    CHECK_EQ(cede_retry(&options, try_it, &flaky), 7);
    CHECK_EQ(cede_retry(&short_ones, try_it, &other), 7);
    CHECK_STR(test_notes(), "0 1 3 6 9 9 11 13");
}

TEST_TASK(retry, d26_the_last_failure_is_returned_and_those_before_are_told)
{
    const cede_retry_options options = {.n_tries = 3, .delay = CEDE_S(1), .failed = note_failure};
    struct flaky flaky = {9, 0, -EPIPE};

    CHECK_EQ(cede_retry(&options, try_it, &flaky), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "not yet");
    CHECK_STR(test_notes(), "0 EPIPE:1 1 EPIPE:2 3");
    CHECK_EQ(cede_now(), CEDE_S(3)); /* no pause after the last */
}

TEST_TASK(retry, d26_after_a_steady_time_it_begins_anew)
{
    const cede_retry_options options = {
        .n_tries = 2, .delay = CEDE_S(1), .steady = CEDE_S(10), .failed = note_failure};
    struct flaky flaky = {3, CEDE_S(10), -EPIPE};

    CHECK_EQ(cede_retry(&options, try_it, &flaky), 7);
    CHECK_STR(test_notes(), "0 EPIPE:1 11 EPIPE:1 22 EPIPE:1 33");
}

TEST_TASK(retry, d26_a_cancellation_ends_it_in_a_try_and_in_a_pause)
{
    const cede_retry_options options = {.delay = CEDE_S(10)};
    struct flaky slow = {0, CEDE_S(10), -EPIPE}, flaky = {9, 0, -EPIPE};
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(1), rc) {
        rc = cede_retry(&options, try_it, &slow);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CEDE_TIMEOUT(CEDE_S(1), rc) {
        rc = cede_retry(&options, try_it, &flaky);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_STR(test_notes(), "0 1");
}

TEST_TASK(retry, without_options_the_first_pause_is_a_tenth_of_a_second_and_none_over_half_a_minute)
{
    struct flaky flaky = {11, 0, -EPIPE};

    CHECK_EQ(cede_retry(NULL, try_it, &flaky), 7);
    CHECK_HAS(test_notes(), "0 0.1 0.3 0.7 1.5 ");
    /* 0.1 doubled to 25.6 is 51.1 in all; then twice 30 */
    CHECK_HAS(test_notes(), " 51.1 81.1 111.1");
}

TEST(retry, a_plain_thread_retries_as_well)
{
    const cede_retry_options options = {.n_tries = 2, .delay = CEDE_MS(1)};
    struct flaky flaky = {1, 0, -EPIPE};

    CHECK_EQ(cede_retry(&options, try_it, &flaky), 7);
}
