/* gen_fib_inline.c - the same as gen_fib.c, with the crossings compiled in by CEDE_INLINE. */
/* SPDX-License-Identifier: MIT */
#define BENCH_NAME "gen.fib.inline"
#include "gen_fib.c" /* NOLINT(bugprone-suspicious-include): the same program by another name */
