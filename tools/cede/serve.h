/* serve.h - what `cede serve` is asked for */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SERVE_H
#define CEDE_SERVE_H

#include <cede/http_files.h>
#include <cede/http_server.h>

struct serve_options {
    const char *folder;
    const char *log; /* a file; "-": standard output; NULL: none */
    long n_loops;
    cede_time grace; /* for requests under way when it is stopped */
    cede_http_files_options files;
    cede_http_server_options server;
};

/* serve_options.c: TOOL_OK: go on; TOOL_USAGE, with a line said; or -1: help was asked for, and
 * given. */
int serve_parse(int argc, char **argv, struct serve_options *out);

#endif
