/* get_body.c - the body of an answer on its way to a file: written, summed, slowed down, shown.
 *
 * It is read in pieces into the worker's buffer. The first are written at once, those of a long
 * body in a thread, so that a slow disk holds up nobody else. A transfer that takes more than a
 * second gets a bar of its own, if not too many have one. What is to be thrown away, with nothing
 * else to be done about it, never leaves libcurl's buffer.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cede/executor.h>
#include <cede/scope.h>
#include <cede/task.h>

#include "get.h"

enum {
    AT_ONCE = 256 * 1024, /* bytes that are written without a thread */
    MOST_BARS = 8,
};

/* A bar for a transfer that takes its time. */
struct shown {
    struct get_body *body;
    cede_progress *bar; /* NULL: none yet */
    cede_time begun;
};

static int64_t body_total(const struct get_body *body)
{
    const char *length = cede_http_response_header(body->response, "Content-Length", 0);

    if (body->worker->get->request.decode &&
        cede_http_response_header(body->response, "Content-Encoding", 0))
        return 0; /* what comes is longer than what is sent */
    return length ? body->resumed + strtoll(length, NULL, 10) : 0;
}

static void shown_update(struct shown *shown)
{
    struct get_body *body = shown->body;
    struct get *get = body->worker->get;

    if (shown->bar) {
        cede_progress_set(shown->bar, body->size);
        return;
    }
    if (!get->bar || cede_now() - shown->begun < CEDE_S(1))
        return;
    if (__atomic_fetch_add(&get->n_bars, 1, __ATOMIC_RELAXED) < MOST_BARS)
        shown->bar =
            cede_progress_create(&(cede_progress_options){.description = body->item->name,
                                                          .total = body_total(body),
                                                          .initial = body->size,
                                                          .unit = "B",
                                                          .unit_scale = 1,
                                                          .unit_divisor = 1024,
                                                          .transient = true,
                                                          .mode = CEDE_PROGRESS_TERMINAL_ONLY});
    if (!shown->bar)
        __atomic_fetch_sub(&get->n_bars, 1, __ATOMIC_RELAXED);
}

static void shown_end(struct shown *shown)
{
    if (shown->bar)
        __atomic_fetch_sub(&shown->body->worker->get->n_bars, 1, __ATOMIC_RELAXED);
    cede_progress_destroy(shown->bar);
}

/* Wait until `n` more bytes may have come. All transfers share one account: when the next byte may
 * come. */
static int rate_keep(struct get *get, int n)
{
    const int64_t cost = (int64_t)((double)n * 1e9 / (double)get->rate);
    const cede_time now = cede_now();
    int64_t next = __atomic_load_n(&get->next_byte, __ATOMIC_RELAXED), after;

    do {
        after = (next > now ? next : now) + cost;
    } while (!__atomic_compare_exchange_n(&get->next_byte, &next, after, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return cede_sleep(after - now);
}

/* A piece on its way to the file, perhaps in a thread. */
struct piece {
    int fd;
    const char *bytes;
    size_t size;
    void *digest; /* NULL: no sum */
};

static int piece_store(void *arg)
{
    struct piece *piece = arg;

    if (piece->digest)
        get_sum_add(piece->digest, piece->bytes, piece->size);
    while (piece->fd >= 0 && piece->size > 0) {
        const ssize_t n = write(piece->fd, piece->bytes, piece->size);
        if (n < 0 && errno != EINTR)
            return -errno;
        piece->bytes += n > 0 ? n : 0;
        piece->size -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int body_store(struct get_body *body, int n, bool in_thread)
{
    struct piece piece = {body->fd, body->worker->buffer, (size_t)n,
                          body->item->sum ? body->worker->digest : NULL};
    const int rc = in_thread ? cede_run_in_thread(piece_store, &piece) : piece_store(&piece);

    if (rc < 0 && rc != -ECANCELED)
        return cede_raise(rc, "cannot write %s: %s", body->item->name, cede_strerror(rc));
    return rc;
}

static int body_prepare(struct get_worker *worker, bool has_sum)
{
    void *digest;

    if (!worker->buffer)
        worker->buffer = malloc(GET_BUFFER_SIZE);
    if (!worker->buffer)
        return cede_raise(-ENOMEM, "no memory for a body");
    if (!has_sum)
        return 0;
    digest = get_sum_begin(worker->digest);
    if (!digest)
        return cede_raise(-ENOMEM, "no memory for a sum");
    worker->digest = digest;
    return 0;
}

static int body_copy(struct get_body *body, struct shown *shown)
{
    struct get *get = body->worker->get;
    const int64_t part = get->rate / 8;
    const size_t chunk = get->rate == 0           ? GET_BUFFER_SIZE
                         : part < 512             ? 512
                         : part < GET_BUFFER_SIZE ? (size_t)part
                                                  : GET_BUFFER_SIZE;
    int64_t written = 0;
    int n;

    while ((n = cede_http_response_read(body->response, body->worker->buffer, chunk)) > 0) {
        CEDE_TRY(body_store(body, n, written >= AT_ONCE));
        written += n;
        body->size = body->resumed + written;
        shown_update(shown);
        if (get->rate > 0)
            CEDE_TRY(rate_keep(get, n));
    }
    return n;
}

static int body_skip(struct get_body *body, struct shown *shown)
{
    cede_scope scope;
    int rc = -ETIMEDOUT;

    while (rc == -ETIMEDOUT) {
        cede_scope_enter(&scope, body->worker->get->bar ? cede_after(CEDE_MS(250)) : CEDE_NEVER);
        rc = cede_scope_exit(&scope, cede_http_response_skip(body->response));
        body->size = cede_http_response_received(body->response);
        shown_update(shown);
    }
    return rc;
}

int get_body_take(struct get_body *body)
{
    const bool is_simple = body->fd < 0 && !body->item->sum && body->worker->get->rate == 0;
    struct shown shown = {.body = body, .begun = cede_now()};
    int rc = 0;

    body->size = body->resumed;
    if (is_simple) {
        rc = body_skip(body, &shown);
    } else {
        if (body->resumed == 0)
            rc = body_prepare(body->worker, body->item->sum);
        if (rc == 0)
            rc = body_copy(body, &shown);
    }
    shown_end(&shown);
    return rc;
}

/* The old bytes, once more through the sum; in a thread, for they may be many. */
static int old_add(void *arg)
{
    struct piece *piece = arg;
    int64_t at = 0;
    ssize_t n;

    while ((n = pread(piece->fd, (char *)piece->bytes, piece->size, at)) > 0) {
        get_sum_add(piece->digest, piece->bytes, (size_t)n);
        at += n;
    }
    return n < 0 ? -errno : 0;
}

int get_body_add_old(struct get_body *body, int fd)
{
    struct get_worker *worker = body->worker;
    struct piece piece = {.fd = fd, .size = GET_BUFFER_SIZE};
    int rc;

    CEDE_TRY(body_prepare(worker, body->item->sum));
    if (!body->item->sum)
        return 0;
    piece.bytes = worker->buffer;
    piece.digest = worker->digest;
    rc = cede_run_in_thread(old_add, &piece);
    if (rc < 0 && rc != -ECANCELED)
        return cede_raise(rc, "cannot read what is there of %s", body->item->name);
    return rc;
}
