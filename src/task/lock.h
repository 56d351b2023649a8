/* lock.h - the inside of locks, for the condition. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_LOCK_H
#define CEDE_TASK_LOCK_H

#include <cede/lock.h>

#include "task/owner.h"

/* Whether the caller holds it: 0; raises -EPERM. */
int cede__lock_check_held(cede_lock *lock, const struct cede_task *task);

/* Give it to who waits first; the owner has dropped it from its list. */
void cede__lock_pass(cede_lock *lock);

/* Put a spot that is in no queue at the end of those who wait for the lock, or give it the lock at
 * once if it is free; it will be told `rc`. */
void cede__lock_queue(cede_lock *lock, struct cede__spot *spot, int rc);

#endif
