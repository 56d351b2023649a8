/* test_progress_lines.c - bars where there is no terminal: lines of text, or nothing. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdlib.h>

#include <cede/progress.h>

#include "progress/fake_screen.h"

TEST(progress_lines, h4_where_there_is_no_terminal_lines_come_now_and_then)
{
    fake_start();
    fake_terminal = false;
    cede_progress *bar = cede_progress_create(&(cede_progress_options){.total = 100});

    for (int i = 0; i < 12; i++) {
        pass(CEDE_MS(500));
        cede_progress_add(bar, 2); /* a tenth in 2.5 s */
    }
    CHECK_STR(shown(), " 10%|#         | 10/100 [00:02<00:22,  4.00it/s]\n"
                       " 20%|##        | 20/100 [00:05<00:20,  4.00it/s]\n");
    pass(CEDE_S(12));
    cede_progress_add(bar, 1); /* 10 s after the last */
    CHECK_STR(shown(), " 25%|##5       | 25/100 [00:18<01:10,  1.06it/s]\n");
    cede_progress_add(bar, 75);
    cede_progress_set_description(bar, "x");
    cede_progress_refresh(bar);
    CHECK_STR(shown(), "");
    cede_progress_write(bar, "a message");
    CHECK_STR(shown(), "a message\n");
    cede_progress_close(bar);
    CHECK_STR(shown(), "x: 100%|##########| 100/100 [00:18<00:00,  5.56it/s]\n");
    cede_progress_destroy(bar);
    CHECK_STR(shown(), "");
}

TEST(progress_lines, h4_all_bars_together_write_a_line_a_second_at_most)
{
    static const cede_progress_options options = {
        .total = 100, .log_interval = CEDE_MS(1), .colour = "red"};
    cede_progress *bars[4];
    int n_lines = 0;

    fake_start();
    fake_terminal = false;
    for (int i = 0; i < 4; i++)
        bars[i] = cede_progress_create(&options);
    for (int i = 0; i < 100; i++) {
        pass(CEDE_MS(100));
        for (int b = 0; b < 4; b++)
            cede_progress_add(bars[(b + i) % 4], 1);
    }
    CHECK(!strchr(fake_bytes, '\x1b'));
    for (const char *c = shown(); *c; c++)
        n_lines += *c == '\n';
    CHECK_EQ(n_lines, 10);
    for (int i = 0; i < 4; i++)
        cede_progress_destroy(bars[i]);
}

TEST(progress_lines, h4_a_dumb_terminal_gets_lines_of_text)
{
    fake_start();
    setenv("TERM", "dumb", 1);
    cede_progress *bar = cede_progress_create(NULL);

    CHECK_STR(shown(), "");
    cede_progress_destroy(bar);
    CHECK_STR(shown(), "0it [00:00, ?it/s]\n");
}

TEST(progress_lines, a_bar_that_is_off_counts_and_prints_only_what_is_written)
{
    fake_start();
    cede_progress *bar = cede_progress_create(&(cede_progress_options){.mode = CEDE_PROGRESS_OFF});

    pass(CEDE_S(100));
    cede_progress_add(bar, 5);
    cede_progress_refresh(bar);
    CHECK_STR(shown(), "");
    cede_progress_write(bar, "a message");
    CHECK_STR(shown(), "a message\n");
    CHECK_EQ(cede_progress_count(bar), 5);
    cede_progress_destroy(bar);
    CHECK_STR(shown(), "");
}

TEST(progress_lines, h4_terminal_only_is_silent_elsewhere)
{
    fake_start();
    fake_terminal = false;
    cede_progress *bar =
        cede_progress_create(&(cede_progress_options){.mode = CEDE_PROGRESS_TERMINAL_ONLY});

    pass(CEDE_S(100));
    cede_progress_add(bar, 5);
    cede_progress_destroy(bar);
    CHECK_STR(shown(), "");
}
