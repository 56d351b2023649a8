/* files.h - what the handler of files is made of. Floor 6a. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SRC_HTTP_FILES_H
#define CEDE_SRC_HTTP_FILES_H

#include <cede/http_files.h>

#include "http/server.h"

enum {
    CEDE__HTTP_MOST_RANGES = 16, /* in one header */
    CEDE__HTTP_NO_RANGE = -1,    /* none of them is in the file: 416 */
    CEDE__HTTP_TAG_SIZE = 48,
};

/* Some bytes of a file. */
struct cede__http_range {
    int64_t offset;
    int64_t size; /* more than 0 */
};

/* What is sent for a path. */
struct cede__http_file {
    int fd;                        /* owned */
    int64_t size;                  /* bytes */
    int64_t modified;              /* ns since 1970 */
    const char *coding;            /* "gzip"; NULL: none */
    const char *type;              /* of what it holds once decoded */
    char tag[CEDE__HTTP_TAG_SIZE]; /* its ETag, quotes included */
};

/* server_range.c: how many ranges of a file of `size` bytes a Range header asks for; 0: the header
 * is to be ignored; CEDE__HTTP_NO_RANGE. */
int cede__http_range_parse(const char *text, int64_t size,
                           struct cede__http_range ranges[CEDE__HTTP_MOST_RANGES]);

/* server_condition.c: what conditions of a request make of this version of a file: 0, 304 or
 * 412. */
int cede__http_condition(const cede_http_request *request, const char *tag, int64_t modified);

/* Whether its Range is about this version. */
bool cede__http_range_applies(const cede_http_request *request, const char *tag, int64_t modified);

/* server_coding.c: how welcome a coding is by what Accept-Encoding says: 0, not at all, to 1000. */
int cede__http_coding_quality(const cede_http_request *request, const char *coding);

/* server_ranges.c: reply with a file, or what is asked for of it. */
int cede__http_reply_ranges(cede_http_request *request, const struct cede__http_file *file);

/* server_folder.c: reply with a page of the names in a folder. */
int cede__http_reply_folder(cede_http_request *request, int folder);

#endif
