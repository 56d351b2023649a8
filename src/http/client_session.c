/* client_session.c - sessions: made, shared by their responses, and closed.
 *
 * Responses hold the session, so that they can be closed after it; once destroyed it has no curl
 * any more, and all that is asked of it is refused. Some closed responses are kept with their small
 * buffers, so that a request among many allocates next to nothing.
 */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>

#include "http/client.h"

/* Responses. */

static void buffer_keep(struct cede__http_buffer *buffer)
{
    enum { KEPT = 16 * 1024 };

    buffer->start = buffer->end = 0;
    if (buffer->capacity > KEPT)
        cede__http_buffer_fini(buffer);
}

static void response_forget(struct cede_http_response *response)
{
    cede__http_buffer_fini(&response->transfer.head.text);
    cede__http_buffer_fini(&response->transfer.body);
    cede__free(response);
}

struct cede_http_response *cede__http_response_create(struct cede_http_session *session)
{
    struct cede_http_response *response = session->spare;
    struct cede__http_buffer head = {0}, body = {0};

    if (response) {
        session->spare = response->next;
        session->n_spare--;
        head = response->transfer.head.text;
        body = response->transfer.body;
        memset(response, 0, sizeof *response);
    } else {
        response = cede__calloc(1, sizeof *response);
        if (!response)
            return NULL;
    }
    session->n_refs++;
    response->session = session;
    response->transfer.session = session;
    response->transfer.head.text = head;
    response->transfer.body = body;
    response->has_credentials = true;
    return response;
}

void cede__http_response_free(struct cede_http_response *response)
{
    struct cede_http_session *session = response->session;

    cede__http_coding_destroy(response->transfer.coding);
    cede__http_buffer_fini(&response->all);
    cede__http_url_fini(&response->url);
    for (size_t i = 0; i < response->n_redirects; i++)
        cede__free(response->redirects[i]);
    cede__free(response->redirects);
    if (session->is_closed || session->n_spare >= CEDE__HTTP_IDLE) {
        response_forget(response);
    } else {
        buffer_keep(&response->transfer.head.text);
        buffer_keep(&response->transfer.body);
        response->next = session->spare;
        session->spare = response;
        session->n_spare++;
    }
    cede__http_session_unref(session);
}

/* Sessions. */

static void session_free(struct cede_http_session *session)
{
    for (struct cede_http_response *response; (response = session->spare);) {
        session->spare = response->next;
        response_forget(response);
    }
    cede__http_url_fini(&session->proxy_url);
    cede__free(session->proxy);
    cede__free(session->user_agent);
    cede__free(session->ca_file);
    cede__free(session);
}

void cede__http_session_unref(struct cede_http_session *session)
{
    if (--session->n_refs == 0)
        session_free(session);
}

static int session_open_here(void *arg)
{
    return cede__http_multi_open(arg);
}

static int session_close_here(void *arg)
{
    cede__http_multi_close(arg);
    return 0;
}

/* "scheme://host:port" of a proxy: its name and password are given to curl apart. */
static int session_set_proxy(struct cede_http_session *session, const char *proxy)
{
    static const char socks[] = "socks5h://";
    const bool is_socks = strncmp(proxy, socks, sizeof socks - 1) == 0;
    struct cede__http_url *url = &session->proxy_url;
    struct cede__text text = {NULL, strlen(proxy) + 32, 0};
    const char *scheme = is_socks ? "socks5h" : strncmp(proxy, "https:", 6) == 0 ? "https" : "http";
    int rc;

    text.buffer = cede__malloc(text.size);
    if (!text.buffer)
        return cede_raise(-ENOMEM, "no memory for a session");
    cede__text_add(&text, "%s%s", is_socks ? "http://" : "",
                   is_socks ? proxy + sizeof socks - 1 : proxy);
    rc = cede__http_url_parse(text.buffer, NULL, url);
    session->proxy = text.buffer;
    if (rc < 0)
        return rc;
    text.length = 0;
    cede__text_add(&text, strchr(url->host, ':') ? "%s://[%s]:%s" : "%s://%s:%s", scheme, url->host,
                   url->port);
    return 0;
}

static int session_set(struct cede_http_session *session, const cede_http_session_options *options)
{
    const cede_time connect = options->connect_timeout;

    session->limit = options->limit == 0  ? 100
                     : options->limit < 0 ? UINT_MAX
                                          : (unsigned)options->limit;
    session->limit_per_host = options->limit_per_host > 0 ? (unsigned)options->limit_per_host : 0;
    session->buffer_size = options->buffer_size ? options->buffer_size : (size_t)256 * 1024;
    session->connect_timeout_ms =
        connect > 0 && connect < LONG_MAX / 2 ? (long)((connect + CEDE_MS(1) - 1) / CEDE_MS(1)) : 0;
    session->insecure = options->insecure;
    session->user_agent =
        cede__strdup(options->user_agent ? options->user_agent : "cede/" CEDE__VERSION);
    session->ca_file = options->ca_file ? cede__strdup(options->ca_file) : NULL;
    if (!session->user_agent || (options->ca_file && !session->ca_file))
        return cede_raise(-ENOMEM, "no memory for a session");
    return options->proxy ? session_set_proxy(session, options->proxy) : 0;
}

int cede_http_session_create(const cede_http_session_options *options,
                             cede_http_session **session_out)
{
    static const cede_http_session_options defaults;
    struct cede_loop *loop = cede__loop_here;
    struct cede_http_session *session;
    int rc;

    if (!loop)
        return cede_raise(-EINVAL, "a session belongs to a loop, and this thread has none");
    if (!loop->allow_io)
        return cede_raise(-ENOTSUP,
                          "no I/O on a virtual clock, unless the loop's options allow it");
    session = cede__calloc(1, sizeof *session);
    if (!session)
        return cede_raise(-ENOMEM, "no memory for a session");
    session->loop = loop;
    session->n_refs = 1;
    cede__list_init(&session->slots);
    cede__list_init(&session->queue);
    cede__list_init(&session->names);
    cede__list_init(&session->transfers);
    rc = session_set(session, options ? options : &defaults);
    if (rc == 0 && cede__http_on_loop(session_open_here, session) < 0)
        rc = cede_raise(-ENOMEM, "no memory for a session");
    if (rc < 0) {
        cede_http_session_destroy(session);
        return rc;
    }
    *session_out = session;
    return 0;
}

void cede_http_session_destroy(cede_http_session *session)
{
    if (!session)
        return;
    session->is_closed = true;
    cede__http_slot_refuse_all(session);
    (void)cede__http_on_loop(session_close_here, session);
    cede__http_names_drop(session);
    cede__http_session_unref(session);
}
