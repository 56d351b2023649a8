/* server_files.c - a handler that serves the files beneath a folder.
 *
 * The kernel resolves the path and does not let it lead out of the folder (openat2); where it
 * cannot, no link is followed at all. A validator is made of the file's time and size, so a client
 * that has the file gets 304.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "http/server.h"
#include "sys/file.h"

struct cede_http_files {
    int folder; /* owned descriptor */
};

enum {
    LONGEST_PATH = 4096, /* the kernel's own limit, its terminator included */
};

int cede_http_files_open(const char *path, cede_http_files **files_out)
{
    const int folder = cede__file_open_folder(path);
    cede_http_files *files;

    if (folder < 0)
        return cede_raise(folder, "cannot open the folder %s", path);
    files = cede__malloc(sizeof *files);
    if (!files) {
        (void)cede__file_close(folder); /* nothing was written */
        return cede_raise(-ENOMEM, "no memory to serve a folder");
    }
    files->folder = folder;
    *files_out = files;
    return 0;
}

void cede_http_files_close(cede_http_files *files)
{
    if (!files)
        return;
    (void)cede__file_close(files->folder); /* nothing was written */
    cede__free(files);
}

/* Why a file cannot be opened, as a status. */
static int refusal(int rc)
{
    switch (rc) {
    case -EACCES:
    case -EPERM:
        return 403;
    case -EMFILE:
    case -ENFILE:
    case -ENOMEM:
        return 503;
    default:
        return 404; /* no such file, or one that is none of theirs to know of */
    }
}

/* A folder without its slash: links in its page would go wrong. */
static int redirect_to_folder(cede_http_request *request)
{
    const char *query = cede_http_request_query(request);
    char *location = cede__malloc(3 * strlen(request->path) + (query ? strlen(query) : 0) + 8);
    int rc = -ENOMEM;
    int n;

    if (!location)
        return cede_raise(-ENOMEM, "no memory for a redirect");
    n = cede__http_path_encode(request->path, location, 3 * strlen(request->path) + 4);
    if (n > 0) {
        snprintf(location + n, (query ? strlen(query) : 0) + 4, "/%s%s", query ? "?" : "",
                 query ? query : "");
        rc = cede_http_reply_header(request, "Location", location);
    }
    cede__free(location);
    return rc < 0 ? rc : 301;
}

/* Whether the client has this version (RFC 9110, 13.1). */
static bool client_has(const cede_http_request *request, const char *tag, int64_t modified)
{
    const char *tags = cede_http_request_header(request, "If-None-Match");
    const char *since = cede_http_request_header(request, "If-Modified-Since");

    if (tags)
        return strcmp(tags, "*") == 0 || strstr(tags, tag) != NULL;
    return since && cede__http_date_parse(since) >= modified;
}

static int reply_opened(cede_http_request *request, const char *path, int fd,
                        const struct cede__file_facts *facts)
{
    const int64_t modified = facts->modified / 1000000000;
    char date[CEDE__HTTP_DATE_SIZE];
    char tag[48];

    snprintf(tag, sizeof tag, "\"%llx-%llx\"", (unsigned long long)facts->modified,
             (unsigned long long)facts->size);
    cede__http_date_format(modified, date);
    CEDE_TRY(cede_http_reply_header(request, "Last-Modified", date));
    CEDE_TRY(cede_http_reply_header(request, "ETag", tag));
    if (client_has(request, tag, modified))
        return cede_http_reply(request, 304, NULL, NULL, 0);
    return cede_http_reply_file(request, cede__http_type_of(path), fd, facts->size);
}

/* The file that a path names, beneath the folder: "/" is its index.html. -ENAMETOOLONG. */
static int path_of_file(const char *path, char file[LONGEST_PATH])
{
    const size_t length = strlen(path);
    const char *index = path[length - 1] == '/' ? "index.html" : "";
    const int n = snprintf(file, LONGEST_PATH, "%s%s", path + 1, index);

    return n < LONGEST_PATH ? 0 : -ENAMETOOLONG;
}

int cede_http_files_handler(cede_http_request *request, void *arg)
{
    const cede_http_files *files = arg;
    struct cede__file_facts facts = {0};
    char file[LONGEST_PATH];
    int fd, rc;

    if (strcmp(request->method, "GET") != 0 && !request->is_head) {
        CEDE_TRY(cede_http_reply_header(request, "Allow", "GET, HEAD"));
        return 405;
    }
    if (request->path[0] != '/')
        return 400;
    rc = path_of_file(request->path, file);
    fd = rc < 0 ? rc : cede__file_open_beneath(files->folder, file);
    if (fd < 0)
        return refusal(fd);
    rc = cede__file_facts(fd, &facts);
    if (rc == 0 && facts.is_plain)
        rc = reply_opened(request, file, fd, &facts);
    else if (rc == 0 && facts.is_folder && request->path[strlen(request->path) - 1] != '/')
        rc = redirect_to_folder(request);
    else
        rc = rc < 0 ? refusal(rc) : 404; /* a pipe, or a folder in the place of an index */
    (void)cede__file_close(fd);          /* nothing was written */
    return rc;
}
