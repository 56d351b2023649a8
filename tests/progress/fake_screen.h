/* fake_screen.h - a clock that moves when told and a screen that keeps every byte, for tests of the
 * progress floor. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_FAKE_SCREEN_H
#define CEDE_TESTS_FAKE_SCREEN_H

#include <cede/time.h>

#include "harness/harness.h"
#include "progress/renderer.h"

static cede_time fake_time = 1000; /* any zero will do */
static long fake_looks;            /* at the clock; atomic */
static bool fake_terminal = true;
static int fake_columns = 80, fake_rows = 24;
static int fake_error; /* what the next write returns, if not 0 */
static char fake_bytes[1 << 20];
static size_t n_fake_bytes;
static int n_fake_writes;

static int64_t fake_now(void)
{
    __atomic_fetch_add(&fake_looks, 1, __ATOMIC_RELAXED);
    return fake_time;
}

static bool fake_is_terminal(int fd)
{
    (void)fd;
    return fake_terminal;
}

static void fake_size(int fd, int *columns, int *rows)
{
    (void)fd;
    *columns = fake_columns;
    *rows = fake_rows;
}

static int fake_write(int fd, const char *bytes, size_t size)
{
    (void)fd;
    n_fake_writes++;
    if (fake_error)
        return fake_error;
    CHECK(n_fake_bytes + size < sizeof fake_bytes);
    memcpy(fake_bytes + n_fake_bytes, bytes, size);
    n_fake_bytes += size;
    fake_bytes[n_fake_bytes] = '\0';
    return 0;
}

/* Put the fake in the system's place. */
static void fake_start(void)
{
    static const struct cede__progress_system fake = {fake_now, fake_is_terminal, fake_size,
                                                      fake_write};

    cede__progress_system = &fake;
    setenv("LC_ALL", "C", 1);
    setenv("TERM", "xterm", 1);
}

static inline void pass(cede_time span)
{
    fake_time += span;
}

/* What was written since the last call. */
static const char *shown(void)
{
    static char copy[sizeof fake_bytes];

    memcpy(copy, fake_bytes, n_fake_bytes + 1);
    n_fake_bytes = 0;
    fake_bytes[0] = '\0';
    return copy;
}

#endif
