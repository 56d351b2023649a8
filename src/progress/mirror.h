/* mirror.h - bars of child processes, as their parent shows them. Floor 6c. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_MIRROR_H
#define CEDE_PROGRESS_MIRROR_H

/* Show what the children have to show, if another thread is not at it. Costs a load where there are
 * no children with bars. */
void cede__mirrors_look(void);

/* In a child of fork: forget the parent's children. */
void cede__mirrors_forget(void);

#endif
