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
 *
 * Setting up an easy handle costs as much as a small request does, so those that are kept stay set
 * up: between two plain requests only the URL and where things go change.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
    const char *length = cede__http_headers_find(&transfer->head, "Content-Length", 0);

    if (transfer->head.status < 200) {
        if (transfer->head.status == 101)
            return transfer_refuse(transfer, CEDE_EHTTP, "it changes to another protocol unasked");
        return true; /* an interim answer: the real one follows */
    }
    transfer->discards = transfer->follows && transfer_is_redirect(transfer);
    if (length && !transfer->is_head_request && !transfer->discards &&
        transfer->max_body_size > 0 && strtoll(length, NULL, 10) > transfer->max_body_size)
        return transfer_refuse(transfer, CEDE_ELIMIT, "the body is longer than max_body_size");
    transfer->has_head = true;
    transfer_tell(transfer);
    return true;
}

static size_t transfer_take_header(char *line, size_t unit, size_t count, void *arg)
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

static size_t transfer_take_body(char *bytes, size_t unit, size_t count, void *arg)
{
    enum { DISCARD_LIMIT = 64 * 1024 };
    struct cede__http_transfer *transfer = arg;
    struct cede__http_watch *watch = transfer->watch;
    const size_t size = unit * count, waiting = cede__http_buffer_n(&transfer->body);
    size_t direct = 0;

    if (transfer->discards) {
        transfer->body_size += (int64_t)size;
        return transfer->body_size > DISCARD_LIMIT ? transfer_refuse(transfer, 1, NULL) : size;
    }
    if (transfer->max_body_size > 0 &&
        (int64_t)size > transfer->max_body_size - transfer->body_size)
        return transfer_refuse(transfer, CEDE_ELIMIT, "the body is longer than max_body_size");
    if (transfer->skips) {
        transfer->body_size += (int64_t)size;
        return size;
    }
    if (watch && watch->stage == CEDE__HTTP_BODY && waiting == 0)
        direct = size < watch->size - watch->n ? size : watch->size - watch->n;
    if (waiting > 0 && waiting + size - direct > transfer->session->buffer_size) {
        transfer->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (cede__http_buffer_add(&transfer->body, bytes + direct, size - direct) < 0)
        return transfer_refuse(transfer, -ENOMEM, "no memory for the body");
    if (direct > 0)
        memcpy(watch->memory + watch->n, bytes, direct);
    if (watch)
        watch->n += direct;
    transfer->body_size += (int64_t)size;
    transfer_tell(transfer);
    return size;
}

/* Starting. */

static bool is_credential(const char *header)
{
    static const char *const names[] = {"Authorization:", "Cookie:", "Proxy-Authorization:"};

    for (size_t i = 0; i < cede__countof(names); i++) {
        if (strncasecmp(header, names[i], strlen(names[i])) == 0)
            return true;
    }
    return false;
}

static bool transfer_add_headers(struct cede__http_transfer *transfer,
                                 const struct cede__http_question *question)
{
    const cede_http_options *options = question->options;

    for (size_t i = 0; i < options->n_headers; i++) {
        struct curl_slist *longer;
        if (is_credential(options->headers[i]) && !question->has_credentials)
            continue;
        longer = curl_slist_append(transfer->headers, options->headers[i]);
        if (!longer)
            return false;
        transfer->headers = longer;
    }
    return true;
}

static bool easy_set_proxy(CURL *easy, const struct cede_http_session *session)
{
    const struct cede__http_url *url = &session->proxy_url;

    /* Nothing of this is looked for in the environment. */
    if (!session->proxy)
        return curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == CURLE_OK;
    return curl_easy_setopt(easy, CURLOPT_PROXY, session->proxy) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
           (!url->user || (curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, url->user) == CURLE_OK &&
                           curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD,
                                            url->password ? url->password : "") == CURLE_OK));
}

/* What is the same for every transfer of a session. */
static bool easy_set_session(CURL *easy, struct cede_http_session *session)
{
    const long check = session->insecure ? 0 : 1;

    return curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           easy_set_proxy(easy, session) && cede__http_socket_set(easy, session) &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, session->connect_timeout_ms) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, session->user_agent) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)session->buffer_size) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, check) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2 * check) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, transfer_take_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, transfer_take_body) == CURLE_OK &&
           (!session->ca_file ||
            curl_easy_setopt(easy, CURLOPT_CAINFO, session->ca_file) == CURLE_OK);
}

/* A handle that is set up for plain requests. NULL: no memory. */
static CURL *easy_take(struct cede_http_session *session)
{
    CURL *easy;

    if (session->n_idle > 0)
        return session->idle[--session->n_idle];
    easy = curl_easy_init();
    if (easy && !easy_set_session(easy, session)) {
        curl_easy_cleanup(easy);
        return NULL;
    }
    return easy;
}

static void easy_give(struct cede_http_session *session, CURL *easy, bool was_plain)
{
    bool keep = session->n_idle < CEDE__HTTP_IDLE;

    if (keep && was_plain) { /* what it borrowed goes */
        (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
        (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
        (void)curl_easy_setopt(easy, CURLOPT_RESOLVE, NULL);
    } else if (keep) {
        curl_easy_reset(easy);
        keep = easy_set_session(easy, session);
    }
    if (keep)
        session->idle[session->n_idle++] = easy;
    else
        curl_easy_cleanup(easy);
}

static bool easy_set_transfer(CURL *easy, struct cede__http_transfer *transfer)
{
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

/* What a plain request does without. */
static bool easy_set_extras(CURL *easy, struct cede__http_transfer *transfer,
                            const struct cede__http_question *question)
{
    const struct cede__http_url *url = question->url;

    if (question->has_credentials && url->user &&
        (curl_easy_setopt(easy, CURLOPT_USERNAME, url->user) != CURLE_OK ||
         curl_easy_setopt(easy, CURLOPT_PASSWORD, url->password ? url->password : "") != CURLE_OK))
        return false;
    return curl_easy_setopt(easy, CURLOPT_NOBODY, (long)question->is_head) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
}

static bool easy_set_question(CURL *easy, struct cede__http_transfer *transfer,
                              const struct cede__http_question *question)
{
    if (question->addresses)
        transfer->resolve = curl_slist_append(NULL, question->addresses);
    if ((question->addresses && !transfer->resolve) || !transfer_add_headers(transfer, question))
        return false;
    transfer->is_plain = !question->is_head && !transfer->headers && !question->url->user;
    return curl_easy_setopt(easy, CURLOPT_URL, question->url->text) == CURLE_OK &&
           (!transfer->resolve ||
            curl_easy_setopt(easy, CURLOPT_RESOLVE, transfer->resolve) == CURLE_OK) &&
           (transfer->is_plain || easy_set_extras(easy, transfer, question));
}

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
    transfer->is_head_request = question->is_head;
    transfer->follows = options->max_redirects >= 0;
    transfer->has_head = transfer->discards = transfer->skips = transfer->is_paused = false;
    transfer->is_doomed = transfer->is_done = false;
    transfer->code = transfer->refusal = 0;
    transfer->why = NULL;
    transfer->words[0] = '\0';
}

/* Take the easy handle, and what it borrowed, from a transfer that curl has not, or no more. */
static void transfer_give_easy(struct cede__http_transfer *transfer)
{
    struct cede_http_session *session = transfer->session;
    CURL *easy = transfer->easy;

    transfer->easy = NULL;
    /* libcurl asks again where a connection had gone stale, but a handle does so five times only
     * between two resets: one of which a connection was closed meanwhile is reset. */
    if (easy)
        easy_give(session, easy, transfer->is_plain && transfer->n_closed == session->n_closed);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->resolve);
    transfer->headers = transfer->resolve = NULL;
}

int cede__http_transfer_start(struct cede__http_transfer *transfer,
                              const struct cede__http_question *question)
{
    struct cede_http_session *session = transfer->session;

    if (session->is_closed)
        return CEDE_ESHUTDOWN;
    transfer_reset(transfer, question);
    transfer->is_plain = false;
    transfer->n_closed = session->n_closed;
    transfer->easy = easy_take(session);
    if (!transfer->easy || !easy_set_transfer(transfer->easy, transfer) ||
        !easy_set_question(transfer->easy, transfer, question) ||
        curl_multi_add_handle(session->multi, transfer->easy) != CURLM_OK) {
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
        return code_of_system(transfer->easy, -ECONNREFUSED);
    case CURLE_OPERATION_TIMEDOUT:
        return -ETIMEDOUT;
    case CURLE_OUT_OF_MEMORY: /* so it says of a line of 100 KiB, too */
        return transfer->head.status && !transfer->has_head ? CEDE_ELIMIT : -ENOMEM;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
        return CEDE_EINCOMPLETE;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        if (transfer->has_head && code_of_system(transfer->easy, 0) == -ECONNRESET)
            return CEDE_EINCOMPLETE;
        return code_of_system(transfer->easy, CEDE_EHTTP);
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
    (void)curl_multi_remove_handle(session->multi, transfer->easy);
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
        if (code == CEDE_EINCOMPLETE)
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

    if (!transfer->easy)
        return 0;
    transfer->is_paused = false;
    (void)curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    cede__http_multi_kick(transfer->session);
    return 0;
}

void cede__http_transfer_resume(struct cede__http_transfer *transfer)
{
    if (transfer->is_paused)
        (void)cede__http_on_loop(transfer_resume_here, transfer);
}
