/* test_debug_info.c - a parked stack unwinds by call-frame information, and places have names and
 * lines.
 *
 * Compiled with: -fomit-frame-pointer - so that frame pointers lead nowhere
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdlib.h>

#include "harness/harness.h"
#include "sys/debug_info.h"

enum { STACK_SIZE = 256 * 1024, DEPTH = 5, MAX = 64 };

static struct cede__context main_context;
static struct cede__context parked;
static char *stack_low, *stack_high;
static uintptr_t returns[DEPTH + 2]; /* where the calls below return to, innermost first */

/* Leave the stack; the bottom of all the functions here. */
static __attribute__((noinline)) void park(void)
{
    returns[0] = (uintptr_t)__builtin_return_address(0);
    cede__switch(&parked, &main_context);
}

static long deeper(long depth, const volatile long *values);
static long (*volatile call_deeper)(long depth, const volatile long *values) = deeper;
static void (*volatile call_park)(void) = park;

/* Keeps many values alive across the call, so that the register of the frame pointer is one of
 * theirs. */
static long deeper(long depth, const volatile long *values)
{
    const long a = values[0], b = values[1], c = values[2], d = values[3], e = values[4],
               f = values[5];
    long result = depth;

    returns[depth] = (uintptr_t)__builtin_return_address(0);
    if (depth > 1)
        result += call_deeper(depth - 1, values);
    else
        call_park();
    return result + a * b + c * d + e * f;
}

static int line_of_call;

static long outermost(void)
{
    const volatile long values[6] = {1, 2, 3, 4, 5, 6};
    long result;

    returns[DEPTH + 1] = (uintptr_t)__builtin_return_address(0);
    line_of_call = __LINE__ + 1;
    result = call_deeper(DEPTH, values);
    return result + values[3];
}

static long (*volatile call_outermost)(void) = outermost;

static volatile long values_sum;

static void entry(struct cede__context *self)
{
    (void)self;
    values_sum = call_outermost();
    cede__switch(&parked, &main_context);
    abort();
}

/* A parked stack of known calls. */
static void make_parked(void)
{
    stack_low = malloc(STACK_SIZE);
    CHECK(stack_low != NULL);
    memset(stack_low, 0, STACK_SIZE);
    stack_high = (char *)((uintptr_t)(stack_low + STACK_SIZE) & ~(uintptr_t)15);
    cede__context_init(&parked, stack_high, entry);
    cede__switch(&main_context, &parked);
}

static size_t walk(uintptr_t *places, size_t max)
{
    const struct cede__context_place at = cede__context_where(&parked);

    return cede__debug_info_walk(at, at.sp, (uintptr_t)stack_high, places, max);
}

static struct cede__place_name name_of(uintptr_t place)
{
    struct cede__place_name name;

    cede__debug_info_name(place, &name);
    return name;
}

#if defined(CEDE__HAVE_LIBDW)

TEST(debug_info, a_parked_stack_without_frame_pointers_unwinds_to_its_first_call)
{
    uintptr_t places[MAX];

    make_parked();
    const size_t n = walk(places, MAX);

    CHECK(n >= DEPTH + 4);
    size_t first = 0; /* the switch itself is one frame, or with ucontext two */
    while (first < n && places[first] != returns[0])
        first++;
    CHECK(first <= 2);
    for (int i = 0; i <= DEPTH + 1; i++)
        CHECK_PTR(places[first + i], returns[i]);
    CHECK(cede__context_is_start(places[first + DEPTH + 2]));
    for (size_t i = 0; i < first + DEPTH + 2; i++)
        CHECK(!cede__context_is_start(places[i]));
}

TEST(debug_info, a_walk_ends_after_as_many_frames_as_asked_for)
{
    uintptr_t places[MAX];

    make_parked();
    memset(places, 0, sizeof places);

    CHECK_EQ(walk(places, 3), 3);
    CHECK_EQ(places[3], 0);
    CHECK_EQ(walk(places, 0), 0);
}

TEST(debug_info, a_walk_survives_a_damaged_stack)
{
    uintptr_t places[MAX];

    make_parked();
    srand(1);
    uintptr_t *words = (uintptr_t *)cede__context_where(&parked).sp;
    const size_t n_words = (size_t)((uintptr_t *)(void *)stack_high - words);
    for (int round = 0; round < 300; round++) {
        /* Garbage, addresses of code, of the stack, of nothing. */
        const uintptr_t junk[] = {(uintptr_t)rand(), returns[rand() % DEPTH],
                                  (uintptr_t)&words[(size_t)rand() % n_words], 0, UINTPTR_MAX};
        words[(size_t)rand() % (n_words < 60 ? n_words : 60)] = junk[rand() % 5];
        CHECK(walk(places, MAX) <= MAX);
    }
}

TEST(debug_info, a_place_has_a_function_a_file_and_a_line)
{
    make_parked();
    struct cede__place_name name = name_of(returns[0]);

    CHECK_STR(name.function, "deeper");
    CHECK_STR(name.file, "test_debug_info.c");
    name = name_of(returns[DEPTH]);
    CHECK_STR(name.function, "outermost");
    CHECK_EQ(name.line, line_of_call);
}

TEST(debug_info, two_hundred_thousand_frames_take_seconds_not_minutes)
{
    uintptr_t places[MAX];
    size_t n = 0;

    make_parked();
    test_time_limit(200);
    while (n < 200000)
        n += walk(places, MAX);
}

#else

TEST(debug_info, without_libdw_there_is_no_walk)
{
    uintptr_t places[MAX];

    make_parked();
    CHECK_EQ(walk(places, MAX), 0);
}

TEST(debug_info, without_libdw_a_place_is_named_by_module_and_offset)
{
    make_parked();
    CHECK_HAS(name_of(returns[0]).function, "test_sys_debug_info+0x");
    CHECK_STR(name_of(returns[0]).file, "");
}

#endif

TEST(debug_info, an_exported_function_of_another_library_has_its_name)
{
    CHECK_HAS(name_of((uintptr_t)&qsort + 4).function, "qsort");
}

TEST(debug_info, a_place_outside_of_all_code_is_named_by_its_address)
{
    CHECK_STR(name_of(0x1235).function, "0x1235");
}
