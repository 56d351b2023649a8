/* fuzz_http_range.c - any text as the headers that files are asked for with: ranges are inside of
 * the file and no more than it, weights within their bounds, tags and dates read without harm. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ranges(const char *text, int64_t size)
{
    struct cede__http_range ranges[CEDE__HTTP_MOST_RANGES];
    const int n = cede__http_range_parse(text, size, ranges);
    int64_t total = 0;

    cede__assert(n >= CEDE__HTTP_NO_RANGE && n <= CEDE__HTTP_MOST_RANGES);
    for (int i = 0; i < n; i++) {
        cede__assert(ranges[i].offset >= 0 && ranges[i].size > 0);
        cede__assert(ranges[i].size <= size - ranges[i].offset);
        total += ranges[i].size;
        cede__assert(total > 0 && total <= size);
    }
}

/* The text as the value of each condition in turn. */
static void check_conditions(char *text)
{
    static char *const names[] = {"If-Match", "If-None-Match", "If-Modified-Since",
                                  "If-Unmodified-Since", "If-Range"};
    const int64_t modified = 784111777000000000;

    for (size_t i = 0; i < cede__countof(names); i++) {
        struct cede__http_header header = {names[i], text};
        const cede_http_request request = {.headers = &header, .n_headers = 1};
        const int status = cede__http_condition(&request, "\"tag\"", modified);
        cede__assert(status == 0 || status == 304 || status == 412);
        (void)cede__http_range_applies(&request, "\"tag\"", modified);
    }
}

static void check_coding(char *text)
{
    struct cede__http_header header = {"Accept-Encoding", text};
    const cede_http_request request = {.headers = &header, .n_headers = 1};
    const int quality = cede__http_coding_quality(&request, "gzip");

    cede__assert(quality >= 0 && quality <= 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t sizes[] = {0, 1, 10, 1000000, INT64_MAX};
    char *text = calloc(1, size + 1);

    if (size > 0)
        memcpy(text, data, size);
    for (size_t i = 0; i < cede__countof(sizes); i++)
        check_ranges(text, sizes[i]);
    check_coding(text);
    check_conditions(text);
    free(text);
    return 0;
}
