/* cede/report.h - the one way the library speaks unasked
 *
 * An error nobody retrieved, a stack overflow, a deadlock: each is one text handed to one hook. The
 * default writes it to standard error.
 * Source: src/base/report.c   Tests: tests/base/test_report.c
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_REPORT_H
#define CEDE_REPORT_H

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* Receives each report: whole lines, ending in a newline; valid during the call. Called on the
 * thread it happens on. */
typedef void cede_report_fn(const char *text, void *arg);

/**
 * Replace the hook of the process; loops may have their own (cede_loop_set_report_hook). Set it
 * before the library is first used: it is read without a lock.
 *
 * @param fn   the hook; NULL restores the default
 * @param arg  handed to each call; outlives the use of the hook
 * Suspends: never.  Cancellation point: no.  Call from: the main thread, before first use.
 */
CEDE_API void cede_set_report_hook(cede_report_fn *fn, void *arg);

CEDE_END_DECLS

#endif
