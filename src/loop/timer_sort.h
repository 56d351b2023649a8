/* timer_sort.h - timers' entries put in order. Floor 3. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_TIMER_SORT_H
#define CEDE_LOOP_TIMER_SORT_H

#include "loop/timers.h"

enum { CEDE__SORT_FEW = 16 };

/* Put n entries, CEDE__SORT_FEW at most, into `to` in their order. */
void cede__entries_sort_few(struct cede__timer_entry *to, const struct cede__timer_entry *from,
                            uint32_t n);

/* Put n entries in order, where they are; `other` is room for as many, perhaps not needed. */
void cede__entries_sort(struct cede__timer_entry *entries, struct cede__timer_entry *other,
                        uint32_t n);

#endif
