/* harness_task.c - runs a test's body as a task; keeps a diary. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>

#include "harness_task.h"

struct body {
    void (*run)(void);
};

static int body_run(void *arg)
{
    const struct body *body = arg;

    body->run();
    return 0;
}

void test_run_task(const cede_loop_options *options, void (*run)(void))
{
    const cede_run_options run_options = {.loop = *options};
    struct body body = {run};

    CHECK_EQ(cede_run_with(&run_options, body_run, &body), 0);
}

cede_future *test_spawned(cede_future *task)
{
    CHECK(task != NULL);
    return task;
}

cede_future *test_begun(cede_future *task)
{
    CHECK(test_spawned(task));
    CHECK_EQ(cede_sleep(0), 0);
    return task;
}

int test_sleep_for_ever(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_NEVER);
}

static char notes[16 * 1024];
static size_t n_notes;

void test_note(const char *format, ...)
{
    char word[256];
    va_list args;
    int length;

    va_start(args, format);
    vsnprintf(word, sizeof word, format, args);
    va_end(args);
    length =
        snprintf(notes + n_notes, sizeof notes - n_notes, "%s%s", n_notes > 0 ? " " : "", word);
    n_notes += (size_t)length;
    CHECK(n_notes < sizeof notes);
}

const char *test_notes(void)
{
    return notes;
}

const char *test_format(const cede_future *future)
{
    static char line[512];

    cede_future_format(future, line, sizeof line);
    return line;
}

const char *test_traceback(void)
{
    static char text[4096];

    cede_error_format(cede_error_last(), text, sizeof text);
    return text;
}
