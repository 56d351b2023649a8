/* cede.c - cede's server of http.serve and http.idle: one loop, one handler, a body of 13 bytes.
 * Prints its port on a line when it listens, and serves until it is killed. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>
#include <cede/http_server.h>

static int hello(cede_http_request *request, void *arg)
{
    (void)arg;
    return cede_http_reply(request, 200, "text/plain", "Hello, world!", 13);
}

static int serve(void *arg)
{
    const cede_http_server_options options = {.handler = hello, .max_connections = 20000};
    cede_http_server *server;

    (void)arg;
    CEDE_TRY(cede_http_server_start(&options, &server));
    printf("%d\n", cede_http_server_port(server));
    fflush(stdout);
    return cede_sleep(CEDE_NEVER);
}

int main(void)
{
    return cede_run(serve, NULL) < 0;
}
