/* test_backtrace.c - what a person is shown of a parked coroutine: what was called, and the
 * program's own frames. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "coro/backtrace.h"
#include "harness/harness.h"
#include "sys/debug_info.h"

enum { MAX = 64 };

static struct cede__coro loop_coro;
static uintptr_t returns[3];

void cede__wait_within(void);
void cede__inside_wait(void);
void cede_test_wait(void);
void cede_test_join(void);
void fetch(int depth);
void body(void);

/* As of the library: two functions of its inside, two public ones. Each does
 * something after its call, or there would be no frame. */
static volatile int after;

static void (*volatile call_inside)(void) = cede__wait_within;
static void (*volatile call_cede_inside)(void) = cede__inside_wait;
static void (*volatile call_wait)(void) = cede_test_wait;
static void (*volatile call_join)(void) = cede_test_join;

void cede__wait_within(void)
{
    cede__coro_switch(cede__coro_here(), &loop_coro);
    after++;
}

void cede__inside_wait(void)
{
    call_inside();
    after++;
}

void cede_test_wait(void)
{
    returns[0] = (uintptr_t)__builtin_return_address(0);
    call_cede_inside();
    after++;
}

void cede_test_join(void)
{
    returns[1] = (uintptr_t)__builtin_return_address(0);
    call_wait();
    after++;
}

/* As of the program. */
static int line_of_fetch, line_of_body;

void fetch(int depth)
{
    (void)depth;
    line_of_fetch = __LINE__ + 1;
    call_join();
    after++;
}

static void (*volatile call_fetch)(int depth) = fetch;

void body(void)
{
    line_of_body = __LINE__ + 1;
    call_fetch(1);
    after++;
}

static void (*volatile call_body)(void) = body;

static void entry(struct cede__context *context)
{
    struct cede__coro *self = cede__coro_started(context);

    call_body();
    cede__coro_switch_last(self, &loop_coro);
}

static struct cede__coro *make_parked(void)
{
    struct cede__stack *stack = cede__depot_take(cede__stack_class(0));
    struct cede__coro *coro = cede__coro_place(stack, sizeof *coro);

    cede__coro_init(coro, stack, entry);
    cede__coro_renew(coro);
    coro->site = NULL;
    cede__coro_init_thread(&loop_coro);
    cede__coro_switch(&loop_coro, coro);
    return coro;
}

static bool contains(const uintptr_t *places, size_t n, uintptr_t place)
{
    for (size_t i = 0; i < n; i++) {
        if (places[i] == place)
            return true;
    }
    return false;
}

TEST(backtrace, it_has_every_call_of_a_parked_coroutine)
{
    const struct cede__coro *coro = make_parked();
    uintptr_t places[MAX];

    const size_t n = cede__backtrace(coro, places, MAX);

    CHECK(n >= 6);
    CHECK(n <= 8);
    CHECK(contains(places, n, returns[0]));
    CHECK(contains(places, n, returns[1]));
    CHECK(places[n - 1] - (uintptr_t)body < 256); /* with what called it, the library's */
}

TEST(backtrace, it_is_cut_to_the_room_there_is)
{
    uintptr_t places[MAX] = {0};

    CHECK_EQ(cede__backtrace(make_parked(), places, 2), 2);
    CHECK_EQ(places[2], 0);
}

TEST(backtrace, a_coroutine_that_never_ran_has_none)
{
    struct cede__stack *stack = cede__depot_take(cede__stack_class(0));
    struct cede__coro *coro = cede__coro_place(stack, sizeof *coro);
    uintptr_t places[MAX];

    cede__coro_init(coro, stack, entry);
    cede__coro_renew(coro);

    CHECK_EQ(cede__backtrace(coro, places, MAX), 0);
}

TEST(backtrace, a_damaged_context_has_none)
{
    struct cede__coro *coro = make_parked();
    uintptr_t places[MAX];

    memset(&coro->context, 0x5a, sizeof coro->context);
    CHECK_EQ(cede__backtrace(coro, places, MAX), 0);
    memset(&coro->context, 0, sizeof coro->context);
    CHECK_EQ(cede__backtrace(coro, places, MAX), 0);
}

TEST(backtrace, a_damaged_stack_is_no_crash)
{
    struct cede__coro *coro = make_parked();
    char *const sp = (char *)cede__context_where(&coro->context).sp;
    uintptr_t places[MAX];

    srand(2);
    for (int round = 0; round < 300; round++) {
        for (char *byte = sp; byte < (char *)coro; byte++) {
            if (rand() % 16 == 0)
                *byte = (char)rand();
        }
        CHECK(cede__backtrace(coro, places, MAX) <= MAX);
    }
}

#if defined(CEDE__HAVE_LIBDW)

TEST(backtrace, the_inside_of_the_library_is_not_shown_above_what_was_called)
{
    const struct cede__coro *coro = make_parked();
    uintptr_t places[MAX];
    char buffer[2048] = "", expected[2048];
    struct cede__text text = {buffer, sizeof buffer, 0};

    cede__backtrace_write(places, cede__backtrace(coro, places, MAX), &text);

    snprintf(expected, sizeof expected,
             "    cede_test_join\n"
             "    fetch at test_backtrace.c:%d\n"
             "    body at test_backtrace.c:%d\n",
             line_of_fetch, line_of_body);
    CHECK_STR(buffer, expected);
}

#endif
