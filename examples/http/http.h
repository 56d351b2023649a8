/* http.h - what the flag downloaders share: the countries, a server that has their flags, a
 * folder. Each takes the URL of another server that has them, `flags http://localhost:8000`: one
 * that `cede serve` runs, say. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_HTTP_H
#define CEDE_EXAMPLES_HTTP_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cede.h>
#include <cede/http.h>
#include <cede/http_server.h>

/* The twenty most populous countries, in alphabetical order. */
static const char *const POP20_CC[20] = {"BD", "BR", "CD", "CN", "DE", "EG", "ET",
                                         "FR", "ID", "IN", "IR", "JP", "MX", "NG",
                                         "PH", "PK", "RU", "TR", "US", "VN"};

/* What an example works with. */
struct flags {
    cede_http_server *server; /* NULL: another one is asked */
    char base[64];
    char folder[32];
    int folder_fd;
};

/* "/BR/BR.gif" is a picture, of one dot; "ER" is out of order, and what else there is, is not. */
static inline int answer(cede_http_request *request, void *arg)
{
    static const char dot[] =
        "GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
    const char *path = cede_http_request_path(request);

    (void)arg;
    if (strcmp(path, "/ER/ER.gif") == 0)
        return 503;
    for (size_t i = 0; i < 20; i++) {
        char known[16];
        snprintf(known, sizeof known, "/%s/%s.gif", POP20_CC[i], POP20_CC[i]);
        if (strcmp(path, known) == 0)
            return cede_http_reply(request, 200, "image/gif", dot, sizeof dot - 1);
    }
    return 404;
}

/* Make a folder and, unless there is one at `base`, start a server that takes 20 ms an answer. */
static inline int flags_open(struct flags *flags, const char *base)
{
    const cede_http_server_options options = {.handler = answer, .delay = CEDE_MS(20)};

    snprintf(flags->folder, sizeof flags->folder, "/tmp/cede-flags-XXXXXX");
    if (!mkdtemp(flags->folder))
        return cede_raise(-EIO, "cannot make a folder");
    flags->folder_fd = open(flags->folder, O_RDONLY | O_DIRECTORY);
    if (base) {
        snprintf(flags->base, sizeof flags->base, "%s", base);
        return 0;
    }
    CEDE_TRY(cede_http_server_start(&options, &flags->server));
    snprintf(flags->base, sizeof flags->base, "http://127.0.0.1:%d",
             cede_http_server_port(flags->server));
    return 0;
}

static inline void flags_close(struct flags *flags)
{
    if (flags->server)
        (void)cede_http_server_stop(flags->server, 0);
    for (size_t i = 0; i < 20; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s.gif", POP20_CC[i]);
        (void)unlinkat(flags->folder_fd, name, 0);
    }
    close(flags->folder_fd);
    (void)rmdir(flags->folder);
}

/* Fetch a country's flag and save it: the function that all downloaders call. */
static inline int download_one(const struct flags *flags, cede_http_session *session,
                               const char *cc)
{
    const cede_http_options options = {.check_status = true};
    char url[96], name[16];
    cede_http_response *response;
    int fd, rc;

    snprintf(url, sizeof url, "%s/%s/%s.gif", flags->base, cc, cc);
    CEDE_TRY(cede_http_get(session, url, &options, &response));
    snprintf(name, sizeof name, "%s.gif", cc);
    fd = openat(flags->folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    rc = cede_http_response_save(response, fd, NULL);
    if (fd >= 0)
        close(fd);
    cede_http_response_close(response);
    return rc;
}

#endif
