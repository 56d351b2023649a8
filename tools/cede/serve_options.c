/* serve_options.c - the arguments of `cede serve`. */
/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>

#include "serve.h"
#include "tool.h"

static const char help[] =
    "usage: cede serve [OPTION]... [FOLDER]\n"
    "\n"
    "Serves the files beneath FOLDER (by default the current one) over HTTP until Ctrl-C.\n"
    "\n"
    "  --port N             listen on port N; 0: one that is free (by default 8000)\n"
    "  --host A             listen on the address A; 0.0.0.0 or :: for all (by default 127.0.0.1)\n"
    "  --cert FILE          speak TLS with this certificate (PEM)\n"
    "  --key FILE           and this private key (by default it is beside the certificate)\n"
    "  --index              for a folder without index.html, a page of the names in it\n"
    "  --log FILE           add a line for each request to FILE; -: to standard output\n"
    "  --loops N            serve in N threads (by default 1)\n"
    "  --max-connections N  of each thread (by default 10000); the longest idle give way\n"
    "  --idle-timeout S     seconds a connection may be silent between requests (by default 60)\n"
    "  --request-timeout S  seconds for the head of a request, and for a handshake (by default "
    "10)\n"
    "  --body-timeout S     seconds for the body of a request (by default 30)\n"
    "  --send-timeout S     seconds for a client to take a megabyte (by default 60)\n"
    "  --grace S            seconds for requests under way when it is stopped (by default 1)\n"
    "  --delay MS           wait so many milliseconds before each reply\n";

enum {
    PORT = 256,
    HOST,
    CERT,
    KEY,
    INDEX,
    LOG,
    LOOPS,
    MAX_CONNECTIONS,
    IDLE_TIMEOUT,
    REQUEST_TIMEOUT,
    BODY_TIMEOUT,
    SEND_TIMEOUT,
    GRACE,
    DELAY,
};

static const struct option options[] = {
    {"port", required_argument, NULL, PORT},
    {"host", required_argument, NULL, HOST},
    {"cert", required_argument, NULL, CERT},
    {"key", required_argument, NULL, KEY},
    {"index", no_argument, NULL, INDEX},
    {"log", required_argument, NULL, LOG},
    {"loops", required_argument, NULL, LOOPS},
    {"max-connections", required_argument, NULL, MAX_CONNECTIONS},
    {"idle-timeout", required_argument, NULL, IDLE_TIMEOUT},
    {"request-timeout", required_argument, NULL, REQUEST_TIMEOUT},
    {"body-timeout", required_argument, NULL, BODY_TIMEOUT},
    {"send-timeout", required_argument, NULL, SEND_TIMEOUT},
    {"grace", required_argument, NULL, GRACE},
    {"delay", required_argument, NULL, DELAY},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* Whole numbers. */
static int take_number(int which, const char *text, struct serve_options *out)
{
    long number = 0;
    bool is_right = true;

    if (which == PORT) {
        is_right = tool_number("--port", text, 0, 65535, &number);
        out->server.listen.port = text;
    } else if (which == LOOPS) {
        is_right = tool_number("--loops", text, 1, 256, &out->n_loops);
    } else if (which == MAX_CONNECTIONS) {
        is_right = tool_number("--max-connections", text, 1, 10000000, &number);
        out->server.max_connections = (unsigned)number;
    } else {
        is_right = tool_number("--delay", text, 0, 86400000, &number);
        out->server.delay = number * CEDE_MS(1);
    }
    return is_right ? TOOL_OK : TOOL_USAGE;
}

static int take_seconds(const char *name, const char *text, cede_time *out)
{
    double seconds;

    if (!tool_seconds(name, text, &seconds))
        return TOOL_USAGE;
    *out = CEDE_S(seconds);
    return TOOL_OK;
}

static int take_option(int which, const char *text, struct serve_options *out)
{
    switch (which) {
    case HOST:
        out->server.listen.host = text;
        return TOOL_OK;
    case CERT:
        out->server.certificate = text;
        return TOOL_OK;
    case KEY:
        out->server.key = text;
        return TOOL_OK;
    case INDEX:
        out->files.index = true;
        return TOOL_OK;
    case LOG:
        out->log = text;
        return TOOL_OK;
    case IDLE_TIMEOUT:
        return take_seconds("--idle-timeout", text, &out->server.idle_timeout);
    case REQUEST_TIMEOUT:
        return take_seconds("--request-timeout", text, &out->server.head_timeout);
    case BODY_TIMEOUT:
        return take_seconds("--body-timeout", text, &out->server.body_timeout);
    case SEND_TIMEOUT:
        return take_seconds("--send-timeout", text, &out->server.send_timeout);
    case GRACE:
        return take_seconds("--grace", text, &out->grace);
    default:
        return take_number(which, text, out);
    }
}

int serve_parse(int argc, char **argv, struct serve_options *out)
{
    int c;

    while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (c == 'h') {
            fputs(help, stdout);
            return -1;
        }
        if (c == '?')
            return TOOL_USAGE; /* getopt has said why */
        if (take_option(c, optarg, out) != TOOL_OK)
            return TOOL_USAGE;
    }
    if (argc - optind > 1)
        return tool_usage("serve", "one folder, please: what is '%s'?", argv[optind + 1]);
    if (out->server.key && !out->server.certificate)
        return tool_usage("serve", "--key needs --cert");
    if (optind < argc)
        out->folder = argv[optind];
    return TOOL_OK;
}
