/* valgrind.h - whether Valgrind runs us, which does not know every system call. Floor 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_VALGRIND_H
#define CEDE_SYS_VALGRIND_H

#include <stdbool.h>

#if defined(__has_include) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if __has_include(<valgrind/valgrind.h>)
#define CEDE__VALGRIND 1 /* its requests are a few instructions that do nothing elsewhere */
#include <valgrind/valgrind.h>
#endif
#endif

static inline bool cede__runs_on_valgrind(void)
{
#if defined(CEDE__VALGRIND)
    return RUNNING_ON_VALGRIND != 0;
#else
    return false;
#endif
}

#endif
