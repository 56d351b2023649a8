/* fuzz_http_chunks.c - any bytes as the body in chunks of a request, whole and byte by byte: its
 * end is found at the same place, or it is refused for the same reason, and limits hold. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "http/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static cede_http_server server = {.options = {.max_head = 50, .max_body = 100}};
static struct cede__http_connection connection = {.server = &server};

/* What is found, and behind how many bytes, if they come `step` at a time. */
static int take(const char *bytes, size_t size, size_t step, size_t *end)
{
    struct cede_http_request request = {.connection = &connection};
    int rc = 0;

    for (*end = 0; rc == 0 && *end < size;) {
        const size_t n = step < size - *end ? step : size - *end;
        size_t taken;
        rc = cede__http_chunks_take(&request, bytes + *end, n, &taken);
        cede__assert(taken <= n && (rc != 0 || taken == n));
        *end += taken;
    }
    cede__assert(rc == 413 || request.chunks.n_bytes <= (uint64_t)server.options.max_body);
    cede__assert(rc == 431 || request.chunks.n_trailers <= server.options.max_head);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    size_t end_whole, end_single;
    const int whole = take(bytes, size, size + 1, &end_whole);
    const int single = take(bytes, size, 1, &end_single);

    cede__assert(whole == single && end_whole == end_single);
    cede__assert(whole == 0 || whole == 1 || whole == 400 || whole == 413 || whole == 431);
    /* It ends with the empty line. */
    cede__assert(whole != 1 ||
                 (end_whole >= 5 && memcmp(bytes + end_whole - 4, "\r\n\r\n", 4) == 0));
    return 0;
}
