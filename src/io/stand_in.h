/* stand_in.h - what may stand in for the kernel's TCP on a loop: a network in memory. Floor 5.
 *
 * A loop has at most one. While it does, connections are made and accepted there; streams and
 * listeners are as ever, but for their descriptors, which are simulated. See src/sim/network.c.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_IO_STAND_IN_H
#define CEDE_IO_STAND_IN_H

#include <cede/tcp.h>

#include "io/stream.h"

struct cede__listener_layer;

/* What lies behind a simulated listener. No call waits. */
struct cede__listener_layer_kind {
    int (*accept)(struct cede__listener_layer *layer, cede_stream **stream_out); /* or -EAGAIN */
    int (*port)(const struct cede__listener_layer *layer);
    int (*address)(const struct cede__listener_layer *layer, char *buffer, size_t size);
    void (*destroy)(struct cede__listener_layer *layer);
};

/* Embedded in what a kind needs; owned by its listener. */
struct cede__listener_layer {
    const struct cede__listener_layer_kind *kind;
    struct cede__descriptor *descriptor; /* of the listener; set by that */
};

struct cede__stand_in;

/* All raise their errors. */
struct cede__stand_in_kind {
    /* A stream that becomes writable when the connection is made or has failed... */
    int (*connect)(struct cede__stand_in *self, const char *host, const char *port,
                   cede_stream **stream_out);
    int (*connect_result)(const struct cede__stream_layer *layer); /* ...and which it was */
    int (*listen)(struct cede__stand_in *self, const cede_tcp_listen_options *options,
                  struct cede__listener_layer **layer_out);
    int (*pair)(struct cede__stand_in *self, cede_stream **a_out, cede_stream **b_out);
};

/* Embedded first in one; attached to its loop by cede__stand_in_key. */
struct cede__stand_in {
    struct cede__attachment attachment;
    const struct cede__stand_in_kind *kind;
};

/* tcp.c */
extern const char cede__stand_in_key;
struct cede__stand_in *cede__stand_in_here(void); /* NULL: there is none */

#endif
