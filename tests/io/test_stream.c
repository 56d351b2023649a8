/* test_stream.c - reading: some, exactly, lines; ends, limits, cancellation, closing. */
/* SPDX-License-Identifier: MIT */
#include <cede/error.h>
#include <cede/scope.h>

#include "io/io_test.h"
#include "io/stream.h"
#include "sys/poll.h"

TEST_IO(stream, what_is_written_is_read)
{
    struct pair pair = make_pair();
    char buffer[16] = {0};

    say(pair.a, "hello");
    CHECK_EQ(cede_stream_read(pair.b, buffer, sizeof buffer), 5);
    CHECK_STR(buffer, "hello");
    close_pair(&pair);
}

TEST_IO(stream, reads_take_what_fits_and_leave_the_rest)
{
    struct pair pair = make_pair();
    char buffer[4] = {0};

    say(pair.a, "abcdefg");
    CHECK_EQ(cede_stream_read(pair.b, buffer, 3), 3);
    CHECK_STR(buffer, "abc");
    CHECK_EQ(cede_stream_read(pair.b, buffer, 0), 0);
    hear(pair.b, "defg");
    close_pair(&pair);
}

struct reader {
    cede_stream *stream;
    char text[64];
    int n;
};

static int read_some(void *arg)
{
    struct reader *reader = arg;

    reader->n = cede_stream_read(reader->stream, reader->text, sizeof reader->text - 1);
    return reader->n < 0 ? reader->n : 0;
}

TEST_IO(stream, a_read_waits_until_something_comes)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = test_spawn(read_some, &reader);

    CHECK(!cede_future_is_done(task));
    say(pair.a, "late");
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(reader.n, 4);
    CHECK_STR(reader.text, "late");
    close_pair(&pair);
}

TEST_IO(stream, the_end_is_zero_again_and_again)
{
    struct pair pair = make_pair();
    char buffer[8];

    say(pair.a, "x");
    cede_stream_close(pair.a);
    CHECK_EQ(cede_stream_read(pair.b, buffer, 8), 1);
    CHECK_EQ(cede_stream_read(pair.b, buffer, 8), 0);
    CHECK_EQ(cede_stream_read(pair.b, buffer, 8), 0);
    cede_stream_close(pair.b);
}

/* The bytes and the end arrive together, as one edge; the first read is short. */
static int write_and_end(void *arg)
{
    cede_stream *stream = arg;

    CHECK_EQ(cede_stream_write(stream, "bye", 3), 0);
    return cede_stream_end(stream);
}

TEST_IO(stream, an_end_that_comes_with_the_last_bytes_is_not_missed)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};

    for (int round = 0; round < 2; round++) {
        cede_future *task = cede_spawn(read_some, &reader);
        CHECK_EQ(cede_sleep(0), 0);
        CHECK_EQ(round == 0 ? cede_stream_write(pair.a, "hi", 2) : write_and_end(pair.a), 0);
        CHECK_EQ(cede_join(task), 0);
        CHECK_EQ(reader.n, round == 0 ? 2 : 3);
    }
    CHECK_EQ(read_some(&reader), 0);
    CHECK_EQ(reader.n, 0);
    close_pair(&pair);
}

TEST_IO(stream, one_side_may_end_while_the_other_goes_on)
{
    struct pair pair = make_pair();
    char buffer[8];

    CHECK_EQ(cede_stream_end(pair.a), 0);
    CHECK_EQ(cede_stream_end(pair.a), 0);
    CHECK_EQ(cede_stream_read(pair.b, buffer, 8), 0);
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), -EPIPE);
    say(pair.b, "still here");
    hear(pair.a, "still here");
    close_pair(&pair);
}

/* e1 */
TEST_IO(stream, exactly_waits_for_all_and_says_how_much_came_at_the_end)
{
    struct pair pair = make_pair();
    char buffer[16] = {0};
    size_t n = 99;

    say(pair.a, "abcdef");
    CHECK_EQ(cede_stream_read_exactly(pair.b, buffer, 4, &n), 0);
    CHECK_EQ(n, 4);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_stream_read_exactly(pair.b, buffer, 4, &n), CEDE_EINCOMPLETE);
    CHECK_EQ(n, 2);
    CHECK(memcmp(buffer, "efcd", 4) == 0);
    CHECK_HAS(cede_error_message(cede_error_last()), "2 of 4");
    cede_stream_close(pair.b);
}

static int read_eight(void *arg)
{
    struct reader *reader = arg;
    size_t n = 99;
    const int rc = cede_stream_read_exactly(reader->stream, reader->text, 8, &n);

    reader->n = (int)n;
    return rc;
}

TEST_IO(stream, exactly_says_how_much_came_before_it_was_cancelled)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = cede_spawn(read_eight, &reader);

    say(pair.a, "abc");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_EQ(reader.n, 3);
    CHECK_STR(reader.text, "abc");
    close_pair(&pair);
}

TEST_IO(stream, lines_come_with_their_newline_and_the_last_without)
{
    struct pair pair = make_pair();
    const char *line = NULL;

    say(pair.a, "one\n\ntwo\nthree");
    CHECK_EQ(cede_stream_end(pair.a), 0);
    CHECK_EQ(cede_stream_readline(pair.b, &line), 4);
    CHECK_STR(line, "one\n");
    CHECK_EQ(cede_stream_readline(pair.b, &line), 1);
    CHECK_STR(line, "\n");
    CHECK_EQ(cede_stream_readline(pair.b, &line), 4);
    CHECK_STR(line, "two\n");
    CHECK_EQ(cede_stream_readline(pair.b, &line), 5);
    CHECK_STR(line, "three");
    line = "untouched";
    CHECK_EQ(cede_stream_readline(pair.b, &line), 0);
    CHECK_STR(line, "untouched");
    close_pair(&pair);
}

TEST_IO(stream, bytes_after_a_line_are_read_as_they_came)
{
    struct pair pair = make_pair();
    const char *line;

    say(pair.a, "size 5\nabcde");
    CHECK_EQ(cede_stream_readline(pair.b, &line), 7);
    CHECK_STR(line, "size 5\n");
    hear(pair.b, "abcde");
    close_pair(&pair);
}

static int write_in_pieces(void *arg)
{
    cede_stream *stream = arg;

    static const char text[] = "one--two-\0-three-";

    for (size_t i = 0; i < sizeof text - 1; i++) {
        CEDE_TRY(cede_stream_write(stream, &text[i], 1));
        CEDE_TRY(cede_sleep(0));
    }
    return 0;
}

TEST_IO(stream, separators_are_found_across_pieces)
{
    struct pair pair = make_pair();
    cede_future *writer = cede_spawn(write_in_pieces, pair.a);
    const char *data;

    CHECK_EQ(cede_stream_read_until(pair.b, "--", 2, &data), 5);
    CHECK_STR(data, "one--");
    CHECK_EQ(cede_stream_read_until(pair.b, "-\0-", 3, &data), 6);
    CHECK(memcmp(data, "two-\0-", 7) == 0);
    CHECK_EQ(cede_join(writer), 0);
    cede_stream_close(pair.a);
    CHECK_EQ(cede_stream_read_until(pair.b, "++", 2, &data), CEDE_EINCOMPLETE);
    hear(pair.b, "three-"); /* what came stays */
    cede_stream_close(pair.b);
}

TEST_IO(stream, an_empty_separator_is_refused)
{
    struct pair pair = make_pair();
    const char *data;

    CHECK_EQ(cede_stream_read_until(pair.b, "", 0, &data), -EINVAL);
    close_pair(&pair);
}

TEST_IO(stream, a_line_beyond_the_limit_is_an_error_and_stays)
{
    struct pair pair = make_pair();
    const char *line;

    cede_stream_set_limit(pair.b, 8);
    say(pair.a, "1234567\n12345678\n");
    CHECK_EQ(cede_stream_readline(pair.b, &line), 8);
    CHECK_EQ(cede_stream_readline(pair.b, &line), CEDE_ELIMIT);
    CHECK_EQ(cede_stream_readline(pair.b, &line), CEDE_ELIMIT);
    cede_stream_set_limit(pair.b, 0);
    CHECK_EQ(cede_stream_readline(pair.b, &line), 9);
    CHECK_STR(line, "12345678\n");
    close_pair(&pair);
}

static int write_long_line(void *arg)
{
    cede_stream *stream = arg;
    static char dashes[CEDE_STREAM_LIMIT];

    memset(dashes, '-', sizeof dashes);
    CEDE_TRY(cede_stream_write_all(stream, dashes, sizeof dashes - 1));
    return cede_stream_write_all(stream, "\n-", 2);
}

TEST_IO(stream, a_line_may_be_as_long_as_the_limit)
{
    struct pair pair = make_pair();
    cede_future *writer = cede_spawn(write_long_line, pair.a);
    const char *line;

    CHECK_EQ(cede_stream_readline(pair.b, &line), CEDE_STREAM_LIMIT);
    CHECK_EQ(strlen(line), CEDE_STREAM_LIMIT);
    CHECK_EQ(line[CEDE_STREAM_LIMIT - 1], '\n');
    CHECK_EQ(cede_join(writer), 0);
    hear(pair.b, "-");
    close_pair(&pair);
}

/* e1 */
TEST_IO(stream, a_second_reader_is_refused)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = test_spawn(read_some, &reader);
    char buffer[4];
    const char *line;

    CHECK_EQ(cede_stream_read(pair.b, buffer, 4), -EBUSY);
    CHECK_EQ(cede_stream_readline(pair.b, &line), -EBUSY);
    say(pair.a, "first");
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(reader.text, "first");
    close_pair(&pair);
}

TEST_IO(stream, a_cancelled_read_takes_nothing)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = test_spawn(read_some, &reader);

    CHECK(cede_cancel(task));
    say(pair.a, "kept");
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_EQ(reader.n, -ECANCELED);
    hear(pair.b, "kept");
    close_pair(&pair);
}

/* An edge wakes the reader, there is nothing to read after all, and it was cancelled in between. */
TEST_IO(stream, a_reader_that_was_woken_in_vain_and_cancelled_does_not_wait_on)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = test_spawn(read_some, &reader);
    struct cede__watch *watch = &pair.b->descriptor.watch;

    watch->ready(watch, CEDE__POLL_READ);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    close_pair(&pair);
}

TEST_IO(stream, a_cancelled_task_is_refused_although_bytes_are_there)
{
    struct pair pair = make_pair();
    cede_scope scope;
    char buffer[8];

    say(pair.a, "there");
    cede_scope_enter(&scope, CEDE_NEVER);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_stream_read(pair.b, buffer, 8), -ECANCELED);
    CHECK_EQ(cede_stream_write_all(pair.b, "x", 1), -ECANCELED);
    CHECK_EQ(cede_stream_drain(pair.b), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
    hear(pair.b, "there");
    close_pair(&pair);
}

TEST_IO(stream, closing_wakes_a_reader_with_an_error)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = test_spawn(read_some, &reader);

    cede_stream_close(pair.b);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
    cede_stream_close(pair.a);
}

/* The reader is woken already, by bytes, but has not run when the stream goes. */
TEST_IO(stream, closing_after_a_wake_up_is_safe_too)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = test_spawn(read_some, &reader);

    CHECK(cede_cancel(task));
    cede_stream_close(pair.b);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
    cede_stream_close(pair.a);
    cede_stream_close(NULL);
}

static int read_bytes(void *arg)
{
    cede_stream *stream = arg;
    char byte;

    for (int i = 0; i < 1000; i++)
        CHECK_EQ(cede_stream_read(stream, &byte, 1), 1);
    return 0;
}

static int count_turns(void *arg)
{
    int *turns = arg;

    for (;;) {
        CEDE_TRY(cede_sleep(0));
        ++*turns;
    }
}

TEST_IO(stream, a_reader_that_never_waits_lets_others_run)
{
    struct pair pair = make_pair();
    static char bytes[1000];
    int turns = 0;
    cede_future *counter = cede_spawn(count_turns, &turns);

    CHECK_EQ(cede_stream_write_all(pair.a, bytes, sizeof bytes), 0);
    CHECK_EQ(read_bytes(pair.b), 0);
    CHECK(turns >= 10);
    (void)cede_cancel(counter);
    CHECK_EQ(cede_join(counter), CEDE_EREVOKED);
    close_pair(&pair);
}

TEST_IO(stream, a_parked_reader_says_what_it_waits_for)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = test_spawn(read_some, &reader);
    char text[256];

    cede_future_format(task, text, sizeof text);
    CHECK_HAS(text, "waiting for input of");
    cede_stream_close(pair.a);
    CHECK_EQ(cede_join(task), 0);
    cede_stream_close(pair.b);
}

/* Loops. */

static int open_on_a_virtual_loop(void *arg)
{
    struct pair *pair = arg;
    cede_listener *listener;
    cede_stream *stream;

    CHECK_EQ(cede_stream_pair(&pair->a, &pair->b), -ENOTSUP);
    CHECK_EQ(cede_tcp_listen(NULL, &listener), -ENOTSUP);
    CHECK_EQ(cede_tcp_connect("127.0.0.1", "1", &stream), -ENOTSUP);
    return 0;
}

TEST(stream, a_virtual_loop_refuses)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};
    struct pair pair;

    CHECK_EQ(cede_run_with(&options, open_on_a_virtual_loop, &pair), 0);
}

static int talk_on_a_virtual_loop(void *arg)
{
    struct pair pair = make_pair();
    struct reader reader = {.stream = pair.b};
    cede_future *task = cede_spawn(read_some, &reader);

    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_S(3600)), 0);
    say(pair.a, "an hour later");
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(reader.text, "an hour later");
    CHECK_EQ(cede_now(), CEDE_S(3600));
    close_pair(&pair);
    return 0;
}

TEST(stream, a_virtual_loop_that_allows_it_carries_streams)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL, .allow_io = true}};

    CHECK_EQ(cede_run_with(&options, talk_on_a_virtual_loop, NULL), 0);
}

static int leave_open(void *arg)
{
    *(struct pair *)arg = make_pair();
    return 0;
}

TEST(stream, what_is_left_open_is_closed_with_its_loop_and_reported)
{
    const int before = test_open_descriptors();
    struct pair pair;

    io_test_warm_up();
    test_capture_reports();
    test_count_allocations();
    CHECK_EQ(cede_run(leave_open, &pair), 0);
    CHECK_EQ(test_open_descriptors(), before);
    CHECK_HAS(test_reports(), "a stream was not closed before its loop");
    CHECK_EQ(cede_stream_write(pair.a, "x", 1), CEDE_ESHUTDOWN);
    close_pair(&pair);
    CHECK_EQ(test_live_allocations(), 0);
}

TEST(stream, outside_of_tasks_only_what_never_waits_works)
{
    struct pair pair;
    cede_loop *loop;
    char buffer[4];

    CHECK_EQ(cede_stream_pair(&pair.a, &pair.b), -EINVAL);
    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    pair = make_pair();
    CHECK_EQ(cede_stream_write(pair.a, "now", 3), 0);
    CHECK_EQ(cede_stream_read(pair.b, buffer, 4), CEDE_ENOTASK);
    CHECK_EQ(cede_stream_drain(pair.b), CEDE_ENOTASK);
    close_pair(&pair);
    CHECK_EQ(cede_loop_close(loop), 0);
}

static int sweep_body(void *arg)
{
    struct pair pair;
    const char *line;
    int rc;

    (void)arg;
    CEDE_TRY(cede_stream_pair(&pair.a, &pair.b));
    rc = cede_stream_write(pair.a, "line\n", 5);
    if (rc == 0)
        rc = cede_stream_readline(pair.b, &line);
    close_pair(&pair);
    return rc < 0 ? rc : 0;
}

static int sweep(void)
{
    return cede_run(sweep_body, NULL);
}

TEST(stream, every_allocation_may_fail)
{
    const int before = test_open_descriptors();

    io_test_warm_up();
    test_sweep_allocations(sweep);
    CHECK_EQ(test_open_descriptors(), before);
}
