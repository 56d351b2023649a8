/* get.c - cede get: what is to be downloaded, how, and what came of it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cede.h>

#include "get.h"
#include "tool.h"

static const char help[] =
    "usage: cede get [-i FILE] [-o DIR] [-j N] [--engine NAME] [-v] [-q] URL...\n"
    "\n"
    "Download each URL to a file named after the end of its path. A file appears whole or not at "
    "all;\n"
    "one that is there already is replaced. Where several URLs end alike, the later get numbers.\n"
    "\n"
    "  -i, --input FILE    take URLs from FILE as well, one a line; - is standard input\n"
    "  -o, --output DIR    put files into DIR, which is made if need be (here)\n"
    "  -j, --jobs N        download at most N at once (50)\n"
    "  --engine NAME       coroutines, threads or sequential (coroutines)\n"
    "  -t, --timeout S     give up a file that has not come within S seconds\n"
    "  -v, --verbose       a line for each file\n"
    "  -q, --quiet         nothing but failures\n"
    "  --cacert FILE       trust the certificates in FILE, and no others\n"
    "  --insecure          do not check certificates\n"
    "\n"
    "The exit status is 0 if all came, 1 if some failed, 130 after Ctrl-C.\n";

static const struct {
    const char *name;
    get_engine *engine;
} engines[] = {
    {"coroutines", get_coroutines}, {"threads", get_threads}, {"sequential", get_sequential}};

get_engine *get_engine_named(const char *name)
{
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        if (strcmp(engines[i].name, name) == 0)
            return engines[i].engine;
    }
    return NULL;
}

const char *get_size_text(int64_t size, char *text, size_t n)
{
    static const char units[] = "KMGTPE";
    double value = (double)size;
    size_t unit = 0;

    if (size < 1024) {
        snprintf(text, n, "%d B", (int)size);
        return text;
    }
    for (value /= 1024; value >= 1023.95 && units[unit + 1]; value /= 1024)
        unit++;
    snprintf(text, n, "%.1f %ciB", value, units[unit]);
    return text;
}

/* Results. */

void get_report(struct get *get, const struct get_item *item)
{
    char size[32];

    if (item->outcome == GET_SAVED) {
        get->n_saved++;
        get->n_bytes += item->size;
        if (get->is_verbose)
            cede_progress_printf(get->bar, "%s: saved %s (%s)", item->url, item->name,
                                 get_size_text(item->size, size, sizeof size));
    } else {
        get->n_not_found += item->outcome == GET_NOT_FOUND;
        get->n_failed += item->outcome == GET_FAILED;
        cede_progress_printf(get->bar, "%s: %s", item->url, item->why);
    }
    cede_progress_add(get->bar, 1);
}

int get_run(struct get *get)
{
    const cede_time start = cede_now();
    const int rc = get->engine(get);

    get->elapsed = cede_now() - start;
    return rc;
}

static int get_main_task(void *arg)
{
    return get_run(arg);
}

static void get_summarise(const struct get *get, bool interrupted)
{
    char size[32];

    if (interrupted)
        fprintf(stderr, "cede get: interrupted, %zu of %zu not tried to the end\n",
                get->n_items - get->n_saved - get->n_not_found - get->n_failed, get->n_items);
    if (!get->is_quiet)
        printf("%zu file%s downloaded in %.2fs (%s, %zu not found, %zu error%s)\n", get->n_saved,
               get->n_saved == 1 ? "" : "s", cede_time_seconds(get->elapsed),
               get_size_text(get->n_bytes, size, sizeof size), get->n_not_found, get->n_failed,
               get->n_failed == 1 ? "" : "s");
}

/* The list. */

static bool list_add(struct get *get, const char *url)
{
    struct get_item *longer = get->items;

    /* Grows at each power of two. */
    if ((get->n_items & (get->n_items - 1)) == 0)
        longer = realloc(longer, (get->n_items ? 2 * get->n_items : 1) * sizeof *longer);
    if (!longer)
        return false;
    get->items = longer;
    memset(&longer[get->n_items], 0, sizeof *longer);
    longer[get->n_items].url = strdup(url);
    return longer[get->n_items++].url != NULL;
}

/* A URL a line; blank lines and those that begin with # are nothing. */
static int list_read(struct get *get, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    bool ok = true;

    if (!file) {
        fprintf(stderr, "cede get: %s: %s\n", path, strerror(errno));
        return TOOL_FAILURE;
    }
    while (ok && getline(&line, &size, file) >= 0) {
        char *url = line + strspn(line, " \t");
        size_t length = strcspn(url, "\r\n");
        while (length > 0 && (url[length - 1] == ' ' || url[length - 1] == '\t'))
            length--;
        url[length] = '\0';
        if (url[0] != '\0' && url[0] != '#')
            ok = list_add(get, url);
    }
    ok = ok && !ferror(file);
    free(line);
    if (file != stdin)
        fclose(file);
    if (!ok)
        fprintf(stderr, "cede get: cannot read %s\n", path);
    return ok ? 0 : TOOL_FAILURE;
}

static void list_free(struct get *get)
{
    for (size_t i = 0; i < get->n_items; i++)
        free((char *)get->items[i].url);
    free(get->items);
}

/* Options. */

static const struct option long_options[] = {
    {"input", required_argument, NULL, 'i'},
    {"output", required_argument, NULL, 'o'},
    {"jobs", required_argument, NULL, 'j'},
    {"engine", required_argument, NULL, 'e'},
    {"timeout", required_argument, NULL, 't'},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"cacert", required_argument, NULL, 'c'},
    {"insecure", no_argument, NULL, 'k'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* One option; 0, or a status to end with, or -1: help was asked for. */
static int get_option(struct get *get, int option)
{
    long number;

    switch (option) {
    case 'i':
        return list_read(get, optarg);
    case 'o':
        get->folder = optarg;
        return 0;
    case 'j':
        if (!tool_number("--jobs", optarg, 1, 10000, &number))
            return TOOL_USAGE;
        get->n_at_once = (unsigned)number;
        return 0;
    case 'e':
        get->engine = get_engine_named(optarg);
        return get->engine ? 0 : tool_usage("get", "there is no engine '%s'", optarg);
    case 't':
        if (!tool_number("--timeout", optarg, 1, 1000000, &number))
            return TOOL_USAGE;
        get->timeout = number * CEDE_S(1);
        return 0;
    case 'c':
        get->session.ca_file = optarg;
        return 0;
    case 'k':
        get->session.insecure = true;
        return 0;
    case 'v':
        get->is_verbose = true;
        return 0;
    case 'q':
        get->is_quiet = true;
        return 0;
    case 'h':
        fputs(help, stdout);
        return -1;
    default:
        return tool_usage("get", "that is no option of it");
    }
}

static int get_options(struct get *get, int argc, char **argv)
{
    int option, status = 0;

    opterr = 0;
    while (status == 0 &&
           (option = getopt_long(argc, argv, "i:o:j:t:vqh", long_options, NULL)) != -1)
        status = get_option(get, option);
    if (status != 0)
        return status;
    for (int i = optind; i < argc; i++) {
        if (!list_add(get, argv[i]))
            return TOOL_FAILURE;
    }
    return get->n_items > 0 ? 0 : tool_usage("get", "no URL is given");
}

static bool get_open_folder(struct get *get)
{
    if (mkdir(get->folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "cede get: cannot make %s: %s\n", get->folder, strerror(errno));
        return false;
    }
    get->folder_fd = open(get->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (get->folder_fd < 0)
        fprintf(stderr, "cede get: %s: %s\n", get->folder, strerror(errno));
    return get->folder_fd >= 0;
}

static int get_everything(struct get *get)
{
    const cede_progress_options options = {.total = (int64_t)get->n_items, .unit = "file"};
    int rc;

    if (!get_name_all(get->items, get->n_items) || !get_open_folder(get))
        return TOOL_FAILURE;
    if (!get->is_quiet)
        get->bar = cede_progress_create(&options);
    rc = cede_run(get_main_task, get);
    cede_progress_destroy(get->bar);
    close(get->folder_fd);
    if (rc < 0 && rc != -EINTR)
        fprintf(stderr, "cede get: %s\n", cede_error_message(cede_error_last()));
    get_summarise(get, rc == -EINTR);
    if (rc == -EINTR)
        return TOOL_INTERRUPTED;
    return rc < 0 || get->n_saved < get->n_items ? TOOL_FAILURE : 0;
}

int get_main(int argc, char **argv)
{
    struct get get = {
        .folder = ".", .n_at_once = 50, .engine = get_coroutines, .timeout = CEDE_NEVER};
    int status = get_options(&get, argc, argv);

    if (status == 0)
        status = get_everything(&get);
    list_free(&get);
    return status > 0 ? status : 0;
}
