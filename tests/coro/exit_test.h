/* exit_test.h - a diary, and exit functions that note, swallow and fail. */
/* SPDX-License-Identifier: MIT */
#ifndef EXIT_TEST_H
#define EXIT_TEST_H

#include <cede/error.h>

#include "harness/harness.h"

static char notes[256];

static inline void note(const char *word)
{
    const size_t length = strlen(notes);

    snprintf(notes + length, sizeof notes - length, "%s%s", length ? " " : "", word);
}

static inline void defer_note(void *arg)
{
    note(arg);
}

static inline int callback_note(void *arg)
{
    note(arg);
    return 0;
}

/* Notes what it sees and lets it go on. */
static inline int note_error(int rc, void *arg)
{
    char word[64];

    snprintf(word, sizeof word, "%s:%s", (const char *)arg, rc < 0 ? cede_error_name(rc) : "0");
    note(word);
    return rc;
}

static inline int swallow(int rc, void *arg)
{
    (void)rc;
    (void)arg;
    return 0;
}

/* Raises the code that `arg` points to. */
static inline int fail(void *arg)
{
    const int *code = arg;

    return cede_raise(*code, "%s raised", cede_error_name(*code));
}

static inline int replace(int rc, void *arg)
{
    (void)rc;
    return fail(arg);
}

static inline int replace_from(int rc, void *arg)
{
    const int *code = arg;

    (void)rc;
    return cede_raise_from(*code, "%s raised from", cede_error_name(*code));
}

/* The names of the chain of errors that is here, the newest first. */
static inline const char *chain(void)
{
    static char names[256];
    char text[4096];
    char *line = text;

    names[0] = '\0';
    cede_error_format(cede_error_last(), text, sizeof text);
    for (char *next; *line; line = next + 1) {
        next = strchr(line, '\n');
        *next = '\0';
        if (*line == 'E' || strncmp(line, "CEDE_", 5) == 0) {
            char rest[256];
            snprintf(rest, sizeof rest, "%s", names);
            *strchr(line, ':') = '\0';
            snprintf(names, sizeof names, "%.64s%s%.180s", line, *rest ? " " : "", rest);
        }
    }
    return names;
}

__attribute__((unused)) static int codes[] = {-EIO, -EPERM, -ENOENT, -EACCES, -EDOM, -ERANGE};

#endif
