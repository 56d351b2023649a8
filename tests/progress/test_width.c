/* test_width.c - columns of texts, cutting them, keeping them on their line. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness.h"
#include "progress/width.h"

#define RED   "\x1b[31m"
#define RESET "\x1b[0m"

TEST(width, wide_characters_count_two_and_marks_none)
{
    CHECK_EQ(cede__width_of(""), 0);
    CHECK_EQ(cede__width_of("flags"), 5);
    CHECK_EQ(cede__width_of("下载"), 4);
    CHECK_EQ(cede__width_of("café"), 4);
    CHECK_EQ(cede__width_of("cafe\u0301"), 4);
    CHECK_EQ(cede__width_of("\U0001f600"), 2);
    CHECK_EQ(cede__width_of("\u2588\u258f"), 2);
    CHECK_EQ(cede__width_of("\u200b"), 0);
}

TEST(width, escape_sequences_count_none)
{
    CHECK_EQ(cede__width_of(RED "ab" RESET), 2);
    CHECK_EQ(cede__width_of("\x1b[38;2;1;2;3mab"), 2);
    CHECK_EQ(cede__width_of("\x1b]8;;http://x\x1b\\ab\x1b]8;;\a"), 2);
    CHECK_EQ(cede__width_of("\x1b[3"), 0); /* cut off in its middle */
    CHECK_EQ(cede__width_of("\x1b"), 0);
}

TEST(width, bytes_that_are_no_utf8_count_one_each)
{
    CHECK_EQ(cede__width_of("\xff\xfe"), 2);
    CHECK_EQ(cede__width_of("\xe4\xb8"), 2);         /* a character cut short */
    CHECK_EQ(cede__width_of("\xc0\xaf"), 2);         /* longer than need be */
    CHECK_EQ(cede__width_of("\xed\xa0\x80"), 3);     /* a surrogate */
    CHECK_EQ(cede__width_of("\xf4\x90\x80\x80"), 4); /* beyond the last code point */
    CHECK_EQ(cede__width_of("\xf8\x88\x80\x80"), 4);
}

static char trimmed_text[64];

static const char *trimmed(const char *text, int columns)
{
    snprintf(trimmed_text, sizeof trimmed_text, "%s", text);
    CHECK(cede__width_trim(trimmed_text, sizeof trimmed_text, columns) <= columns);
    return trimmed_text;
}

TEST(width, a_cut_falls_on_the_edge_of_a_character)
{
    CHECK_STR(trimmed("flags", 9), "flags");
    CHECK_STR(trimmed("flags", 3), "fla");
    CHECK_STR(trimmed("flags", 0), "");
    CHECK_STR(trimmed("下载x", 4), "下载");
    CHECK_STR(trimmed("下载x", 3), "下");
    CHECK_STR(trimmed("下载x", 1), "");
    CHECK_STR(trimmed("cafe\u0301s", 4), "cafe\u0301");
}

TEST(width, a_cut_never_leaves_a_colour_on)
{
    CHECK_STR(trimmed(RED "abc" RESET "def", 2), RED "ab" RESET);
    CHECK_STR(trimmed(RED "abc" RESET "def", 3), RED "abc" RESET);
    CHECK_STR(trimmed(RED "abc", 9), RED "abc" RESET);
}

TEST(width, a_clean_copy_stays_on_its_line)
{
    char copy[32];

    cede__width_copy_clean(copy, sizeof copy, "a\nb\tc\rd\x7f");
    CHECK_STR(copy, "a b c d ");
    cede__width_copy_clean(copy, sizeof copy,
                           RED "a\x1b[2Jb\x1b[Hc\x1b"
                               "7d" RESET);
    CHECK_STR(copy, RED "abcd" RESET);
    cede__width_copy_clean(copy, sizeof copy,
                           "a\xc2\x9b"
                           "b"); /* the other way to begin a sequence */
    CHECK_STR(copy, "a b");
    cede__width_copy_clean(copy, sizeof copy, NULL);
    CHECK_STR(copy, "");
}

TEST(width, a_clean_copy_that_does_not_fit_is_cut_at_a_character)
{
    char copy[6];

    cede__width_copy_clean(copy, sizeof copy, "下载");
    CHECK_STR(copy, "下");
    cede__width_copy_clean(copy, sizeof copy, "abcdefg");
    CHECK_STR(copy, "abcde");
}
