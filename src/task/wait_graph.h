/* wait_graph.h - who must go on before whom. Floor 4.
 *
 * Not kept: read from what parties wait on when somebody asks, with notes left on each while the
 * answer is put together. Of the tasks of this thread's loop, and in a look of all that party.h
 * finds.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_WAIT_GRAPH_H
#define CEDE_TASK_WAIT_GRAPH_H

#include "task/task.h"

/* Who must end or let go of something before `party` can go on: all that are known, one a call;
 * NULL: no more. `*at` is NULL at first, then this function's. */
struct cede__party *cede__party_blocker(const struct cede__party *party, const void **at);

/* Around the use of any of the functions below: what they need besides the notes on tasks is there
 * once. Looks are begun inside of it. */
void cede__graph_enter(void);
void cede__graph_leave(void);

/* The unfinished task of a loop with that number; NULL: it has ended. Quick between the two above
 * for this thread's loop, a search elsewhere. */
struct cede_task *cede__task_numbered(struct cede_loop *loop, uint64_t number);

/* Whether for whom it waits is known by a guess only: who took last what anybody may give
 * back. */
bool cede__graph_is_guess(const struct cede__party *party);

/* A circle was found: `first`, then by ->next to the one whose next is `first` again. */
typedef void cede__circle_fn(struct cede__party *first, void *arg);

/* Call fn for each circle of those of whom each waits for the next, and to which a task of the loop
 * leads: every one that waits in a circle is reached by one of those told of. With `guess` guesses
 * count as well, otherwise there are none in it. */
void cede__graph_circles(struct cede_loop *loop, bool guess, cede__circle_fn *fn, void *arg);

/* The same for circles to which `party` leads. */
void cede__graph_circles_from(struct cede__party *party, cede__circle_fn *fn, void *arg);

/* Make a tree of the tasks by walk.parent, .first_child and .next: a task hangs under the one whose
 * group it is in, else under the oldest that waits for it. The first of those under nobody; NULL:
 * there is no task. */
struct cede_task *cede__graph_tree(struct cede_loop *loop);

/* The one after `task` in the tree, parents first; NULL: no more. *depth is kept up to date. */
struct cede_task *cede__graph_next(struct cede_task *task, unsigned *depth);

#endif
