/* test_renderer.c - several bars below each other: positions, hiding, sizes of the screen. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdlib.h>

#include "progress/fake_screen.h"

#define ERASE      "\x1b[K"
#define ERASE_DOWN "\0337\x1b[K\x1b[B\x1b[J\0338"
#define UP(n)      "\x1b[" #n "A"
#define DOWN(n)    "\x1b[" #n "B"
#define HOME(n)    "\r" UP(n) /* from row n */

static struct cede__renderer *renderer;
static struct cede__line lines[4];

/* A renderer with the first `n` lines shown. */
static void show_lines(int n)
{
    static const char *const texts[] = {"first", "second", "third", "fourth"};

    fake_start();
    renderer = cede__renderer_acquire(2);
    for (int i = 0; i < n; i++)
        cede__renderer_draw(renderer, &lines[i], texts[i]);
    shown();
}

TEST(renderer, a_new_line_joins_at_the_foot)
{
    show_lines(1);
    cede__renderer_draw(renderer, &lines[1], "second");
    CHECK_STR(shown(), "\rfirst" ERASE "\nsecond" ERASE HOME(1));
    cede__renderer_draw(renderer, &lines[2], "third");
    CHECK_STR(shown(), "\rfirst" ERASE "\nsecond" ERASE "\nthird" ERASE HOME(2));
}

TEST(renderer, a_line_is_painted_in_its_place)
{
    show_lines(3);
    cede__renderer_draw(renderer, &lines[0], "1st");
    CHECK_STR(shown(), "\r1st" ERASE "\r");
    cede__renderer_draw(renderer, &lines[1], "2nd");
    CHECK_STR(shown(), "\r" DOWN(1) "2nd" ERASE HOME(1));
    cede__renderer_draw(renderer, &lines[2], "3rd");
    CHECK_STR(shown(), "\r" DOWN(2) "3rd" ERASE HOME(2));
}

TEST(renderer, h3_a_line_that_leaves_stays_above_and_the_others_move_up)
{
    show_lines(3);
    cede__renderer_remove(renderer, &lines[1], "second is done");
    CHECK_STR(shown(), "\r" ERASE_DOWN "second is done\nfirst" ERASE "\nthird" ERASE HOME(1));
    cede__renderer_remove(renderer, &lines[0], NULL);
    CHECK_STR(shown(), "\r" ERASE_DOWN "third" ERASE "\r");
    cede__renderer_remove(renderer, &lines[2], "third is done");
    CHECK_STR(shown(), "\r" ERASE_DOWN "third is done\n");
    cede__renderer_release(renderer);
}

TEST(renderer, a_hidden_block_is_off_the_screen_until_it_is_shown)
{
    show_lines(2);
    cede__renderer_hide(renderer);
    CHECK_STR(shown(), "\r" ERASE_DOWN);
    cede__renderer_hide(renderer);
    cede__renderer_draw(renderer, &lines[0], "1st");
    cede__renderer_unhide(renderer);
    CHECK_STR(shown(), "");
    cede__renderer_unhide(renderer);
    CHECK_STR(shown(), "\r1st" ERASE "\nsecond" ERASE HOME(1));
    cede__renderer_unhide(renderer); /* one too many */
    CHECK_STR(shown(), "");
}

TEST(renderer, h5_lines_are_cut_to_the_screen)
{
    show_lines(1);
    fake_columns = 4;
    cede__renderer_draw(renderer, &lines[0], "12345");
    CHECK_STR(shown(), "\r" ERASE_DOWN "1234\r"); /* full: nothing to erase behind it */
    cede__renderer_draw(renderer, &lines[0], "下载下载");
    CHECK_STR(shown(), "\r下载\r");
    cede__renderer_draw(renderer, &lines[0], "a下载");
    CHECK_STR(shown(), "\ra下" ERASE "\r");
    fake_columns = 1;
    cede__renderer_draw(renderer, &lines[0], "12345");
    CHECK_STR(shown(), "\r" ERASE_DOWN "1\r");
    fake_columns = 0; /* it does not say: 80 */
    cede__renderer_draw(renderer, &lines[0], "12345");
    CHECK_STR(shown(), "\r" ERASE_DOWN "12345" ERASE "\r");
}

TEST(renderer, h5_a_change_of_size_paints_the_block_again)
{
    show_lines(2);
    fake_columns = 5;
    cede__renderer_draw(renderer, &lines[0], "first");
    CHECK_STR(shown(), "\r" ERASE_DOWN "first\nsecon" HOME(1));
}

TEST(renderer, h3_more_lines_than_rows_are_counted_not_shown)
{
    fake_rows = 3;
    show_lines(3);
    cede__renderer_draw(renderer, &lines[3], "fourth");
    CHECK_STR(shown(), "\rfirst" ERASE "\nsecond" ERASE "\n ... (more hidden) ..." ERASE HOME(2));
    cede__renderer_write(renderer, "x", 1);
    CHECK_STR(shown(), "\r" ERASE_DOWN "x\nfirst" ERASE "\nsecond" ERASE
                       "\n ... (more hidden) ..." ERASE HOME(2));
    cede__renderer_draw(renderer, &lines[2], "3rd");
    CHECK_STR(shown(), "");
    cede__renderer_remove(renderer, &lines[0], NULL);
    CHECK_STR(shown(), "\rsecond" ERASE "\n3rd" ERASE "\nfourth" ERASE HOME(2));
}

TEST(renderer, a_screen_of_one_row_shows_the_first_line)
{
    fake_rows = 1;
    show_lines(2);
    cede__renderer_draw(renderer, &lines[1], "2nd");
    CHECK_STR(shown(), "");
    cede__renderer_draw(renderer, &lines[0], "1st");
    CHECK_STR(shown(), "\r1st" ERASE "\r");
}

TEST(renderer, without_lines_no_control_character_is_written)
{
    show_lines(0);
    cede__renderer_write(renderer, "a\n", 2);
    cede__renderer_write(renderer, "b", 1);
    cede__renderer_write(renderer, "", 0);
    CHECK_STR(shown(), "a\nb\n\n");
    cede__renderer_release(renderer);
}

TEST(renderer, bars_of_one_descriptor_share_one_renderer)
{
    show_lines(0);
    CHECK_PTR(cede__renderer_acquire(2), renderer);
    struct cede__renderer *other = cede__renderer_acquire(1);
    CHECK(other != renderer);
    cede__renderer_release(renderer);
    cede__renderer_release(renderer);
    cede__renderer_release(other);
}
