/* fuzz_http_coding.c - any bytes as the coded body of an answer, the first of them choosing the
 * coding: undone in one piece and byte by byte, with much room and with little, what comes out is
 * the same, or it is refused for the same reason; and it is never much more than came. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cede/error.h>
#include <cede/http.h>

#include "http/client_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RATIO = 200, FREE = 1 << 20, ROOM = 16 * 1024 };

/* What came of it. */
struct outcome {
    int code;
    uint64_t n;
    uint64_t sum; /* of the bytes, in their order */
};

static void outcome_add(struct outcome *outcome, const char *bytes, size_t n)
{
    outcome->n += n;
    for (size_t i = 0; i < n; i++)
        outcome->sum = (outcome->sum ^ (unsigned char)bytes[i]) * 0x100000001b3u;
}

static struct cede__http_coding *make(unsigned kind)
{
    static const char *const names[] = {"gzip", "deflate", "br", "zstd"};
    struct cede__http_headers headers = {0};
    struct cede__http_coding *coding = NULL;
    char line[64];

    snprintf(line, sizeof line, "Content-Encoding: %s", names[kind]);
    cede__assert(cede__http_headers_take(&headers, "HTTP/1.1 200 OK", 15) == 0 &&
                 cede__http_headers_take(&headers, line, strlen(line)) == 0 &&
                 cede__http_coding_create(&headers, RATIO, &coding) == 0 && coding);
    cede__http_buffer_fini(&headers.text);
    return coding;
}

/* It comes `step` bytes at a time, and goes where there is room for `room`. */
static struct outcome undo(unsigned kind, const char *bytes, size_t size, size_t step, size_t room)
{
    struct cede__http_coding *coding = make(kind);
    struct outcome outcome = {0};
    static char out[ROOM];

    for (size_t at = 0; outcome.code == 0 && at < size; at += step) {
        struct cede__http_span in = {bytes + at, step < size - at ? step : size - at};
        int n;
        while ((n = cede__http_coding_run(coding, &in, out, room)) > 0) {
            cede__assert((size_t)n <= room);
            outcome_add(&outcome, out, (size_t)n);
            cede__assert(outcome.n <= FREE || outcome.n / RATIO <= size);
        }
        cede__assert(n < 0 || in.size == 0);
        outcome.code = n;
    }
    if (outcome.code == 0)
        outcome.code = cede__http_coding_end(coding);
    cede__assert(outcome.code == 0 || cede__http_coding_why(coding)[0]);
    cede__http_coding_destroy(coding);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome whole, single;
    const char *bytes = (const char *)data;

    if (size == 0)
        return 0;
    whole = undo(data[0] & 3, bytes + 1, size - 1, size, ROOM);
    single = undo(data[0] & 3, bytes + 1, size - 1, 1, 100);
    cede__assert(whole.code == 0 || whole.code == CEDE_ECODING || whole.code == CEDE_ELIMIT ||
                 whole.code == CEDE_EINCOMPLETE);
    /* How much has come when so much has gone out depends on the pieces, and so does a bomb. */
    if (whole.code == CEDE_ELIMIT || single.code == CEDE_ELIMIT)
        return 0;
    cede__assert(whole.code == single.code);
    cede__assert(whole.code == CEDE_ECODING || (whole.n == single.n && whole.sum == single.sum));
    return 0;
}
