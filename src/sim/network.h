/* network.h - the inside of networks in memory. Floor 7. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_NETWORK_H
#define CEDE_SIM_NETWORK_H

#include <cede/network.h>
#include <cede/random.h>

#include "io/stand_in.h"

enum { CEDE__HOST_NAME_SIZE = 64 };

struct cede__host {
    struct cede__list link; /* on network->hosts */
    char name[CEDE__HOST_NAME_SIZE];
    int next_port;           /* of those nobody asked for by number */
    struct cede__list lines; /* of struct line: what it sends on, where links have a bandwidth */
};

struct cede_network {
    struct cede__stand_in stand_in; /* first */
    struct cede_loop *loop;
    cede_random random;
    cede_network_link link; /* where no path says otherwise */
    cede_time retry;        /* the first pause */
    int n_tries;
    cede_network_stats stats;
    struct cede__list hosts;       /* of struct cede__host */
    struct cede__list paths;       /* of struct path: between some hosts it is otherwise */
    struct cede__list ports;       /* of struct cede__port */
    struct cede__list connections; /* of struct cede__connection */
};

/* One that somebody listens on. */
struct cede__port {
    struct cede__listener_layer layer; /* first */
    struct cede__list link;            /* on network->ports */
    cede_network *network;             /* NULL once that is gone */
    struct cede__host *host;
    int number;
    size_t n_pending;
    size_t backlog;            /* most that may be pending */
    struct cede__list pending; /* of struct cede__end: connected and not accepted */
};

/* NULL: it is not known. */
struct cede__host *cede__network_host(const cede_network *network, const char *name);
/* 0, or raises -EINVAL, -ENOMEM. */
int cede__network_host_learn(cede_network *network, const char *name, struct cede__host **host_out);

/* Where connections to a host and port go; NULL: nobody listens. */
struct cede__port *cede__network_port(cede_network *network, const struct cede__host *host,
                                      int number);

/* network_path.c */
/* The fate of a packet. */
struct cede__passage {
    cede_time time; /* until it arrives; lost: until it has left, and is as good as gone */
    bool is_lost;
};

/* Send a packet with so many bytes of data now. 0, or -ENOMEM. */
int cede__network_send(cede_network *network, struct cede__host *from, const struct cede__host *to,
                       size_t size, struct cede__passage *passage_out);
int cede__network_link_check(const cede_network_link *link);
void cede__network_paths_free(cede_network *network);

/* connection.c */
/* Begin to connect; the stream is the near end. */
int cede__connection_start(cede_network *network, struct cede__host *from, struct cede__host *to,
                           int port, cede_stream **stream_out);
int cede__connection_result(const struct cede__stream_layer *layer);
/* Both ends of one that is made. */
int cede__connection_pair(cede_network *network, struct cede__host *host, cede_stream **a_out,
                          cede_stream **b_out);
/* The first that is pending; -EAGAIN: none is. */
int cede__connection_accept(struct cede__port *port, cede_stream **stream_out);
/* Nobody will accept what is pending. */
void cede__connection_refuse_all(struct cede__port *port);
/* The network goes: what is under way is lost, and the streams are cut off. */
void cede__connection_drop_all(cede_network *network);

#endif
