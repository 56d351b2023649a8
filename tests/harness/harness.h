/* harness.h - tests: a name that is a sentence, checks, a process of its own each
 *
 *     TEST(error, a_raise_replaces_the_record) { ... CHECK_EQ(rc, -EINVAL); }
 *
 * A test file's binary runs all its tests, several at a time, each in a forked child with a
 * time-out: a crash, a hang or a leak is that test's failure alone, and a check that fails ends its
 * test wherever it stands, on any coroutine's stack. `binary WORD...` runs the tests whose name
 * contains a word; `binary --list` names them; `--here` does not fork (for gdb).
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_HARNESS_H
#define CEDE_TESTS_HARNESS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct test {
    const char *noun;
    const char *name;
    void (*run)(void);
    struct test *next; /* in order of definition */
};

void test_register(struct test *test);

#define TEST(noun_, name_)                                                                         \
    static void test_##noun_##_##name_(void);                                                      \
    __attribute__((constructor)) static void register_##noun_##_##name_(void)                      \
    {                                                                                              \
        static struct test test = {#noun_, #name_, test_##noun_##_##name_, NULL};                  \
        test_register(&test);                                                                      \
    }                                                                                              \
    static void test_##noun_##_##name_(void)

/* Ends the test as failed, with a printf-style reason. */
__attribute__((noreturn, format(printf, 3, 4))) void test_fail(const char *file, int line,
                                                               const char *format, ...);

#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            FAIL("not true: %s", #condition);                                                      \
    } while (0)

#define CHECK_EQ(actual, expected)                                                                 \
    do {                                                                                           \
        const long long check_a = (long long)(actual);                                             \
        const long long check_e = (long long)(expected);                                           \
        if (check_a != check_e)                                                                    \
            FAIL("%s is %lld, not %s = %lld", #actual, check_a, #expected, check_e);               \
    } while (0)

#define CHECK_STR(actual, expected)                                                                \
    do {                                                                                           \
        const char *check_a = (actual);                                                            \
        const char *check_e = (expected);                                                          \
        if (!check_a || strcmp(check_a, check_e) != 0)                                             \
            FAIL("%s is \"%s\", not \"%s\"", #actual, check_a ? check_a : "(null)", check_e);      \
    } while (0)

/* `actual` contains `part`. */
#define CHECK_HAS(actual, part)                                                                    \
    do {                                                                                           \
        const char *check_a = (actual);                                                            \
        const char *check_p = (part);                                                              \
        if (!check_a || !strstr(check_a, check_p))                                                 \
            FAIL("%s lacks \"%s\"; it is \"%s\"", #actual, check_p, check_a ? check_a : "(null)"); \
    } while (0)

#define CHECK_PTR(actual, expected) CHECK_EQ((uintptr_t)(actual), (uintptr_t)(expected))

/* Called first in main, if a test file has it: for what a program is to do there. */
void test_begin(int argc, char **argv) __attribute__((weak));

/* Seconds a test may take; the default is 300, more under an emulator or a sanitizer. Call at its
 * start. */
void test_time_limit(unsigned seconds);

/* What the report hook has been handed since test_capture_reports: a text, "" at first. */
void test_capture_reports(void);
const char *test_reports(void);

/* Run `scenario` again and again, the first time with the first allocation failing, then the
 * second, and so on, until a run meets no failure. Each run must return 0 or -ENOMEM and give back
 * all it took; the last must return 0. */
void test_sweep_allocations(int (*scenario)(void));

/* Descriptors of this process that are open, but for those of a report: to tell of a stall, as may
 * be on a machine with much else to do, reads the program, its libraries and the system's tables.
 */
int test_open_descriptors(void);

/* Allocations of the library alive now; counted from test_count_allocations on. */
void test_count_allocations(void);
long test_live_allocations(void);

#endif
