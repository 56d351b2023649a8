/* stream.h - the inside of streams, and what the floors above use of it. Floor 5. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_IO_STREAM_H
#define CEDE_IO_STREAM_H

#include <cede/stream.h>

#include "io/descriptor.h"
#include "sys/socket.h"

struct cede__stream_layer;

/* What lies between a stream and its socket: TLS. No call waits; counts and errors are as those of
 * the calls of sockets, -EAGAIN among them. */
struct cede__stream_layer_kind {
    ssize_t (*receive)(struct cede__stream_layer *layer, int fd, void *buffer, size_t size);
    /* Until all is sent or the socket is full; -EAGAIN: it is full already. What is not taken is
     * offered again first. */
    ssize_t (*send)(struct cede__stream_layer *layer, int fd, const struct iovec *parts,
                    size_t n_parts, bool more);
    void (*end)(struct cede__stream_layer *layer, int fd); /* say that nothing follows */
    /* `fd` is -1 if the socket is closed already. */
    void (*destroy)(struct cede__stream_layer *layer, int fd);
    /* As cede_stream_local_address. NULL: that of the socket. */
    int (*address)(const struct cede__stream_layer *layer, bool peer, char *buffer, size_t size);
};

/* Embedded in what a kind needs; owned by its stream. */
struct cede__stream_layer {
    const struct cede__stream_layer_kind *kind;
};

/* There may be something to read; on the loop's own stack. */
typedef void cede__stream_input_fn(void *arg);

struct cede_stream {
    struct cede__descriptor descriptor; /* first */
    struct cede__stream_layer *layer;   /* owned; NULL: none */
    cede__stream_input_fn *on_input;    /* called once; NULL: nobody is to be told */
    void *on_input_arg;

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

/* A stream over a layer without a socket, which it owns; not on failure. */
int cede__stream_create_simulated(struct cede__stream_layer *layer, cede_stream **stream_out);

/* cede_stream_write_all of several pieces, at most 8, in one go where the kernel takes them.
 * `more`: something follows at once. The array is used up. */
int cede__stream_write_parts(cede_stream *stream, struct iovec *parts, size_t n_parts, bool more);

/* cede_stream_read without waiting: -EAGAIN if nothing is there. Not beside reading by lines. */
int cede__stream_try_read(cede_stream *stream, void *buffer, size_t size);

/* After that: have fn(arg) called, once, when a try is worthwhile; it may close the stream. So a
 * connection can wait without a task. 0, or what the engine refuses with. */
int cede__stream_on_input(cede_stream *stream, cede__stream_input_fn *fn, void *arg);

/* stream_write.c, for stream.c */
void cede__stream_send_queue(struct cede__descriptor *descriptor);
void cede__stream_wake_drains(cede_stream *stream, bool closed);

#endif
