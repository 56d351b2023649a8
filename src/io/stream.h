/* stream.h - the inside of streams, and what the floors above use of it. Floor 5. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_IO_STREAM_H
#define CEDE_IO_STREAM_H

#include <cede/stream.h>

#include "io/descriptor.h"
#include "sys/socket.h"

struct cede_stream {
    struct cede__descriptor descriptor; /* first */

    /* Input. in[in_start..in_end) was received and not read yet. */
    char *in; /* owned; NULL until lines are read */
    size_t in_start;
    size_t in_end;
    size_t in_size;    /* bytes of `in` */
    size_t limit;      /* of a line */
    size_t covered_at; /* in[covered_at] holds the terminator of what was handed out... */
    char covered;      /* ...instead of this */
    bool is_covered;
    int read_error; /* why reading is over; 0 if it is not */

    /* Output. out[out_start..out_end) is written and not sent. */
    char *out; /* owned; NULL until something had to be queued */
    size_t out_start;
    size_t out_end;
    size_t out_size;
    int write_error; /* why writing is over; 0 if it is not */
    bool is_ended;   /* by cede_stream_end */
    bool is_writing; /* a task is in write_all, send_file or end: the others keep out */
    bool is_above;   /* the queue passed the high-water mark and is not down to the low one */
    struct cede__list drains; /* of struct drain: tasks that wait for the queue */
};

/* A stream over a connected socket, which it adopts, also on failure. */
int cede__stream_create(int fd, cede_stream **stream_out);

/* cede_stream_write_all of several pieces, at most 8, in one go where the kernel takes them.
 * `more`: something follows at once. The array is used up. */
int cede__stream_write_parts(cede_stream *stream, struct iovec *parts, size_t n_parts, bool more);

/* stream_write.c, for stream.c */
void cede__stream_send_queue(struct cede__descriptor *descriptor);
void cede__stream_wake_drains(cede_stream *stream, bool closed);

#endif
