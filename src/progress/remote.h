/* remote.h - bars of a child process that its parent shows: the memory between them, and the
 * child's side of it. Floor 6c.
 *
 *     child                                       parent
 *     cede_progress --count--> [ slot ] <--looks-- mirror: a bar as any other
 *                 --facts-->
 *     printed text ----------> connection ------->  above the bars
 *
 * Each child makes a piece of memory with room for some bars, and a connection (channel.h), and
 * passes both to the parent. Counting is a store to that memory. The connection's end tells the
 * parent that the child is gone. Neither side ever waits for a lock of the other.
 *
 *     FREE -- child --> CLAIMED --> OPEN --> CLOSED -- parent, when it has shown the end --> FREE
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_REMOTE_H
#define CEDE_PROGRESS_REMOTE_H

#include <cede/progress.h>

#include "progress/meter.h"

enum {
    CEDE__REMOTE_BARS = 64,            /* of one child at once */
    CEDE__REMOTE_TEXT_SIZE = 8 * 1024, /* bytes of a message at most, the first says where to */
};

/* What a bar shows, but for its count. */
struct cede__remote_facts {
    cede_progress_options options; /* whose texts are those below: its pointers mean nothing */
    cede_time started_at;          /* monotonic clock, as the next */
    cede_time closed_at;           /* 0: it is not */
    uint32_t n_resets;             /* calls so far */
    uint32_t n_unpauses;
    char description[256];
    char postfix[256];
    char unit[32];
    char colour[CEDE__COLOUR_SIZE]; /* the escape sequence */
};

enum cede__remote_state {
    CEDE__REMOTE_FREE,
    CEDE__REMOTE_CLAIMED,
    CEDE__REMOTE_OPEN,
    CEDE__REMOTE_CLOSED,
};

struct cede__remote_bar {
    int64_t n;        /* atomic; units */
    uint32_t state;   /* atomic: enum cede__remote_state */
    uint32_t version; /* atomic; of facts: odd while they are being written */
    struct cede__remote_facts facts;
};

struct cede__remote_memory {
    char version[16]; /* of the library: the two are of one */
    _Alignas(64) struct cede__remote_bar bars[CEDE__REMOTE_BARS];
};

/* Whether a parent shows what this process writes to that descriptor, standard output or error. */
bool cede__remote_has_parent(int fd);

/* A bar that nobody has; NULL if the parent cannot be reached, or shows as many as it can. */
struct cede__remote_bar *cede__remote_claim(void);

/* Write what it shows. */
void cede__remote_tell(struct cede__remote_bar *bar, const struct cede__remote_facts *facts);

/* All is written: the parent is to show it, or to show its end. */
void cede__remote_show(struct cede__remote_bar *bar);
void cede__remote_close(struct cede__remote_bar *bar);

static inline void cede__remote_count(struct cede__remote_bar *bar, int64_t n)
{
    __atomic_store_n(&bar->n, n, __ATOMIC_RELAXED);
}

/* Have the parent look, if it can be told. */
void cede__remote_ring(void);

/* Let the parent print lines above its bars; false if there is none that does. */
bool cede__remote_print(int fd, const char *text, size_t size);

#endif
