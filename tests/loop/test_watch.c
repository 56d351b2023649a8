/* test_watch.c - descriptors that the user watches (row d34): pipes, terminals; refusals. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <cede/error.h>
#include <cede/watch.h>

#include "harness/harness.h"

enum { READING, WRITING };

static cede_loop *loop;
static int ends[2]; /* of a pipe */
static cede_watch *watch, *other;
static unsigned n_calls, seen; /* what it was ready for */

static void begin(cede_clock clock, bool allow_io)
{
    const cede_loop_options options = {.clock = clock, .allow_io = allow_io};

    CHECK_EQ(cede_loop_create(&options, &loop), 0);
    CHECK_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
}

static void end(void)
{
    CHECK_EQ(cede_loop_close(loop), 0);
    close(ends[READING]);
    close(ends[WRITING]);
}

static void run(void)
{
    CHECK_EQ(cede_loop_run_forever(loop), 0);
}

static void put_byte(void *arg)
{
    (void)arg;
    CHECK_EQ(write(ends[WRITING], "x", 1), 1);
}

/* Reads at the third call, and stops the loop. */
static void read_at_last(unsigned ready, void *arg)
{
    char byte;

    CHECK_EQ(ready, CEDE_READABLE);
    if (++n_calls < 3)
        return;
    CHECK_EQ(read(*(int *)arg, &byte, 1), 1);
    cede_loop_stop(NULL);
}

TEST(watch, d34_a_pipe_that_is_readable_calls_back_until_it_is_read)
{
    begin(CEDE_CLOCK_REAL, false);
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, read_at_last, &ends[READING], &watch),
             0);
    CHECK_EQ(cede_call_later(loop, CEDE_MS(5), put_byte, NULL, NULL), 0);
    run();
    CHECK_EQ(n_calls, 3);
    cede_watch_stop(watch);
    end();
}

static void note_and_stop(unsigned ready, void *arg)
{
    (void)arg;
    n_calls++;
    seen |= ready;
    cede_loop_stop(NULL);
}

TEST(watch, d34_the_end_of_a_pipe_is_readable_and_its_lack_of_readers_writable)
{
    begin(CEDE_CLOCK_REAL, false);
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, note_and_stop, NULL, &watch), 0);
    close(ends[WRITING]);
    run();
    CHECK_EQ(seen, CEDE_READABLE);
    cede_watch_stop(watch);
    close(ends[READING]);

    CHECK_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    seen = 0;
    while (write(ends[WRITING], "x", 1) == 1)
        ;
    CHECK_EQ(cede_watch_start(ends[WRITING], CEDE_WRITABLE, note_and_stop, NULL, &watch), 0);
    close(ends[READING]);
    run();
    CHECK_EQ(seen, CEDE_WRITABLE);
    cede_watch_stop(watch);
    CHECK_EQ(cede_loop_close(loop), 0);
}

static void stop_loop(void *arg)
{
    cede_loop_stop(arg);
}

TEST(watch, d34_what_is_wanted_may_change)
{
    begin(CEDE_CLOCK_REAL, false);
    CHECK_EQ(cede_watch_start(ends[WRITING], CEDE_READABLE, note_and_stop, NULL, &watch), 0);
    CHECK_EQ(cede_call_later(loop, CEDE_MS(5), stop_loop, NULL, NULL), 0);
    run();
    CHECK_EQ(n_calls, 0); /* the writing end is never readable */
    CHECK_EQ(cede_watch_change(watch, CEDE_READABLE | CEDE_WRITABLE), 0);
    run();
    CHECK_EQ(seen, CEDE_WRITABLE);
    CHECK_EQ(cede_watch_change(watch, 0), -EINVAL);
    cede_watch_stop(watch);
    end();
}

TEST(watch, d34_a_pseudo_terminal_may_be_watched)
{
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    CHECK(terminal >= 0);
    CHECK_EQ(grantpt(terminal) | unlockpt(terminal), 0);
    const int program = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(program >= 0);
    begin(CEDE_CLOCK_REAL, false);
    CHECK_EQ(cede_watch_start(terminal, CEDE_READABLE, note_and_stop, NULL, &watch), 0);
    CHECK_EQ(write(program, "hello", 5), 5);
    run();
    CHECK_EQ(seen, CEDE_READABLE);
    cede_watch_stop(watch);
    end();
    close(program);
    close(terminal);
}

static void stop_both(unsigned ready, void *arg)
{
    (void)ready;
    (void)arg;
    n_calls++;
    cede_watch_stop(watch);
    cede_watch_stop(other);
    cede_loop_stop(NULL);
}

TEST(watch, a_callback_may_stop_it_and_others_that_are_ready_too)
{
    begin(CEDE_CLOCK_REAL, false);
    put_byte(NULL);
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, stop_both, NULL, &watch), 0);
    CHECK_EQ(cede_watch_start(ends[WRITING], CEDE_WRITABLE, stop_both, NULL, &other), 0);
    run();
    CHECK_EQ(n_calls, 1);
    cede_watch_stop(NULL);
    end();
}

static void note_time(unsigned ready, void *arg)
{
    (void)ready;
    *(cede_time *)arg = cede_now();
    cede_loop_stop(NULL);
}

TEST(watch, on_a_virtual_clock_it_is_looked_at_before_time_moves_on)
{
    cede_time called_at = -1;

    begin(CEDE_CLOCK_VIRTUAL, true);
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, note_time, &called_at, &watch), 0);
    CHECK_EQ(cede_call_later(loop, CEDE_S(1), put_byte, NULL, NULL), 0);
    CHECK_EQ(cede_call_later(loop, CEDE_S(2), stop_loop, NULL, NULL), 0);
    run();
    CHECK_EQ(called_at, CEDE_S(1));
    end(); /* which stops it */
}

TEST(watch, what_cannot_be_watched_is_refused)
{
    const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    CHECK_EQ(cede_watch_start(file, CEDE_READABLE, note_and_stop, NULL, &watch), -EINVAL);
    CHECK_STR(cede_error_message(cede_error_last()), "this thread has no loop");
    begin(CEDE_CLOCK_REAL, false);
    CHECK_EQ(cede_watch_start(file, CEDE_READABLE, note_and_stop, NULL, &watch), -EPERM);
    CHECK_HAS(cede_error_message(cede_error_last()), "a plain file");
    CHECK_EQ(cede_watch_start(-1, CEDE_READABLE, note_and_stop, NULL, &watch), -EBADF);
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, NULL, NULL, &watch), -EINVAL);
    CHECK_EQ(cede_watch_start(ends[READING], 0, note_and_stop, NULL, &watch), -EINVAL);
    CHECK_EQ(cede_watch_start(ends[READING], 8, note_and_stop, NULL, &watch), -EINVAL);
    CHECK(watch == NULL); /* not written on failure */
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, note_and_stop, NULL, &watch), 0);
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, note_and_stop, NULL, &other), -EBUSY);
    end();
    close(file);

    begin(CEDE_CLOCK_VIRTUAL, false);
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, note_and_stop, NULL, &watch), -ENOTSUP);
    end();
}

static void *use_elsewhere(void *arg)
{
    CHECK_EQ(cede_watch_change(arg, CEDE_WRITABLE), CEDE_EFOREIGN);
    cede_watch_stop(arg);
    return NULL;
}

TEST(watch, d29_another_threads_is_left_alone)
{
    pthread_t thread;

    begin(CEDE_CLOCK_REAL, false);
    put_byte(NULL);
    CHECK_EQ(cede_watch_start(ends[READING], CEDE_READABLE, note_and_stop, NULL, &watch), 0);
    CHECK_EQ(pthread_create(&thread, NULL, use_elsewhere, watch), 0);
    pthread_join(thread, NULL);
    run();
    CHECK_EQ(seen, CEDE_READABLE);
    cede_watch_stop(watch);
    end();
}

static int start_and_stop(void)
{
    int rc;

    CEDE_TRY(cede_loop_create(NULL, &loop));
    CHECK_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    rc = cede_watch_start(ends[WRITING], CEDE_WRITABLE, note_and_stop, NULL, &watch);
    if (rc == 0) {
        run();
        cede_watch_stop(watch);
    }
    end();
    return rc;
}

TEST(watch, survives_every_failing_allocation)
{
    test_sweep_allocations(start_and_stop);
}
