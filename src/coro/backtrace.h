/* backtrace.h - where a parked coroutine stands. Floor 2. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_BACKTRACE_H
#define CEDE_CORO_BACKTRACE_H

#include "coro/coroutine.h"

/* The frames of a coroutine that is parked, or of the caller if NULL or running here: innermost
 * first, at most `max`. */
size_t cede__backtrace(const struct cede__coro *coro, uintptr_t *places, size_t max);

/* "function at file:line", or as much of it as is known. */
void cede__backtrace_describe(uintptr_t place, struct cede__text *text);

#endif
