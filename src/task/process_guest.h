/* process_guest.h - what a higher floor makes of a pool's processes: they hand it descriptors, over
 * which it speaks with itself. Floor 4.
 *
 * Progress bars use it: a worker's bars appear on the parent's terminal.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_PROCESS_GUEST_H
#define CEDE_TASK_PROCESS_GUEST_H

#include <stdbool.h>

#include <cede/time.h>

#include "sys/channel.h"

/* In the parent; called on the thread that manages a pool. */
struct cede__process_guest {
    /* A worker has passed these, which are the guest's now. */
    void (*adopt)(const struct cede__passed *passed);
    /* A worker has rung, or the time has come: ns until it has; CEDE_NEVER: when a worker rings. */
    cede_time (*tick)(void);
};

/* Set before main, once; NULL: there is none. Defined in process_manager.c. */
extern const struct cede__process_guest *cede__process_guest;

/* In a worker; process_worker.c. Whether this process is one. */
bool cede__process_is_worker(void);

/* Pass copies to the parent's guest. 0, or a negative code of cede__channel_send. */
int cede__process_pass_up(const struct cede__passed *passed);

/* Have the parent's guest look. */
void cede__process_ring_up(void);

#endif
