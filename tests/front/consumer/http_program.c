/* http_program.c - a program outside the tree that asks itself over HTTP, built against an
 * installed libcede-http by test_install.py. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>
#include <cede/http.h>
#include <cede/http_server.h>

static int answer(cede_http_request *request, void *arg)
{
    (void)arg;
    return cede_http_reply_text(request, 200, "asked and answered\n");
}

static int ask(const char *url)
{
    cede_http_session *session;
    cede_http_response *response;
    const char *text;
    int rc;

    CEDE_TRY(cede_http_session_create(NULL, &session));
    rc = cede_http_get(session, url, NULL, &response);
    if (rc == 0) {
        rc = cede_http_response_read_all(response, 1 << 20, &text, NULL);
        if (rc == 0)
            printf("%d %s", cede_http_response_status(response), text);
        cede_http_response_close(response);
    }
    cede_http_session_destroy(session);
    return rc;
}

static int run(void *arg)
{
    cede_http_server *server;
    char url[64];
    int rc;

    (void)arg;
    CEDE_TRY(cede_http_server_start(&(cede_http_server_options){.handler = answer}, &server));
    cede_http_server_url(server, url, sizeof url);
    rc = ask(url);
    cede_http_server_stop(server, CEDE_S(5));
    return rc;
}

int main(void)
{
    return cede_run(run, NULL) == 0 ? 0 : 1;
}

/* Output: 200 asked and answered */
