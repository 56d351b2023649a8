/* stream_write.c - the writing side of streams.
 *
 *     out   [ sent already | written, not sent yet | room ]
 *                          ^ out_start             ^ out_end
 *
 * The queue is sent by the loop whenever the engine reports the descriptor writable; while it is
 * empty a write tries the kernel first. Tasks that wait for the queue to shrink are on `drains`,
 * each with the level it waits for. A task that writes directly (write_all, send_file) first waits
 * for the queue to be empty, and sets is_writing so that nothing comes between its pieces.
 *
 * An error of the connection ends writing for good: the queue is dropped, and every later call says
 * the error again.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/base.h"
#include "io/stream.h"
#include "sys/file.h"

enum {
    FIRST_QUEUE = 4096,
    COPY_SIZE = 64 * 1024,   /* the buffer for files that the kernel cannot send itself */
    FILE_TURN = 1024 * 1024, /* bytes of a file in one call to the kernel */
};

/* A task that waits until no more than `level` bytes are queued; on its own stack. */
struct drain {
    struct cede__waiter waiter;
    struct cede__list link; /* on stream->drains until the task runs again */
    size_t level;
    bool is_woken;
    bool is_closed; /* the stream was, and may be gone */
};

size_t cede_stream_queued(const cede_stream *stream)
{
    return stream->out_end - stream->out_start;
}

/* Waiting for the queue. */

static void drain_wake(struct drain *drain, int rc)
{
    if (drain->is_woken)
        return;
    drain->is_woken = true;
    cede__waiter_wake(&drain->waiter, rc);
}

static void drain_cancel(struct cede__waiter *waiter)
{
    drain_wake(cede__container_of(waiter, struct drain, waiter), -ECANCELED);
}

static void drain_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct drain *drain = cede__container_of(waiter, struct drain, waiter);

    cede__text_add(text, "a stream's queue to shrink to %zu bytes", drain->level);
}

static const struct cede__wait_kind draining = {
    .cancel = drain_cancel, .describe = drain_describe, .noun = "room in a stream"};

void cede__stream_wake_drains(cede_stream *stream, bool closed)
{
    const size_t queued = cede_stream_queued(stream);
    struct cede__list *next;

    for (struct cede__list *link = stream->drains.next; link != &stream->drains; link = next) {
        struct drain *drain = cede__container_of(link, struct drain, link);
        next = link->next;
        if (closed) {
            drain->is_closed = true;
            cede__list_remove(&drain->link);
        }
        if (closed || stream->write_error < 0 || queued <= drain->level)
            drain_wake(drain, 0);
    }
}

static int stream_broken(const cede_stream *stream)
{
    return cede_raise(stream->write_error, "the connection broke while it was written to");
}

/* Wait until the queue is down to `level`. After an error the stream may be gone. */
static int stream_await_queue(cede_stream *stream, size_t level)
{
    struct cede_task *task = cede__task_here();
    struct drain drain = {.waiter = {.kind = &draining}, .level = level};
    const bool is_simulated = stream->descriptor.is_simulated; /* it may be gone after the wait */
    int rc = 0;

    if (stream->write_error < 0)
        return stream_broken(stream);
    if (cede_stream_queued(stream) <= level)
        return 0;
    cede__list_append(&stream->drains, &drain.link);
    if (!is_simulated)
        task->loop->n_wakers++;
    rc = cede__task_park(task, &drain.waiter);
    if (!is_simulated)
        task->loop->n_wakers--;
    if (drain.is_closed)
        return cede_raise(CEDE_ESHUTDOWN, "it was closed by another task");
    cede__list_remove(&drain.link);
    if (rc == 0 && stream->write_error < 0)
        return stream_broken(stream);
    return rc;
}

/* As cede__descriptor_begin, but others may be writing too. */
static int drain_begin(cede_stream *stream)
{
    struct cede_task *task = cede__task_here();

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task may wait for a stream");
    if (stream->descriptor.watch.fd < 0)
        return cede_raise(CEDE_ESHUTDOWN, "the loop of the stream is closed");
    if (stream->descriptor.loop != task->loop)
        return cede_raise(CEDE_EFOREIGN, "the stream is another loop's");
    return cede__task_checkpoint(task);
}

int cede_stream_drain(cede_stream *stream)
{
    CEDE_TRY(drain_begin(stream));
    return stream_await_queue(stream, stream->is_above ? CEDE_STREAM_LOW_WATER : SIZE_MAX);
}

int cede_stream_flush(cede_stream *stream)
{
    CEDE_TRY(drain_begin(stream));
    return stream_await_queue(stream, 0);
}

/* The queue. */

/* Writing is over. Raises nothing: the loop's own stack has no use for a record. */
static void stream_break(cede_stream *stream, int rc)
{
    stream->write_error = rc;
    stream->out_start = 0;
    stream->out_end = 0;
    stream->is_above = false;
    cede__stream_wake_drains(stream, false);
}

static int stream_write_failed(cede_stream *stream, int rc)
{
    stream_break(stream, rc);
    return stream_broken(stream);
}

/* One try. How much was sent; 0: the kernel is full; negative: an error, which ended writing. */
static ssize_t stream_try(cede_stream *stream, const struct iovec *parts, size_t n_parts, bool more)
{
    struct cede__descriptor *descriptor = &stream->descriptor;
    struct cede__stream_layer *layer = stream->layer;
    size_t size = 0;
    ssize_t n;

    if (!descriptor->may_try[CEDE__WRITING])
        return 0;
    for (size_t i = 0; i < n_parts; i++)
        size += parts[i].iov_len;
    n = cede__unlikely(layer != NULL)
            ? layer->kind->send(layer, descriptor->watch.fd, parts, n_parts, more)
            : cede__socket_send(descriptor->watch.fd, parts, n_parts, more);
    if (n < 0 && n != -EAGAIN) {
        stream_break(stream, (int)n);
        return n;
    }
    if (n < 0 || (size_t)n < size)
        descriptor->may_try[CEDE__WRITING] = false; /* there will be an edge */
    return n < 0 ? 0 : n;
}

/* The descriptor is writable. */
void cede__stream_send_queue(struct cede__descriptor *descriptor)
{
    cede_stream *stream = cede__container_of(descriptor, cede_stream, descriptor);
    const struct iovec part = {stream->out + stream->out_start, cede_stream_queued(stream)};
    ssize_t n;

    if (part.iov_len == 0)
        return;
    n = stream_try(stream, &part, 1, false);
    if (n <= 0)
        return; /* an error has been told to those who wait */
    stream->out_start += (size_t)n;
    if (stream->out_start == stream->out_end) {
        stream->out_start = 0;
        stream->out_end = 0;
    }
    if (cede_stream_queued(stream) <= CEDE_STREAM_LOW_WATER)
        stream->is_above = false;
    cede__stream_wake_drains(stream, false);
}

static int queue_append(cede_stream *stream, const char *data, size_t size)
{
    const size_t queued = cede_stream_queued(stream);

    if (stream->out_end + size > stream->out_size) {
        size_t room = stream->out_size > 0 ? stream->out_size : FIRST_QUEUE;
        while (room < queued + size)
            room *= 2;
        char *grown = room > stream->out_size ? cede__malloc(room) : stream->out;
        if (!grown)
            return -ENOMEM;
        if (queued > 0)
            memmove(grown, stream->out + stream->out_start, queued);
        if (grown != stream->out)
            cede__free(stream->out);
        stream->out = grown;
        stream->out_size = room;
        stream->out_start = 0;
        stream->out_end = queued;
    }
    memcpy(stream->out + stream->out_end, data, size);
    stream->out_end += size;
    if (cede_stream_queued(stream) > CEDE_STREAM_HIGH_WATER)
        stream->is_above = true;
    return 0;
}

static int write_check(const cede_stream *stream)
{
    if (stream->write_error < 0)
        return stream_broken(stream);
    if (stream->is_ended)
        return cede_raise(-EPIPE, "this side of the stream was ended");
    if (stream->is_writing)
        return cede_raise(-EBUSY, "another task is writing to this stream");
    return 0;
}

int cede_stream_write(cede_stream *stream, const void *data, size_t size)
{
    const struct iovec part = {(void *)data, size};
    ssize_t n = 0;
    int rc;

    if (stream->descriptor.watch.fd < 0)
        return cede_raise(CEDE_ESHUTDOWN, "the loop of the stream is closed");
    if (stream->descriptor.loop != cede__loop_here)
        return cede_raise(CEDE_EFOREIGN, "the stream is another loop's");
    CEDE_TRY(write_check(stream));
    if (size > 0 && cede_stream_queued(stream) == 0)
        n = stream_try(stream, &part, 1, false);
    if (n < 0)
        return stream_broken(stream);
    if ((size_t)n == size)
        return 0;
    rc = queue_append(stream, (const char *)data + n, size - (size_t)n);
    if (rc == 0)
        rc = cede__descriptor_watch(&stream->descriptor);
    return rc < 0 ? stream_write_failed(stream, rc) : 0;
}

/* Direct writing. */

/* Keep the others out and let the queue run empty. After an error the stream may be gone, or is not
 * ours. */
static int direct_begin(cede_stream *stream)
{
    int rc;

    CEDE_TRY(cede__descriptor_begin(&stream->descriptor, CEDE__WRITING));
    CEDE_TRY(write_check(stream));
    stream->is_writing = true;
    rc = stream_await_queue(stream, 0);
    if (rc < 0 && rc != CEDE_ESHUTDOWN)
        stream->is_writing = false;
    return rc;
}

/* CEDE_ESHUTDOWN comes only from a stream that is closed. */
static int direct_end(cede_stream *stream, int rc)
{
    if (rc != CEDE_ESHUTDOWN)
        stream->is_writing = false;
    return rc;
}

/* Drop the first `n` bytes of what the parts hold. */
static void parts_advance(struct iovec **parts, size_t *n_parts, size_t n)
{
    while (*n_parts > 0 && n >= (*parts)->iov_len) {
        n -= (*parts)->iov_len;
        ++*parts;
        --*n_parts;
    }
    if (*n_parts > 0 && n > 0) {
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): n_parts of them are */
        (*parts)->iov_base = (char *)(*parts)->iov_base + n;
        (*parts)->iov_len -= n;
    }
}

static int direct_send(cede_stream *stream, struct iovec *parts, size_t n_parts, bool more)
{
    parts_advance(&parts, &n_parts, 0);
    while (n_parts > 0) {
        const ssize_t n = stream_try(stream, parts, n_parts, more);
        if (n < 0)
            return stream_broken(stream);
        parts_advance(&parts, &n_parts, (size_t)n);
        if (n_parts > 0)
            CEDE_TRY(cede__descriptor_wait(&stream->descriptor, CEDE__WRITING));
    }
    return 0;
}

int cede__stream_write_parts(cede_stream *stream, struct iovec *parts, size_t n_parts, bool more)
{
    CEDE_TRY(direct_begin(stream));
    return direct_end(stream, direct_send(stream, parts, n_parts, more));
}

int cede_stream_write_all(cede_stream *stream, const void *data, size_t size)
{
    struct iovec part = {(void *)data, size};

    return cede__stream_write_parts(stream, &part, 1, false);
}

int cede_stream_end(cede_stream *stream)
{
    int rc = 0;

    if (stream->is_ended)
        return 0;
    CEDE_TRY(direct_begin(stream));
    if (stream->layer)
        stream->layer->kind->end(stream->layer, stream->descriptor.watch.fd);
    if (!stream->descriptor.is_simulated)
        rc = cede__socket_end_writing(stream->descriptor.watch.fd);
    stream->is_ended = rc == 0;
    return direct_end(stream, rc < 0 ? stream_write_failed(stream, rc) : 0);
}

/* Files. */

/* A file that the kernel cannot send by itself: piece by piece. */
static int send_copied(cede_stream *stream, int fd, int64_t offset, int64_t size)
{
    char *buffer = cede__malloc(COPY_SIZE);
    int rc = 0;

    if (!buffer)
        return cede_raise(-ENOMEM, "no memory to send a file");
    while (rc == 0 && size != 0) {
        const size_t wanted = size < 0 || size > COPY_SIZE ? COPY_SIZE : (size_t)size;
        const ssize_t n = cede__file_read_at(fd, buffer, wanted, offset);
        struct iovec part = {buffer, n > 0 ? (size_t)n : 0};
        if (n < 0) {
            rc = cede_raise((int)n, "a file cannot be read");
        } else if (n == 0) {
            rc = size < 0 ? 0
                          : cede_raise(CEDE_EINCOMPLETE, "the file ended %lld bytes early",
                                       (long long)size);
            break;
        } else {
            rc = direct_send(stream, &part, 1, false);
            offset += n;
            size -= size < 0 ? 0 : n;
        }
    }
    cede__free(buffer);
    return rc;
}

static int send_in_kernel(cede_stream *stream, int fd, int64_t offset, int64_t size)
{
    struct cede__descriptor *descriptor = &stream->descriptor;

    if (stream->layer)
        return send_copied(stream, fd, offset, size); /* the kernel knows nothing of it */
    while (size != 0) {
        const int64_t most = size < 0 || size > FILE_TURN ? FILE_TURN : size;
        ssize_t n = -EAGAIN;

        if (descriptor->may_try[CEDE__WRITING])
            n = cede__socket_send_file(descriptor->watch.fd, fd, &offset, (size_t)most);
        if (n == -EINVAL || n == -ENOSYS)
            return send_copied(stream, fd, offset, size);
        if (n == 0)
            return size < 0 ? 0
                            : cede_raise(CEDE_EINCOMPLETE, "the file ended %lld bytes early",
                                         (long long)size);
        if (n > 0) {
            size -= size < 0 ? 0 : n;
            if (size != 0)
                CEDE_TRY(cede__descriptor_turn(descriptor, CEDE__WRITING));
            continue;
        }
        if (n != -EAGAIN)
            return stream_write_failed(stream, (int)n);
        descriptor->may_try[CEDE__WRITING] = false;
        CEDE_TRY(cede__descriptor_wait(descriptor, CEDE__WRITING));
    }
    return 0;
}

int cede_stream_send_file(cede_stream *stream, int fd, int64_t offset, int64_t size)
{
    if (offset < 0)
        return cede_raise(-EINVAL, "a file has no bytes before its beginning");
    CEDE_TRY(direct_begin(stream));
    return direct_end(stream, send_in_kernel(stream, fd, offset, size));
}
