/* serve.c - `cede serve`: the files of a folder over HTTP, until Ctrl-C. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <cede/http_files.h>
#include <cede/task.h>

#include "tool.h"

static const char help[] =
    "usage: cede serve [OPTION]... [FOLDER]\n"
    "\n"
    "Serves the files beneath FOLDER (by default the current one) over HTTP until Ctrl-C.\n"
    "\n"
    "  --port N     listen on port N; 0: one that is free (by default 8000)\n"
    "  --host A     listen on the address A; 0.0.0.0 or :: for all (by default 127.0.0.1)\n"
    "  --index      for a folder without index.html, a page of the names in it\n"
    "  --delay MS   wait so many milliseconds before each reply\n";

struct serve {
    const char *folder;
    cede_http_files_options files;
    cede_http_server_options options;
};

/* A number from 0 to `most`; negative if the text is none. */
static long parse_number(const char *text, long most)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    return errno || end == text || *end || number < 0 || number > most ? -1 : number;
}

/* TOOL_OK: go on; TOOL_USAGE; or -1: help was asked for. */
static int parse_arguments(int argc, char **argv, struct serve *serve)
{
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},  {"host", required_argument, NULL, 'a'},
        {"delay", required_argument, NULL, 'd'}, {"index", no_argument, NULL, 'i'},
        {"help", no_argument, NULL, 'h'},        {0}};
    int c;

    while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (c == 'h')
            return -1;
        if (c == 'i')
            serve->files.index = true;
        if (c == 'a')
            serve->options.listen.host = optarg;
        if (c == 'p') {
            if (parse_number(optarg, 65535) < 0) {
                fprintf(stderr, "cede serve: '%s' is no port (0 to 65535)\n", optarg);
                return TOOL_USAGE;
            }
            serve->options.listen.port = optarg;
        }
        if (c == 'd') {
            const long delay = parse_number(optarg, 86400000);
            if (delay < 0) {
                fprintf(stderr, "cede serve: '%s' is no delay in milliseconds\n", optarg);
                return TOOL_USAGE;
            }
            serve->options.delay = delay * CEDE_MS(1);
        }
        if (c == '?')
            return TOOL_USAGE; /* getopt has said why */
    }
    if (argc - optind > 1) {
        fprintf(stderr, "cede serve: one folder, please: what is '%s'?\n", argv[optind + 1]);
        return TOOL_USAGE;
    }
    if (optind < argc)
        serve->folder = argv[optind];
    return TOOL_OK;
}

static void terminated(void *task)
{
    (void)cede_cancel(task); /* done: then it ends anyway */
}

/* Serve until cancelled. */
static int serve_files(struct serve *serve)
{
    cede_http_server *server;
    char url[128];
    int rc;

    CEDE_TRY(cede_loop_on_signal(cede_loop_current(), SIGTERM, terminated, cede_task_current()));
    CEDE_TRY(cede_http_server_start(&serve->options, &server));
    (void)cede_http_server_url(server, url, sizeof url);
    printf("serving %s on %s\n", serve->folder, url);
    fflush(stdout);
    rc = cede_sleep(CEDE_NEVER);
    (void)cede_http_server_stop(server, CEDE_S(1)); /* late ones were cut off, as was asked for */
    return rc;
}

static int serve_run(void *arg)
{
    struct serve *serve = arg;
    cede_http_files *files;
    int rc;

    CEDE_TRY(cede_http_files_open(serve->folder, &serve->files, &files));
    serve->options.handler = cede_http_files_handler;
    serve->options.arg = files;
    rc = serve_files(serve);
    cede_http_files_close(files);
    return rc;
}

int serve_main(int argc, char **argv)
{
    struct serve serve = {
        .folder = ".", .files = {.encoded = true}, .options = {.listen = {.port = "8000"}}};
    int rc = parse_arguments(argc, argv, &serve);

    if (rc < 0) {
        fputs(help, stdout);
        return TOOL_OK;
    }
    if (rc != TOOL_OK)
        return rc;
    rc = cede_run(serve_run, &serve);
    if (rc == -EINTR || rc == -ECANCELED)
        return TOOL_OK; /* Ctrl-C and SIGTERM are how it is stopped */
    fprintf(stderr, "cede serve: %s: %s\n", cede_error_message(cede_error_last()),
            cede_strerror(rc));
    return TOOL_FAILURE;
}
