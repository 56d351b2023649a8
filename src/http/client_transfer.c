/* client_transfer.c - one question and its answer, from the moment curl has it to the end.
 *
 *     start --> head complete --> body, through a bounded buffer --> done (code, why)
 *                                      full: curl pauses; resumed when the reader has emptied it
 *
 * One task at a time waits for it, with a watch on its own stack, and is told when the stage it
 * waits for is reached. Bytes of the body go to the memory of a waiting reader first, then to the
 * buffer. Between being told and running again the reader's memory goes on being filled.
 *
 * Done means that curl has let go: the easy handle is kept for another, the slot is given back. The
 * buffer may still hold bytes for the reader.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "http/client.h"

/* Telling. */

static bool transfer_is_at(const struct cede__http_transfer *transfer,
                           const struct cede__http_watch *watch)
{
    if (transfer->is_done)
        return true;
    if (watch->stage == CEDE__HTTP_HEAD)
        return transfer->has_head;
    return watch->stage == CEDE__HTTP_BODY &&
           (watch->n > 0 || cede__http_buffer_n(&transfer->body) > 0);
}

static void transfer_tell(struct cede__http_transfer *transfer)
{
    struct cede__http_watch *watch = transfer->watch;

    if (!watch || watch->is_told || !transfer_is_at(transfer, watch))
        return;
    watch->is_told = true;
    cede__waiter_wake(&watch->waiter, 0);
}

static void watch_cancel(struct cede__waiter *waiter)
{
    struct cede__http_watch *watch = cede__container_of(waiter, struct cede__http_watch, waiter);

    watch->transfer->watch = NULL;
    cede__waiter_wake(waiter, -ECANCELED);
}

static void watch_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct cede__http_watch *watch =
        cede__container_of(waiter, struct cede__http_watch, waiter);

    cede__text_add(text, "%s %s", watch->stage == CEDE__HTTP_HEAD ? "an answer of" : "a body from",
                   watch->transfer->slot.origin);
}

static const struct cede__wait_kind watching = {
    .cancel = watch_cancel, .describe = watch_describe, .noun = "a descriptor"};

int cede__http_transfer_wait(struct cede__http_transfer *transfer, struct cede__http_watch *watch)
{
    struct cede_task *task = cede__task_here();
    int rc;

    watch->waiter.kind = &watching;
    watch->transfer = transfer;
    watch->is_told = false;
    watch->n = 0;
    if (transfer_is_at(transfer, watch))
        return 0;
    transfer->watch = watch;
    task->loop->n_wakers++;
    rc = cede__task_park(task, &watch->waiter);
    task->loop->n_wakers--;
    transfer->watch = NULL;
    return rc;
}

/* What curl calls. Returning less than it gave makes curl fail the transfer. */

static size_t transfer_refuse(struct cede__http_transfer *transfer, int code, const char *why)
{
    transfer->refusal = code;
    transfer->why = why;
    return 0;
}

static bool transfer_is_redirect(const struct cede__http_transfer *transfer)
{
    const int status = transfer->head.status;

    return (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) &&
           cede__http_headers_find(&transfer->head, "Location", 0);
}

/* The head is complete: whether the body may come. */
static bool transfer_accept_head(struct cede__http_transfer *transfer)
{
    bool is_limited = transfer->max_body_size > 0;
    const char *length;
    int rc = 0;

    if (transfer->head.status < 200) {
        if (transfer->head.status == 101)
            return transfer_refuse(transfer, CEDE_EHTTP, "it changes to another protocol unasked");
        return true; /* an interim answer: the real one follows */
    }
    transfer->discards = transfer->follows && transfer_is_redirect(transfer);
    if (transfer->discards || transfer->is_head_request)
        is_limited = false;
    else if (transfer->decodes && transfer->head.status != 206)
        rc = cede__http_coding_create(&transfer->head, transfer->max_coding_ratio,
                                      &transfer->coding);
    if (rc < 0)
        return transfer_refuse(transfer, rc, cede__http_coding_why(transfer->coding));
    length = is_limited && !transfer->coding
                 ? cede__http_headers_find(&transfer->head, "Content-Length", 0)
                 : NULL;
    if (length && strtoll(length, NULL, 10) > transfer->max_body_size)
        return transfer_refuse(transfer, CEDE_ELIMIT, "the body is longer than max_body_size");
    transfer->has_head = true;
    transfer_tell(transfer);
    return true;
}

size_t cede__http_transfer_take_header(char *line, size_t unit, size_t count, void *arg)
{
    struct cede__http_transfer *transfer = arg;
    const size_t size = unit * count;
    int rc;

    transfer->header_size += size;
    if (transfer->header_size > transfer->max_header_size)
        return transfer_refuse(transfer, CEDE_ELIMIT,
                               "the headers are longer than max_header_size");
    if (transfer->has_head)
        return size; /* trailers, behind a chunked body */
    rc = cede__http_headers_take(&transfer->head, line, size);
    if (rc < 0)
        return transfer_refuse(transfer, rc, "a header is malformed");
    return rc == 0 || transfer_accept_head(transfer) ? size : 0;
}

/* How many of `size` bytes go to the memory of a waiting reader. */
static size_t transfer_direct(const struct cede__http_transfer *transfer, size_t size)
{
    const struct cede__http_watch *watch = transfer->watch;
    size_t room;

    if (!watch || watch->stage != CEDE__HTTP_BODY || cede__http_buffer_n(&transfer->body) > 0)
        return 0;
    room = watch->size - watch->n;
    return size < room ? size : room;
}

/* Whether `size` bytes more have to wait until the reader has taken some. */
static bool transfer_is_full(const struct cede__http_transfer *transfer, size_t size)
{
    const size_t waiting = cede__http_buffer_n(&transfer->body);

    return waiting > 0 && waiting + size > transfer->session->buffer_size;
}

static size_t transfer_pause(struct cede__http_transfer *transfer)
{
    transfer->is_paused = true;
    return CURL_WRITEFUNC_PAUSE;
}

/* Bytes of the body, for which there is room. */
static size_t transfer_store(struct cede__http_transfer *transfer, const char *bytes, size_t size)
{
    struct cede__http_watch *watch = transfer->watch;
    size_t direct;

    if (transfer->max_body_size > 0 &&
        (int64_t)size > transfer->max_body_size - transfer->body_size)
        return transfer_refuse(transfer, CEDE_ELIMIT, "the body is longer than max_body_size");
    if (transfer->skips) {
        transfer->body_size += (int64_t)size;
        return size;
    }
    direct = transfer_direct(transfer, size);
    if (cede__http_buffer_add(&transfer->body, bytes + direct, size - direct) < 0)
        return transfer_refuse(transfer, -ENOMEM, "no memory for the body");
    if (direct > 0) {
        memcpy(watch->memory + watch->n, bytes, direct);
        watch->n += direct;
    }
    transfer->body_size += (int64_t)size;
    transfer_tell(transfer);
    return size;
}

/* Where the reader is to be waited for in the middle of a piece, curl gives all of it once more. */
static size_t transfer_decode(struct cede__http_transfer *transfer, const char *bytes, size_t size)
{
    enum { PIECE = 16 * 1024 };
    const size_t skip = transfer->n_decoded < size ? transfer->n_decoded : size;
    struct cede__http_span in = {bytes + skip, size - skip};
    char piece[PIECE];
    int n;

    for (;;) {
        if (!transfer->skips && transfer_is_full(transfer, PIECE)) {
            transfer->n_decoded += size - skip - in.size;
            return transfer_pause(transfer);
        }
        n = cede__http_coding_run(transfer->coding, &in, piece, sizeof piece);
        if (n <= 0)
            break;
        if (transfer_store(transfer, piece, (size_t)n) == 0)
            return 0;
    }
    if (n < 0)
        return transfer_refuse(transfer, n, cede__http_coding_why(transfer->coding));
    transfer->n_decoded -= skip;
    return size;
}

size_t cede__http_transfer_take_body(char *bytes, size_t unit, size_t count, void *arg)
{
    enum { DISCARD_LIMIT = 64 * 1024 };
    struct cede__http_transfer *transfer = arg;
    const size_t size = unit * count;

    if (transfer->discards) {
        transfer->body_size += (int64_t)size;
        return transfer->body_size > DISCARD_LIMIT ? transfer_refuse(transfer, 1, NULL) : size;
    }
    if (transfer->coding)
        return transfer_decode(transfer, bytes, size);
    if (!transfer->skips && transfer_is_full(transfer, size))
        return transfer_pause(transfer);
    return transfer_store(transfer, bytes, size);
}

/* Starting. */

/* Back to what a fresh transfer is, but for its memory and its slot. */
static void transfer_reset(struct cede__http_transfer *transfer,
                           const struct cede__http_question *question)
{
    const cede_http_options *options = question->options;

    transfer->head.text.start = transfer->head.text.end = 0;
    transfer->head.n = 0;
    transfer->head.status = 0;
    transfer->body.start = transfer->body.end = 0;
    transfer->header_size = 0;
    transfer->max_header_size =
        options->max_header_size ? options->max_header_size : (size_t)64 * 1024;
    transfer->body_size = 0;
    transfer->max_body_size = options->max_body_size;
    cede__http_coding_destroy(transfer->coding);
    transfer->coding = NULL;
    transfer->n_decoded = 0;
    transfer->max_coding_ratio = options->max_coding_ratio;
    transfer->decodes = options->decode;
    transfer->is_head_request = question->is_head;
    transfer->follows = options->max_redirects >= 0;
    transfer->has_head = transfer->discards = transfer->skips = transfer->is_paused = false;
    transfer->is_doomed = transfer->is_done = false;
    transfer->code = transfer->refusal = 0;
    transfer->why = NULL;
    transfer->words[0] = '\0';
}

/* Take the easy handle from a transfer that curl has not, or no more. */
static void transfer_give_easy(struct cede__http_transfer *transfer)
{
    struct cede_http_session *session = transfer->session;
    struct cede__http_easy *easy = transfer->easy;

    transfer->easy = NULL;
    /* libcurl asks again where a connection had gone stale, but a handle does so five times only
     * between two resets: one of which a connection was closed meanwhile is reset. */
    if (easy)
        cede__http_easy_give(session, easy, transfer->n_closed != session->n_closed);
}

int cede__http_transfer_start(struct cede__http_transfer *transfer,
                              const struct cede__http_question *question)
{
    struct cede_http_session *session = transfer->session;

    if (session->is_closed)
        return CEDE_ESHUTDOWN;
    transfer_reset(transfer, question);
    transfer->n_closed = session->n_closed;
    transfer->easy = cede__http_easy_take(session);
    if (!transfer->easy || !cede__http_easy_ask(transfer, question) ||
        curl_multi_add_handle(session->multi, transfer->easy->curl) != CURLM_OK) {
        transfer_give_easy(transfer);
        return -ENOMEM;
    }
    cede__list_append(&session->transfers, &transfer->link);
    cede__http_multi_kick(session); /* connects at once */
    return 0;
}

/* The end. */

static int code_of_system(CURL *easy, int otherwise)
{
    long number = 0;

    return curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK && number > 0
               ? -(int)number
               : otherwise;
}

/* curl's verdict in our codes. */
static int transfer_code(const struct cede__http_transfer *transfer, CURLcode result)
{
    switch (result) {
    case CURLE_OK:
        return transfer->has_head ? 0 : CEDE_EINCOMPLETE;
    case CURLE_COULDNT_RESOLVE_HOST:
        return CEDE_ERESOLVE;
    case CURLE_COULDNT_CONNECT:
        return code_of_system(transfer->easy->curl, -ECONNREFUSED);
    case CURLE_OPERATION_TIMEDOUT:
        return -ETIMEDOUT;
    case CURLE_OUT_OF_MEMORY: /* so it says of a line of 100 KiB, too */
        return transfer->head.status && !transfer->has_head ? CEDE_ELIMIT : -ENOMEM;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
        return CEDE_EINCOMPLETE;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        if (transfer->has_head && code_of_system(transfer->easy->curl, 0) == -ECONNRESET)
            return CEDE_EINCOMPLETE;
        return code_of_system(transfer->easy->curl, CEDE_EHTTP);
    case CURLE_URL_MALFORMAT:
        return CEDE_EURL;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_SHUTDOWN_FAILED:
        return CEDE_ETLS;
    default:
        return CEDE_EHTTP;
    }
}

void cede__http_transfer_end(struct cede__http_transfer *transfer, int code, const char *why)
{
    struct cede_http_session *session = transfer->session;

    cede__list_remove(&transfer->link);
    (void)curl_multi_remove_handle(session->multi, transfer->easy->curl);
    transfer_give_easy(transfer);
    transfer->code = code;
    transfer->why = why;
    transfer->is_done = true;
    cede__http_slot_give(session, &transfer->slot);
    transfer_tell(transfer);
}

void cede__http_transfer_finished(struct cede__http_transfer *transfer, CURLcode result)
{
    int code = transfer->refusal;
    const char *why = transfer->why;

    if (code == 0) {
        code = transfer_code(transfer, result);
        if (code == 0 && transfer->coding && (code = cede__http_coding_end(transfer->coding)) < 0)
            why = cede__http_coding_why(transfer->coding);
        else if (code == CEDE_EINCOMPLETE)
            why = transfer->has_head      ? "the connection ended before the body did"
                  : transfer->header_size ? "the connection ended before the headers did"
                                          : "the connection ended without an answer";
        else if (code == CEDE_ELIMIT)
            why = "a header is too long";
        else if (code <= CEDE_EREVOKED) /* codes of the system speak for themselves */
            why = transfer->words[0] ? transfer->words : curl_easy_strerror(result);
    }
    cede__http_transfer_end(transfer, code, why);
}

static int transfer_abort_here(void *arg)
{
    struct cede__http_transfer *transfer = arg;

    if (transfer->easy)
        cede__http_transfer_end(transfer, -ECANCELED, "it was closed");
    return 0;
}

void cede__http_transfer_abort(struct cede__http_transfer *transfer)
{
    if (transfer->easy)
        (void)cede__http_on_loop(transfer_abort_here, transfer);
    cede__http_slot_give(transfer->session, &transfer->slot);
}

static int transfer_resume_here(void *arg)
{
    struct cede__http_transfer *transfer = arg;
    CURLcode result;

    if (!transfer->easy)
        return 0;
    transfer->is_paused = false;
    /* It gives what it held back at once; that this was refused it tells nobody else. */
    result = curl_easy_pause(transfer->easy->curl, CURLPAUSE_CONT);
    if (result != CURLE_OK)
        cede__http_transfer_finished(transfer, result);
    cede__http_multi_kick(transfer->session);
    return 0;
}

void cede__http_transfer_resume(struct cede__http_transfer *transfer)
{
    if (transfer->is_paused)
        (void)cede__http_on_loop(transfer_resume_here, transfer);
}
