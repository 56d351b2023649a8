/* test_gen.c - a generator of the lines that come over a socket: whoever is told to stop, the
 * descriptor is closed once. */
/* SPDX-License-Identifier: MIT */
#include <cede/gen.h>
#include <cede/scope.h>

#include "io/io_test.h"

struct lines {
    cede_stream *stream;
    int n_closed;
};

static int lines(cede_gen *self, void *arg)
{
    struct lines *of = arg;
    const char *line;
    int rc;

    while ((rc = cede_stream_readline(of->stream, &line)) > 0) {
        rc = cede_yield(self, (void *)line, NULL);
        if (rc < 0)
            break;
    }
    cede_stream_close(of->stream);
    of->n_closed++;
    return rc;
}

struct peer {
    cede_stream *stream;
    struct lines lines;
    cede_gen *gen;
};

/* Two lines come at once; a third one never does. */
static struct peer make_peer(void)
{
    struct peer peer = {0};

    CHECK_EQ(cede_stream_pair(&peer.stream, &peer.lines.stream), 0);
    CHECK(cede_stream_write(peer.stream, "one\ntwo\nthr", 11) >= 0);
    CHECK_EQ(cede_stream_drain(peer.stream), 0);
    return peer;
}

static void check_closed(struct peer *peer)
{
    CHECK_EQ(peer->lines.n_closed, 1);
    CHECK_EQ(cede_gen_destroy(peer->gen), 0);
    CHECK_EQ(peer->lines.n_closed, 1);
    cede_stream_close(peer->stream);
}

static int consume(void *arg)
{
    const char *line;
    int rc, n = 0;

    while ((rc = cede_next(arg, (void **)&line)) > 0)
        n++;
    return rc < 0 ? rc : n;
}

TEST_IO(gen, a16_lines_of_a_socket_by_a_task_that_is_cancelled)
{
    struct peer peer = make_peer();

    peer.gen = cede_gen_create(lines, &peer.lines);
    cede_future *task = cede_spawn(consume, peer.gen);
    CHECK_EQ(cede_sleep(CEDE_MS(20)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    check_closed(&peer);
}

TEST_IO(gen, a16_lines_of_a_socket_until_a_time_out)
{
    struct peer peer = make_peer();
    int rc = 0;

    peer.gen = cede_gen_create(lines, &peer.lines);
    CEDE_TIMEOUT(CEDE_MS(20), rc)
        rc = consume(peer.gen);
    CHECK_EQ(rc, -ETIMEDOUT);
    check_closed(&peer);
}

TEST_IO(gen, a16_lines_of_a_socket_until_close)
{
    struct peer peer = make_peer();
    const char *line;

    peer.gen = cede_gen_create(lines, &peer.lines);
    CHECK_EQ(cede_next(peer.gen, (void **)&line), 1);
    CHECK_STR(line, "one\n");
    CHECK_EQ(cede_close(peer.gen), 0);
    check_closed(&peer);
}

TEST_IO(gen, a16_lines_of_a_socket_to_the_end)
{
    struct peer peer = make_peer();

    peer.gen = cede_gen_create(lines, &peer.lines);
    CHECK_EQ(cede_stream_end(peer.stream), 0);
    CHECK_EQ(consume(peer.gen), 3); /* the last one lacks its newline */
    check_closed(&peer);
}
