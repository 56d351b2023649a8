/* client_response.c - what the user does with an answer: look at its head, take its body, close it.
 *
 * The body is taken out of the transfer's buffer; when that is empty and curl had been paused, it
 * is let on. Saving takes the whole buffer at a time and leaves an empty one, so that bytes go on
 * coming while a thread writes.
 */
/* SPDX-License-Identifier: MIT */
#include <limits.h>

#include <cede/executor.h>

#include "http/client.h"
#include "sys/file.h"

int cede_http_response_status(const cede_http_response *response)
{
    return response->transfer.head.status;
}

const char *cede_http_response_reason(const cede_http_response *response)
{
    return response->transfer.head.reason;
}

const char *cede_http_response_header(const cede_http_response *response, const char *name,
                                      size_t index)
{
    return cede__http_headers_find(&response->transfer.head, name, index);
}

const char *cede_http_response_url(const cede_http_response *response)
{
    return response->url.text;
}

const char *cede_http_response_redirect(const cede_http_response *response, size_t index)
{
    return index < response->n_redirects ? response->redirects[index] : NULL;
}

int cede_http_response_check(const cede_http_response *response)
{
    const struct cede__http_headers *head = &response->transfer.head;

    if (head->status < 400)
        return 0;
    return cede_raise(CEDE_ESTATUS, "%.150s: %d%s%s", response->url.text, head->status,
                      head->reason[0] ? " " : "", head->reason);
}

/* Only one task at a time may take from the body. */
static int response_enter(struct cede_http_response *response)
{
    if (!cede__task_here())
        return cede_raise(CEDE_ENOTASK, "only a task can wait for a body");
    if (response->is_busy)
        return cede_raise(-EBUSY, "another task reads this response");
    CEDE_TRY(cede_checkpoint());
    response->is_busy = true;
    return 0;
}

/* Wait until the buffer has bytes, or `memory` has: how many of the latter. 1 with the former, 0 at
 * the end of the body. */
static int response_wait(struct cede_http_response *response, struct cede__http_watch *watch)
{
    struct cede__http_transfer *transfer = &response->transfer;

    watch->n = 0;
    if (cede__http_buffer_n(&transfer->body) == 0)
        cede__http_transfer_resume(transfer);
    if (cede__http_buffer_n(&transfer->body) > 0)
        return 1;
    CEDE_TRY(cede__http_transfer_wait(transfer, watch));
    if (watch->n > 0)
        return (int)watch->n;
    if (cede__http_buffer_n(&transfer->body) > 0)
        return 1;
    if (transfer->code == 0)
        return 0;
    return cede__http_response_raise(response);
}

int cede_http_response_read(cede_http_response *response, void *buffer, size_t size)
{
    struct cede__http_watch watch = {
        .stage = CEDE__HTTP_BODY, .memory = buffer, .size = size < INT_MAX ? size : INT_MAX};
    int rc;

    if (size == 0)
        return cede_raise(-EINVAL, "no room to read into");
    CEDE_TRY(response_enter(response));
    rc = response_wait(response, &watch);
    if (rc > 0 && watch.n == 0)
        rc = (int)cede__http_buffer_take(&response->transfer.body, buffer, watch.size);
    response->is_busy = false;
    return rc;
}

static int response_gather(struct cede_http_response *response, size_t limit)
{
    struct cede__http_buffer *body = &response->transfer.body, *all = &response->all;
    struct cede__http_watch watch = {.stage = CEDE__HTTP_BODY};
    int rc;

    while ((rc = response_wait(response, &watch)) > 0) {
        const size_t n = cede__http_buffer_n(body);
        if (n > limit - cede__http_buffer_n(all))
            return cede_raise(CEDE_ELIMIT, "%.150s: the body is longer than %zu bytes",
                              response->url.text, limit);
        if (cede__http_buffer_add(all, body->bytes + body->start, n) < 0)
            return cede_raise(-ENOMEM, "no memory for a body");
        body->start = body->end;
    }
    if (rc == 0 && cede__http_buffer_add(all, "", 1) < 0)
        return cede_raise(-ENOMEM, "no memory for a body");
    return rc;
}

int cede_http_response_read_all(cede_http_response *response, size_t limit, const char **text_out,
                                size_t *size_out)
{
    int rc;

    CEDE_TRY(response_enter(response));
    cede__http_buffer_fini(&response->all);
    rc = response_gather(response, limit);
    response->is_busy = false;
    if (rc < 0)
        return rc;
    *text_out = response->all.bytes;
    if (size_out)
        *size_out = cede__http_buffer_n(&response->all) - 1;
    return 0;
}

/* Bytes on their way to a file. */
struct writing {
    int descriptor;
    struct cede__http_buffer buffer;
};

static int writing_run(void *arg)
{
    const struct writing *writing = arg;

    return cede__file_write_all(writing->descriptor, writing->buffer.bytes + writing->buffer.start,
                                cede__http_buffer_n(&writing->buffer));
}

static int response_write(struct cede_http_response *response, struct writing *writing,
                          int64_t *written)
{
    enum { AT_ONCE = 256 * 1024 };
    struct cede__http_watch watch = {.stage = CEDE__HTTP_BODY};
    struct cede__http_buffer *body = &response->transfer.body;
    int rc;

    while ((rc = response_wait(response, &watch)) > 0) {
        const struct cede__http_buffer taken = *body;
        *body = writing->buffer;
        body->start = body->end = 0;
        writing->buffer = taken;
        rc = *written < AT_ONCE ? writing_run(writing) : cede_run_in_thread(writing_run, writing);
        if (rc < 0)
            return rc;
        *written += (int64_t)cede__http_buffer_n(&writing->buffer);
    }
    return rc;
}

int cede_http_response_save(cede_http_response *response, int descriptor, int64_t *size_out)
{
    struct writing writing = {.descriptor = descriptor};
    int64_t written = 0;
    int rc;

    CEDE_TRY(response_enter(response));
    rc = response_write(response, &writing, &written);
    cede__http_buffer_fini(&writing.buffer);
    response->is_busy = false;
    if (size_out)
        *size_out = written;
    return rc;
}

int64_t cede_http_response_received(const cede_http_response *response)
{
    return response->transfer.body_size;
}

int cede_http_response_skip(cede_http_response *response)
{
    struct cede__http_transfer *transfer = &response->transfer;
    struct cede__http_watch watch = {.stage = CEDE__HTTP_END};
    int rc;

    CEDE_TRY(response_enter(response));
    transfer->body.start = transfer->body.end = 0;
    transfer->skips = true;
    cede__http_transfer_resume(transfer);
    rc = cede__http_transfer_wait(transfer, &watch);
    transfer->skips = false;
    response->is_busy = false;
    return rc < 0 || transfer->code == 0 ? rc : cede__http_response_raise(response);
}

void cede_http_response_close(cede_http_response *response)
{
    if (!response)
        return;
    cede__http_transfer_abort(&response->transfer);
    cede__http_response_free(response);
}
