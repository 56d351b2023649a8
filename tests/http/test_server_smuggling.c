/* test_server_smuggling.c - the corpus of smuggling, each in one piece and byte by byte. */
/* SPDX-License-Identifier: MIT */
#include "http/server_test.h"
#include "http/smuggling.h"

#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n"

/* The statuses of all replies, with a blank between; each reply begins behind the one before. */
static const char *statuses_of(const char *heard)
{
    static char statuses[256];
    size_t n = 0;

    statuses[0] = '\0';
    for (const char *at = heard; (at = strstr(at, "HTTP/1.1 ")); at++)
        n +=
            (size_t)snprintf(statuses + n, sizeof statuses - n, "%s%.3s", n > 0 ? " " : "", at + 9);
    return statuses;
}

static void check(const struct smuggling *c, const char *heard, const char *how)
{
    const bool may_be_there = strchr(c->statuses, ' ') != NULL;

    const char *statuses = statuses_of(heard);
    const bool is_right = strcmp(c->statuses, "refused") == 0
                              ? strlen(statuses) == 3 && statuses[0] >= '4'
                              : strcmp(statuses, c->statuses) == 0;

    if (!is_right)
        FAIL("%s, %s: not %s but %s: %s", c->what, how, c->statuses, statuses, heard);
    if (!may_be_there && strstr(heard, "smuggled"))
        FAIL("%s, %s: it was smuggled: %s", c->what, how, heard);
}

/* Says no more than the method, or an answer would hold what it is searched for. */
static int answer(cede_http_request *request, void *arg)
{
    (void)arg;
    return cede_http_reply_text(request, 200, cede_http_request_path(request));
}

TEST_HTTP(server_smuggling, nothing_is_smuggled)
{
    cede_http_server *server = start((cede_http_server_options){.handler = answer});
    char bytes[1024];

    CHECK(sizeof smuggling / sizeof smuggling[0] >= 60);
    for (size_t i = 0; i < sizeof smuggling / sizeof smuggling[0]; i++) {
        const struct smuggling *c = &smuggling[i];
        memcpy(bytes, c->bytes, c->size);
        memcpy(bytes + c->size, SMUGGLED, sizeof SMUGGLED);
        check(c, ask_bytes(server, bytes, c->size + sizeof SMUGGLED - 1), "at once");
    }
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

/* The same where every byte comes alone, so that nothing is seen together by chance. */
TEST_HTTP(server_smuggling, nothing_is_smuggled_byte_by_byte)
{
    cede_http_server *server = start((cede_http_server_options){.handler = answer});

    for (size_t i = 0; i < sizeof smuggling / sizeof smuggling[0]; i++) {
        const struct smuggling *c = &smuggling[i];
        cede_stream *stream = connect_to_server(server);
        for (size_t at = 0; at < c->size + sizeof SMUGGLED - 1; at++) {
            const char *byte = at < c->size ? &c->bytes[at] : &SMUGGLED[at - c->size];
            if (cede_stream_write(stream, byte, 1) < 0)
                break; /* it was refused, and closed */
            CHECK_EQ(cede_sleep(0), 0);
        }
        if (cede_stream_end(stream) < 0)
            cede_error_clear(); /* refused already */
        check(c, hear_all(stream), "byte by byte");
        cede_stream_close(stream);
    }
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}
