/* backtrace.c - walks a parked stack along its frame pointers, and names what it finds with the
 * dynamic linker's symbols. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "coro/backtrace.h"

size_t cede__backtrace(const struct cede__coro *coro, uintptr_t *places, size_t max)
{
    const struct cede__context_place at = cede__context_where(&coro->context);
    const uintptr_t low = at.sp;
    const uintptr_t high = (uintptr_t)coro;
    uintptr_t frame = at.fp;
    size_t n = 0;

    if (at.pc != 0 && n < max)
        places[n++] = at.pc;
    /* A frame pointer that leads out of the stack, or back, is none. */
    while (n < max && frame >= low && frame + 2 * sizeof(uintptr_t) <= high &&
           frame % sizeof(uintptr_t) == 0) {
        const uintptr_t *words = (const uintptr_t *)frame;
        if (words[1] == 0)
            break;
        places[n++] = words[1];
        if (words[0] <= frame)
            break;
        frame = words[0];
    }
    return n;
}

void cede__backtrace_describe(uintptr_t place, struct cede__text *text)
{
    Dl_info info;

    if (dladdr((void *)(place - 1), &info) && info.dli_sname)
        cede__text_add(text, "%s", info.dli_sname);
    else
        cede__text_add(text, "%#lx", (unsigned long)place);
}
