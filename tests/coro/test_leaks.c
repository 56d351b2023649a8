/* test_leaks.c - with AddressSanitizer: what a parked stack knows is no leak, what nobody knows is
 * one. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coro/coroutine.h"
#include "harness/harness.h"

static struct cede__coro loop_coro;

static void *volatile hidden; /* not a pointer that a leak checker would know: its complement */

static void hold_memory(struct cede__context *context)
{
    struct cede__coro *self = cede__coro_started(context);
    void *volatile memory = malloc(1000);

    hidden = (void *)~(uintptr_t)memory;
    cede__coro_switch(self, &loop_coro);
    if (memory)
        cede__coro_switch_last(self, &loop_coro);
    abort();
}

static struct cede__stack *park_one(void)
{
    struct cede__stack *stack = cede__depot_take(cede__stack_class(0));
    struct cede__coro *coro = cede__coro_place(stack, sizeof *coro);

    cede__coro_init(coro, stack, hold_memory);
    cede__coro_renew(coro);
    cede__coro_init_thread(&loop_coro);
    cede__coro_switch(&loop_coro, coro);
    return stack;
}

TEST(leaks, memory_that_only_a_parked_stack_knows_is_none)
{
    (void)park_one();
    CHECK(hidden != NULL);
}

#if defined(CEDE__ASAN)

static int status_of(void (*fn)(void))
{
    int status;
    fflush(NULL);
    const pid_t child = fork();

    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        fn();
        exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void park_and_forget(void)
{
    struct cede__stack *stack[3] = {park_one(), park_one(), park_one()};

    for (int i = 0; i < 3; i++)
        cede__depot_give(stack[i]); /* as if its task had ended */
}

TEST(leaks, memory_that_a_stack_given_back_knew_is_one)
{
    CHECK(status_of(park_and_forget) != 0);
}

#endif
