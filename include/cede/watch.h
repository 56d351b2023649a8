/* cede/watch.h - being called when a descriptor is ready
 *
 *     cede_watch *watch;
 *     CEDE_TRY(cede_watch_start(fd, CEDE_READABLE, read_some, &state, &watch));
 *     ...
 *     cede_watch_stop(watch);
 *     close(fd);
 *
 * For descriptors that some other library opened, for pipes and terminals; what comes by TCP is
 * read more simply from a stream (cede/stream.h). The callback runs on the loop's own stack, as
 * often as the loop looks around, as long as the descriptor is ready. It wakes a task by a promise,
 * an event or a queue.
 *
 * Source: src/loop/watch.c   Tests: tests/loop/test_watch.c   Guide: docs/loop.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_WATCH_H
#define CEDE_WATCH_H

#include <cede/def.h>
#include <cede/loop.h>

CEDE_BEGIN_DECLS

typedef struct cede_watch cede_watch;

enum {
    CEDE_READABLE = 1, /* to read does not block: there are bytes, or the end, or an error */
    CEDE_WRITABLE = 2, /* to write does not block: there is room, or an error */
};

/* What it is ready for of what was asked, never 0. May read, write, stop and start watches; must
 * not wait. */
typedef void cede_watch_fn(unsigned ready, void *arg);

/**
 * Call fn(ready, arg) on the current loop whenever a descriptor is ready (asyncio: add_reader,
 * add_writer).
 *
 * @param fd         borrowed until cede_watch_stop, and not to be closed before; non-blocking, if
 *                   the callback is not to be held up by it
 * @param wanted     CEDE_READABLE, CEDE_WRITABLE, or both
 * @param fn         the callback
 * @param arg        handed to it; borrowed until cede_watch_stop or the end of the loop
 * @param watch_out  receives the watch, to be stopped before the loop is closed, or ended with it
 * @return 0, or
 *   -EINVAL   there is no current loop, no fn, or `wanted` is nothing of the above
 *   -EBUSY    the loop watches this descriptor already, or a stream does
 *   -EPERM    it cannot be waited for: a plain file always is ready
 *   -EBADF    it is no descriptor
 *   -ENOTSUP  the loop's clock is virtual, and its options do not allow I/O
 *   -ENOMEM, -ENOSPC
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_watch_start(int fd, unsigned wanted, cede_watch_fn *fn, void *arg,
                                         cede_watch **watch_out);

/**
 * Want something else of the descriptor, such as to write, now that there is something to be
 * written.
 *
 * @param watch   borrowed
 * @param wanted  CEDE_READABLE, CEDE_WRITABLE, or both
 * @return 0; -EINVAL: nothing of these; CEDE_EFOREIGN: it is another thread's; -EBADF: the
 *         descriptor was closed; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread, in the callback too.
 */
CEDE_API CEDE_CHECK int cede_watch_change(cede_watch *watch, unsigned wanted);

/**
 * Call no more (asyncio: remove_reader, remove_writer).
 *
 * @param watch  taken; NULL is nothing; of another thread's loop it stays as it is, with
 *               CEDE_EFOREIGN in the error record
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread, in the callback too,
 * before the loop is closed.
 */
CEDE_API void cede_watch_stop(cede_watch *watch);

CEDE_END_DECLS

#endif
