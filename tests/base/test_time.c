/* test_time.c - spans and points that never wrap. */
/* SPDX-License-Identifier: MIT */
#include <cede/time.h>

#include "base/base.h"
#include "harness/harness.h"

TEST(time, spans_are_nanoseconds)
{
    CHECK_EQ(CEDE_S(1.5), 1500000000);
    CHECK_EQ(CEDE_MS(20), 20000000);
    CHECK_EQ(CEDE_US(5), 5000);
}

TEST(time, never_stays_never_and_sums_do_not_wrap)
{
    CHECK_EQ(cede_time_add(CEDE_NEVER, -5), CEDE_NEVER);
    CHECK_EQ(cede_time_add(CEDE_NEVER - 5, 10), CEDE_NEVER);
    CHECK_EQ(cede_time_add(INT64_MIN + 1, -10), INT64_MIN);
    CHECK_EQ(cede_time_add(10, 5), 15);
}

static const char *span(int64_t nanoseconds)
{
    static char buffer[32];
    struct cede__text text = {buffer, sizeof buffer, 0};

    cede__text_add_span(&text, nanoseconds);
    return buffer;
}

TEST(time, a_span_prints_in_the_unit_a_reader_expects)
{
    CHECK_STR(span(CEDE_S(0.3)), "0.3s");
    CHECK_STR(span(CEDE_MS(20)), "20ms");
    CHECK_STR(span(CEDE_US(5)), "5us");
    CHECK_STR(span(7), "7ns");
    CHECK_STR(span(0), "0s");
}
