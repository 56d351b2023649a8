/* coroutine.c - what happens when a coroutine outgrows its stack: a report with its name, before
 * the process dies of it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "coro/coroutine.h"
#include "sys/memory.h"

#if defined(CEDE__ASAN)
__thread struct cede__fiber *cede__fiber_left;
#elif defined(CEDE__TSAN)
__thread void *cede__fiber_ended;
#endif

static const char advice[] = "give it more: .stack_size in the options it is made with";

void cede__coro_explain_fault(void *address)
{
    const struct cede__coro *coro = cede__coro_here();
    char text[256];

    if (!coro || !coro->stack)
        return;
    const char *low = coro->stack->low;
    if ((char *)address >= low || (char *)address < low - 2 * cede__page_size())
        return;
    snprintf(text, sizeof text, "cede: stack overflow in '%s', whose stack has %zu KiB; %s\n",
             coro->site ? coro->site->name : "?", cede__stack_usable(coro->stack) / 1024, advice);
    cede__report_raw(text);
}

void cede__coro_check_canary(struct cede__coro *coro)
{
    if (cede__stack_canary_is_whole(coro->stack))
        return;
    coro->has_canary = false; /* once is enough */
    cede__report("cede: stack overflow in '%s', found when it parked: memory below its %zu KiB was "
                 "overwritten; %s\n",
                 coro->site ? coro->site->name : "?", cede__stack_usable(coro->stack) / 1024,
                 advice);
}
