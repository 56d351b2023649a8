/* test_error.c - records: raise, hand up, chain, print. */
/* SPDX-License-Identifier: MIT */
#include <cede/error.h>

#include "base/error_record.h"
#include "harness/harness.h"

static int open_file(void)
{
    return cede_raise(-ENOENT, "no file '%s'", "a.txt");
}

static int load(void)
{
    CEDE_TRY(open_file());
    return 0;
}

static int start(void)
{
    if (load() < 0)
        return cede_raise_from(-EINVAL, "cannot start");
    return 0;
}

TEST(error, a_raise_gives_back_its_code_and_keeps_its_words)
{
    CHECK_EQ(open_file(), -ENOENT);
    CHECK_EQ(cede_error_code(cede_error_last()), -ENOENT);
    CHECK_STR(cede_error_message(cede_error_last()), "no file 'a.txt'");
}

TEST(error, a_handed_up_error_prints_every_line_it_passed)
{
    char text[512];

    CHECK_EQ(load(), -ENOENT);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_HAS(text, "Traceback (most recent call last):\n  test_error.c:15 in load\n"
                    "  test_error.c:10 in open_file\nENOENT: no file 'a.txt'\n");
}

TEST(error, a_cause_is_printed_before_its_effect)
{
    char text[1024];

    CHECK_EQ(start(), -EINVAL);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_HAS(text,
              "ENOENT: no file 'a.txt'\n\nThis was the direct cause of the following error:\n");
    CHECK(strstr(text, "ENOENT") < strstr(text, "EINVAL: cannot start"));
}

static int refuse(void)
{
    return -EPERM;
}

static int try_refuse(void)
{
    CEDE_TRY(refuse());
    return 0;
}

TEST(error, a_bare_code_gets_its_sentence_and_drops_what_was_there)
{
    (void)open_file();
    CHECK_EQ(try_refuse(), -EPERM);
    CHECK_EQ(cede_error_code(cede_error_last()), -EPERM);
    CHECK_STR(cede_error_message(cede_error_last()), "Operation not permitted");
}

static int dig(int depth)
{
    if (depth == 0)
        return cede_raise(CEDE_ELIMIT, "bottom");
    CEDE_TRY(dig(depth - 1));
    return 0;
}

TEST(error, frames_beyond_sixteen_are_counted)
{
    char text[2048];

    CHECK_EQ(dig(40), CEDE_ELIMIT);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_HAS(text, "  ... 25 more\n");
    CHECK_HAS(text, "CEDE_ELIMIT: bottom");
}

TEST(error, words_that_do_not_fit_are_cut_and_causes_beyond_four_dropped)
{
    char text[4096];

    (void)cede_raise(-EIO, "first");
    for (int i = 0; i < 6; i++)
        (void)cede_raise_from(-EINVAL, "%0100d", i);
    CHECK(cede_error_format(cede_error_last(), text, sizeof text) < sizeof text);
    CHECK(!strstr(text, "first"));
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
}

TEST(error, clear_leaves_nothing)
{
    (void)open_file();
    cede_error_clear();
    CHECK(cede_error_last() == NULL);
    CHECK_EQ(cede_error_code(NULL), 0);
    CHECK_STR(cede_error_message(NULL), "");
}

TEST(error, a_code_that_is_not_negative_is_itself_an_error)
{
    CHECK_EQ(cede_raise(3, "three"), -EINVAL);
}

TEST(error, every_code_has_a_name_and_a_sentence)
{
    CHECK_STR(cede_error_name(CEDE_EREVOKED), "CEDE_EREVOKED");
    CHECK_STR(cede_error_name(-ECANCELED), "ECANCELED");
    CHECK_STR(cede_strerror(-ECONNREFUSED), "Connection refused");
#define CHECK_NOT_USERS(name, number, sentence) CHECK(-(number) > CEDE_ERROR_USER);
    CEDE_ERRORS(CHECK_NOT_USERS)
    CHECK_STR(cede_error_name(-99999), "E?");
    CHECK_STR(cede_strerror(-99999), "unknown error");
}

TEST(error, try_break_leaves_the_loop_with_the_code)
{
    int rc = 0;
    int rounds = 0;

    for (;;) {
        rounds++;
        CEDE_TRY_BREAK(rc, refuse());
    }
    CHECK_EQ(rc, -EPERM);
    CHECK_EQ(rounds, 1);
}

TEST(error, a_cause_can_be_put_under_an_error_with_its_lines)
{
    struct cede_error earlier;
    char text[1024];

    CHECK_EQ(load(), -ENOENT);
    cede__error_copy(&earlier, cede_error_last());
    CHECK_EQ(try_refuse(), -EPERM);
    cede__error_chain(&earlier);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_STR(text, "Traceback (most recent call last):\n  test_error.c:15 in load\n"
                    "  test_error.c:10 in open_file\nENOENT: no file 'a.txt'\n\n"
                    "This was the direct cause of the following error:\n\n"
                    "Traceback (most recent call last):\n  test_error.c:61 in try_refuse\n"
                    "EPERM: Operation not permitted\n");
}

TEST(error, a_marked_error_is_known_again)
{
    struct cede_error *record = cede__error_slot();

    CHECK_EQ(open_file(), -ENOENT);
    record->mark = CEDE__ERROR_MARKED;
    CHECK_EQ(cede__hand_up(-ENOENT, &(cede_site){__FILE__, __func__, __LINE__}), -ENOENT);
    CHECK_EQ(record->mark, CEDE__ERROR_MARKED);
    CHECK_EQ(cede_raise_from(-EINVAL, "cannot start"), -EINVAL);
    CHECK_EQ(record->mark, CEDE__ERROR_IS_CAUSE);
    CHECK_EQ(cede_raise_from(-EIO, "nor stop"), -EIO);
    CHECK_EQ(record->mark, CEDE__ERROR_IS_CAUSE);
    CHECK_EQ(open_file(), -ENOENT); /* the same words at the same place, and another error */
    CHECK_EQ(record->mark, CEDE__ERROR_NOT_MARKED);
}
