/* server_files.c - a handler that serves the files beneath a folder.
 *
 * The kernel resolves the path and does not let it lead out of the folder (openat2); where it
 * cannot, no link is followed at all. A validator is made of the file's time and size. What is told
 * of a file comes from the descriptor that is then sent, so it stays true when another file takes
 * its name meanwhile.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "http/files.h"
#include "sys/file.h"

struct cede_http_files {
    int folder; /* owned descriptor */
    cede_http_files_options options;
};

enum {
    LONGEST_PATH = 4096, /* the kernel's own limit, its terminator included */
};

/* Codings of siblings; of two that are as welcome the first is taken. */
static const struct {
    const char *name;
    const char *suffix;
} codings[] = {{"br", ".br"}, {"gzip", ".gz"}};

int cede_http_files_open(const char *path, const cede_http_files_options *options,
                         cede_http_files **files_out)
{
    const int folder = cede__file_open_folder(path);
    cede_http_files *files;

    if (folder < 0)
        return cede_raise(folder, "cannot open the folder %s", path);
    files = cede__calloc(1, sizeof *files);
    if (!files) {
        (void)cede__file_close(folder); /* nothing was written */
        return cede_raise(-ENOMEM, "no memory to serve a folder");
    }
    files->folder = folder;
    if (options)
        files->options = *options;
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

/* Files. */

/* Whether a sibling is there to be sent instead; then it is `file` from now on. */
static bool take_sibling(const cede_http_files *files, const char *path, const char *suffix,
                         struct cede__http_file *file)
{
    struct cede__file_facts facts;
    char sibling[LONGEST_PATH];
    int fd;

    if (snprintf(sibling, sizeof sibling, "%s%s", path, suffix) >= LONGEST_PATH)
        return false;
    fd = cede__file_open_beneath(files->folder, sibling);
    if (fd < 0)
        return false;
    if (cede__file_facts(fd, &facts) < 0 || !facts.is_plain || facts.modified < file->modified) {
        (void)cede__file_close(fd); /* nothing was written */
        return false;
    }
    (void)cede__file_close(file->fd); /* likewise */
    file->fd = fd;
    file->size = facts.size;
    file->modified = facts.modified;
    return true;
}

/* Take the sibling that the client likes best of those that are there. */
static void choose_coding(const cede_http_files *files, const cede_http_request *request,
                          const char *path, struct cede__http_file *file)
{
    const int br = cede__http_coding_quality(request, codings[0].name);
    const int gzip = cede__http_coding_quality(request, codings[1].name);
    const size_t first = br >= gzip ? 0 : 1;

    for (size_t i = 0; i < 2; i++) {
        const size_t chosen = i == 0 ? first : 1 - first;
        if ((chosen == 0 ? br : gzip) > 0 &&
            take_sibling(files, path, codings[chosen].suffix, file)) {
            file->coding = codings[chosen].name;
            return;
        }
    }
}

static int reply_headers(const cede_http_files *files, cede_http_request *request,
                         const struct cede__http_file *file)
{
    char date[CEDE__HTTP_DATE_SIZE];

    cede__http_date_format(file->modified / 1000000000, date);
    CEDE_TRY(cede_http_reply_header(request, "Last-Modified", date));
    CEDE_TRY(cede_http_reply_header(request, "ETag", file->tag));
    if (files->options.encoded)
        CEDE_TRY(cede_http_reply_header(request, "Vary", "Accept-Encoding"));
    return file->coding ? cede_http_reply_header(request, "Content-Encoding", file->coding) : 0;
}

/* Reply with a plain file, whose descriptor may become another one. */
static int reply_file(const cede_http_files *files, cede_http_request *request, const char *path,
                      struct cede__http_file *file)
{
    int status;

    file->type = cede__http_type_of(path);
    if (files->options.encoded)
        choose_coding(files, request, path, file);
    snprintf(file->tag, sizeof file->tag, "\"%llx-%llx%s%s\"", (unsigned long long)file->modified,
             (unsigned long long)file->size, file->coding ? "-" : "",
             file->coding ? file->coding : "");
    status = cede__http_condition(request, file->tag, file->modified);
    if (status == 412)
        return 412;
    CEDE_TRY(reply_headers(files, request, file));
    if (status == 304)
        return cede_http_reply(request, 304, NULL, NULL, 0);
    return cede__http_reply_ranges(request, file);
}

/* The handler. */

/* Where a request leads, beneath the folder. */
struct place {
    char path[LONGEST_PATH];
    bool is_page; /* it is a folder, and a page of its names is wanted */
};

/* Open what a path names: "/a/" is a/index.html, or else perhaps the folder. A descriptor, or a
 * negative code. */
static int place_open(const cede_http_files *files, const char *path, struct place *place)
{
    const size_t length = strlen(path + 1);
    const bool has_slash = path[length] == '/';
    const int n =
        snprintf(place->path, LONGEST_PATH, "%s%s", path + 1, has_slash ? "index.html" : "");
    int fd;

    place->is_page = false;
    if (n >= LONGEST_PATH)
        return -ENAMETOOLONG;
    fd = cede__file_open_beneath(files->folder, place->path);
    if (fd != -ENOENT || !has_slash || !files->options.index)
        return fd;
    place->is_page = true;
    snprintf(place->path + length, LONGEST_PATH - length, "%s", length > 0 ? "" : ".");
    return cede__file_open_beneath(files->folder, place->path);
}

static int reply_opened(const cede_http_files *files, cede_http_request *request,
                        const struct place *place, struct cede__http_file *file)
{
    struct cede__file_facts facts;
    const int rc = cede__file_facts(file->fd, &facts);

    if (rc < 0)
        return refusal(rc);
    file->size = facts.size;
    file->modified = facts.modified;
    if (facts.is_plain && !place->is_page)
        return reply_file(files, request, place->path, file);
    if (facts.is_folder && place->is_page)
        return cede__http_reply_folder(request, file->fd);
    if (facts.is_folder && request->path[strlen(request->path) - 1] != '/')
        return redirect_to_folder(request);
    return 404; /* a pipe, or a folder in the place of an index */
}

int cede_http_files_handler(cede_http_request *request, void *arg)
{
    const cede_http_files *files = arg;
    struct cede__http_file file = {0};
    struct place place;
    int rc;

    if (strcmp(request->method, "GET") != 0 && !request->is_head) {
        CEDE_TRY(cede_http_reply_header(request, "Allow", "GET, HEAD"));
        return 405;
    }
    if (request->path[0] != '/')
        return 400;
    file.fd = place_open(files, request->path, &place);
    if (file.fd < 0)
        return refusal(file.fd);
    rc = reply_opened(files, request, &place, &file);
    (void)cede__file_close(file.fd); /* nothing was written */
    return rc;
}
