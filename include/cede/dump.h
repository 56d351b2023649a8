/* cede/dump.h - who waits for what
 *
 * A text about every unfinished task: its name and where it was made, its state, its age, what it
 * waits for and since when, who holds that, and its stack. Tasks stand as a tree: under the task
 * whose group they are in, or which waits for them. Circles of tasks that wait for each other come
 * first.
 *
 * cede_run reports deadlocks by itself; `dump_on_quit` in its options writes a dump on SIGQUIT
 * (Ctrl-\). The tool `cede ps` shows the same of another process.
 * Source: src/task/dump.c, src/task/wait_graph.c   Tests: tests/task/test_dump.c
 * Guide: docs/debugging.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_DUMP_H
#define CEDE_DUMP_H

#include <stdio.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

/**
 * Write the tasks of this thread's loop to a file, then those of other threads' loops, and what the
 * threads of pools run. Nothing is cancelled, and no other task of this loop runs meanwhile. Other
 * threads go on: their loops write their tasks themselves, between two steps, and one that does not
 * come to that in a quarter of a second, like the threads of pools, is shown by its stack (see
 * SIGURG in docs/debugging.md). Errors of the file are left to ferror.
 *
 * @param file  borrowed; NULL for standard error
 * @return how many tasks this thread's loop has; 0 in a thread without one
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API size_t cede_dump(FILE *file);

CEDE_END_DECLS

#endif
