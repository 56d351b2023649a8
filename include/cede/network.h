/* cede/network.h - a network in memory: TCP with the delays, losses, bandwidths and cuts you want
 *
 *     cede_network *network;
 *     const cede_network_options options = {.seed = 7, .link = {.delay = 0.02, .loss = 0.01}};
 *     CEDE_TRY(cede_network_create(&options, &network));
 *     ...
 *     CEDE_TRY(cede_network_enter("server"));       this task, and those it spawns, are there
 *     CEDE_TRY(cede_tcp_listen(&listen_options, &listener));
 *
 * From then on cede_tcp_connect, cede_tcp_listen and cede_stream_pair of the loop make connections
 * in this network instead of asking the kernel; the program that uses them is the same. On the
 * virtual clock that is a simulation: hours of a bad network take no time, and a seed gives the
 * same run every time.
 *
 * Bytes travel in packets of up to 1,460. A packet that is lost, or meets a cut, is sent again
 * after a pause that doubles, as TCP does, and holds up those behind it; after so many tries its
 * connection breaks with -ETIMEDOUT. At most 64 KiB are under way or unread in one direction. Where
 * there is a bandwidth, packets are sent one after the other, those that get lost as well. What
 * happens within a host takes no time and is never lost, unless a link from it to itself is set.
 *
 * Source: src/sim/network.c, src/sim/network_path.c, src/sim/connection.c
 * Tests: tests/sim/test_network.c, tests/sim/test_network_bandwidth.c   Guide: docs/network.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_NETWORK_H
#define CEDE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

typedef struct cede_network cede_network;

/* How packets fare between two hosts. */
typedef struct cede_network_link {
    double delay;  /* seconds from one to the other */
    double jitter; /* up to so much more, each value as likely */
    double loss;   /* of so many of each a packet is lost: 0 to 1 */
    /* bytes a second, in each direction, shared by all connections between the two; 0: no limit,
     * else 1e-5 at least */
    double bandwidth;
} cede_network_link;

/* How a network is to be; zero is the default everywhere. */
typedef struct cede_network_options {
    uint64_t seed;          /* of its losses and jitters */
    cede_network_link link; /* between any two hosts */
    double retry;           /* seconds until a lost packet is sent again, the first time; 0: 0.2 */
    int n_tries;            /* how often it is sent before the connection breaks; 0: 8 */
} cede_network_options;

/* What happened in a network so far. */
typedef struct cede_network_stats {
    uint64_t n_connections; /* asked for */
    uint64_t n_packets;     /* sent, each try counted */
    uint64_t n_lost;        /* of these, lost or cut off */
    uint64_t n_bytes;       /* handed to readers' hosts */
} cede_network_stats;

/**
 * Make a network on the current loop, in place of the kernel's. It lives as long as the loop.
 *
 * @param options      borrowed during the call; NULL for the defaults
 * @param network_out  receives the network, borrowed
 * @return 0; -EINVAL: a delay, jitter, pause or bandwidth is negative, a loss not from 0 to 1, or
 *         the thread has no loop; -EBUSY: the loop has a network already; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_network_create(const cede_network_options *options,
                                            cede_network **network_out);

/**
 * Move the running task to a host, and with it all it spawns from now on. Tasks that were never
 * moved are on "localhost".
 *
 * @param host  copied: a name
 * @return 0; CEDE_ENOTASK; -EINVAL: the loop has no network, or the name is empty or longer than
 *         63 bytes; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: a task.
 */
CEDE_API CEDE_CHECK int cede_network_enter(const char *host);

/**
 * Set how packets fare between two hosts, from the next one on.
 *
 * @param network  borrowed
 * @param a        a host, which need not be known yet; NULL: any. What names more hosts goes first
 * @param b        another, likewise; the direction does not matter
 * @param link     copied
 * @return 0; -EINVAL: a name or a number makes no sense; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_network_set_link(cede_network *network, const char *a, const char *b,
                                              const cede_network_link *link);

/**
 * Cut two hosts off from each other: a partition. Packets that are under way arrive, all that are
 * sent are lost.
 *
 * @param network  borrowed
 * @param a        a host; NULL: any
 * @param b        another; NULL: any, so that `a` is cut off from all
 * @return as cede_network_set_link
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_network_cut(cede_network *network, const char *a, const char *b);

/**
 * Take a cut back.
 *
 * @param network  borrowed
 * @param a        as it was cut
 * @param b        as it was cut
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_network_heal(cede_network *network, const char *a, const char *b);

/**
 * What happened so far.
 *
 * @param network    borrowed
 * @param stats_out  receives it
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_network_stats_read(const cede_network *network, cede_network_stats *stats_out);

CEDE_END_DECLS

#endif
