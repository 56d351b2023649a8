/* server_request.c - the memory of requests, and what handlers ask of them.
 *
 * A request is needed from the first byte of its head until it is answered. So that a connection
 * which waits costs next to nothing, it has none then: requests lie in a stack of spare ones of the
 * server, and the one used last is used first. A buffer that had to grow is not kept.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "http/server.h"

enum {
    FIRST_BUFFER = 4096,
    FIRST_EXTRA = 256,
    MOST_SPARE = 64,
};

static void request_free(struct cede_http_request *request)
{
    cede__free(request->buffer);
    cede__free(request->headers);
    cede__free(request->extra);
    cede__free(request->line);
    cede__free(request);
}

static struct cede_http_request *request_create(const cede_http_server *server)
{
    struct cede_http_request *request = cede__calloc(1, sizeof *request);

    if (!request)
        return NULL;
    request->buffer = cede__malloc(FIRST_BUFFER);
    request->headers = cede__calloc(server->options.max_headers + 1, sizeof *request->headers);
    request->extra = cede__malloc(FIRST_EXTRA);
    if (!request->buffer || !request->headers || !request->extra) {
        request_free(request);
        return NULL;
    }
    request->size = FIRST_BUFFER;
    request->extra_room = FIRST_EXTRA;
    return request;
}

struct cede_http_request *cede__http_request_take(struct cede__http_connection *connection)
{
    cede_http_server *server = connection->server;
    struct cede_http_request *request = server->spare;

    if (request) {
        server->spare = request->next;
        server->n_spare--;
    } else {
        request = request_create(server);
    }
    if (request)
        request->connection = connection;
    return request;
}

/* Everything behind what outlasts the request becomes zero. */
static void request_clear(struct cede_http_request *request)
{
    cede__free(request->line);
    request->line = NULL;
    memset(&request->scanned, 0, sizeof *request - offsetof(struct cede_http_request, scanned));
}

void cede__http_request_give(struct cede_http_request *request)
{
    cede_http_server *server = request->connection->server;

    if (server->n_spare >= MOST_SPARE || request->size > FIRST_BUFFER ||
        request->extra_room > FIRST_EXTRA) {
        request_free(request);
        return;
    }
    request_clear(request);
    request->end = 0;
    request->connection = NULL;
    request->next = server->spare;
    server->spare = request;
    server->n_spare++;
}

void cede__http_request_free_spare(cede_http_server *server)
{
    while (server->spare) {
        struct cede_http_request *request = server->spare;
        server->spare = request->next;
        request_free(request);
    }
}

void cede__http_request_next(struct cede_http_request *request, size_t used)
{
    request->end -= used;
    if (request->end > 0)
        memmove(request->buffer, request->buffer + used, request->end);
    request_clear(request);
}

void cede__http_request_keep_line(struct cede_http_request *request)
{
    size_t size = 0;

    while (size < request->end && request->buffer[size] != '\r' && request->buffer[size] != '\n')
        size++;
    cede__free(request->line);
    request->line = cede__malloc(size + 1);
    if (!request->line)
        return; /* the log says "-" */
    memcpy(request->line, request->buffer, size);
    request->line[size] = '\0';
}

/* Questions of handlers. */

const char *cede_http_request_method(const cede_http_request *request)
{
    return request->method;
}

const char *cede_http_request_path(const cede_http_request *request)
{
    return request->path;
}

const char *cede_http_request_query(const cede_http_request *request)
{
    return request->query;
}

const char *cede__http_request_header_at(const cede_http_request *request, const char *name,
                                         unsigned index)
{
    for (unsigned i = 0; i < request->n_headers; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0 && index-- == 0)
            return request->headers[i].value;
    }
    return NULL;
}

const char *cede_http_request_header(const cede_http_request *request, const char *name)
{
    return cede__http_request_header_at(request, name, 0);
}
