/* test_switch.c - what a function holds survives while others run on other stacks, and fresh stacks
 * are as C wants them.
 *
 * Compiled with: -O2 -fomit-frame-pointer - so that values are kept in registers, the frame
 * pointer's too, and in the red zone
 */
/* SPDX-License-Identifier: MIT */
#include <alloca.h>
#include <signal.h>
#include <stdlib.h>

#include "harness/harness.h"
#include "sys/memory.h"
#include "sys/switch.h"

enum { N_CONTEXTS = 100, N_ROUNDS = 200, STACK_SIZE = 256 * 1024 };

static struct cede__context main_context;
static struct cede__context contexts[N_CONTEXTS];
static void *stacks[N_CONTEXTS];
static unsigned n_done;

static void start(unsigned i, cede__context_entry *entry)
{
    if (!stacks[i])
        stacks[i] = cede__pages_map(STACK_SIZE);
    CHECK(stacks[i] != NULL);
    cede__context_init(&contexts[i], (char *)stacks[i] + STACK_SIZE, entry);
}

static unsigned index_of(const struct cede__context *self)
{
    return (unsigned)(self - contexts);
}

static void to_main(struct cede__context *self)
{
    cede__switch(self, &main_context);
}

static void run(unsigned i)
{
    cede__switch(&main_context, &contexts[i]);
}

/* Not to be merged with their callers: those are to keep their values across a call. */
static void (*volatile call_to_main)(struct cede__context *self) = to_main;

/* Run `entry` in a hundred contexts by turns until all have ended. */
static void run_all(cede__context_entry *entry)
{
    n_done = 0;
    for (unsigned i = 0; i < N_CONTEXTS; i++)
        start(i, entry);
    for (int round = 0; round <= N_ROUNDS; round++) {
        for (unsigned i = 0; i < N_CONTEXTS; i++)
            run(i);
    }
    CHECK_EQ(n_done, N_CONTEXTS);
}

static __attribute__((noreturn)) void end(struct cede__context *self)
{
    n_done++;
    for (;;)
        to_main(self);
}

static volatile long numbers[16];
static volatile double reals[16];

/* Fourteen values live across each call: more than registers that a call preserves. */
static void hold_integers(struct cede__context *self)
{
    const long own = index_of(self) * 1000L;
    long a = own + numbers[0], b = own + numbers[1], c = own + numbers[2], d = own + numbers[3],
         e = own + numbers[4], f = own + numbers[5], g = own + numbers[6], h = own + numbers[7],
         i = own + numbers[8], j = own + numbers[9], k = own + numbers[10], l = own + numbers[11];

    for (int round = 0; round < N_ROUNDS; round++) {
        call_to_main(self);
        CHECK_EQ(a, own + numbers[0] + round);
        CHECK_EQ(b, own + numbers[1] + round);
        CHECK(c - numbers[2] == a - numbers[0] && d - numbers[3] == a - numbers[0]);
        CHECK(e - numbers[4] == a - numbers[0] && f - numbers[5] == a - numbers[0]);
        CHECK(g - numbers[6] == a - numbers[0] && h - numbers[7] == a - numbers[0]);
        CHECK(i - numbers[8] == a - numbers[0] && j - numbers[9] == a - numbers[0]);
        CHECK(k - numbers[10] == a - numbers[0] && l - numbers[11] == a - numbers[0]);
        a++, b++, c++, d++, e++, f++, g++, h++, i++, j++, k++, l++;
    }
    end(self);
}

TEST(switch, integers_in_registers_survive)
{
    for (int i = 0; i < 16; i++)
        numbers[i] = 1L << (i * 3);
    run_all(hold_integers);
}

static void hold_reals(struct cede__context *self)
{
    const double own = index_of(self) * 0.5;
    double a = own + reals[0], b = own + reals[1], c = own + reals[2], d = own + reals[3],
           e = own + reals[4], f = own + reals[5], g = own + reals[6], h = own + reals[7],
           i = own + reals[8], j = own + reals[9];

    for (int round = 0; round < N_ROUNDS; round++) {
        call_to_main(self);
        CHECK(a == own + reals[0] + round);
        CHECK(b - reals[1] == a - reals[0] && c - reals[2] == a - reals[0]);
        CHECK(d - reals[3] == a - reals[0] && e - reals[4] == a - reals[0]);
        CHECK(f - reals[5] == a - reals[0] && g - reals[6] == a - reals[0]);
        CHECK(h - reals[7] == a - reals[0] && i - reals[8] == a - reals[0]);
        CHECK(j - reals[9] == a - reals[0]);
        a++, b++, c++, d++, e++, f++, g++, h++, i++, j++;
    }
    end(self);
}

TEST(switch, floating_point_values_survive)
{
    for (int i = 0; i < 16; i++)
        reals[i] = i * 0.25;
    run_all(hold_reals);
}

/* No function is called here, so the locals may lie below the stack pointer, in the red zone. */
static __attribute__((noinline)) long hold_in_red_zone(struct cede__context *self, long seed)
{
    volatile long words[15]; /* 120 of its 128 bytes */
    long sum = 0;

    for (int i = 0; i < 15; i++)
        words[i] = seed + i;
    cede__switch(self, &main_context);
    for (int i = 0; i < 15; i++)
        sum += words[i] - i;
    return sum;
}

static void use_red_zone(struct cede__context *self)
{
    for (int round = 0; round < N_ROUNDS; round++)
        CHECK_EQ(hold_in_red_zone(self, index_of(self) + round), 15 * (index_of(self) + round));
    end(self);
}

TEST(switch, the_red_zone_of_a_leaf_survives)
{
    run_all(use_red_zone);
}

/* A compiler aligns nothing itself where the convention promises 16. */
static __attribute__((noinline)) void check_alignment(void)
{
    _Alignas(16) volatile char aligned[16];
    _Alignas(64) volatile char more_aligned[64];

    aligned[0] = more_aligned[0] = 0;
    CHECK_EQ((uintptr_t)aligned % 16, 0);
    CHECK_EQ((uintptr_t)more_aligned % 64, 0);
    CHECK_EQ((uintptr_t)__builtin_frame_address(0) % 16, 0);
}

static void print_reals(struct cede__context *self)
{
    char text[128];

    check_alignment();
    snprintf(text, sizeof text, "%.3f %d %g %s %Lg", reals[3], 42, reals[4], "word",
             (long double)reals[5]);
    CHECK_STR(text, "0.750 42 1 word 1.25");
    end(self);
}

TEST(switch, a_fresh_stack_is_aligned_and_printf_takes_doubles_on_it)
{
    for (int i = 0; i < 16; i++)
        reals[i] = i * 0.25;
    run_all(print_reals);
}

static void allocate_on_stack(struct cede__context *self)
{
    const size_t size = 64 * 1024 + 16 * index_of(self);
    unsigned char *memory = alloca(size);

    memset(memory, (int)index_of(self), size);
    call_to_main(self);
    for (size_t i = 0; i < size; i++)
        CHECK_EQ(memory[i], index_of(self));
    end(self);
}

TEST(switch, memory_allocated_on_a_stack_survives)
{
    run_all(allocate_on_stack);
}

static long (*volatile call_descend)(struct cede__context *self, long depth);

static long descend(struct cede__context *self, long depth)
{
    volatile long here = depth;

    if (depth == 0)
        call_to_main(self);
    else
        CHECK_EQ(call_descend(self, depth - 1), depth - 1);
    return here;
}

static void recurse(struct cede__context *self)
{
#if defined(__SANITIZE_THREAD__)
    const int depth = 10; /* it counts calls, and nobody tells it of switches on this floor */
#else
    const int depth = 1000;
#endif
    CHECK_EQ(call_descend(self, depth), depth);
    end(self);
}

TEST(switch, a_thousand_calls_deep_is_left_and_returned_from)
{
    call_descend = descend;
    run_all(recurse);
}

static __thread int own_to_thread;

static void use_thread_locals(struct cede__context *self)
{
    int *const error = &errno;
    int *const local = &own_to_thread;

    for (int round = 0; round < N_ROUNDS; round++) {
        errno = 1000 + (int)index_of(self);
        own_to_thread++;
        call_to_main(self);
        CHECK_PTR(&errno, error);
        CHECK_PTR(&own_to_thread, local);
    }
    end(self);
}

TEST(switch, errno_and_thread_locals_are_the_threads)
{
    run_all(use_thread_locals);
    CHECK_EQ(own_to_thread, N_CONTEXTS * N_ROUNDS);
    CHECK_EQ(errno, 1000 + N_CONTEXTS - 1);
}

static void hand_round(struct cede__context *self)
{
    for (int round = 0; round < N_ROUNDS; round++) {
        CHECK_EQ(numbers[0]++ % N_CONTEXTS, index_of(self));
        struct cede__context *next =
            index_of(self) + 1 < N_CONTEXTS ? self + 1 : (round + 1 < N_ROUNDS ? contexts : NULL);
        cede__switch(self, next ? next : &main_context);
    }
    abort();
}

TEST(switch, contexts_switch_to_each_other_without_the_main_one)
{
    numbers[0] = 0;
    for (unsigned i = 0; i < N_CONTEXTS; i++)
        start(i, hand_round);
    run(0);
    CHECK_EQ(numbers[0], N_CONTEXTS * N_ROUNDS);
}

static volatile sig_atomic_t n_signals;

static void count_signal(int signo)
{
    volatile char frame[256];

    frame[0] = (char)signo;
    n_signals += frame[0] == SIGUSR1;
}

static void signal_self(struct cede__context *self)
{
    for (int round = 0; round < N_ROUNDS; round++) {
        CHECK_EQ(raise(SIGUSR1), 0);
        call_to_main(self);
    }
    end(self);
}

TEST(switch, signals_are_handled_on_any_stack)
{
    CHECK(signal(SIGUSR1, count_signal) != SIG_ERR);
    run_all(signal_self);
    CHECK_EQ(n_signals, N_CONTEXTS * N_ROUNDS);
}
