/* test_stream_layer.c - what lies between a stream and its socket; and waiting without a task. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include <sys/mman.h>
#include <unistd.h>

#include <cede/error.h>
#include <cede/scope.h>

#include "base/base.h"
#include "io/io_test.h"
#include "io/stream.h"

/* A layer that turns every byte over on its way, at most three at a time. */
struct turner {
    struct cede__stream_layer layer;
    int n_ends;
    int *n_destroyed;
};

static ssize_t turner_receive(struct cede__stream_layer *layer, int fd, void *buffer, size_t size)
{
    const ssize_t n = cede__socket_receive(fd, buffer, size < 3 ? size : 3);

    (void)layer;
    for (ssize_t i = 0; i < n; i++)
        ((char *)buffer)[i] ^= 1;
    return n;
}

static ssize_t turner_send(struct cede__stream_layer *layer, int fd, const struct iovec *parts,
                           size_t n_parts, bool more)
{
    ssize_t sent = 0;

    (void)layer;
    for (size_t i = 0; i < n_parts; i++) {
        for (size_t at = 0; at < parts[i].iov_len; at++) {
            char byte = (char)(((const char *)parts[i].iov_base)[at] ^ 1);
            const ssize_t n = cede__socket_send(fd, &(struct iovec){&byte, 1}, 1, more);
            if (n < 0)
                return sent > 0 ? sent : n;
            sent++;
        }
    }
    return sent;
}

static void turner_end(struct cede__stream_layer *layer, int fd)
{
    (void)fd;
    cede__container_of(layer, struct turner, layer)->n_ends++;
}

static void turner_destroy(struct cede__stream_layer *layer, int fd)
{
    struct turner *turner = cede__container_of(layer, struct turner, layer);

    CHECK(fd >= 0);
    CHECK_EQ(turner->n_ends, 1);
    ++*turner->n_destroyed;
    cede__free(turner);
}

static const struct cede__stream_layer_kind turner_kind = {
    .receive = turner_receive, .send = turner_send, .end = turner_end, .destroy = turner_destroy};

static void turn(cede_stream *stream, int *n_destroyed)
{
    struct turner *turner = cede__calloc(1, sizeof *turner);

    CHECK(turner != NULL);
    turner->layer.kind = &turner_kind;
    turner->n_destroyed = n_destroyed;
    stream->layer = &turner->layer;
}

TEST_IO(stream_layer, everything_passes_through_the_layer)
{
    struct pair pair = make_pair();
    int n_destroyed = 0;
    const char *line;
    int file;

    turn(pair.a, &n_destroyed);
    say(pair.b, "idmmn\013"); /* "hello\n", turned over */
    CHECK_EQ(cede_stream_readline(pair.a, &line), 6);
    CHECK_STR(line, "hello\n");
    CHECK_EQ(cede_stream_write(pair.a, "hello", 5), 0);
    hear(pair.b, "idmmn");
    file = memfd_create("file", MFD_CLOEXEC);
    CHECK_EQ(write(file, "0123456789", 10), 10);
    CHECK_EQ(cede_stream_send_file(pair.a, file, 2, 4), 0);
    hear(pair.b, "3254");
    close(file);
    CHECK_EQ(cede_stream_end(pair.a), 0);
    hear(pair.b, "");
    close_pair(&pair);
    CHECK_EQ(n_destroyed, 1);
}

TEST_IO(stream_layer, more_than_the_socket_takes_is_offered_again)
{
    static char bytes[400000], heard[sizeof bytes];
    struct pair pair = make_pair();
    int n_destroyed = 0;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    turn(pair.a, &n_destroyed);
    CHECK_EQ(cede_stream_write(pair.a, bytes, sizeof bytes), 0);
    CHECK(cede_stream_queued(pair.a) > 0);
    CHECK_EQ(cede_stream_read_exactly(pair.b, heard, sizeof heard, NULL), 0);
    for (size_t i = 0; i < sizeof bytes; i++)
        CHECK_EQ(heard[i], bytes[i] ^ 1);
    CHECK_EQ(cede_stream_end(pair.a), 0);
    close_pair(&pair);
}

/* Waiting without a task. */

static void note_input(void *arg)
{
    ++*(int *)arg;
}

static void close_stream(void *arg)
{
    cede_stream_close(arg);
}

TEST_IO(stream_layer, input_is_told_once_without_a_task)
{
    struct pair pair = make_pair();
    char buffer[8];
    int n_told = 0;

    CHECK_EQ(cede__stream_try_read(pair.b, buffer, sizeof buffer), -EAGAIN);
    CHECK_EQ(cede__stream_on_input(pair.b, note_input, &n_told), 0);
    CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    CHECK_EQ(n_told, 0);
    say(pair.a, "abc");
    while (n_told == 0)
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    say(pair.a, "def");
    CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    CHECK_EQ(n_told, 1);
    CHECK_EQ(cede__stream_try_read(pair.b, buffer, sizeof buffer), 6);
    CHECK_EQ(cede__stream_on_input(pair.b, note_input, &n_told), 0);
    CHECK_EQ(cede_stream_end(pair.a), 0); /* the end is input too */
    while (n_told == 1)
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    CHECK_EQ(cede__stream_try_read(pair.b, buffer, sizeof buffer), 0);
    close_pair(&pair);
}

TEST_IO(stream_layer, who_is_told_may_close_the_stream)
{
    struct pair pair = make_pair();
    char buffer[8];

    CHECK_EQ(cede__stream_try_read(pair.b, buffer, sizeof buffer), -EAGAIN);
    CHECK_EQ(cede__stream_on_input(pair.b, close_stream, pair.b), 0);
    say(pair.a, "go");
    CHECK(cede_stream_read(pair.a, buffer, sizeof buffer) <= 0); /* waits for that */
    cede_stream_close(pair.a);
}

TEST_IO(stream_layer, a_stream_that_waits_without_a_task_can_be_closed)
{
    struct pair pair = make_pair();
    char buffer[8];
    int n_told = 0;

    CHECK_EQ(cede__stream_try_read(pair.b, buffer, sizeof buffer), -EAGAIN);
    CHECK_EQ(cede__stream_on_input(pair.b, note_input, &n_told), 0);
    close_pair(&pair);
    CHECK_EQ(n_told, 0);
}
