/* client_easy.c - curl's easy handles: set up for a session, then for a question.
 *
 * Setting one up costs as much as a small request does, so those that are kept stay set up: between
 * two plain requests only the URL and where things go change. One that was asked for more is reset.
 * A transfer takes one at its start and gives it back at its end, on the loop's stack. With each
 * goes a URL in parts, of which only the path changes from one file of a server to the next.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "http/client.h"

static bool is_header(const char *header, const char *name)
{
    return strncasecmp(header, name, strlen(name)) == 0;
}

static bool is_credential(const char *header)
{
    return is_header(header, "Authorization:") || is_header(header, "Cookie:") ||
           is_header(header, "Proxy-Authorization:");
}

static bool easy_add_header(struct cede__http_easy *easy, const char *header)
{
    struct curl_slist *longer = curl_slist_append(easy->headers, header);

    if (longer)
        easy->headers = longer;
    return longer != NULL;
}

/* Those of the options, and what asks for a coding: but a part of something coded, which is what a
 * range would be (RFC 9110, 14.2), cannot be decoded. */
static bool easy_add_headers(struct cede__http_easy *easy,
                             const struct cede__http_question *question)
{
    const cede_http_options *options = question->options;
    bool asks = options->decode;

    for (size_t i = 0; i < options->n_headers; i++) {
        const char *header = options->headers[i];
        if (is_header(header, "Range:") || is_header(header, "Accept-Encoding:"))
            asks = false;
        if ((!is_credential(header) || question->has_credentials) && !easy_add_header(easy, header))
            return false;
    }
    return !asks || easy_add_header(easy, "Accept-Encoding: " CEDE__HTTP_CODINGS);
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
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, cede__http_transfer_take_header) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, cede__http_transfer_take_body) ==
               CURLE_OK &&
           (!session->ca_file ||
            curl_easy_setopt(easy, CURLOPT_CAINFO, session->ca_file) == CURLE_OK);
}

void cede__http_easy_destroy(struct cede__http_easy *easy)
{
    curl_easy_cleanup(easy->curl);
    curl_url_cleanup(easy->parts);
    curl_slist_free_all(easy->headers);
    curl_slist_free_all(easy->resolve);
    cede__free(easy->origin);
    cede__free(easy);
}

struct cede__http_easy *cede__http_easy_take(struct cede_http_session *session)
{
    struct cede__http_easy *easy;

    if (session->n_idle > 0)
        return session->idle[--session->n_idle];
    easy = cede__calloc(1, sizeof *easy);
    if (!easy)
        return NULL;
    easy->curl = curl_easy_init();
    if (!easy->curl || !easy_set_session(easy->curl, session)) {
        cede__http_easy_destroy(easy);
        return NULL;
    }
    return easy;
}

/* What it borrowed goes. */
static void easy_forget(struct cede__http_easy *easy)
{
    (void)curl_easy_setopt(easy->curl, CURLOPT_PRIVATE, NULL);
    (void)curl_easy_setopt(easy->curl, CURLOPT_ERRORBUFFER, NULL);
    if (easy->resolve)
        (void)curl_easy_setopt(easy->curl, CURLOPT_RESOLVE, NULL);
    curl_slist_free_all(easy->headers);
    curl_slist_free_all(easy->resolve);
    easy->headers = easy->resolve = NULL;
}

void cede__http_easy_give(struct cede_http_session *session, struct cede__http_easy *easy,
                          bool is_stale)
{
    bool keep = session->n_idle < CEDE__HTTP_IDLE;

    if (keep && (is_stale || !easy->is_plain)) {
        curl_easy_reset(easy->curl);
        keep = easy_set_session(easy->curl, session);
    }
    if (!keep) {
        cede__http_easy_destroy(easy);
        return;
    }
    easy_forget(easy);
    session->idle[session->n_idle++] = easy;
}

static bool easy_set_transfer(CURL *easy, struct cede__http_transfer *transfer)
{
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

/* Have the parts be those of an origin, without a path. */
static bool easy_set_origin(struct cede__http_easy *easy, const struct cede__http_url *url)
{
    const char *scheme = strncmp(url->origin, "https:", 6) == 0 ? "https" : "http";

    cede__free(easy->origin);
    easy->origin = NULL; /* until all is well */
    curl_url_cleanup(easy->parts);
    easy->parts = curl_url();
    if (!easy->parts || curl_url_set(easy->parts, CURLUPART_SCHEME, scheme, 0) != CURLUE_OK ||
        curl_url_set(easy->parts, CURLUPART_HOST, url->host, 0) != CURLUE_OK ||
        curl_url_set(easy->parts, CURLUPART_PORT, url->port, 0) != CURLUE_OK)
        return false;
    easy->origin = cede__strdup(url->origin);
    return easy->origin != NULL;
}

/* As text, for when curl asks a second time, and where it is plain in parts as well: curl would
 * take it apart and put it together again, a sixth of all that a small request costs. */
static bool easy_set_url(struct cede__http_easy *easy, const struct cede__http_url *url)
{
    const bool is_new = !easy->origin || strcmp(easy->origin, url->origin) != 0;

    if (curl_easy_setopt(easy->curl, CURLOPT_URL, url->text) != CURLE_OK)
        return false;
    if (!url->path)
        return curl_easy_setopt(easy->curl, CURLOPT_CURLU, NULL) == CURLE_OK;
    return (!is_new || easy_set_origin(easy, url)) &&
           curl_url_set(easy->parts, CURLUPART_PATH, url->path, 0) == CURLUE_OK &&
           curl_easy_setopt(easy->curl, CURLOPT_CURLU, easy->parts) == CURLE_OK;
}

/* What a plain request does without. */
static bool easy_set_extras(struct cede__http_easy *easy,
                            const struct cede__http_question *question)
{
    const struct cede__http_url *url = question->url;

    if (question->has_credentials && url->user &&
        (curl_easy_setopt(easy->curl, CURLOPT_USERNAME, url->user) != CURLE_OK ||
         curl_easy_setopt(easy->curl, CURLOPT_PASSWORD, url->password ? url->password : "") !=
             CURLE_OK))
        return false;
    return curl_easy_setopt(easy->curl, CURLOPT_NOBODY, (long)question->is_head) == CURLE_OK &&
           curl_easy_setopt(easy->curl, CURLOPT_HTTPHEADER, easy->headers) == CURLE_OK;
}

static bool easy_set_question(struct cede__http_easy *easy,
                              const struct cede__http_question *question)
{
    if (question->addresses)
        easy->resolve = curl_slist_append(NULL, question->addresses);
    if ((question->addresses && !easy->resolve) || !easy_add_headers(easy, question))
        return false;
    easy->is_plain = !question->is_head && !easy->headers && !question->url->user;
    return easy_set_url(easy, question->url) &&
           (!easy->resolve ||
            curl_easy_setopt(easy->curl, CURLOPT_RESOLVE, easy->resolve) == CURLE_OK) &&
           (easy->is_plain || easy_set_extras(easy, question));
}

bool cede__http_easy_ask(struct cede__http_transfer *transfer,
                         const struct cede__http_question *question)
{
    struct cede__http_easy *easy = transfer->easy;

    easy->is_plain = false; /* until all is set */
    return easy_set_transfer(easy->curl, transfer) && easy_set_question(easy, question);
}
