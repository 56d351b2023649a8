/* backtrace.h - where a parked coroutine stands. Floor 2. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_BACKTRACE_H
#define CEDE_CORO_BACKTRACE_H

#include "coro/coroutine.h"
#include "sys/sample.h"

/* The frames of a parked coroutine, innermost first, at most `max`: where each goes on. The one
 * that the library began it with is left out. */
size_t cede__backtrace(const struct cede__coro *coro, uintptr_t *places, size_t max);

/* The same of a thread that runs: of the stack on which it stands. */
size_t cede__backtrace_sample(const struct cede__sample *sample, uintptr_t *places, size_t max);

/* A line for each frame that a person wants to see, "    fetch at get.c:42"; of the library's own,
 * only what was called. */
void cede__backtrace_write(const uintptr_t *places, size_t n, struct cede__text *text);

#endif
