/* wait_graph.h - which task must go on before which. Floor 4.
 *
 * Not kept: read from what tasks wait on when somebody asks, with notes left on each task while the
 * answer is put together. On the loop's thread only.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_WAIT_GRAPH_H
#define CEDE_TASK_WAIT_GRAPH_H

#include "task/task.h"

/* The tasks of the same loop that must end or let go of something before `task` can go on: all of
 * them, one a call; NULL: no more. `*at` is NULL at first, then this function's. */
struct cede_task *cede__task_blocker(const struct cede_task *task, const void **at);

/* Around the use of any of the functions below: what they need besides the notes on tasks is there
 * once. */
void cede__graph_enter(void);
void cede__graph_leave(void);

/* The unfinished task of this thread's loop with that number; NULL: it has ended. Quick between the
 * two above, a search elsewhere. */
struct cede_task *cede__task_numbered(struct cede_loop *loop, uint64_t number);

/* Whether for whom the task waits is known by a guess only: who took last what anybody may give
 * back. */
bool cede__graph_is_guess(const struct cede_task *task);

/* Call fn for each circle of tasks of which each waits for the next: `first`, then by walk.next to
 * the one whose next is `first` again. Every task that waits in a circle is reached by one of
 * those told of. With `guess` guesses count as well, otherwise there are none in it. */
void cede__graph_circles(struct cede_loop *loop, bool guess,
                         void (*fn)(struct cede_task *first, void *arg), void *arg);

/* Make a tree of the tasks by walk.parent, .first_child and .next: a task hangs under the one whose
 * group it is in, else under the oldest that waits for it. The first of those under nobody; NULL:
 * there is no task. */
struct cede_task *cede__graph_tree(struct cede_loop *loop);

/* The one after `task` in the tree, parents first; NULL: no more. *depth is kept up to date. */
struct cede_task *cede__graph_next(struct cede_task *task, unsigned *depth);

#endif
