/* test_stream_write.c - writing: the queue and its marks, direct writing, files, peers that are
 * gone. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <unistd.h>

#include <cede/error.h>
#include <cede/group.h>
#include <cede/scope.h>

#include "io/io_test.h"

enum { BIG = 1024 * 1024 };

static char big[BIG];

static void fill_big(void)
{
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)(i * 7 + i / 4096);
}

/* Reads to the end and compares with `big` again and again. */
struct sink {
    cede_stream *stream;
    size_t n;
    int rc;
};

static int drink(void *arg)
{
    struct sink *sink = arg;
    static char buffer[50000];

    while ((sink->rc = cede_stream_read(sink->stream, buffer, sizeof buffer)) > 0) {
        for (int i = 0; i < sink->rc; i++)
            CHECK_EQ(buffer[i], big[(sink->n + (size_t)i) % BIG]);
        sink->n += (size_t)sink->rc;
    }
    return sink->rc;
}

TEST_IO(stream_write, what_the_kernel_does_not_take_is_queued_and_sent_later)
{
    struct pair pair = make_pair();
    struct sink sink = {.stream = pair.b};
    cede_future *task = cede_spawn(drink, &sink);

    fill_big();
    CHECK_EQ(cede_stream_write(pair.a, big, BIG), 0);
    CHECK(cede_stream_queued(pair.a) > 0);
    CHECK_EQ(cede_stream_write(pair.a, big, 100), 0); /* keeps its place */
    CHECK_EQ(cede_stream_flush(pair.a), 0);
    CHECK_EQ(cede_stream_queued(pair.a), 0);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(sink.n, BIG + 100);
    cede_stream_close(pair.b);
}

/* e3 */
TEST_IO(stream_write, drain_waits_from_the_high_mark_to_the_low_one)
{
    struct pair pair = make_pair();
    struct sink sink = {.stream = pair.b};

    fill_big();
    while (cede_stream_queued(pair.a) == 0)
        CHECK_EQ(cede_stream_write(pair.a, big, 4096), 0);
    CHECK_EQ(cede_stream_drain(pair.a), 0); /* little is queued: no waiting */
    CHECK(cede_stream_queued(pair.a) > 0);
    while (cede_stream_queued(pair.a) <= CEDE_STREAM_HIGH_WATER)
        CHECK_EQ(cede_stream_write(pair.a, big, 4096), 0);
    memset(big, 0, sizeof big);
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)((i % 4096) * 7);
    cede_future *task = cede_spawn(drink, &sink);
    CHECK_EQ(cede_stream_drain(pair.a), 0);
    CHECK(cede_stream_queued(pair.a) <= CEDE_STREAM_LOW_WATER);
    cede_stream_close(pair.b);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
    cede_stream_close(pair.a);
}

static int drain(void *arg)
{
    return cede_stream_drain(arg);
}

static void overfill(cede_stream *stream)
{
    while (cede_stream_queued(stream) <= CEDE_STREAM_HIGH_WATER)
        CHECK_EQ(cede_stream_write(stream, big, BIG), 0);
}

/* e2 */
TEST_IO(stream_write, several_tasks_may_drain)
{
    struct pair pair = make_pair();
    struct sink sink = {.stream = pair.b};
    cede_future *tasks[3];

    fill_big();
    overfill(pair.a);
    for (int i = 0; i < 3; i++)
        tasks[i] = cede_spawn(drain, pair.a);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(tasks[1]));
    cede_future *drinker = cede_spawn(drink, &sink);
    CHECK_EQ(cede_join(tasks[0]), 0);
    CHECK_EQ(cede_join(tasks[1]), CEDE_EREVOKED);
    CHECK_EQ(cede_join(tasks[2]), 0);
    CHECK_EQ(cede_stream_end(pair.a), 0);
    CHECK_EQ(cede_join(drinker), 0);
    close_pair(&pair);
}

TEST_IO(stream_write, drain_raises_the_error_of_the_connection)
{
    struct pair pair = make_pair();

    overfill(pair.a);
    cede_future *drainer = cede_spawn(drain, pair.a);
    CHECK_EQ(cede_sleep(0), 0);
    cede_stream_close(pair.b);
    const int rc = cede_join(drainer);
    CHECK(rc == -EPIPE || rc == -ECONNRESET);
    CHECK_EQ(cede_stream_queued(pair.a), 0);
    CHECK_EQ(cede_stream_drain(pair.a), rc);
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), rc);
    CHECK_EQ(cede_stream_write_all(pair.a, "x", 1), rc);
    cede_stream_close(pair.a);
}

TEST_IO(stream_write, closing_wakes_whoever_drains)
{
    struct pair pair = make_pair();

    overfill(pair.a);
    cede_future *drainer = cede_spawn(drain, pair.a);
    CHECK_EQ(cede_sleep(0), 0);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_join(drainer), CEDE_ESHUTDOWN);
    cede_stream_close(pair.b);
}

TEST_IO(stream_write, a_peer_that_is_gone_is_an_error_and_no_signal)
{
    struct pair pair = make_pair();

    cede_stream_close(pair.b);
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), -EPIPE);
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), -EPIPE);
    CHECK_EQ(cede_stream_end(pair.a), -EPIPE);
    cede_stream_close(pair.a);
}

static int write_big(void *arg)
{
    return cede_stream_write_all(arg, big, BIG);
}

TEST_IO(stream_write, write_all_waits_for_the_peer_and_queues_nothing)
{
    struct pair pair = make_pair();
    struct sink sink = {.stream = pair.b};

    fill_big();
    cede_future *writer = cede_spawn(write_big, pair.a);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(!cede_future_is_done(writer));
    CHECK_EQ(cede_stream_queued(pair.a), 0);
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), -EBUSY); /* nothing comes between */
    CHECK_EQ(cede_stream_write_all(pair.a, "x", 1), -EBUSY);
    cede_future *reader = cede_spawn(drink, &sink);
    CHECK_EQ(cede_join(writer), 0);
    CHECK_EQ(cede_stream_write(pair.a, big, 1), 0);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_join(reader), 0);
    CHECK_EQ(sink.n, BIG + 1);
    cede_stream_close(pair.b);
}

TEST_IO(stream_write, write_all_comes_after_what_is_queued)
{
    struct pair pair = make_pair();
    struct sink sink = {.stream = pair.b};

    fill_big();
    CHECK_EQ(cede_stream_write(pair.a, big, BIG), 0);
    cede_future *reader = cede_spawn(drink, &sink);
    CHECK_EQ(cede_stream_write_all(pair.a, big, BIG), 0);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_join(reader), 0);
    CHECK_EQ(sink.n, 2 * BIG);
    cede_stream_close(pair.b);
}

TEST_IO(stream_write, a_cancelled_write_all_lets_others_write_again)
{
    struct pair pair = make_pair();
    cede_future *writer = cede_spawn(write_big, pair.a);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(writer));
    CHECK_EQ(cede_join(writer), CEDE_EREVOKED);
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), 0);
    close_pair(&pair);
}

TEST_IO(stream_write, closing_wakes_a_write_all)
{
    struct pair pair = make_pair();
    cede_future *writer = cede_spawn(write_big, pair.a);

    CHECK_EQ(cede_sleep(0), 0);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_join(writer), CEDE_ESHUTDOWN);
    cede_stream_close(pair.b);
}

TEST_IO(stream_write, end_comes_after_what_is_queued)
{
    struct pair pair = make_pair();
    struct sink sink = {.stream = pair.b};

    fill_big();
    CHECK_EQ(cede_stream_write(pair.a, big, BIG), 0);
    cede_future *reader = cede_spawn(drink, &sink);
    CHECK_EQ(cede_stream_end(pair.a), 0);
    CHECK_EQ(cede_join(reader), 0);
    CHECK_EQ(sink.n, BIG);
    close_pair(&pair);
}

TEST_IO(stream_write, writing_nothing_is_nothing)
{
    struct pair pair = make_pair();
    char byte;

    CHECK_EQ(cede_stream_write(pair.a, NULL, 0), 0);
    CHECK_EQ(cede_stream_write_all(pair.a, NULL, 0), 0);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_stream_read(pair.b, &byte, 1), 0);
    cede_stream_close(pair.b);
}

/* Files, e7. */

static int make_file(size_t size)
{
    char name[] = "/tmp/cede-test-XXXXXX";
    const int fd = mkstemp(name);

    CHECK(fd >= 0);
    CHECK_EQ(unlink(name), 0);
    fill_big();
    for (size_t n = 0; n < size; n += BIG)
        CHECK(write(fd, big, size - n < BIG ? size - n : BIG) > 0);
    return fd;
}

struct sender {
    cede_stream *stream;
    int fd;
    int64_t offset;
    int64_t size;
};

static int send_file(void *arg)
{
    const struct sender *sender = arg;

    return cede_stream_send_file(sender->stream, sender->fd, sender->offset, sender->size);
}

TEST_IO(stream_write, a_file_is_sent_whole)
{
    struct pair pair = make_pair();
    struct sender sender = {pair.a, make_file((size_t)3 * BIG), 0, -1};
    struct sink sink = {.stream = pair.b};
    cede_future *reader = cede_spawn(drink, &sink);

    CHECK_EQ(send_file(&sender), 0);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_join(reader), 0);
    CHECK_EQ(sink.n, 3 * BIG);
    CHECK_EQ(lseek(sender.fd, 0, SEEK_CUR), 3 * BIG); /* as the writing left it */
    close(sender.fd);
    cede_stream_close(pair.b);
}

TEST_IO(stream_write, a_stretch_of_a_file_is_sent_after_what_was_written)
{
    struct pair pair = make_pair();
    struct sender sender = {pair.a, make_file(1000), 100, 5};
    char expected[16] = "head";

    memcpy(expected + 4, big + 100, 5);
    CHECK_EQ(cede_stream_write(pair.a, "head", 4), 0);
    CHECK_EQ(send_file(&sender), 0);
    cede_stream_close(pair.a);
    char buffer[16] = {0};
    CHECK_EQ(cede_stream_read_exactly(pair.b, buffer, 16, NULL), CEDE_EINCOMPLETE);
    CHECK(memcmp(buffer, expected, 9) == 0);
    close(sender.fd);
    cede_stream_close(pair.b);
}

TEST_IO(stream_write, a_file_that_ends_too_early_is_an_error)
{
    struct pair pair = make_pair();
    struct sender sender = {pair.a, make_file(1000), 0, 1001};

    CHECK_EQ(send_file(&sender), CEDE_EINCOMPLETE);
    sender.offset = -1;
    CHECK_EQ(send_file(&sender), -EINVAL);
    close(sender.fd);
    close_pair(&pair);
}

/* The kernel refuses to send what it cannot map; we read it then. */
TEST_IO(stream_write, a_file_that_the_kernel_cannot_send_is_copied)
{
    struct pair pair = make_pair();
    struct sender sender = {pair.a, open("/proc/self/limits", O_RDONLY | O_CLOEXEC), 0, -1};
    char buffer[64] = {0};

    CHECK_EQ(send_file(&sender), 0);
    CHECK_EQ(cede_stream_read_exactly(pair.b, buffer, 20, NULL), 0);
    CHECK_HAS(buffer, "Limit");
    close(sender.fd);
    close_pair(&pair);
}

TEST_IO(stream_write, a_descriptor_that_cannot_be_read_is_an_error_of_the_file)
{
    struct pair pair = make_pair();
    struct sender sender = {pair.a, open(".", O_RDONLY | O_CLOEXEC), 0, -1};

    CHECK_EQ(send_file(&sender), -EISDIR);
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), 0); /* the stream is whole */
    close(sender.fd);
    close_pair(&pair);
}

TEST_IO(stream_write, a_peer_that_leaves_while_a_file_is_sent_is_an_error_and_no_signal)
{
    struct pair pair = make_pair();
    struct sender sender = {pair.a, make_file((size_t)3 * BIG), 0, -1};
    cede_future *task = cede_spawn(send_file, &sender);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(!cede_future_is_done(task));
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), -EBUSY);
    cede_stream_close(pair.b);
    const int rc = cede_join(task);
    CHECK(rc == -EPIPE || rc == -ECONNRESET);
    CHECK_EQ(send_file(&sender), rc);
    close(sender.fd);
    cede_stream_close(pair.a);
}

TEST_IO(stream_write, sending_a_file_can_be_cancelled)
{
    struct pair pair = make_pair();
    struct sender sender = {pair.a, make_file((size_t)3 * BIG), 0, -1};
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(5), rc) {
        rc = send_file(&sender);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    close(sender.fd);
    close_pair(&pair);
}
