/* harness_task.h - tests whose body is a task
 *
 *     TEST_TASK(queue, get_stops_at_its_deadline) { ... CHECK_EQ(cede_now(), deadline); }
 *
 * The body runs as the main task of cede_run, on the virtual clock, which starts at 0 and moves
 * only when every task waits: an hour costs nothing and times are exact. TEST_TASK_REAL is the same
 * on the real clock, TEST_TASK_IO on the virtual one with descriptors allowed. For the task floor
 * and those above.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_HARNESS_TASK_H
#define CEDE_TESTS_HARNESS_TASK_H

#include <cede/gather.h>
#include <cede/group.h>
#include <cede/scope.h>
#include <cede/task.h>

#include "harness.h"

/* Run `body` as the main task; fails the test if cede_run does not return 0. */
void test_run_task(const cede_loop_options *options, void (*body)(void));

#define TEST_TASK(noun_, name_)      TEST__TASK(noun_, name_, .clock = CEDE_CLOCK_VIRTUAL)
#define TEST_TASK_REAL(noun_, name_) TEST__TASK(noun_, name_, .clock = CEDE_CLOCK_REAL)
#define TEST_TASK_IO(noun_, name_)                                                                 \
    TEST__TASK(noun_, name_, .clock = CEDE_CLOCK_VIRTUAL, .allow_io = true)

#define TEST__TASK(noun_, name_, ...)                                                              \
    static void task_##noun_##_##name_(void);                                                      \
    TEST(noun_, name_)                                                                             \
    {                                                                                              \
        test_run_task(&(cede_loop_options){__VA_ARGS__}, task_##noun_##_##name_);                  \
    }                                                                                              \
    static void task_##noun_##_##name_(void)

/* Spawn a task and give way once: it runs until it waits, if none that was ready before it takes
 * long. Checked to be one. */
#define test_spawn(fn, arg) test_begun(cede_spawn(fn, (arg)))
cede_future *test_begun(cede_future *task);

/* Spawn a task with a name of its own; checked to be one. */
#define test_spawn_named(name_, fn, arg)                                                           \
    test_spawned(cede_spawn_with(&(cede_task_options){.name = (name_)}, fn, (arg)))
cede_future *test_spawned(cede_future *task);

/* The body of a task that nothing but a cancellation ends. */
int test_sleep_for_ever(void *arg);

/* A diary, for the order of things: words are appended with a space between, and read as one
 * text. */
void test_note(const char *format, ...) CEDE_PRINTF(1, 2);
const char *test_notes(void);

/* What `future` looks like; valid until the next call. */
const char *test_format(const cede_future *future);

/* The record that is here as a traceback; valid until the next call. */
const char *test_traceback(void);

#endif
