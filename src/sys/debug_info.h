/* debug_info.h - unwinding stacks and naming places with the debug information of the program.
 * Floor 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_DEBUG_INFO_H
#define CEDE_SYS_DEBUG_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/sample.h"

/* A place in code as a person knows it. */
struct cede__place_name {
    char function[128]; /* without what a compiler appends to it; "" if unknown */
    char file[96];      /* without its directories; "" if unknown */
    int line;
    bool is_inside; /* of this library, and not of its interface */
};

/* Unwind from `at` by call-frame information, reading the stack in [low, high) only. The frames'
 * places, innermost first, at most max: where each goes on. Their number; 0 where it cannot be
 * done. */
size_t cede__debug_info_walk(struct cede__context_place at, uintptr_t low, uintptr_t high,
                             uintptr_t *places, size_t max);

/* The same from a sample; the first place is just after the instruction it stands at. */
size_t cede__debug_info_walk_sample(const struct cede__sample *sample, uintptr_t *places,
                                    size_t max);

/* Name the call that returns to `place`. Without debug information: the function if it is exported,
 * else its module and offset as the function. */
void cede__debug_info_name(uintptr_t place, struct cede__place_name *name_out);

#endif
