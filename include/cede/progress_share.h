/* cede/progress_share.h - progress bars of child processes on their parent's terminal
 *
 *     parent                                     child, begun anew
 *     int fd;
 *     cede_progress_share(&fd);
 *     if (fork() == 0) {
 *         dup2(fd, 3);
 *         execv(program, argv);  ------------->  cede_progress_attach(3);
 *     }                                          cede_progress *bar = cede_progress_create(...)
 *     close(fd);
 *
 * From then on the child's bars on its standard output and error, and what it prints above them,
 * are shown by the parent, beside the parent's own: one process draws. To count is as cheap as
 * ever: the count lies in memory that both see. A child that ends, however it does, leaves its
 * bars' last state; a parent that ends first harms no child. Workers of cede_process_pool do all
 * this by themselves.
 *
 * On a thread with a loop (on the real clock) that loop shows the children's bars. Elsewhere they
 * are shown whenever a bar of the parent's own is drawn, and by cede_progress_refresh, which may be
 * given NULL.
 *
 * Source: src/progress/mirror.c, src/progress/remote.c
 * Tests: tests/progress/test_progress_share.c
 * Guide: docs/progress.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_SHARE_H
#define CEDE_PROGRESS_SHARE_H

#include <cede/progress.h>

CEDE_BEGIN_DECLS

/**
 * In the parent: make a descriptor by which children reach this process, any number of them.
 *
 * @param fd_out  receives the descriptor, closed on exec: dup2 it to a number of the child's, in
 *                the child. The caller's to close, once the children are started.
 * @return 0, or -EMFILE, -ENFILE, -ENOMEM: raised
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API CEDE_CHECK int cede_progress_share(int *fd_out);

/**
 * In the child: have the parent show the bars that are made from now on. At most 64 are shown at a
 * time; others only count. cede_progress_hide and _show have no effect on them.
 *
 * @param fd  taken: a descriptor of cede_progress_share, inherited
 * @return 0, or, raised,
 *   -EINVAL  `fd` is none
 *   -EBUSY   this process is attached already, or is a worker of cede_process_pool
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API CEDE_CHECK int cede_progress_attach(int fd);

CEDE_END_DECLS

#endif
