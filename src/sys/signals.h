/* signals.h - signals as events for a loop, and the handler that explains a stack overflow. Floor
 * 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SIGNALS_H
#define CEDE_SYS_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Called in the signal handler: only what is safe there. */
typedef void cede__signal_notify(void *arg);

/* `exit_at` of a signal that never ends the process, however often it arrives. */
#define CEDE__SIGNAL_NEVER UINT32_MAX

/* Catch `signo`: each arrival is counted and `notify` called; the `exit_at`-th uncollected one (0:
 * none) ends the process at once with 128 + signo. 0, or -EINVAL (no such signal, or it cannot be
 * caught), -EBUSY (caught already). */
int cede__signal_start(int signo, cede__signal_notify *notify, void *arg, unsigned exit_at);

/* Restore what was there before. */
void cede__signal_stop(int signo);

/* Arrivals since the last call. With exit_at they are kept counted towards it. */
unsigned cede__signal_take(int signo);

/* Whether a signal is at its default. */
bool cede__signal_is_default(int signo);

/* Called on SIGSEGV with the address that was touched, on a stack of its own; may report, then
 * returns. */
typedef void cede__fault_hook(void *address);

/* Give the calling thread an alternate stack, and install the fault hook once a process; faults go
 * on to whatever handled them before. 0, or -ENOMEM. Every start needs its stop, on the same
 * thread. */
int cede__fault_start(cede__fault_hook *hook);
void cede__fault_stop(void);

#endif
