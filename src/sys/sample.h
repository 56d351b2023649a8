/* sample.h - where a thread stands just now, without its help. Floor 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SAMPLE_H
#define CEDE_SYS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/time.h>

#include "sys/switch.h"

enum { CEDE__SAMPLE_STACK = 64 * 1024 }; /* bytes of a stack that are copied, at most */

struct cede__sample {
    struct cede__context_place at;
    size_t n_bytes;     /* of the stack, from at.sp on */
    cede_time patience; /* given: how long the thread may take to come to its turn; 0: seconds */
    _Alignas(16) unsigned char stack[CEDE__SAMPLE_STACK];
};

/* What to do in the other thread beside it; in a signal handler. */
typedef void cede__sample_look(void *arg);

/* The calling thread, as others may name it. */
int cede__sample_thread(void);

/* Interrupt another thread of this process for the time that it takes to copy its registers and its
 * stack, and to call look(arg) if that is not NULL. It is done by SIGURG, which nobody notices
 * otherwise, but that a call that sleeps may end early. False: not to be had, because the
 * program uses that signal itself, the thread blocks it, has ended, or did not come to its turn in
 * time. From any thread, also of itself, but from no signal handler; several take turns. */
bool cede__sample_take(int thread, struct cede__sample *sample, cede__sample_look *look, void *arg);

#endif
