/* test_tcp.c - connecting, listening, accepting, on loopback and ports that are free. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cede/error.h>
#include <cede/group.h>
#include <cede/scope.h>

#include "io/io_test.h"

struct place {
    cede_listener *listener;
    char port[8];
};

static struct place listen_somewhere(void)
{
    struct place place;

    CHECK_EQ(cede_tcp_listen(NULL, &place.listener), 0);
    snprintf(place.port, sizeof place.port, "%d", cede_listener_port(place.listener));
    return place;
}

static int echo_one(void *arg)
{
    cede_stream *stream = NULL;
    char buffer[64];
    int n;

    CEDE_TRY(cede_tcp_accept(arg, &stream));
    while ((n = cede_stream_read(stream, buffer, sizeof buffer)) > 0)
        CEDE_TRY(cede_stream_write_all(stream, buffer, (size_t)n));
    cede_stream_close(stream);
    return n;
}

TEST_IO(tcp, a_connection_carries_bytes_both_ways)
{
    struct place place = listen_somewhere();
    cede_future *server = cede_spawn(echo_one, place.listener);
    cede_stream *stream;

    CHECK_EQ(cede_tcp_connect("127.0.0.1", place.port, &stream), 0);
    for (int i = 0; i < 100; i++) {
        say(stream, "ping");
        hear(stream, "ping");
    }
    CHECK_EQ(cede_stream_end(stream), 0);
    CHECK_EQ(cede_join(server), 0);
    cede_stream_close(stream);
    cede_listener_close(place.listener);
    cede_listener_close(NULL);
}

TEST_IO(tcp, both_ends_know_their_addresses)
{
    struct place place = listen_somewhere();
    char at[64], local[64], peer[64];
    cede_stream *client, *server;

    CHECK_EQ(cede_tcp_connect("127.0.0.1", place.port, &client), 0);
    CHECK_EQ(cede_tcp_accept(place.listener, &server), 0);
    CHECK(cede_listener_address(place.listener, at, sizeof at) > 0);
    CHECK_HAS(at, "127.0.0.1:");
    CHECK_HAS(at, place.port);
    CHECK_EQ(cede_stream_peer_address(client, peer, sizeof peer), (int)strlen(at));
    CHECK_STR(peer, at);
    CHECK(cede_stream_local_address(client, local, sizeof local) > 0);
    CHECK(cede_stream_peer_address(server, peer, sizeof peer) > 0);
    CHECK_STR(peer, local);
    CHECK_EQ(cede_stream_peer_address(server, peer, 4), (int)strlen(local)); /* cut */
    CHECK_STR(peer, "127");
    cede_stream_close(client);
    cede_stream_close(server);
    cede_listener_close(place.listener);
}

/* What a thread of the pool holds is not counted. */
#define TEST_NAMES(name)                                                                           \
    static void in_task_##name(void);                                                              \
    TEST(tcp, name)                                                                                \
    {                                                                                              \
        void (*body)(void) = in_task_##name;                                                       \
        CHECK_EQ(cede_run(io_test_main, &body), 0);                                                \
    }                                                                                              \
    static void in_task_##name(void)

TEST_NAMES(a_name_is_looked_up)
{
    struct place place = listen_somewhere();
    cede_stream *stream;

    CHECK_EQ(cede_tcp_connect("localhost", place.port, &stream), 0);
    cede_stream_close(stream);
    cede_listener_close(place.listener);
}

TEST_NAMES(a_name_that_nobody_has_cannot_be_resolved)
{
    cede_stream *stream = NULL;

    CHECK_EQ(cede_tcp_connect("no-such-host.invalid", "80", &stream), CEDE_ERESOLVE);
    CHECK_HAS(cede_error_message(cede_error_last()), "no-such-host.invalid:80");
    CHECK_EQ(cede_tcp_connect("127.0.0.1", "no-such-service", &stream), CEDE_ERESOLVE);
    CHECK_PTR(stream, NULL);
}

TEST_IO(tcp, nobody_listening_is_refused_and_the_error_says_where)
{
    struct place place = listen_somewhere();
    cede_stream *stream = NULL;
    char where[32];

    cede_listener_close(place.listener);
    CHECK_EQ(cede_tcp_connect("127.0.0.1", place.port, &stream), -ECONNREFUSED);
    snprintf(where, sizeof where, "127.0.0.1:%s", place.port);
    CHECK_HAS(cede_error_message(cede_error_last()), where);
    CHECK_PTR(stream, NULL);
}

TEST_IO(tcp, a_port_that_is_taken_is_an_error)
{
    struct place place = listen_somewhere();
    const cede_tcp_listen_options same = {.port = place.port};
    cede_listener *second = NULL;

    CHECK_EQ(cede_tcp_listen(&same, &second), -EADDRINUSE);
    CHECK_PTR(second, NULL);
    cede_listener_close(place.listener);
    CHECK_EQ(cede_tcp_listen(&same, &second), 0); /* free again at once */
    cede_listener_close(second);
}

TEST_IO(tcp, a_port_can_be_shared)
{
    cede_tcp_listen_options options = {.reuse_port = true};
    cede_listener *first, *second;
    char port[8];

    CHECK_EQ(cede_tcp_listen(&options, &first), 0);
    snprintf(port, sizeof port, "%d", cede_listener_port(first));
    options.port = port;
    CHECK_EQ(cede_tcp_listen(&options, &second), 0);
    CHECK_EQ(cede_listener_port(second), cede_listener_port(first));
    cede_listener_close(first);
    cede_listener_close(second);
}

/* e4: dual-stack off */
TEST_IO(tcp, version_6_addresses_work_and_stay_apart_from_version_4)
{
    const cede_tcp_listen_options options = {.host = "::1"};
    cede_listener *listener;
    cede_stream *stream;
    char port[8], name[64];

    if (cede_tcp_listen(&options, &listener) < 0)
        return; /* a machine without the protocol */
    snprintf(port, sizeof port, "%d", cede_listener_port(listener));
    CHECK_EQ(cede_tcp_connect("127.0.0.1", port, &stream), -ECONNREFUSED);
    CHECK_EQ(cede_tcp_connect("::1", port, &stream), 0);
    CHECK(cede_stream_peer_address(stream, name, sizeof name) > 0);
    CHECK_HAS(name, "[::1]:");
    cede_stream_close(stream);
    cede_listener_close(listener);
}

static int accept_and_drop(void *arg)
{
    cede_stream *stream;

    CEDE_TRY(cede_tcp_accept(arg, &stream));
    cede_stream_close(stream);
    return 0;
}

TEST_IO(tcp, a_cancelled_accept_takes_no_connection)
{
    struct place place = listen_somewhere();
    cede_future *task = cede_spawn(accept_and_drop, place.listener);
    cede_stream *client, *server;

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_tcp_accept(place.listener, &server), -EBUSY);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_tcp_connect("127.0.0.1", place.port, &client), 0);
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_EQ(cede_tcp_accept(place.listener, &server), 0);
    cede_stream_close(client);
    cede_stream_close(server);
    cede_listener_close(place.listener);
}

TEST_IO(tcp, closing_a_listener_wakes_who_accepts)
{
    struct place place = listen_somewhere();
    cede_future *task = cede_spawn(accept_and_drop, place.listener);

    CHECK_EQ(cede_sleep(0), 0);
    cede_listener_close(place.listener);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
}

static int connect_to(void *arg)
{
    cede_stream *stream;

    CEDE_TRY(cede_tcp_connect("127.0.0.1", arg, &stream));
    cede_stream_close(stream);
    return 0;
}

/* A listener with a full backlog lets no one in, so connecting takes for ever. */
TEST_IO(tcp, connecting_can_be_cancelled)
{
    const cede_tcp_listen_options options = {.backlog = 1};
    cede_future *tasks[8];
    cede_listener *listener;
    char port[8];
    int n_revoked = 0;

    CHECK_EQ(cede_tcp_listen(&options, &listener), 0);
    snprintf(port, sizeof port, "%d", cede_listener_port(listener));
    for (int i = 0; i < 8; i++)
        tasks[i] = cede_spawn(connect_to, port);
    CHECK_EQ(cede_sleep(CEDE_MS(20)), 0);
    for (int i = 0; i < 8; i++) {
        (void)cede_cancel(tasks[i]);
        const int rc = cede_join(tasks[i]);
        CHECK(rc == 0 || rc == CEDE_EREVOKED);
        n_revoked += rc == CEDE_EREVOKED;
    }
    CHECK(n_revoked > 0);
    cede_listener_close(listener);
}

static int connect_by_name(void *arg)
{
    cede_stream *stream;

    CEDE_TRY(cede_tcp_connect("localhost", arg, &stream));
    cede_stream_close(stream);
    return 0;
}

TEST_NAMES(connecting_can_be_cancelled_while_the_name_is_looked_up)
{
    struct place place = listen_somewhere();
    cede_future *task = cede_spawn(connect_by_name, place.port);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    cede_listener_close(place.listener);
}

/* e4: the connection stays in the queue. */
TEST_IO(tcp, without_descriptors_accept_fails_and_can_be_tried_again)
{
    struct place place = listen_somewhere();
    struct rlimit before, none;
    cede_stream *client, *server = NULL;

    CHECK_EQ(cede_tcp_connect("127.0.0.1", place.port, &client), 0);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 3; /* every number below is taken */
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    CHECK_EQ(cede_tcp_accept(place.listener, &server), -EMFILE);
    CHECK_EQ(cede_tcp_connect("127.0.0.1", place.port, &server), -EMFILE);
    CHECK_EQ(cede_stream_pair(&server, &server), -EMFILE);
    CHECK_PTR(server, NULL);
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    CHECK_EQ(cede_tcp_accept(place.listener, &server), 0);
    cede_stream_close(client);
    cede_stream_close(server);
    cede_listener_close(place.listener);
}

static int reset_peer(cede_stream *server, cede_stream *client)
{
    char byte;

    say(client, "unread");
    CHECK_EQ(cede_sleep(CEDE_MS(5)), 0);
    cede_stream_close(server); /* with bytes unread: a reset */
    return cede_stream_read(client, &byte, 1);
}

TEST_IO(tcp, a_reset_connection_says_so_to_every_read)
{
    struct place place = listen_somewhere();
    cede_stream *client, *server;
    char byte;

    CHECK_EQ(cede_tcp_connect("127.0.0.1", place.port, &client), 0);
    CHECK_EQ(cede_tcp_accept(place.listener, &server), 0);
    CHECK_EQ(reset_peer(server, client), -ECONNRESET);
    CHECK_EQ(cede_stream_read(client, &byte, 1), -ECONNRESET);
    cede_stream_close(client);
    cede_listener_close(place.listener);
}

/* Many at once: each descriptor is closed exactly once. */

static int talk(void *arg)
{
    cede_stream *stream;

    CEDE_TRY(cede_tcp_connect("127.0.0.1", arg, &stream));
    for (int i = 0; i < 10; i++) {
        say(stream, "hello");
        hear(stream, "hello");
    }
    cede_stream_close(stream);
    return 0;
}

static int serve_in_turn(void *arg)
{
    for (int i = 0; i < 100; i++)
        CEDE_TRY(echo_one(arg));
    return 0;
}

TEST_IO(tcp, a_hundred_connections_leave_nothing_behind)
{
    struct place place = listen_somewhere();
    cede_group group;
    int rc;

    cede_group_init(&group);
    rc = cede_group_spawn(&group, serve_in_turn, place.listener);
    for (int i = 0; rc == 0 && i < 100; i++)
        rc = cede_group_spawn(&group, talk, place.port);
    CHECK_EQ(cede_group_join(&group, rc), 0);
    cede_listener_close(place.listener);
}

TEST(tcp, outside_of_tasks_nothing_can_be_waited_for)
{
    cede_loop *loop;
    cede_listener *listener;
    cede_stream *stream;

    CHECK_EQ(cede_tcp_listen(NULL, &listener), -EINVAL);
    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    CHECK_EQ(cede_tcp_listen(NULL, &listener), 0);
    CHECK_EQ(cede_tcp_accept(listener, &stream), CEDE_ENOTASK);
    CHECK_EQ(cede_tcp_connect("127.0.0.1", "1", &stream), CEDE_ENOTASK);
    cede_listener_close(listener);
    CHECK_EQ(cede_loop_close(loop), 0);
}

static int sweep_body(void *arg)
{
    cede_listener *listener;
    cede_stream *client = NULL, *server = NULL;
    char port[8];
    int rc;

    (void)arg;
    CEDE_TRY(cede_tcp_listen(NULL, &listener));
    snprintf(port, sizeof port, "%d", cede_listener_port(listener));
    rc = cede_tcp_connect("127.0.0.1", port, &client);
    if (rc == 0)
        rc = cede_tcp_accept(listener, &server);
    cede_stream_close(client);
    cede_stream_close(server);
    cede_listener_close(listener);
    return rc;
}

static int sweep(void)
{
    return cede_run(sweep_body, NULL);
}

TEST(tcp, every_allocation_may_fail)
{
    const int before = test_open_descriptors();

    io_test_warm_up();
    test_sweep_allocations(sweep);
    CHECK_EQ(test_open_descriptors(), before);
}
