/* test_network.c - the streams and listeners of TCP over a network in memory: delays, losses, cuts,
 * refusals, the same run for the same seed. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include <cede/network.h>
#include <cede/tcp.h>

#include "sim_test.h"

static cede_network *network;

static void make(double delay, double loss, uint64_t seed)
{
    const cede_network_options options = {.seed = seed, .link = {.delay = delay, .loss = loss}};

    CHECK_EQ(cede_network_create(&options, &network), 0);
}

/* Answers each line of a connection with the line, until it ends; then ends, too. */
static int echo(void *arg)
{
    cede_stream *stream = arg;
    const char *line;
    int n;

    while ((n = cede_stream_readline(stream, &line)) > 0)
        CHECK_EQ(cede_stream_write_all(stream, line, (size_t)n), 0);
    test_note("%s", n < 0 ? cede_error_name(n) : "end");
    cede_stream_close(stream);
    return 0;
}

static int serve(void *arg)
{
    cede_listener *listener;
    cede_stream *stream;
    int rc;

    (void)arg;
    CHECK_EQ(cede_network_enter("server"), 0);
    CHECK_EQ(cede_tcp_listen(&(cede_tcp_listen_options){.port = "7"}, &listener), 0);
    while ((rc = cede_tcp_accept(listener, &stream)) == 0)
        CHECK_EQ(cede_sim_start(echo, stream), 0);
    cede_listener_close(listener);
    return rc;
}

/* A server, and a task on another host. */
static cede_future *start_server(void)
{
    cede_future *server = cede_sim_spawn(serve, NULL);

    CHECK(server != NULL);
    CHECK_EQ(cede_network_enter("client"), 0);
    CHECK_EQ(cede_sim_hold(0), 0);
    return server;
}

static void stop_server(cede_future *server)
{
    CHECK(cede_cancel(server));
    CHECK_EQ(cede_join(server), CEDE_EREVOKED);
}

static cede_stream *connect_server(void)
{
    cede_stream *stream;

    CHECK_EQ(cede_tcp_connect("server", "7", &stream), 0);
    return stream;
}

static void ask(cede_stream *stream, const char *line)
{
    const char *answer;

    CHECK_EQ(cede_stream_write(stream, line, strlen(line)), 0);
    CHECK_EQ(cede_stream_readline(stream, &answer), strlen(line));
    CHECK_STR(answer, line);
}

TEST_IN_SIM(network, a_round_trip_takes_twice_the_delay)
{
    make(0.25, 0, 1);
    cede_future *server = start_server();
    cede_stream *stream = connect_server();

    CHECK(cede_sim_now() == 0.5);
    ask(stream, "hello\n");
    CHECK(cede_sim_now() == 1);
    ask(stream, "again\n");
    CHECK(cede_sim_now() == 1.5);
    cede_stream_close(stream);
    CHECK_EQ(cede_sim_hold(1), 0);
    CHECK_STR(test_notes(), "end");
    stop_server(server);
}

TEST_IN_SIM(network, within_a_host_no_time_passes)
{
    make(0.25, 1, 1);
    CHECK_EQ(cede_network_enter("server"), 0);
    cede_future *server = cede_sim_spawn(serve, NULL);
    cede_stream *stream;

    CHECK_EQ(cede_sim_hold(0), 0);
    CHECK_EQ(cede_tcp_connect("localhost", "7", &stream), 0);
    ask(stream, "hello\n");
    CHECK(cede_sim_now() == 0);
    cede_stream_close(stream);
    stop_server(server);
}

TEST_IN_SIM(network, ends_know_their_addresses)
{
    char name[64];

    make(0.25, 0, 1);
    cede_future *server = start_server();
    cede_stream *stream = connect_server();

    CHECK_EQ(cede_stream_peer_address(stream, name, sizeof name), 8);
    CHECK_STR(name, "server:7");
    CHECK_EQ(cede_stream_local_address(stream, name, sizeof name), 12);
    CHECK_STR(name, "client:40000");
    cede_stream_close(stream);
    stop_server(server);
}

TEST_IN_SIM(network, what_is_lost_comes_later_and_in_order)
{
    char line[32];
    cede_network_stats stats;

    make(0.01, 0.3, 11);
    cede_future *server = start_server();
    cede_stream *stream = connect_server();

    for (int i = 0; i < 100; i++) {
        const int n = snprintf(line, sizeof line, "line %d\n", i);
        CHECK_EQ(cede_stream_write(stream, line, (size_t)n), 0);
    }
    for (int i = 0; i < 100; i++) {
        const char *answer;
        CHECK(cede_stream_readline(stream, &answer) > 0);
        CHECK_EQ(atoi(answer + 5), i);
    }
    cede_network_stats_read(network, &stats);
    CHECK(stats.n_lost > 20 && stats.n_lost < stats.n_packets / 2);
    CHECK(cede_sim_now() > 0.2);
    cede_stream_close(stream);
    stop_server(server);
}

static double run_lossy(uint64_t seed)
{
    make(0.01, 0.3, seed);
    cede_future *server = start_server();
    cede_stream *stream = connect_server();

    for (int i = 0; i < 20; i++)
        ask(stream, "hello\n");
    cede_stream_close(stream);
    stop_server(server);
    return cede_sim_now();
}

static double ended;

static int run_seed(void *arg)
{
    ended = run_lossy(*(const uint64_t *)arg);
    return 0;
}

static double end_of(uint64_t seed)
{
    CHECK_EQ(cede_simulate(NULL, run_seed, &seed), 0);
    return ended;
}

TEST(network, a_seed_gives_the_same_run_every_time)
{
    const double first = end_of(5);

    CHECK(end_of(6) != first);
    CHECK(end_of(5) == first);
}

TEST_IN_SIM(network, a_writer_that_is_too_fast_waits_for_its_reader)
{
    static char block[100 * 1000];
    cede_stream *a, *b;
    size_t n = 0;

    make(0.5, 0, 1);
    CHECK_EQ(cede_stream_pair(&a, &b), 0);
    CHECK_EQ(cede_stream_write(a, block, sizeof block), 0);
    CHECK_EQ(cede_stream_queued(a), sizeof block - 65536);
    CHECK_EQ(cede_stream_read_exactly(b, block, sizeof block, &n), 0);
    CHECK_EQ(cede_stream_queued(a), 0);
    CHECK_EQ(cede_stream_end(a), 0);
    CHECK_EQ(cede_stream_read(b, block, sizeof block), 0);
    cede_stream_close(a);
    cede_stream_close(b);
}

TEST_IN_SIM(network, a_pair_has_the_link_that_its_host_has_to_itself)
{
    const cede_network_link slow = {.delay = 3};
    cede_stream *a, *b;
    char byte;

    make(0, 0, 1);
    CHECK_EQ(cede_network_set_link(network, "localhost", "localhost", &slow), 0);
    CHECK_EQ(cede_stream_pair(&a, &b), 0);
    CHECK_EQ(cede_stream_write(a, "x", 1), 0);
    CHECK_EQ(cede_stream_read(b, &byte, 1), 1);
    CHECK(cede_sim_now() == 3 && byte == 'x');
    cede_stream_close(a);
    cede_stream_close(b);
}

TEST_IN_SIM(network, nobody_there_is_a_refusal_after_a_round_trip)
{
    cede_stream *stream;

    make(0.25, 0, 1);
    cede_future *server = start_server();

    CHECK_EQ(cede_tcp_connect("server", "8", &stream), -ECONNREFUSED);
    CHECK(cede_sim_now() == 0.5);
    CHECK_EQ(cede_tcp_connect("nowhere", "8", &stream), CEDE_ERESOLVE);
    CHECK_EQ(cede_tcp_connect("server", "http", &stream), CEDE_ERESOLVE);
    CHECK(cede_sim_now() == 0.5);
    stop_server(server);
}

TEST_IN_SIM(network, a_cut_is_waited_out)
{
    const char *answer;

    make(0.25, 0, 1);
    cede_future *server = start_server();
    cede_stream *stream = connect_server();

    CHECK_EQ(cede_network_cut(network, "server", NULL), 0);
    CHECK_EQ(cede_stream_write(stream, "hello\n", 6), 0);
    CHECK_EQ(cede_sim_hold(1), 0); /* tried at 0.5, 0.7, 1.1 */
    cede_network_heal(network, "server", NULL);
    CHECK_EQ(cede_stream_readline(stream, &answer), 6);
    CHECK_EQ(cede_now(), CEDE_MS(2400)); /* tried again at 1.9 */
    cede_stream_close(stream);
    stop_server(server);
}

TEST_IN_SIM(network, a_cut_that_lasts_breaks_the_connection)
{
    char byte;

    make(0.25, 0, 1);
    cede_future *server = start_server();
    cede_stream *stream = connect_server();

    CHECK_EQ(cede_network_cut(network, "server", "client"), 0);
    CHECK_EQ(cede_stream_write(stream, "hello\n", 6), 0);
    CHECK_EQ(cede_stream_read(stream, &byte, 1), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_MS(25900)); /* after 0.2, 0.4, ... seven times */
    CHECK_EQ(cede_stream_write(stream, "x", 1), -ETIMEDOUT);
    cede_stream_close(stream);
    CHECK_EQ(cede_tcp_connect("server", "7", &stream), -ETIMEDOUT);
    cede_network_heal(network, "client", "server");
    stream = connect_server();
    ask(stream, "hello\n");
    cede_stream_close(stream);
    stop_server(server);
}

TEST_IN_SIM(network, closing_with_something_unread_resets_the_other_end)
{
    cede_stream *a, *b;
    char byte;

    make(0, 0, 1);
    CHECK_EQ(cede_stream_pair(&a, &b), 0);
    CHECK_EQ(cede_stream_write(b, "y", 1), 0);
    CHECK_EQ(cede_stream_write(a, "x", 1), 0);
    CHECK_EQ(cede_sim_hold(1), 0);
    cede_stream_close(a);
    CHECK_EQ(cede_sim_hold(1), 0);
    CHECK_EQ(cede_stream_read(b, &byte, 1), 1);
    CHECK_EQ(cede_stream_read(b, &byte, 1), -ECONNRESET);
    cede_stream_close(b);
}

TEST_IN_SIM(network, writing_to_who_has_closed_is_an_error)
{
    cede_stream *a, *b;
    char byte;

    make(0, 0, 1);
    CHECK_EQ(cede_stream_pair(&a, &b), 0);
    cede_stream_close(a);
    CHECK_EQ(cede_stream_read(b, &byte, 1), 0);
    CHECK_EQ(cede_stream_write(b, "x", 1), 0);
    CHECK_EQ(cede_sim_hold(1), 0);
    CHECK_EQ(cede_stream_write(b, "x", 1), -ECONNRESET);
    cede_stream_close(b);
}

TEST_IN_SIM(network, what_nobody_accepts_is_reset_with_its_listener)
{
    cede_listener *listener;
    cede_stream *stream;
    char byte;

    make(0.25, 0, 1);
    CHECK_EQ(cede_tcp_listen(NULL, &listener), 0);
    CHECK_EQ(cede_listener_port(listener), 40000);
    CHECK_EQ(cede_tcp_connect("localhost", "40000", &stream), 0);
    cede_listener_close(listener);
    CHECK_EQ(cede_stream_read(stream, &byte, 1), -ECONNRESET);
    cede_stream_close(stream);
    CHECK_EQ(cede_tcp_connect("localhost", "40000", &stream), -ECONNREFUSED);
}

TEST_IN_SIM(network, a_full_queue_of_a_listener_refuses)
{
    const cede_tcp_listen_options options = {.port = "9", .backlog = 1};
    cede_listener *listener, *second;
    cede_stream *a, *b;

    make(0, 0, 1);
    CHECK_EQ(cede_tcp_listen(&options, &listener), 0);
    CHECK_EQ(cede_tcp_listen(&options, &second), -EADDRINUSE);
    CHECK_EQ(cede_tcp_connect("localhost", "9", &a), 0);
    CHECK_EQ(cede_tcp_connect("localhost", "9", &b), -ECONNREFUSED);
    cede_stream_close(a);
    cede_listener_close(listener);
}

TEST_IN_SIM(network, a_link_between_two_hosts_goes_before_one_of_a_host)
{
    make(1, 0, 1);
    CHECK_EQ(cede_network_set_link(network, NULL, "server", &(cede_network_link){.delay = 2}), 0);
    CHECK_EQ(cede_network_set_link(network, "server", "client", &(cede_network_link){.delay = 3}),
             0);
    cede_future *server = start_server();
    cede_stream *stream = connect_server();

    CHECK(cede_sim_now() == 6);
    cede_stream_close(stream);
    CHECK_EQ(cede_network_enter("other"), 0);
    stream = connect_server();
    CHECK(cede_sim_now() == 10);
    cede_stream_close(stream);
    stop_server(server);
}

TEST_IN_SIM(network, jitter_does_not_change_the_order)
{
    const cede_network_options options = {.seed = 3, .link = {.delay = 0.1, .jitter = 2}};
    char line[16];

    CHECK_EQ(cede_network_create(&options, &network), 0);
    cede_future *server = start_server();
    cede_stream *stream = connect_server();

    for (int i = 0; i < 50; i++) {
        const char *answer;
        const int n = snprintf(line, sizeof line, "%d\n", i);
        CHECK_EQ(cede_stream_write(stream, line, (size_t)n), 0);
        if (i % 5 != 4)
            continue;
        for (int j = i - 4; j <= i; j++) {
            CHECK(cede_stream_readline(stream, &answer) > 0);
            CHECK_EQ(atoi(answer), j);
        }
    }
    cede_stream_close(stream);
    stop_server(server);
}

static int read_for_ever(void *arg)
{
    cede_stream *a, *b;
    char byte;

    (void)arg;
    make(0, 0, 1);
    CHECK_EQ(cede_stream_pair(&a, &b), 0);
    const int rc = cede_stream_read(a, &byte, 1);
    cede_stream_close(a);
    cede_stream_close(b);
    return rc;
}

TEST(network, a_reader_that_nobody_will_write_to_is_a_deadlock)
{
    test_capture_reports();
    CHECK_EQ(
        cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, read_for_ever, NULL),
        -EDEADLK);
    CHECK_HAS(test_reports(), "input of localhost:40001 (simulated stream)");
}

TEST_IN_SIM(network, wrong_uses_are_refused)
{
    const cede_network_options wrong[] = {
        {.link.delay = -1},     {.link.jitter = -1},      {.link.loss = 1.5},
        {.link.bandwidth = -1}, {.link.bandwidth = 1e-6}, {.link.bandwidth = NAN},
        {.retry = -1},          {.n_tries = -1}};
    cede_listener *listener;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_EQ(cede_network_create(&wrong[i], &network), -EINVAL);
    CHECK_EQ(cede_network_enter("host"), -EINVAL); /* no network yet */
    make(0, 0, 1);
    CHECK_EQ(cede_network_create(NULL, &network), -EBUSY);
    CHECK_EQ(cede_network_enter(""), -EINVAL);
    CHECK_EQ(cede_network_set_link(network, "a", "b", &(cede_network_link){.loss = -1}), -EINVAL);
    CHECK_EQ(cede_network_cut(network, "", NULL), -EINVAL);
    cede_network_heal(network, "unknown", NULL);
    CHECK_EQ(cede_tcp_listen(&(cede_tcp_listen_options){.port = "70000"}, &listener),
             CEDE_ERESOLVE);
}

TEST(network, without_a_loop_or_a_task_there_is_none)
{
    CHECK_EQ(cede_network_create(NULL, &network), -EINVAL);
    CHECK_EQ(cede_network_enter("host"), CEDE_ENOTASK);
}

TEST(network, streams_and_listeners_that_outlive_their_loop_can_be_closed)
{
    const cede_loop_options options = {.clock = CEDE_CLOCK_VIRTUAL};
    cede_listener *listener;
    cede_stream *a, *b;
    cede_loop *loop;

    test_capture_reports();
    CHECK_EQ(cede_loop_create(&options, &loop), 0);
    make(0, 0, 1);
    CHECK_EQ(cede_tcp_listen(NULL, &listener), 0);
    CHECK_EQ(cede_stream_pair(&a, &b), 0);
    CHECK_EQ(cede_stream_write(a, "x", 1), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_HAS(test_reports(), "a stream was not closed before its loop");
    cede_stream_close(a);
    cede_stream_close(b);
    CHECK_EQ(cede_listener_port(listener), 0);
    cede_listener_close(listener);
}

static int sweep_body(void *arg)
{
    const cede_network_options options = {.seed = 1, .link = {.delay = 0.1, .loss = 0.1}};
    const cede_network_link slow = {.bandwidth = 1};
    cede_stream *a = NULL, *b = NULL;
    cede_listener *listener;
    char byte = 0;
    int rc;

    (void)arg;
    CEDE_TRY(cede_network_create(&options, &network));
    CEDE_TRY(cede_network_enter("host"));
    CEDE_TRY(cede_network_set_link(network, "host", "host", &slow));
    CEDE_TRY(cede_tcp_listen(&(cede_tcp_listen_options){.port = "7"}, &listener));
    rc = cede_tcp_connect("host", "7", &a);
    if (rc == 0)
        rc = cede_tcp_accept(listener, &b);
    if (rc == 0)
        rc = cede_stream_write_all(a, "xy", 2);
    if (rc == 0)
        rc = cede_stream_read(b, &byte, 1);
    cede_stream_close(a);
    cede_stream_close(b);
    cede_listener_close(listener);
    return rc < 0 ? -ENOMEM : 0; /* where it was short the connection broke */
}

static int sweep(void)
{
    return cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, sweep_body, NULL);
}

TEST(network, every_allocation_may_fail)
{
    CHECK_EQ(sweep(), 0); /* stacks that are kept for the next loop are no loss */
    test_sweep_allocations(sweep);
}
