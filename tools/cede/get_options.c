/* get_options.c - the command line of cede get. */
/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "get.h"
#include "tool.h"

static const char help[] =
    "usage: cede get [OPTION]... URL...\n"
    "       cede get [OPTION]... -i FILE\n"
    "\n"
    "Download each URL to a file named after the end of its path. A file appears whole or not at "
    "all;\n"
    "one that is there already is replaced. Where several URLs end alike, the later get numbers.\n"
    "\n"
    "What:\n"
    "  -i, --input FILE       take URLs from FILE as well; - is standard input. A line is a URL,\n"
    "                         a name for the file if need be, and sha256:SUM if it is known\n"
    "  --checksum SUM         sha256:SUM of the only URL's file\n"
    "  --header 'NAME: VALUE' send that too; any number of times\n"
    "  --compressed           ask for gzip, deflate, br or zstd, and undo it\n"
    "Where to:\n"
    "  -o, --output DIR       put files into DIR, which is made if need be (here)\n"
    "  -c, --continue         go on with what an earlier --continue has left\n"
    "  --discard              keep nothing\n"
    "How:\n"
    "  -j, --jobs N           download at most N at once (50)\n"
    "  --per-host N           at most N of them from one host\n"
    "  --retries N            try again N times what may pass: no connection, a busy server (0)\n"
    "  -t, --timeout S        give up a try that takes more than S seconds\n"
    "  --connect-timeout S    give up connecting after S seconds (300)\n"
    "  --max-redirs N         follow at most N redirects (10)\n"
    "  --limit-rate N         at most N bytes a second, all together; 500k, 2M\n"
    "  --fail-fast            stop at the first failure\n"
    "  --engine NAME          coroutines, threads or sequential (coroutines)\n"
    "  --proxy URL            through http://, https:// or socks5h://\n"
    "  --cacert FILE          trust the certificates in FILE, and no others\n"
    "  --insecure             do not check certificates\n"
    "What is said:\n"
    "  -v, --verbose          a line for each file\n"
    "  -q, --quiet            nothing but failures\n"
    "  --json                 a line of JSON for each file, on standard output\n"
    "\n"
    "The exit status is 0 if all came, 1 if some failed, 130 after Ctrl-C.\n";

enum {
    OPT_CHECKSUM = 256,
    OPT_HEADER,
    OPT_COMPRESSED,
    OPT_DISCARD,
    OPT_PER_HOST,
    OPT_RETRIES,
    OPT_CONNECT,
    OPT_REDIRS,
    OPT_RATE,
    OPT_FAIL_FAST,
    OPT_ENGINE,
    OPT_PROXY,
    OPT_CACERT,
    OPT_INSECURE,
    OPT_JSON,
};

static const struct option long_options[] = {
    {"input", required_argument, NULL, 'i'},
    {"checksum", required_argument, NULL, OPT_CHECKSUM},
    {"header", required_argument, NULL, OPT_HEADER},
    {"compressed", no_argument, NULL, OPT_COMPRESSED},
    {"output", required_argument, NULL, 'o'},
    {"continue", no_argument, NULL, 'c'},
    {"discard", no_argument, NULL, OPT_DISCARD},
    {"jobs", required_argument, NULL, 'j'},
    {"per-host", required_argument, NULL, OPT_PER_HOST},
    {"retries", required_argument, NULL, OPT_RETRIES},
    {"timeout", required_argument, NULL, 't'},
    {"connect-timeout", required_argument, NULL, OPT_CONNECT},
    {"max-redirs", required_argument, NULL, OPT_REDIRS},
    {"limit-rate", required_argument, NULL, OPT_RATE},
    {"fail-fast", no_argument, NULL, OPT_FAIL_FAST},
    {"engine", required_argument, NULL, OPT_ENGINE},
    {"proxy", required_argument, NULL, OPT_PROXY},
    {"cacert", required_argument, NULL, OPT_CACERT},
    {"insecure", no_argument, NULL, OPT_INSECURE},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* Options that are a number, a time, or a text, each 0 or TOOL_USAGE. */

static int option_count(const char *name, long least, unsigned *out)
{
    long number;

    if (!tool_number(name, optarg, least, 10000, &number))
        return TOOL_USAGE;
    *out = (unsigned)number;
    return 0;
}

static int option_seconds(const char *name, cede_time *out)
{
    double seconds;

    if (!tool_seconds(name, optarg, &seconds))
        return TOOL_USAGE;
    *out = CEDE_S(seconds);
    return 0;
}

static int option_redirs(struct get *get)
{
    long number;

    if (!tool_number("--max-redirs", optarg, 0, 1000, &number))
        return TOOL_USAGE;
    get->request.max_redirects = number > 0 ? (int)number : -1;
    return 0;
}

static int option_rate(struct get *get)
{
    char *end;
    const long long number = strtoll(optarg, &end, 10);
    const int64_t scale = *end == 'k' || *end == 'K'   ? 1024
                          : *end == 'm' || *end == 'M' ? 1024 * 1024
                                                       : 1;

    if (end == optarg || end[scale > 1] != '\0' || number < 1 || number > 1000000000000)
        return tool_usage("get", "--limit-rate takes bytes a second, 500k, 2M, not '%s'", optarg);
    get->rate = number * scale;
    /* What comes unasked for beyond it is bounded by the buffer. */
    get->session.buffer_size = get->rate < 160 * 1024 ? 16 * 1024 : 64 * 1024;
    return 0;
}

static int option_header(struct get *get)
{
    const char *colon = strchr(optarg, ':');
    const size_t n = get->request.n_headers;
    const char **longer;

    if (!colon || colon == optarg || strcspn(optarg, " \t") < (size_t)(colon - optarg) ||
        optarg[strcspn(optarg, "\r\n")] != '\0')
        return tool_usage("get", "--header takes 'NAME: VALUE', not '%s'", optarg);
    longer = realloc((void *)get->request.headers, (n + 1) * sizeof(char *));
    if (!longer)
        return TOOL_FAILURE;
    longer[n] = optarg;
    get->request.headers = longer;
    get->request.n_headers = n + 1;
    return 0;
}

static int option_checksum(struct get *get)
{
    char sum[GET_SUM_SIZE];

    if (!get_sum_parse(optarg, strlen(optarg), sum))
        return tool_usage("get", "--checksum takes sha256: and 64 hexadecimal digits");
    get->sum = get_list_keep(get, sum, sizeof sum);
    return get->sum ? 0 : TOOL_FAILURE;
}

static int option_engine(struct get *get)
{
    get->engine = get_engine_named(optarg);
    return get->engine ? 0 : tool_usage("get", "there is no engine '%s'", optarg);
}

/* One that takes nothing, or help, or is none. */
static int option_flag(struct get *get, int option)
{
    bool *const flag = option == 'c'              ? &get->continues
                       : option == 'v'            ? &get->is_verbose
                       : option == 'q'            ? &get->is_quiet
                       : option == OPT_COMPRESSED ? &get->request.decode
                       : option == OPT_DISCARD    ? &get->discards
                       : option == OPT_FAIL_FAST  ? &get->fails_fast
                       : option == OPT_INSECURE   ? &get->session.insecure
                       : option == OPT_JSON       ? &get->is_json
                                                  : NULL;

    if (flag) {
        *flag = true;
        return 0;
    }
    if (option != 'h')
        return tool_usage("get", "that is no option of it, or lacks its argument");
    fputs(help, stdout);
    return -1;
}

static int get_option(struct get *get, int option)
{
    switch (option) {
    case 'i':
        return get_list_read(get, optarg) ? 0 : TOOL_FAILURE;
    case 'o':
        get->folder = optarg;
        return 0;
    case 'j':
        return option_count("--jobs", 1, &get->n_at_once);
    case 't':
        return option_seconds("--timeout", &get->timeout);
    case OPT_PER_HOST:
        return option_count("--per-host", 1, &get->per_host);
    case OPT_RETRIES:
        return option_count("--retries", 0, &get->n_retries);
    case OPT_CONNECT:
        return option_seconds("--connect-timeout", &get->session.connect_timeout);
    case OPT_REDIRS:
        return option_redirs(get);
    case OPT_RATE:
        return option_rate(get);
    case OPT_HEADER:
        return option_header(get);
    case OPT_CHECKSUM:
        return option_checksum(get);
    case OPT_ENGINE:
        return option_engine(get);
    case OPT_PROXY:
        get->session.proxy = optarg;
        return 0;
    case OPT_CACERT:
        get->session.ca_file = optarg;
        return 0;
    default:
        return option_flag(get, option);
    }
}

/* A URL of the command line is taken as it is, blanks and all. */
static int get_argument(struct get *get, const char *url)
{
    const size_t at = get->n_items;

    if (!get_list_add(get, "x", 1))
        return TOOL_FAILURE;
    get->items[at].url = url;
    return 0;
}

int get_options(struct get *get, int argc, char **argv)
{
    int option, status = 0;

    opterr = 0;
    while (status == 0 &&
           (option = getopt_long(argc, argv, "i:o:cj:t:vqh", long_options, NULL)) != -1)
        status = get_option(get, option);
    for (int i = optind; status == 0 && i < argc; i++)
        status = get_argument(get, argv[i]);
    if (status != 0)
        return status;
    if (get->n_items == 0)
        return tool_usage("get", "no URL is given");
    if (get->sum && get->n_items != 1)
        return tool_usage("get", "--checksum is for one URL; a list gives each line its own");
    if (get->discards && get->continues)
        return tool_usage("get", "--discard leaves nothing to --continue with");
    if (get->request.decode && get->continues)
        return tool_usage("get", "--compressed cannot --continue: a part of a coding is of no use");
    if (get->sum)
        get->items[0].sum = get->sum;
    return 0;
}
