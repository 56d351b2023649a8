/* test_network_bandwidth.c - links of a network in memory that send so many bytes a second. */
/* SPDX-License-Identifier: MIT */
#include <cede/network.h>
#include <cede/tcp.h>

#include "sim_test.h"

static cede_network *network;

/* 1,000 bytes a second, half a second of delay. */
static void make_slow(double loss)
{
    const cede_network_options options = {.seed = 5,
                                          .link = {.delay = 0.5, .bandwidth = 1000, .loss = loss}};

    CHECK_EQ(cede_network_create(&options, &network), 0);
}

/* Reads so many bytes, and notes when the last of them came. */
static void take(cede_stream *stream, size_t size)
{
    static char block[10000];
    size_t n;

    CHECK_EQ(cede_stream_read_exactly(stream, block, size, &n), 0);
    test_note("%zu@%g", size, cede_sim_now());
}

/* Sends 5,000 bytes and reads as many. */
static int swap_bytes(void *arg)
{
    static const char block[10000];
    cede_stream *stream = arg;

    CHECK_EQ(cede_stream_write(stream, block, 5000), 0);
    take(stream, 5000);
    cede_stream_close(stream);
    return 0;
}

/* On the host `arg`; cancelled in the end. */
static int serve_swaps(void *arg)
{
    cede_listener *listener;
    cede_stream *stream;
    int rc;

    CHECK_EQ(cede_network_enter(arg), 0);
    CHECK_EQ(cede_tcp_listen(&(cede_tcp_listen_options){.port = "7"}, &listener), 0);
    while ((rc = cede_tcp_accept(listener, &stream)) == 0)
        CHECK_EQ(cede_sim_start(swap_bytes, stream), 0);
    cede_listener_close(listener);
    return rc;
}

static void stop(cede_future *server)
{
    CHECK(cede_cancel(server));
    CHECK_EQ(cede_join(server), CEDE_EREVOKED);
}

static cede_stream *connect_to(const char *host)
{
    cede_stream *stream;

    CHECK_EQ(cede_tcp_connect(host, "7", &stream), 0);
    return stream;
}

TEST_IN_SIM(network, bytes_take_their_time_at_a_bandwidth)
{
    make_slow(0);
    cede_future *server = cede_sim_spawn(serve_swaps, "server");

    CHECK_EQ(cede_network_enter("client"), 0);
    CHECK_EQ(cede_sim_hold(0), 0);
    cede_stream *stream = connect_to("server");
    CHECK(cede_sim_now() == 1); /* packets without data take no time on a line */
    CHECK_EQ(cede_sim_hold(9), 0);
    swap_bytes(stream); /* what came since is there; the other direction begins at 10 */
    CHECK_EQ(cede_sim_hold(9), 0);
    CHECK_STR(test_notes(), "5000@10 5000@15.5");
    stop(server);
}

TEST_IN_SIM(network, connections_between_two_hosts_share_their_bandwidth)
{
    cede_future *clients[3];

    make_slow(0);
    cede_future *server = cede_sim_spawn(serve_swaps, "server");
    cede_future *other = cede_sim_spawn(serve_swaps, "other");

    CHECK_EQ(cede_network_enter("client"), 0);
    CHECK_EQ(cede_sim_hold(0), 0);
    for (int i = 0; i < 3; i++) { /* the second waits for the first, the third has its own line */
        clients[i] = cede_sim_spawn(swap_bytes, connect_to(i == 2 ? "other" : "server"));
        CHECK(clients[i] != NULL);
    }
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(clients[i]), 0);
    CHECK_EQ(cede_sim_hold(1), 0);
    CHECK_STR(test_notes(), "5000@6 5000@6.5 5000@8 5000@8.5 5000@11 5000@11.5");
    stop(server);
    stop(other);
}

static int swap_with_losses(void *arg)
{
    (void)arg;
    make_slow(0.3);
    cede_future *server = cede_sim_spawn(serve_swaps, "server");

    CHECK_EQ(cede_network_enter("client"), 0);
    CHECK_EQ(cede_sim_hold(0), 0);
    swap_bytes(connect_to("server"));
    CHECK_EQ(cede_sim_hold(100), 0);
    stop(server);
    return 0;
}

TEST(network, what_is_lost_takes_up_bandwidth_and_a_seed_gives_the_same_times)
{
    char first[64];
    double here, there;

    CHECK_EQ(cede_simulate(NULL, swap_with_losses, NULL), 0);
    snprintf(first, sizeof first, "%s", test_notes());
    CHECK_EQ(sscanf(first, "5000@%lf 5000@%lf", &here, &there), 2);
    CHECK(here > 7 && there > 7); /* at least one packet of each was sent twice */
    CHECK_EQ(cede_simulate(NULL, swap_with_losses, NULL), 0);
    CHECK_STR(test_notes() + strlen(first) + 1, first);
}
