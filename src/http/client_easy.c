/* client_easy.c - curl's easy handles: set up for a session, then for a question.
 *
 * Setting one up costs as much as a small request does, so those that are kept stay set up: between
 * two plain requests only the URL and where things go change. One that was asked for more is reset.
 * A transfer takes one at its start and gives it back at its end, on the loop's stack.
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

static bool easy_add_header(struct cede__http_transfer *transfer, const char *header)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, header);

    if (longer)
        transfer->headers = longer;
    return longer != NULL;
}

/* Those of the options, and what asks for a coding: but a part of something coded, which is what a
 * range would be (RFC 9110, 14.2), cannot be decoded. */
static bool easy_add_headers(struct cede__http_transfer *transfer,
                             const struct cede__http_question *question)
{
    const cede_http_options *options = question->options;
    bool asks = options->decode;

    for (size_t i = 0; i < options->n_headers; i++) {
        const char *header = options->headers[i];
        if (is_header(header, "Range:") || is_header(header, "Accept-Encoding:"))
            asks = false;
        if ((!is_credential(header) || question->has_credentials) &&
            !easy_add_header(transfer, header))
            return false;
    }
    return !asks || easy_add_header(transfer, "Accept-Encoding: " CEDE__HTTP_CODINGS);
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

CURL *cede__http_easy_take(struct cede_http_session *session)
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

void cede__http_easy_give(struct cede_http_session *session, CURL *easy, bool was_plain)
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
    if ((question->addresses && !transfer->resolve) || !easy_add_headers(transfer, question))
        return false;
    transfer->is_plain = !question->is_head && !transfer->headers && !question->url->user;
    return curl_easy_setopt(easy, CURLOPT_URL, question->url->text) == CURLE_OK &&
           (!transfer->resolve ||
            curl_easy_setopt(easy, CURLOPT_RESOLVE, transfer->resolve) == CURLE_OK) &&
           (transfer->is_plain || easy_set_extras(easy, transfer, question));
}

bool cede__http_easy_ask(struct cede__http_transfer *transfer,
                         const struct cede__http_question *question)
{
    return easy_set_transfer(transfer->easy, transfer) &&
           easy_set_question(transfer->easy, transfer, question);
}
