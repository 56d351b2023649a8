/* descriptor.h - a descriptor that tasks wait for, one in each direction. Floor 5. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_IO_DESCRIPTOR_H
#define CEDE_IO_DESCRIPTOR_H

#include "task/task.h"

enum cede__direction { CEDE__READING, CEDE__WRITING };

struct cede__descriptor;
struct cede__descriptor_waiter; /* on the stack of the task that waits */

/* What kinds of descriptor differ in. */
struct cede__descriptor_kind {
    const char *noun; /* "stream" */
    /* Its address or its peer's, of a simulated one. */
    int (*address)(const struct cede__descriptor *descriptor, char *buffer, size_t size);
    /* It became readable; on the loop's own stack. It may close the descriptor. May be NULL. */
    void (*readable)(struct cede__descriptor *descriptor);
    /* It became writable; on the loop's own stack. May be NULL. */
    void (*writable)(struct cede__descriptor *descriptor);
};

/* Embedded in a stream, a listener. */
struct cede__descriptor {
    struct cede__watch watch; /* .fd: owned; -1 once closed */
    const struct cede__descriptor_kind *kind;
    struct cede_loop *loop;                     /* NULL once the loop is closed */
    struct cede__list link;                     /* on the loop's list of open descriptors */
    struct cede__descriptor_waiter *waiters[2]; /* by direction; NULL: nobody waits */
    bool may_try[2];    /* by direction: not known to block; set by the engine's edges */
    bool is_watched;    /* registered with the engine, from the first wait on until closed */
    bool is_simulated;  /* there is none: see stand_in.h. `fd` is 0 until closed */
    bool has_hung_up;   /* the end of what can be read is in sight: a short read is not the last */
    uint8_t n_unparked; /* calls in a row that did not wait */
};

/* Adopt `fd`. 0; -ENOTSUP: the loop does no I/O; -EINVAL: the thread has no loop; -ENOMEM. On
 * failure the fd is closed. */
int cede__descriptor_open(struct cede__descriptor *descriptor,
                          const struct cede__descriptor_kind *kind, int fd);

/* The same without any descriptor: edges come by cede__descriptor_edge only. */
int cede__descriptor_open_simulated(struct cede__descriptor *descriptor,
                                    const struct cede__descriptor_kind *kind);

/* The engine reports, or who stands in for it, that a try is worthwhile: a mask of CEDE__POLL_*. It
 * may be gone then. */
void cede__descriptor_edge(struct cede__descriptor *descriptor, unsigned mask);

/* One more, or one less, waits for something from outside; what is simulated comes from within. */
static inline void cede__descriptor_expect(struct cede__descriptor *descriptor, int change)
{
    if (!descriptor->is_simulated)
        descriptor->loop->n_wakers += (unsigned)change;
}

/* Give up the fd; tasks that wait get CEDE_ESHUTDOWN and do not touch the struct again. Twice is
 * nothing. */
void cede__descriptor_close(struct cede__descriptor *descriptor);

/* Before an operation of a task: 0; CEDE_ENOTASK; CEDE_EFOREIGN; CEDE_ESHUTDOWN: closed;
 * -ECANCELED; -EBUSY: another task is at it. Gives way now and then. After a failure the struct may
 * be gone. */
int cede__descriptor_begin(struct cede__descriptor *descriptor, enum cede__direction direction);

/* Wait until a try is worthwhile. As cede__descriptor_begin; or what the engine refuses with. */
int cede__descriptor_wait(struct cede__descriptor *descriptor, enum cede__direction direction);

/* In the middle of an operation that goes on without waiting: let the others have their turn now
 * and then. 0; CEDE_ESHUTDOWN: it was closed meanwhile and may be gone; -ECANCELED. */
int cede__descriptor_turn(struct cede__descriptor *descriptor, enum cede__direction direction);

/* Register with the engine, if it has not been done. */
int cede__descriptor_watch(struct cede__descriptor *descriptor);

/* The loop to do I/O on: 0; -EINVAL: there is none; -ENOTSUP: it does no I/O. */
int cede__io_check(void);

#endif
