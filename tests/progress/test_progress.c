/* test_progress.c - bars on a screen and in a log: every byte, on a clock that moves when told. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

#include <cede/future.h>
#include <cede/progress.h>
#include <cede/task.h>

#include "base/base.h"
#include "progress/fake_screen.h"
#include "progress/bar.h"

#define ERASE      "\x1b[K\r"
#define ERASE_DOWN "\0337\x1b[K\x1b[B\x1b[J\0338"

static cede_progress *bar_of(int64_t total)
{
    fake_start();
    fake_columns = 50;
    return cede_progress_create(&(cede_progress_options){.total = total, .columns = 45});
}

TEST(progress, a_bar_is_shown_at_once_and_redrawn_in_its_place)
{
    cede_progress *bar = bar_of(19);

    CHECK_STR(shown(), "\r  0%|                 | 0/19 [00:00<?, ?it/s]" ERASE);
    pass(CEDE_MS(1000));
    cede_progress_add(bar, 12);
    CHECK_STR(shown(), "\r 63%|#####   | 12/19 [00:01<00:00, 12.00it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, nothing_is_drawn_before_the_interval_has_passed)
{
    cede_progress *bar = bar_of(100);

    shown();
    pass(CEDE_MS(99));
    cede_progress_add(bar, 1);
    CHECK_STR(shown(), "");
    pass(CEDE_MS(1));
    cede_progress_add(bar, 1);
    CHECK_STR(shown(), "\r  2%|1       | 2/100 [00:00<00:04, 20.00it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, h6_close_prints_the_final_state_once_with_the_mean_rate)
{
    cede_progress *bar = bar_of(4);

    pass(CEDE_S(1));
    cede_progress_add(bar, 1);
    pass(CEDE_S(1));
    cede_progress_add(bar, 3);
    shown();
    cede_progress_close(bar);
    CHECK_STR(shown(), "\r" ERASE_DOWN "100%|##########| 4/4 [00:02<00:00,  2.00it/s]\n");
    cede_progress_close(bar);
    cede_progress_add(bar, 1);
    cede_progress_refresh(bar);
    cede_progress_set_description(bar, "late");
    pass(CEDE_S(60));
    cede_progress_add(bar, 1);
    CHECK_EQ(cede__progress_tick(bar), CEDE_NEVER);
    CHECK_EQ(cede_progress_count(bar), 6);
    cede_progress_destroy(bar);
    CHECK_STR(shown(), "");
}

TEST(progress, a_transient_bar_leaves_an_empty_line)
{
    fake_start();
    cede_progress *bar = cede_progress_create(
        &(cede_progress_options){.total = 4, .columns = 45, .transient = true});

    shown();
    cede_progress_destroy(bar);
    CHECK_STR(shown(), "\r" ERASE_DOWN);
}

TEST(progress, h3_lines_are_printed_above_the_bar)
{
    cede_progress *bar = bar_of(19);

    pass(CEDE_S(2));
    shown();
    cede_progress_write(bar, "au.gif: not found");
    CHECK_STR(shown(), "\r" ERASE_DOWN "au.gif: not found\n"
                       "  0%|                 | 0/19 [00:02<?, ?it/s]" ERASE);
    cede_progress_printf(bar, "%s: %d\n", "status", 404);
    CHECK_STR(shown(), "\r" ERASE_DOWN "status: 404\n"
                       "  0%|                 | 0/19 [00:02<?, ?it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, h3_what_the_library_reports_appears_above_the_bars)
{
    cede_progress *bar = bar_of(19);

    shown();
    cede__report("a task waits for itself");
    CHECK_STR(shown(), "\r" ERASE_DOWN "a task waits for itself\n"
                       "  0%|                 | 0/19 [00:00<?, ?it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, h3_reports_take_bars_of_another_descriptor_off_for_a_moment)
{
    fake_start();
    cede_progress *bar = cede_progress_create(&(cede_progress_options){.descriptor = 1});

    shown();
    cede__report("seen");
    CHECK_STR(shown(), "\r" ERASE_DOWN "seen\n\r0it [00:00, ?it/s]" ERASE);
    cede_progress_destroy(bar);
}

static int report_while_drawing(int fd, const char *bytes, size_t size)
{
    static int n;

    if (n++ == 1)
        cede__report_raw("drawing failed\n"); /* as a crash handler would */
    return fake_write(fd, bytes, size);
}

TEST(progress, h7_a_report_from_within_a_drawing_does_not_hang)
{
    cede_progress *bar = bar_of(19);
    struct cede__progress_system system = *cede__progress_system;

    system.write = report_while_drawing;
    cede__progress_system = &system;
    cede_progress_set_description(bar, "a");
    cede_progress_set_description(bar, "b");
    CHECK_HAS(shown(), "b:   0%|");
    cede_progress_destroy(bar);
}

TEST(progress, h5_a_bar_has_the_colour_that_is_asked_for)
{
    cede_progress *bar = bar_of(19);

    shown();
    cede_progress_set_colour(bar, "red");
    CHECK_STR(shown(),
              "\r  0%|\x1b[31m                 \x1b[0m| 0/19 [00:00<?, ?it/s]\x1b[0m" ERASE);
    cede_progress_set_colour(bar, "red");
    CHECK_STR(shown(), "");
    cede_progress_set_colour(bar, NULL);
    CHECK_STR(shown(), "\r  0%|                 | 0/19 [00:00<?, ?it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, a_long_text_is_printed_whole)
{
    static char text[20000];
    cede_progress *bar = bar_of(19);

    memset(text, 'x', sizeof text - 1);
    shown();
    cede_progress_printf(bar, "%s", text);
    CHECK(strspn(shown() + strlen("\r" ERASE_DOWN), "x") == sizeof text - 1);
    cede_progress_destroy(bar);
}

TEST(progress, a_frame_is_one_write)
{
    cede_progress *bar = bar_of(19);

    CHECK_EQ(n_fake_writes, 1);
    cede_progress_write(bar, "a\nb");
    CHECK_EQ(n_fake_writes, 2);
    pass(CEDE_S(1));
    cede_progress_add(bar, 1);
    CHECK_EQ(n_fake_writes, 3);
    cede_progress_destroy(bar);
    CHECK_EQ(n_fake_writes, 4);
}

TEST(progress, new_words_are_shown_at_once_but_not_without_end)
{
    cede_progress *bar = bar_of(19);
    char words[2] = "a";

    shown();
    cede_progress_set_description(bar, "flags");
    CHECK_STR(shown(), "\rflags:   0%|          | 0/19 [00:00<?, ?it/s]" ERASE);
    cede_progress_set_description(bar, "flags");
    CHECK_STR(shown(), "");
    cede_progress_set_postfix(bar, "x=1");
    CHECK_STR(shown(), "\rflags:   0%|     | 0/19 [00:00<?, ?it/s, x=1]" ERASE);
    n_fake_writes = 0;
    for (; words[0] <= 'z'; words[0]++)
        cede_progress_set_postfix(bar, words);
    CHECK_EQ(n_fake_writes, 2);
    pass(CEDE_MS(100));
    for (words[0] = 'a'; words[0] <= 'z'; words[0]++)
        cede_progress_set_postfix(bar, words);
    CHECK_EQ(n_fake_writes, 6);
    cede_progress_destroy(bar);
}

TEST(progress, h5_words_with_line_ends_stay_on_their_line)
{
    cede_progress *bar = bar_of(0);

    shown();
    cede_progress_set_description(bar, "a\nb\r\x1b[2Jc");
    CHECK_STR(shown(), "\ra b c: 0it [00:00, ?it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, the_total_may_come_late)
{
    cede_progress *bar = bar_of(0);

    CHECK_STR(shown(), "\r0it [00:00, ?it/s]" ERASE);
    cede_progress_set_total(bar, 10);
    CHECK_STR(shown(), "\r  0%|                 | 0/10 [00:00<?, ?it/s]" ERASE);
    cede_progress_set(bar, 5);
    cede_progress_refresh(bar);
    CHECK_STR(shown(), "\r 50%|########5        | 5/10 [00:00<?, ?it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, bytes_show_with_units)
{
    fake_start();
    cede_progress *bar =
        cede_progress_create(&(cede_progress_options){.total = 64 << 20,
                                                      .unit = "B",
                                                      .unit_scale = 1,
                                                      .unit_divisor = 1024,
                                                      .columns = 60,
                                                      .charset = CEDE_PROGRESS_UNICODE});

    shown();
    pass(CEDE_S(2));
    cede_progress_add(bar, 20 << 20);
    CHECK_STR(shown(), "\r 31%|█████▋            | 20.0M/64.0M [00:02<00:04, 10.5MB/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, h6_a_pause_is_left_out)
{
    cede_progress *bar = bar_of(0);

    pass(CEDE_S(1));
    cede_progress_add(bar, 10);
    pass(CEDE_S(3600));
    cede_progress_unpause(bar);
    pass(CEDE_S(1));
    shown();
    cede_progress_add(bar, 10);
    CHECK_STR(shown(), "\r20it [00:02, 10.00it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, h6_a_reset_begins_again)
{
    cede_progress *bar = bar_of(10);

    pass(CEDE_S(5));
    cede_progress_add(bar, 10);
    shown();
    cede_progress_reset(bar, 0);
    CHECK_STR(shown(), "\r  0%|                 | 0/10 [00:00<?, ?it/s]" ERASE);
    pass(CEDE_S(1));
    cede_progress_add(bar, 1);
    CHECK_STR(shown(), "\r 10%|9        | 1/10 [00:01<00:09,  1.00it/s]" ERASE);
    cede_progress_reset(bar, 100);
    CHECK_STR(shown(), "\r  0%|                | 0/100 [00:00<?, ?it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, a_delayed_bar_that_ends_early_never_appears)
{
    static const cede_progress_options late = {.total = 10, .columns = 45, .delay = CEDE_S(1)};

    fake_start();
    cede_progress *quick = cede_progress_create(&late);
    cede_progress *slow = cede_progress_create(&late);
    pass(CEDE_MS(500));
    cede_progress_add(quick, 10);
    cede_progress_add(slow, 1);
    cede_progress_set_description(slow, "s");
    cede_progress_destroy(quick);
    CHECK_STR(shown(), "");
    pass(CEDE_MS(500));
    cede_progress_add(slow, 1);
    CHECK_STR(shown(), "\rs:  20%|#2    | 2/10 [00:01<00:04,  2.00it/s]" ERASE);
    cede_progress_destroy(slow);
}

TEST(progress, h1_between_redraws_the_clock_is_hardly_read)
{
    cede_progress *bar = bar_of(0);

    fake_looks = 0;
    for (int i = 0; i < 1 << 20; i++)
        cede_progress_add(bar, 1);
    CHECK_EQ(fake_looks, 20); /* 1, 3, 7, ...: the distance doubles while the clock stands still */
    cede_progress_destroy(bar);
}

TEST(progress, an_interval_below_zero_redraws_at_every_add)
{
    fake_start();
    cede_progress *bar = cede_progress_create(&(cede_progress_options){.min_interval = -1});

    for (int i = 0; i < 10; i++)
        cede_progress_add(bar, 3);
    CHECK_EQ(n_fake_writes, 11);
    cede_progress_add(bar, -1);
    cede_progress_add(bar, 1);
    CHECK_EQ(n_fake_writes, 12); /* no unit more than was drawn, until the second */
    cede_progress_destroy(bar);
}

TEST(progress, h2_the_loop_redraws_a_bar_nobody_adds_to)
{
    cede_progress *bar = bar_of(0);

    shown();
    cede_progress_add(bar, 1);
    cede_progress_add(bar, 1);
    CHECK_EQ(cede__progress_tick(bar), CEDE_MS(100));
    CHECK_STR(shown(), "");
    pass(CEDE_MS(100));
    CHECK_EQ(cede__progress_tick(bar), CEDE_MS(100));
    CHECK_STR(shown(), "\r2it [00:00, 20.00it/s]" ERASE);
    pass(CEDE_MS(900));
    cede__progress_tick(bar);
    CHECK_STR(shown(), ""); /* nothing has come, and not yet a second */
    pass(CEDE_MS(100));
    cede__progress_tick(bar);
    CHECK_STR(shown(), "\r2it [00:01, 20.00it/s]" ERASE);
    cede_progress_destroy(bar);
}

/* Adds two units too early to be drawn, and waits for the loop to draw them a second later. */
static int wait_for_a_drawing(void *arg)
{
    cede_progress *bar = bar_of(0);

    (void)arg;
    pass(CEDE_MS(1));
    cede_progress_add(bar, 1);
    cede_progress_add(bar, 1);
    pass(CEDE_MS(999));
    shown();
    while (n_fake_bytes == 0)
        CEDE_TRY(cede_sleep(CEDE_MS(1)));
    CHECK_STR(shown(), "\r2it [00:01,  2.00it/s]" ERASE);
    cede_progress_destroy(bar);
    return 0;
}

TEST(progress, h2_a_loop_redraws_its_bars_while_its_tasks_wait)
{
    CHECK_EQ(cede_run(wait_for_a_drawing, NULL), 0);
}

static int wait_for_ever(void *arg)
{
    cede_progress *bar = bar_of(0);
    cede_future *never = cede_future_create();

    (void)arg;
    const int rc = cede_await(never);
    cede_future_unref(never);
    cede_progress_destroy(bar);
    return rc;
}

TEST(progress, h2_a_bar_does_not_hide_that_nothing_can_go_on)
{
    test_capture_reports();
    CHECK_EQ(cede_run(wait_for_ever, NULL), -EDEADLK);
}

static int outlive(void *arg)
{
    cede_progress **bar = arg;

    *bar = bar_of(0);
    return 0;
}

TEST(progress, a_bar_may_outlive_the_loop_it_was_made_on)
{
    cede_progress *bar = NULL;

    CHECK_EQ(cede_run(outlive, &bar), 0);
    pass(CEDE_S(1));
    shown();
    cede_progress_add(bar, 1);
    CHECK_STR(shown(), "\r1it [00:01,  1.00it/s]" ERASE);
    cede_progress_destroy(bar);
}

TEST(progress, h5_the_locale_of_the_environment_chooses_the_characters)
{
    static const cede_progress_options half = {.total = 2, .initial = 1, .columns = 40};

    fake_start();
    setenv("LC_ALL", "", 1);
    setenv("LC_CTYPE", "de_DE.utf8", 1);
    setenv("LANG", "C", 1);
    cede_progress_destroy(cede_progress_create(&half));
    CHECK_HAS(shown(), "█");
    setenv("LC_ALL", "C", 1);
    cede_progress_destroy(cede_progress_create(&half));
    CHECK_HAS(shown(), "#");
}

static void *use_a_bar(void *arg)
{
    const char *name = arg;
    cede_progress *bar = cede_progress_create(&(cede_progress_options){
        .total = 100, .columns = 45, .description = name, .min_interval = -1});

    for (int i = 0; i < 100; i++) {
        cede_progress_add(bar, 1);
        if (i % 10 == 0)
            cede_progress_printf(bar, "<%s%d>", name, i);
    }
    cede_progress_destroy(bar);
    return NULL;
}

TEST(progress, h3_bars_of_several_threads_share_the_screen)
{
    static char names[][2] = {"a", "b", "c", "d"};
    pthread_t threads[4];
    const char *screen;
    char word[32];

    fake_start();
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, use_a_bar, names[i]), 0);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    screen = shown();
    for (int i = 0; i < 4; i++) {
        for (int line = 0; line < 100; line += 10) {
            snprintf(word, sizeof word, "<%s%d>\n", names[i], line);
            CHECK_HAS(screen, word);
        }
        snprintf(word, sizeof word, ERASE_DOWN "%s: 100%%|", names[i]);
        CHECK_HAS(screen, word);
    }
    CHECK_STR(screen + strlen(screen) - 1, "\n"); /* the last one left nothing behind */
}

TEST(progress, h7_output_that_fails_silences_the_bar_and_nothing_else)
{
    cede_progress *bar = bar_of(10);

    fake_error = -EPIPE;
    pass(CEDE_S(1));
    cede_progress_add(bar, 1);
    n_fake_writes = 0;
    fake_error = 0;
    pass(CEDE_S(1));
    cede_progress_add(bar, 1);
    cede_progress_write(bar, "nobody reads this");
    CHECK_EQ(cede_progress_count(bar), 2);
    cede_progress_destroy(bar);
    CHECK_EQ(n_fake_writes, 0);
}

TEST(progress, a_bar_that_is_null_does_nothing)
{
    fake_start();
    cede_progress_add(NULL, 1);
    cede_progress_set(NULL, 1);
    cede_progress_set_total(NULL, 1);
    cede_progress_set_description(NULL, "x");
    cede_progress_set_postfix(NULL, "x");
    cede_progress_set_colour(NULL, "red");
    cede_progress_hide(NULL);
    cede_progress_show(NULL);
    cede_progress_refresh(NULL);
    cede_progress_unpause(NULL);
    cede_progress_reset(NULL, 1);
    cede_progress_close(NULL);
    cede_progress_destroy(NULL);
    CHECK_EQ(cede_progress_count(NULL), 0);
    CHECK_EQ(cede__progress_tick(NULL), CEDE_NEVER);
    CHECK_STR(shown(), "");
    cede_progress_write(NULL, "but a message is printed");
    CHECK_STR(shown(), "but a message is printed\n");
}

static int scenario(void)
{
    static char text[5000];
    cede_progress *bar = cede_progress_create(&(cede_progress_options){.total = 10});

    memset(text, 'x', sizeof text - 1);
    pass(CEDE_S(1));
    cede_progress_add(bar, 1);
    cede_progress_printf(bar, "%s", text);
    cede_progress_destroy(bar);
    return bar ? 0 : -ENOMEM;
}

TEST(progress, every_allocation_may_fail)
{
    fake_start();
    test_sweep_allocations(scenario);
}
