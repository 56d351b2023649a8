/* echo.c - a server that sends back every line, and a client that talks to it, in one program */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <cede.h>

/* [talk] */
static int talk(void *arg)
{
    cede_stream *stream = arg;
    const char *line;
    int n;

    while ((n = cede_stream_readline(stream, &line)) > 0) {
        n = cede_stream_write_all(stream, line, (size_t)n);
        if (n < 0)
            break;
    }
    cede_stream_close(stream);
    return n;
}

static int serve(void *arg)
{
    cede_listener *listener = arg;

    for (;;) {
        cede_stream *stream;
        CEDE_TRY(cede_tcp_accept(listener, &stream));
        CEDE_TRY(cede_start(talk, stream));
    }
}
/* [/talk] */

static int ask(const char *port)
{
    static const char *const lines[] = {"hello\n", "is there an echo?\n", "bye\n"};
    cede_stream *stream;
    const char *reply;

    /* [connect] */
    CEDE_TRY(cede_tcp_connect("127.0.0.1", port, &stream));
    for (int i = 0; i < 3; i++) {
        CEDE_TRY(cede_stream_write_all(stream, lines[i], strlen(lines[i])));
        CEDE_TRY(cede_stream_readline(stream, &reply));
        printf("%s", reply);
    }
    cede_stream_close(stream);
    /* [/connect] */
    return 0;
}

static int run(void *arg)
{
    cede_listener *listener;
    cede_future *server;
    char port[8];
    int rc;

    CEDE_TRY(cede_tcp_listen(NULL, &listener)); /* on loopback, on a port that is free */
    snprintf(port, sizeof port, "%d", cede_listener_port(listener));
    server = cede_spawn(serve, listener);
    rc = ask(port);
    cede_listener_close(listener); /* which ends the server */
    printf("server: %s\n", cede_strerror(cede_join(server)));
    return rc;
}

int main(void)
{
    return cede_run(run, NULL) < 0;
}

/* Output:
 * hello
 * is there an echo?
 * bye
 * server: it was shut down, or its loop was closed
 */
