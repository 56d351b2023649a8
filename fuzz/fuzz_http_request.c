/* fuzz_http_request.c - any bytes as the beginning of a connection to the server, whole and in two
 * parts: the same is found, limits hold, and what a handler is given is what it was promised. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "http/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static cede_http_server server = {
    .options = {.max_target = 200, .max_head = 1000, .max_headers = 10, .max_body = 100}};
static struct cede__http_connection connection = {.server = &server};

/* The next `size` bytes arrive; gives what the scan says. */
static int receive(struct cede_http_request *request, const uint8_t *data, size_t size)
{
    if (request->end + size > request->size) {
        request->size = request->end + size;
        request->buffer = cede__realloc(request->buffer, request->size);
    }
    if (size > 0)
        memcpy(request->buffer + request->end, data, size);
    request->end += size;
    return cede__http_head_scan(request);
}

/* A path never climbs and has no empty parts. */
static void check_path(const char *path)
{
    if (strcmp(path, "*") == 0)
        return;
    cede__assert(path[0] == '/');
    cede__assert(!strstr(path, "//") && !strstr(path, "/./") && !strstr(path, "/../"));
    const size_t length = strlen(path);
    cede__assert(length < 3 || strcmp(path + length - 3, "/..") != 0);
}

static void check_request(struct cede_http_request *request)
{
    cede__assert(request->head_size <= server.options.max_head);
    cede__assert(request->n_headers <= server.options.max_headers);
    cede__assert(strlen(request->method) > 0);
    check_path(request->path);
    cede__assert(!(request->is_chunked && cede_http_request_header(request, "Content-Length")));
    cede__assert(request->length <= (uint64_t)server.options.max_body);
    for (unsigned i = 0; i < request->n_headers; i++) {
        const char *name = request->headers[i].name;
        const char *value = request->headers[i].value;
        cede__assert(name[0] && !strpbrk(name, " \t\r\n:"));
        cede__assert(!strpbrk(value, "\r\n"));
        cede__assert(value + strlen(value) < request->buffer + request->head_size);
    }
}

/* What becomes of it: 0, whole and right; 1: it goes on; else a status. */
static int read_in_parts(const uint8_t *data, size_t size, size_t first)
{
    struct cede_http_request *request = cede__http_request_take(&connection);
    int found = receive(request, data, first);

    cede__assert(request != NULL);
    if (found == 0)
        found = receive(request, data + first, size - first);
    found = found == 1 ? cede__http_head_parse(request) : found == 0 ? 1 : found;
    if (found == 0)
        check_request(request);
    cede__assert(found == 0 || found == 1 || (found >= 400 && found <= 505));
    request->end = 0;
    cede__http_request_give(request);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t first = size > 0 ? data[size - 1] % (size + 1) : 0;

    /* What is refused may be so for another reason when it comes in parts. */
    cede__assert((read_in_parts(data, size, size) > 1) == (read_in_parts(data, size, first) > 1));
    cede__http_request_free_spare(&server);
    server.n_spare = 0;
    return 0;
}
