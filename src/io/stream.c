/* stream.c - streams: made, closed, read from. Writing is in stream_write.c.
 *
 * A read takes what the buffer holds, else receives straight into the caller's memory. Only reading
 * by lines fills the buffer:
 *
 *     in   [ read already | received, not read yet | room ]
 *                         ^ in_start               ^ in_end
 *
 * A line is handed out where it lies, and terminated by covering the byte after it, which the next
 * read puts back first.
 *
 * Another task may close the stream while one waits: then cede__descriptor_wait says CEDE_ESHUTDOWN
 * and the stream is gone. So nothing here touches it after a failed wait.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "base/base.h"
#include "io/stand_in.h"
#include "io/stream.h"

enum {
    LARGEST_READ = 1 << 30, /* so that a count fits an int */
    FIRST_BUFFER = 4096,
};

/* Made and closed. */

static void stream_readable(struct cede__descriptor *descriptor)
{
    cede_stream *stream = cede__container_of(descriptor, cede_stream, descriptor);
    cede__stream_input_fn *fn = stream->on_input;

    if (!fn)
        return;
    stream->on_input = NULL;
    cede__descriptor_expect(descriptor, -1);
    fn(stream->on_input_arg);
}

/* Of one that is simulated. */
static int stream_descriptor_address(const struct cede__descriptor *descriptor, char *buffer,
                                     size_t size)
{
    return cede_stream_peer_address(cede__container_of(descriptor, cede_stream, descriptor), buffer,
                                    size);
}

static const struct cede__descriptor_kind stream_kind = {.noun = "stream",
                                                         .address = stream_descriptor_address,
                                                         .readable = stream_readable,
                                                         .writable = cede__stream_send_queue};

static cede_stream *stream_alloc(void)
{
    cede_stream *stream = cede__calloc(1, sizeof *stream);

    if (stream) {
        cede__list_init(&stream->drains);
        stream->limit = CEDE_STREAM_LIMIT;
    }
    return stream;
}

int cede__stream_create_simulated(struct cede__stream_layer *layer, cede_stream **stream_out)
{
    cede_stream *stream = stream_alloc();
    int rc = stream ? cede__descriptor_open_simulated(&stream->descriptor, &stream_kind)
                    : cede_raise(-ENOMEM, "no memory for a stream");

    if (rc < 0) {
        cede__free(stream);
        return rc;
    }
    stream->layer = layer;
    *stream_out = stream;
    return 0;
}

int cede__stream_create(int fd, cede_stream **stream_out)
{
    cede_stream *stream = stream_alloc();
    int rc;

    if (!stream) {
        cede__socket_close(fd);
        return cede_raise(-ENOMEM, "no memory for a stream");
    }
    rc = cede__descriptor_open(&stream->descriptor, &stream_kind, fd);
    if (rc < 0) {
        cede__free(stream);
        return rc;
    }
    *stream_out = stream;
    return 0;
}

int cede_stream_pair(cede_stream **a_out, cede_stream **b_out)
{
    cede_stream *a = NULL;
    cede_stream *b = NULL;
    struct cede__stand_in *stand_in = cede__stand_in_here();
    int fds[2];
    int rc;

    if (stand_in)
        return stand_in->kind->pair(stand_in, a_out, b_out);
    CEDE_TRY(cede__io_check());
    rc = cede__socket_pair(fds);
    if (rc < 0)
        return cede_raise(rc, "no pair of sockets can be made");
    rc = cede__stream_create(fds[0], &a);
    if (rc < 0) {
        cede__socket_close(fds[1]);
        return rc;
    }
    rc = cede__stream_create(fds[1], &b);
    if (rc < 0) {
        cede_stream_close(a);
        return rc;
    }
    *a_out = a;
    *b_out = b;
    return 0;
}

void cede_stream_close(cede_stream *stream)
{
    if (!stream)
        return;
    cede__stream_wake_drains(stream, true);
    if (stream->on_input && stream->descriptor.loop)
        cede__descriptor_expect(&stream->descriptor, -1);
    if (stream->layer)
        stream->layer->kind->destroy(stream->layer, stream->descriptor.watch.fd);
    cede__descriptor_close(&stream->descriptor);
    cede__free(stream->in);
    cede__free(stream->out);
    cede__free(stream);
}

/* Receiving. */

static int stream_read_failed(cede_stream *stream, int rc)
{
    char name[CEDE__ADDRESS_TEXT_SIZE];

    stream->read_error = rc;
    if (cede_stream_peer_address(stream, name, sizeof name) < 0)
        return cede_raise(rc, "the connection broke while it was read from");
    return cede_raise(rc, "the connection to %s broke while it was read from", name);
}

/* From the kernel, up to `size` bytes; -EAGAIN: there are none. */
static int stream_try_receive(cede_stream *stream, void *buffer, size_t size)
{
    struct cede__descriptor *descriptor = &stream->descriptor;
    struct cede__stream_layer *layer = stream->layer;
    ssize_t n;

    if (cede__unlikely(stream->read_error < 0))
        return stream_read_failed(stream, stream->read_error);
    if (!descriptor->may_try[CEDE__READING])
        return -EAGAIN;
    if (size > LARGEST_READ)
        size = LARGEST_READ;
    n = cede__unlikely(layer != NULL)
            ? layer->kind->receive(layer, descriptor->watch.fd, buffer, size)
            : cede__socket_receive(descriptor->watch.fd, buffer, size);
    /* Less than asked for: no more is there, and the next byte is an edge. But the end may be there
     * already, and its edge have gone by together with that of the last bytes; and a layer hands
     * out its pieces one by one. */
    if (n == -EAGAIN || (n > 0 && (size_t)n < size && !descriptor->has_hung_up && !layer))
        descriptor->may_try[CEDE__READING] = false;
    if (cede__likely(n >= 0) || n == -EAGAIN)
        return (int)n;
    return stream_read_failed(stream, (int)n);
}

/* The same, waiting for the first. After an error the stream may be gone. */
static int stream_receive(cede_stream *stream, void *buffer, size_t size)
{
    for (;;) {
        const int n = stream_try_receive(stream, buffer, size);
        if (cede__likely(n != -EAGAIN))
            return n;
        CEDE_TRY(cede__descriptor_wait(&stream->descriptor, CEDE__READING));
    }
}

/* The buffer. */

/* Put back what the terminator of the last line covers. */
static void stream_uncover(cede_stream *stream)
{
    if (stream->is_covered) {
        stream->in[stream->covered_at] = stream->covered;
        stream->is_covered = false;
    }
}

/* Take `size` bytes of the buffer. */
static size_t stream_take(cede_stream *stream, void *buffer, size_t size)
{
    const size_t there = stream->in_end - stream->in_start;
    const size_t n = size < there ? size : there;

    if (n == 0)
        return 0;
    stream_uncover(stream);
    memcpy(buffer, stream->in + stream->in_start, n);
    stream->in_start += n;
    return n;
}

/* Hand out the next `size` bytes where they lie, terminated; there is always a byte after them. */
static int stream_hand_out(cede_stream *stream, size_t size, const char **data_out)
{
    char *data = stream->in + stream->in_start;

    stream->in_start += size;
    stream->covered_at = stream->in_start;
    stream->covered = *(data + size);
    stream->is_covered = true;
    *(data + size) = '\0';
    *data_out = data;
    return (int)size;
}

/* Make room for at least one byte more, and for a terminator. */
static int stream_make_room(cede_stream *stream)
{
    const size_t there = stream->in_end - stream->in_start;
    size_t size = stream->in_size;

    if (stream->in_end + 1 < stream->in_size)
        return 0;
    if (stream->in_start > 0 && there < stream->in_size / 2) {
        memmove(stream->in, stream->in + stream->in_start, there);
    } else {
        size = size > 0 ? size * 2 : FIRST_BUFFER;
        char *grown = cede__malloc(size);
        if (!grown)
            return cede_raise(-ENOMEM, "no memory for a line of more than %zu bytes", there);
        if (there > 0)
            memcpy(grown, stream->in + stream->in_start, there);
        cede__free(stream->in);
        stream->in = grown;
    }
    stream->in_size = size;
    stream->in_start = 0;
    stream->in_end = there;
    return 0;
}

/* Receive some more into the buffer: how much, 0 at the end. After an error other than -ENOMEM the
 * stream may be gone. */
static int stream_fill(cede_stream *stream)
{
    int n;

    CEDE_TRY(stream_make_room(stream));
    n = stream_receive(stream, stream->in + stream->in_end, stream->in_size - stream->in_end - 1);
    if (n > 0)
        stream->in_end += (size_t)n;
    return n;
}

/* Reading. */

int cede_stream_read(cede_stream *stream, void *buffer, size_t size)
{
    CEDE_TRY(cede__descriptor_begin(&stream->descriptor, CEDE__READING));
    if (size == 0)
        return 0;
    if (stream->in_end > stream->in_start)
        return (int)stream_take(stream, buffer, size < LARGEST_READ ? size : LARGEST_READ);
    return stream_receive(stream, buffer, size);
}

int cede__stream_try_read(cede_stream *stream, void *buffer, size_t size)
{
    CEDE_TRY(cede__descriptor_begin(&stream->descriptor, CEDE__READING));
    return stream_try_receive(stream, buffer, size);
}

int cede__stream_on_input(cede_stream *stream, cede__stream_input_fn *fn, void *arg)
{
    cede__assert(!stream->descriptor.may_try[CEDE__READING]); /* or there would be no edge */
    CEDE_TRY(cede__descriptor_watch(&stream->descriptor));
    if (!stream->on_input)
        cede__descriptor_expect(&stream->descriptor, +1);
    stream->on_input = fn;
    stream->on_input_arg = arg;
    return 0;
}

static int read_exactly(cede_stream *stream, char *buffer, size_t size, size_t *n_read)
{
    CEDE_TRY(cede__descriptor_begin(&stream->descriptor, CEDE__READING));
    *n_read = stream_take(stream, buffer, size);
    while (*n_read < size) {
        const int n = stream_receive(stream, buffer + *n_read, size - *n_read);
        CEDE_TRY(n);
        if (n == 0)
            return cede_raise(CEDE_EINCOMPLETE, "the stream ended after %zu of %zu bytes", *n_read,
                              size);
        *n_read += (size_t)n;
    }
    return 0;
}

int cede_stream_read_exactly(cede_stream *stream, void *buffer, size_t size, size_t *n_out)
{
    size_t n_read = 0;
    const int rc = read_exactly(stream, buffer, size, &n_read);

    if (n_out)
        *n_out = n_read;
    return rc;
}

/* The length up to and with the separator; 0: the stream ended without one. The bytes before
 * `*searched` were looked at. */
static int stream_gather(cede_stream *stream, const void *separator, size_t separator_size)
{
    size_t searched = 0; /* no separator begins before this, counted from in_start */

    for (;;) {
        const size_t there = stream->in_end - stream->in_start;
        const char *from = stream->in + stream->in_start;
        const char *found =
            there > searched ? memmem(from + searched, there - searched, separator, separator_size)
                             : NULL;
        const size_t length = found ? (size_t)(found - from) + separator_size : there;

        if (length > stream->limit)
            return cede_raise(CEDE_ELIMIT, "no separator within %zu bytes", stream->limit);
        if (found)
            return (int)length;
        if (there >= separator_size)
            searched = there - separator_size + 1;
        const int n = stream_fill(stream);
        if (n <= 0)
            return n;
    }
}

int cede_stream_read_until(cede_stream *stream, const void *separator, size_t separator_size,
                           const char **data_out)
{
    int n;

    if (separator_size == 0)
        return cede_raise(-EINVAL, "an empty separator is everywhere");
    CEDE_TRY(cede__descriptor_begin(&stream->descriptor, CEDE__READING));
    stream_uncover(stream);
    n = stream_gather(stream, separator, separator_size);
    CEDE_TRY(n);
    if (n == 0)
        return cede_raise(CEDE_EINCOMPLETE, "the stream ended before a separator");
    return stream_hand_out(stream, (size_t)n, data_out);
}

int cede_stream_readline(cede_stream *stream, const char **line_out)
{
    int n;

    CEDE_TRY(cede__descriptor_begin(&stream->descriptor, CEDE__READING));
    stream_uncover(stream);
    n = stream_gather(stream, "\n", 1);
    CEDE_TRY(n);
    if (n == 0)
        n = (int)(stream->in_end - stream->in_start);
    return n > 0 ? stream_hand_out(stream, (size_t)n, line_out) : 0;
}

void cede_stream_set_limit(cede_stream *stream, size_t size)
{
    stream->limit = size == 0 ? CEDE_STREAM_LIMIT : size < LARGEST_READ ? size : LARGEST_READ;
}

/* Facts. */

static int stream_address(const cede_stream *stream, bool peer, char *buffer, size_t size)
{
    struct cede__stream_layer *layer = stream->layer;
    struct cede__address address;

    if (layer && layer->kind->address)
        return layer->kind->address(layer, peer, buffer, size);
    cede__socket_address(stream->descriptor.watch.fd, peer, &address);
    if (cede__address_port(&address) == 0)
        return -ENOTCONN;
    return cede__address_format(&address, buffer, size);
}

int cede_stream_local_address(const cede_stream *stream, char *buffer, size_t size)
{
    return stream_address(stream, false, buffer, size);
}

int cede_stream_peer_address(const cede_stream *stream, char *buffer, size_t size)
{
    return stream_address(stream, true, buffer, size);
}
