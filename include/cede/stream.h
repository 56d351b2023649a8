/* cede/stream.h - a connection as a stream of bytes, in both directions
 *
 * One task may read while another writes; a second reader gets -EBUSY. Reading is direct: bytes go
 * from the kernel into the caller's memory, unless lines are read, which are gathered in a buffer
 * of the stream. Writing comes in two ways:
 *
 *     cede_stream_write      never waits: what the kernel does not take at once is queued, as a
 *                            copy; cede_stream_drain then holds a fast writer back
 *     cede_stream_write_all  waits until the kernel has all of it, and copies nothing
 *
 * A peer that is gone is an error (-EPIPE, -ECONNRESET), never a signal. A stream belongs to the
 * loop it was made on.
 * Source: src/io/stream.c, src/io/stream_write.c   Tests: tests/io/test_stream.c
 * Guide: docs/stream.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_STREAM_H
#define CEDE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>
#include <cede/error.h>

CEDE_BEGIN_DECLS

typedef struct cede_stream cede_stream;

/* How long a line may be, unless cede_stream_set_limit says otherwise. */
#define CEDE_STREAM_LIMIT 65536

/* Marks of the queue: above the high one drain waits until it is down to the low one. */
#define CEDE_STREAM_HIGH_WATER 65536
#define CEDE_STREAM_LOW_WATER  16384

/**
 * Make two streams that are joined to each other.
 *
 * @param a_out  receives one end, owned by the caller: cede_stream_close
 * @param b_out  receives the other
 * @return 0, or
 *   -EINVAL   the thread has no loop
 *   -ENOTSUP  the loop's clock is virtual, and its options do not allow I/O
 *   -EMFILE, -ENFILE, -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_stream_pair(cede_stream **a_out, cede_stream **b_out);

/**
 * Close a stream at once. Tasks that wait for it are woken with CEDE_ESHUTDOWN. What was written
 * and is still queued is dropped: cede_stream_flush first, to be sure of it.
 *
 * @param stream  owned; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_stream_close(cede_stream *stream);

/**
 * Read what there is, up to `size` bytes, waiting until there is some.
 *
 * @param stream  borrowed
 * @param buffer  receives the bytes
 * @param size    bytes of `buffer`; 0 reads nothing and returns 0
 * @return how many were read (at most 1 GiB); 0: the peer ended its side; or
 *   -ECANCELED      the scope is cancelled; nothing was read
 *   -EBUSY          another task is reading
 *   CEDE_ESHUTDOWN  it was closed meanwhile, by another task or with its loop
 *   CEDE_ENOTASK    there is no task here
 *   CEDE_EFOREIGN   it is another loop's
 *   -ECONNRESET, -ETIMEDOUT, ...  the connection broke; said again by every read after this one
 * Suspends: if nothing is there.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_read(cede_stream *stream, void *buffer,
                                                       size_t size);

/**
 * Read exactly `size` bytes.
 *
 * @param stream  borrowed
 * @param buffer  receives the bytes
 * @param size    bytes wanted
 * @param n_out   receives how many came, on failure too, so that nothing is lost; may be NULL
 * @return 0; CEDE_EINCOMPLETE: the peer ended its side before; or as cede_stream_read
 * Suspends: until all are there.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_read_exactly(cede_stream *stream, void *buffer,
                                                               size_t size, size_t *n_out);

/**
 * Read a line, its newline included. The last one may lack it.
 *
 * @param stream    borrowed
 * @param line_out  receives the line, terminated; borrowed: valid until the next call that reads
 *                  from the stream
 * @return its length; 0: the peer ended its side, and there is no line; or
 *   CEDE_ELIMIT  no newline within the limit; what came stays to be read otherwise
 *   -ENOMEM      no memory for the buffer
 *   or as cede_stream_read; what came stays
 * Suspends: until the line is there.  Cancellation point: always.  Call from: a task of the
 * stream's loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_readline(cede_stream *stream,
                                                           const char **line_out);

/**
 * Read up to and with a separator.
 *
 * @param stream          borrowed
 * @param separator       borrowed
 * @param separator_size  bytes of it; 0 is -EINVAL
 * @param data_out        receives what was read, terminated; borrowed: valid until the next call
 *                        that reads from the stream
 * @return its length, the separator included; CEDE_EINCOMPLETE: the peer ended its side before a
 *         separator; or as cede_stream_readline. In every failure what came stays to be read
 *         otherwise
 * Suspends: until it is there.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_read_until(cede_stream *stream,
                                                             const void *separator,
                                                             size_t separator_size,
                                                             const char **data_out);

/**
 * Set how long a line may be, newline included.
 *
 * @param stream  borrowed
 * @param size    bytes, 1 to 1 GiB; 0 is CEDE_STREAM_LIMIT
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_stream_set_limit(cede_stream *stream, size_t size);

/**
 * Write without waiting: sent at once as far as the kernel takes it, and queued as a copy beyond
 * that.
 *
 * @param stream  borrowed
 * @param data    borrowed during the call
 * @param size    bytes of `data`
 * @return 0, or
 *   -EBUSY          a cede_stream_write_all or cede_stream_send_file of another task is not
 *                   finished
 *   -EPIPE          the peer is gone, or this side was shut down
 *   -ENOMEM         no memory for the queue: the stream is broken
 *   CEDE_ESHUTDOWN  it was closed with its loop
 *   CEDE_EFOREIGN   it is another loop's
 *   -ECONNRESET, ...  the connection broke; said again by every write after this one
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_stream_write(cede_stream *stream, const void *data, size_t size);

/**
 * Hold back a writer that is faster than its peer: once more than the high-water mark is queued,
 * wait until the queue is down to the low-water mark. Several tasks may.
 *
 * @param stream  borrowed
 * @return 0, or
 *   -ECANCELED  the scope is cancelled; what is queued stays so
 *   CEDE_ESHUTDOWN, CEDE_ENOTASK, CEDE_EFOREIGN  as cede_stream_read
 *   -EPIPE, -ECONNRESET, ...  the connection broke, and the queue was dropped
 * Suspends: if much is queued.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_drain(cede_stream *stream);

/**
 * Wait until the kernel has all that was written.
 *
 * @param stream  borrowed
 * @return as cede_stream_drain
 * Suspends: if anything is queued.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_flush(cede_stream *stream);

/**
 * Write all of it, after what is queued, and wait until the kernel has taken it.
 *
 * @param stream  borrowed
 * @param data    borrowed during the call
 * @param size    bytes of `data`
 * @return 0; -EBUSY: another task is at it; or as cede_stream_drain: then some of it may have been
 *         sent
 * Suspends: if the kernel does not take it at once.  Cancellation point: always.  Call from: a task
 * of the stream's loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_write_all(cede_stream *stream, const void *data,
                                                            size_t size);

/**
 * Send a stretch of a file, after what is queued: within the kernel where it can, else by a buffer.
 *
 * @param stream  borrowed
 * @param fd      borrowed: a descriptor open for reading; its own position is neither used nor
 *                moved
 * @param offset  where in the file to begin, bytes
 * @param size    how many bytes; negative: to its end
 * @return 0; CEDE_EINCOMPLETE: the file ended before `size`; -ENOMEM: none for the buffer; an error
 *         of reading the file; or as cede_stream_write_all
 * Suspends: if the kernel does not take it at once; reading the file itself blocks.
 * Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_send_file(cede_stream *stream, int fd,
                                                            int64_t offset, int64_t size);

/**
 * End this side, after what is queued: the peer reads its end. Reading goes on. Twice is nothing.
 *
 * @param stream  borrowed
 * @return as cede_stream_write_all
 * Suspends: if anything is queued.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_stream_end(cede_stream *stream);

/**
 * How much is written and not sent.
 *
 * @param stream  borrowed
 * @return bytes in the queue
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_stream_queued(const cede_stream *stream);

/**
 * The address of this end, as "127.0.0.1:8000" or "[::1]:8000".
 *
 * @param stream  borrowed
 * @param buffer  receives the text, cut to fit, terminated
 * @param size    bytes of `buffer`; 64 hold every address without a scope's name
 * @return the length of the whole text; -ENOTCONN: it has no such address
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_stream_local_address(const cede_stream *stream, char *buffer, size_t size);

/**
 * The address of the other end, as cede_stream_local_address.
 *
 * @param stream  borrowed
 * @param buffer  receives the text, cut to fit, terminated
 * @param size    bytes of `buffer`
 * @return the length of the whole text; -ENOTCONN: it has no such address, or not any more
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_stream_peer_address(const cede_stream *stream, char *buffer, size_t size);

CEDE_END_DECLS

#endif
