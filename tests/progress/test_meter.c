/* test_meter.c - the lines of bars; tests/conformance/progress_meter.py compares thousands more
 * with tqdm. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness.h"
#include "progress/meter.h"
#include "progress/width.h"

static char line_buffer[4096];

static const char *line(struct cede__meter meter)
{
    struct cede__text text = {line_buffer, sizeof line_buffer, 0};

    meter.prefix = meter.prefix ? meter.prefix : "";
    meter.postfix = meter.postfix ? meter.postfix : "";
    meter.colour = meter.colour ? meter.colour : "";
    meter.unit = meter.unit ? meter.unit : "it";
    meter.unit_divisor = meter.unit_divisor ? meter.unit_divisor : 1000;
    cede__meter_format(&meter, &text);
    return line_buffer;
}

TEST(meter, twelve_of_nineteen_looks_as_tqdm_shows_it)
{
    CHECK_STR(line((struct cede__meter){
                  .n = 12, .total = 19, .elapsed = 14.2, .has_rate = true, .rate = 1.29}),
              " 63%|######3   | 12/19 [00:14<00:05,  1.29it/s]");
    CHECK_STR(line((struct cede__meter){.n = 12, .total = 19, .elapsed = 14.2, .unicode = true}),
              " 63%|██████▎   | 12/19 [00:14<00:08,  1.18s/it]");
}

TEST(meter, h6_before_the_first_unit_nothing_is_estimated)
{
    CHECK_STR(line((struct cede__meter){.total = 19}), "  0%|          | 0/19 [00:00<?, ?it/s]");
    CHECK_STR(line((struct cede__meter){.n = 0}), "0it [00:00, ?it/s]");
}

TEST(meter, bytes_show_with_prefixes)
{
    CHECK_STR(line((struct cede__meter){.n = 3 << 20,
                                        .total = 10 << 20,
                                        .elapsed = 2,
                                        .unit = "B",
                                        .unit_scale = 1,
                                        .unit_divisor = 1024}),
              " 30%|###       | 3.00M/10.0M [00:02<00:04, 1.57MB/s]");
}

TEST(meter, other_scales_multiply)
{
    CHECK_STR(line((struct cede__meter){
                  .n = 3, .total = 4, .elapsed = 2, .unit = "B", .unit_scale = 512}),
              " 75%|#######5  | 1536/2048 [00:02<00:00, 768.00B/s]");
    CHECK_STR(line((struct cede__meter){.n = 3, .total = 4, .elapsed = 2, .unit_scale = 0.1}),
              " 75%|#######5  | 0.30000000000000004/0.4 [00:02<00:00,  6.67s/it]");
}

TEST(meter, more_than_the_total_is_an_unknown_total)
{
    CHECK_STR(line((struct cede__meter){.n = 20, .total = 19, .elapsed = 10}),
              "20it [00:10,  2.00it/s]");
}

TEST(meter, what_was_there_at_the_start_is_not_in_the_rate)
{
    CHECK_STR(line((struct cede__meter){.n = 60, .initial = 50, .total = 100, .elapsed = 10}),
              " 60%|######    | 60/100 [00:10<00:40,  1.00it/s]");
}

TEST(meter, the_words_stand_around_the_bar)
{
    const struct cede__meter meter = {
        .n = 1, .total = 2, .elapsed = 1, .prefix = "flags", .postfix = "loss=3"};

    CHECK_STR(line(meter), "flags:  50%|#####     | 1/2 [00:01<00:01,  1.00it/s, loss=3]");
}

TEST(meter, h5_a_colour_is_around_the_bar_and_fills_no_column)
{
    char colour[CEDE__COLOUR_SIZE];
    struct cede__meter meter = {.n = 1, .total = 2, .elapsed = 1, .columns = 45, .colour = colour};

    cede__meter_colour("Green", colour);
    CHECK_STR(line(meter), " 50%|\x1b[32m#####     \x1b[0m| 1/2 [00:01<00:01,  1.00it/s]\x1b[0m");
    CHECK_EQ(cede__width_of(line_buffer), 45);
    cede__meter_colour("#ff8000", colour);
    CHECK_STR(colour, "\x1b[38;2;255;128;0m");
    cede__meter_colour("#ff800", colour);
    CHECK_STR(colour, "");
    cede__meter_colour("greenish", colour);
    CHECK_STR(colour, "");
}

TEST(meter, the_bar_takes_the_columns_that_are_left)
{
    struct cede__meter meter = {.n = 1, .total = 2, .elapsed = 1, .columns = 60, .prefix = "下载"};

    for (; meter.columns > 50; meter.columns--)
        CHECK_EQ(cede__width_of(line(meter)), meter.columns);
    meter.columns = 20;
    CHECK_STR(line(meter), "下载:  50%|5| 1/2 [0");
    meter.columns = 1;
    CHECK_STR(line(meter), "");
    meter.columns = CEDE__METER_NO_BAR;
    CHECK_STR(line(meter), "下载:  50% 1/2 [00:01<00:01,  1.00it/s]");
}

TEST(meter, spans_grow_hours_and_may_be_negative)
{
    char buffer[64];
    static const struct {
        double seconds;
        const char *text;
    } spans[] = {{0, "00:00"},      {59.99, "00:59"},      {3599, "59:59"},
                 {3600, "1:00:00"}, {360000, "100:00:00"}, {-3, "-1:59:57"}};

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        struct cede__text text = {buffer, sizeof buffer, 0};
        cede__meter_add_interval(&text, spans[i].seconds);
        CHECK_STR(buffer, spans[i].text);
    }
}

TEST(meter, sizes_keep_three_digits)
{
    char buffer[64];
    static const struct {
        double value;
        const char *text;
    } sizes[] = {{0, "0.00"},    {9.994, "9.99"},     {9.996, "10.0"},    {99.96, "100"},
                 {999.4, "999"}, {999.6, "1.00k"},    {1234567, "1.23M"}, {-1500, "-1.50k"},
                 {1e24, "1.0Y"}, {1e30, "1000000.0Y"}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct cede__text text = {buffer, sizeof buffer, 0};
        cede__meter_add_size(&text, sizes[i].value, 1000);
        CHECK_STR(buffer, sizes[i].text);
    }
}
