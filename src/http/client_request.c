/* client_request.c - a request: hop after hop, until an answer is no redirect.
 *
 *     parse the URL --> wait for a slot --> find the address --> start --> wait for the head
 *          ^                                                                      |
 *          +----------------- Location, if it is a redirect ----------------------+
 *
 * A slot is held from before the look-up until the hop's transfer ends, and taken anew for the next
 * hop, which may lead elsewhere.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/client.h"

/* A hop on its way to the loop's stack. */
struct start {
    struct cede__http_transfer *transfer;
    struct cede__http_question question;
};

static int start_here(void *arg)
{
    struct start *start = arg;

    return cede__http_transfer_start(start->transfer, &start->question);
}

/* The end of a transfer as an error of the request. */
int cede__http_response_raise(const struct cede_http_response *response)
{
    const struct cede__http_transfer *transfer = &response->transfer;

    return cede_raise(transfer->code, "%.150s: %s", response->url.text,
                      transfer->why ? transfer->why : cede_strerror(transfer->code));
}

/* Ask, with a slot held, and wait for the head; for all of it where it leads on. */
static int response_ask(struct cede_http_response *response, const cede_http_options *options,
                        bool is_head)
{
    struct cede_http_session *session = response->session;
    struct cede__http_transfer *transfer = &response->transfer;
    struct cede__http_watch watch = {.stage = CEDE__HTTP_HEAD};
    struct start start = {.transfer = transfer,
                          .question = {.url = &response->url,
                                       .options = options,
                                       .is_head = is_head,
                                       .has_credentials = response->has_credentials}};
    char *addresses;
    int rc;

    CEDE_TRY(cede__http_names_find(session, session->proxy ? &session->proxy_url : &response->url,
                                   &addresses));
    start.question.addresses = addresses;
    rc = cede__http_on_loop(start_here, &start);
    cede__free(addresses);
    if (rc < 0)
        return cede_raise(rc, rc == -ENOMEM ? "no memory for a request" : "the session is closed");
    CEDE_TRY(cede__http_transfer_wait(transfer, &watch));
    if (transfer->discards) {
        watch.stage = CEDE__HTTP_END;
        CEDE_TRY(cede__http_transfer_wait(transfer, &watch));
        if (transfer->has_head)
            return 0; /* however its body ended */
    }
    return transfer->has_head ? 0 : cede__http_response_raise(response);
}

static int response_hop(struct cede_http_response *response, const cede_http_options *options,
                        bool is_head)
{
    struct cede_http_session *session = response->session;
    int rc;

    CEDE_TRY(cede_checkpoint());
    rc = cede__http_slot_take(session, &response->transfer.slot, response->url.origin);
    if (rc == CEDE_ESHUTDOWN)
        return cede_raise(rc, "the session is closed");
    if (rc < 0)
        return rc;
    rc = response_ask(response, options, is_head);
    if (rc < 0)
        cede__http_transfer_abort(&response->transfer);
    return rc;
}

/* Turn to where a redirect leads. */
static int response_follow(struct cede_http_response *response, size_t limit)
{
    const char *location = cede__http_headers_find(&response->transfer.head, "Location", 0);
    struct cede__http_url next;
    char **longer;

    if (response->n_redirects >= limit)
        return cede_raise(CEDE_EREDIRECTS, "%.100s: redirected more than %zu times, now to %.80s",
                          response->n_redirects ? response->redirects[0] : response->url.text,
                          limit, location);
    CEDE_TRY(cede__http_url_parse(location, &response->url, &next));
    longer = cede__realloc(response->redirects, (response->n_redirects + 1) * sizeof *longer);
    if (!longer) {
        cede__http_url_fini(&next);
        return cede_raise(-ENOMEM, "no memory for a redirect");
    }
    response->redirects = longer;
    longer[response->n_redirects++] = response->url.text;
    if (strcmp(next.origin, response->url.origin) != 0)
        response->has_credentials = false;
    if (!next.user && response->has_credentials) {
        next.user = response->url.user;
        next.password = response->url.password;
        response->url.user = response->url.password = NULL;
    }
    response->url.text = NULL; /* it is in the history now */
    cede__http_url_fini(&response->url);
    response->url = next;
    return 0;
}

static int response_fetch(struct cede_http_response *response, const char *url,
                          const cede_http_options *options, bool is_head)
{
    const size_t limit = options->max_redirects > 0 ? (size_t)options->max_redirects : 10;

    CEDE_TRY(cede__http_url_parse(url, NULL, &response->url));
    for (;;) {
        CEDE_TRY(response_hop(response, options, is_head));
        if (!response->transfer.discards)
            return options->check_status ? cede_http_response_check(response) : 0;
        CEDE_TRY(response_follow(response, limit));
    }
}

static int options_check(const cede_http_options *options)
{
    for (size_t i = 0; i < options->n_headers; i++) {
        const char *header = options->headers[i], *colon = header ? strchr(header, ':') : NULL;
        if (!colon || colon == header || strcspn(header, " \t") < (size_t)(colon - header))
            return cede_raise(-EINVAL, "header %zu is not of the form 'Name: value'", i);
        if (header[strcspn(header, "\r\n")] != '\0')
            return cede_raise(-EINVAL, "header %zu has the end of a line inside", i);
    }
    return options->max_body_size < 0 ? cede_raise(-EINVAL, "max_body_size is negative") : 0;
}

static int session_request(cede_http_session *session, const char *url,
                           const cede_http_options *options, cede_http_response **response_out,
                           bool is_head)
{
    static const cede_http_options defaults;
    const cede_http_options *o = options ? options : &defaults;
    struct cede_http_response *response;
    int rc;

    if (!cede__task_here())
        return cede_raise(CEDE_ENOTASK, "only a task can wait for an answer");
    CEDE_TRY(options_check(o));
    response = cede__http_response_create(session);
    if (!response)
        return cede_raise(-ENOMEM, "no memory for a response");
    rc = response_fetch(response, url, o, is_head);
    if (rc < 0) {
        cede_http_response_close(response);
        return rc;
    }
    *response_out = response;
    return 0;
}

int cede_http_get(cede_http_session *session, const char *url, const cede_http_options *options,
                  cede_http_response **response_out)
{
    return session_request(session, url, options, response_out, false);
}

int cede_http_head(cede_http_session *session, const char *url, const cede_http_options *options,
                   cede_http_response **response_out)
{
    return session_request(session, url, options, response_out, true);
}
