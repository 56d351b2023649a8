/* admission.h - waiting for room in the queue of a pool that is bounded. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_ADMISSION_H
#define CEDE_TASK_ADMISSION_H

#include "task/thread_pool.h"

/* Whether a job that comes now has to wait, or be refused. Under the pool's lock. */
bool cede__admission_is_due(const struct cede__pool *pool);

/* Wait for room; the pool's lock is let go meanwhile. 0, and there is a place, to be filled before
 * the lock is let go again; or negative, raised: -EAGAIN where the pool refuses, -ECANCELED,
 * -EDEADLK, -ENOMEM. Once the pool is closed 0, too. */
int cede__admission_wait(struct cede__pool *pool);

/* Let those in for whom there is room now; all of them, to be refused, once the pool is closed. Not
 * under the lock. */
void cede__admission_open(struct cede__pool *pool);

#endif
