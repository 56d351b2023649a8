/* test_report.c - reports reach the hook whole, in lines, and cut where they must be. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cede/report.h>

#include "base/base.h"
#include "harness/harness.h"

TEST(report, a_line_gets_its_newline_once)
{
    test_capture_reports();

    cede__report("one %d", 1);
    cede__report("two\n");
    cede__report_raw("three\n");

    CHECK_STR(test_reports(), "one 1\ntwo\nthree\n");
}

TEST(report, an_empty_report_is_an_empty_line)
{
    test_capture_reports();

    cede__report("%s", "");

    CHECK_STR(test_reports(), "\n");
}

TEST(report, one_too_long_is_cut_and_says_so)
{
    const size_t size = 20 * 1024;
    char *text = malloc(size);

    memset(text, 'x', size);
    text[size - 1] = '\0';
    test_capture_reports();
    cede__report("%s", text);
    free(text);

    const char *report = test_reports();
    CHECK_EQ(strlen(report), 16 * 1024 - 1);
    CHECK_STR(report + strlen(report) - strlen("x\n[report cut]\n"), "x\n[report cut]\n");
}

TEST(report, the_hook_is_handed_its_argument_and_null_restores_standard_error)
{
    int ends[2];
    char said[64] = "";

    test_capture_reports();
    cede_set_report_hook(NULL, NULL);
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    cede__report("to standard error");

    CHECK_EQ(read(ends[0], said, sizeof said - 1), 18);
    CHECK_STR(said, "to standard error\n");
    CHECK_STR(test_reports(), "");
}

static int pipe_to_parent;

static void write_to_parent(const char *text, void *arg)
{
    (void)arg;
    CHECK(write(pipe_to_parent, text, strlen(text)) > 0);
}

TEST(report, a_failed_assertion_says_where_and_aborts)
{
    int ends[2], status;
    char said[256] = "";

    CHECK_EQ(pipe(ends), 0);
    pipe_to_parent = ends[1];
    cede_set_report_hook(write_to_parent, NULL);
    const pid_t child = fork();
    if (child == 0) {
        cede__assert(1 + 1 == 3);
        _exit(0);
    }

    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGABRT);
    CHECK(read(ends[0], said, sizeof said - 1) > 0);
    CHECK_HAS(said, "test_report.c:");
    CHECK_HAS(said, "1 + 1 == 3");
}

TEST(report, spans_read_as_a_person_would_say_them)
{
    static const struct {
        int64_t span;
        const char *words;
    } rows[] = {{0, "0s"},           {7, "7ns"},           {1500, "1.5us"},     {20000000, "20ms"},
                {300000000, "0.3s"}, {-50000000, "-50ms"}, {90000000000, "90s"}};

    for (size_t i = 0; i < cede__countof(rows); i++) {
        char buffer[32];
        struct cede__text text = {buffer, sizeof buffer, 0};
        cede__text_add_span(&text, rows[i].span);
        CHECK_STR(buffer, rows[i].words);
    }
}

TEST(report, a_text_is_cut_to_its_buffer_and_knows_its_whole_length)
{
    char buffer[8];
    struct cede__text text = {buffer, sizeof buffer, 0};

    cede__text_add(&text, "%s", "12345");
    cede__text_add(&text, "%s", "67890");

    CHECK_STR(buffer, "1234567");
    CHECK_EQ(text.length, 10);
}
