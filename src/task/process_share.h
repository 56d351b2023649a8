/* process_share.h - what the parent and a worker process share: the memory between them. Floor 4.
 *
 *     [control] [slot 0] [slot 1] ... [slot 255] [large inputs and results ...      (the window)
 *
 * Jobs travel in slots, used in turn, first in, first out. The parent fills slots and publishes
 * them; the worker runs them in order and says how many it is through with; small inputs and
 * results lie in the slot, large ones behind, where the parent says. Who wants a slot's job changes
 * its state by compare-and-swap, so it is always known which job had begun when a worker died:
 *
 *     FREE -- parent --> FILLING --> QUEUED -- worker --> BEGUN --> DONE
 *                            \         \                      \ parent: CONDEMNED
 *                             \-- parent: WITHDRAWN            the worker begins nothing more
 *
 * Bells (process.h) wake the side that sleeps; it says so before, so that busy sides make no system
 * calls. Whatever a worker writes is looked at with suspicion: it may be about to die.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_PROCESS_SHARE_H
#define CEDE_TASK_PROCESS_SHARE_H

#include "base/error_record.h"
#include "sys/module.h"

enum cede__slot_state {
    CEDE__SLOT_FREE,
    CEDE__SLOT_FILLING,   /* the parent copies the input */
    CEDE__SLOT_QUEUED,    /* the worker may begin it */
    CEDE__SLOT_BEGUN,     /* the worker runs it */
    CEDE__SLOT_DONE,      /* there is a result */
    CEDE__SLOT_WITHDRAWN, /* cancelled, or given to another worker: passed over */
    CEDE__SLOT_CONDEMNED, /* cancelled while it ran: the worker is being killed */
};

/* An error record whose places both processes understand. */
struct cede__remote_error {
    char text[CEDE_ERROR_TEXT_SIZE];
    struct cede__place frames[CEDE__ERROR_FRAMES];
    struct cede__error_link links[CEDE__ERROR_LINKS];
    uint8_t n_links;
    uint8_t n_frames;
    uint16_t text_end;
};

enum {
    CEDE__SLOTS = 256, /* a power of two */
    CEDE__SLOT_SIZE = 1024,
    CEDE__SLOT_ROOM = CEDE__SLOT_SIZE - 128, /* bytes of input and result within the slot */
    CEDE__CRASH_PLACES = 32,
    CEDE__CONTROL_SIZE = 4096,
};

struct cede__slot {
    uint32_t state;        /* atomic: enum cede__slot_state */
    int32_t status;        /* of a DONE one: what the function returned */
    uint32_t has_error;    /* of a DONE one: `room` holds a cede__remote_error instead */
    uint32_t spare;        /* 0 */
    struct cede__place fn; /* the function */
    uint64_t in_size;      /* bytes; 0: none */
    uint64_t out_size;
    uint64_t in_at; /* from the beginning of the window; at a multiple of 64 */
    uint64_t out_at;
    _Alignas(64) char room[CEDE__SLOT_ROOM];
};
_Static_assert(sizeof(struct cede__slot) == CEDE__SLOT_SIZE, "slots are as large as they say");
_Static_assert(sizeof(struct cede__remote_error) <= CEDE__SLOT_ROOM, "an error fits a slot");

struct cede__control {
    /* Written before the worker is started. */
    uint64_t window_size; /* bytes to map */
    char version[16];     /* of the library: the two are of one */

    /* Written by the parent. */
    _Alignas(64) uint32_t n_published; /* atomic: slots, ever */
    uint32_t stop;                     /* atomic: end when all is done */
    uint32_t n_awaited;                /* atomic: ring when n_done gets there, or when idle */
    uint32_t parent_sleeps;            /* atomic: or is about to; who takes that back rings */

    /* Written by the worker. */
    _Alignas(64) uint32_t n_done; /* atomic: slots it is through with, ever */
    uint32_t worker_sleeps;       /* atomic: or is about to; who takes that back rings */
    uint32_t is_ready;            /* atomic: it has begun to look for jobs */

    /* Written by the worker when it crashes. */
    _Alignas(64) int32_t crash_signal; /* atomic; 0: none yet */
    uint32_t n_crash_places;           /* atomic, written last */
    struct cede__place crash_places[CEDE__CRASH_PLACES];
};
_Static_assert(sizeof(struct cede__control) <= CEDE__CONTROL_SIZE, "control fits its page");

/* A window's parts. */
static inline struct cede__slot *cede__share_slot(void *window, uint32_t nth)
{
    return (struct cede__slot *)((char *)window + CEDE__CONTROL_SIZE) + nth % CEDE__SLOTS;
}

enum { CEDE__SHARE_LARGE_AT = CEDE__CONTROL_SIZE + CEDE__SLOTS * CEDE__SLOT_SIZE };

/* Take a state for another: false if it was not `from`. */
static inline bool cede__slot_change(struct cede__slot *slot, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&slot->state, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

/* remote_error.c. The record that is here, if it is of `code`, for the other process; false if
 * there is none. */
bool cede__remote_error_write(const struct cede__modules *modules, int code,
                              struct cede__remote_error *out);

/* What the other process wrote, as a record of this one; it may be damaged, then as much as can be
 * made of it. */
void cede__remote_error_read(const struct cede__modules *modules,
                             const struct cede__remote_error *from, int code,
                             struct cede_error *out);

/* Add the places of a crash to the newest error of a record, as the lines it passed. */
void cede__remote_error_add_places(const struct cede__modules *modules,
                                   const struct cede__place *places, size_t n,
                                   struct cede_error *record);

#endif
