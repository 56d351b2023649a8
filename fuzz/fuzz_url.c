/* fuzz_url.c - any bytes as a URL, and as where a redirect from it leads: what is accepted is taken
 * apart as libcurl does it, and once accepted means itself.
 */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(CURLU *handle, CURLUPart what, unsigned flags, const char *expected)
{
    char *part = NULL;

    cede__assert(curl_url_get(handle, what, &part, flags) == CURLUE_OK);
    cede__assert(strcasecmp(part, expected) == 0);
    curl_free(part);
}

/* What our own way through plain URLs makes of one is what libcurl makes of it. */
static void check_like_curl(const struct cede__http_url *url)
{
    CURLU *handle = curl_url();
    char *host = NULL;

    cede__assert(curl_url_set(handle, CURLUPART_URL, url->text, 0) == CURLUE_OK);
    check_part(handle, CURLUPART_URL, 0, url->text);
    check_part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT, url->port);
    cede__assert(curl_url_get(handle, CURLUPART_HOST, &host, 0) == CURLUE_OK);
    cede__assert(host[0] == '[' || strcasecmp(host, url->host) == 0);
    curl_free(host);
    curl_url_cleanup(handle);
}

static void check(const struct cede__http_url *url)
{
    struct cede__http_url again = {0};

    cede__assert(strncmp(url->text, "http://", 7) == 0 || strncmp(url->text, "https://", 8) == 0);
    cede__assert(url->host[0] && url->port[0] && strstr(url->origin, "://"));
    for (const unsigned char *c = (const unsigned char *)url->text; *c; c++)
        cede__assert(*c > ' ' && *c != 0x7f);
    check_like_curl(url);
    cede__assert(cede__http_url_parse(url->text, NULL, &again) == 0);
    cede__assert(strcmp(again.text, url->text) == 0 && strcmp(again.origin, url->origin) == 0);
    cede__http_url_fini(&again);
}

/* The first line is the URL, the second where a redirect leads. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cede__http_url url = {0}, next = {0};
    char *text = calloc(1, size + 1), *line;

    if (size > 0)
        memcpy(text, data, size);
    line = strchr(text, '\n');
    if (line)
        *line++ = '\0';
    if (cede__http_url_parse(text, NULL, &url) == 0) {
        check(&url);
        if (line && cede__http_url_parse(line, &url, &next) == 0)
            check(&next);
    }
    cede__http_url_fini(&url);
    cede__http_url_fini(&next);
    cede_error_clear();
    free(text);
    return 0;
}
