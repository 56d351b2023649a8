/* demo.c - cede demo: twenty flags, one by one, in threads and in coroutines.
 *
 * The server is a task of the same loop that the coroutines run on: it makes each answer wait, as a
 * far-away one would. Each way gets a fresh folder, and what it saved is compared with the
 * originals.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cede.h>
#include <cede/http_server.h>

#include "demo_flag.h"
#include "get.h"
#include "tool.h"

static const char help[] =
    "usage: cede demo [--delay MS] [--files N] [--json]\n"
    "\n"
    "Make 20 small flags, serve them here with a delay before each, and download them one by one, "
    "in\n"
    "threads, and in coroutines. No network is needed.\n"
    "\n"
    "  --delay MS   milliseconds before each answer (250)\n"
    "  --files N    how many to download, at most 1000; the flags are repeated (20)\n"
    "  --json       print the times as a line of JSON\n";

/* The ways, and what they are called. */
static const struct {
    const char *label;
    const char *key;
    get_engine *engine;
} ways[] = {
    {"one by one", "sequential_s", get_sequential},
    {"in threads", "threads_s", get_threads},
    {"in coroutines", "coroutines_s", get_coroutines},
};

enum { N_WAYS = sizeof ways / sizeof *ways, MAX_FILES = 1000 };

struct demo {
    long delay_ms;
    long n_files;
    bool is_json;
    struct {
        unsigned char *bytes;
        size_t size;
    } flags[DEMO_FLAGS];
    double seconds[N_WAYS];
};

/* The server. "/br/br.png", as the seeds' server has it; "/3/br.png" when the flags are
 * repeated. */
static int demo_answer(cede_http_request *request, void *arg)
{
    const struct demo *demo = arg;
    const char *slash = strrchr(cede_http_request_path(request), '/');

    for (size_t i = 0; i < DEMO_FLAGS; i++) {
        if (strncmp(slash + 1, demo_flag_code(i), 2) == 0 && strcmp(slash + 3, ".png") == 0)
            return cede_http_reply(request, 200, "image/png", demo->flags[i].bytes,
                                   demo->flags[i].size);
    }
    return 404;
}

static bool file_is(int folder, const char *name, const void *bytes, size_t size)
{
    const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    unsigned char buffer[4096];
    ssize_t n;

    if (fd < 0)
        return false;
    n = read(fd, buffer, sizeof buffer);
    close(fd);
    return n == (ssize_t)size && memcmp(buffer, bytes, size) == 0;
}

/* Compare what was saved, and remove it. 0, or raises. */
static int demo_check(const struct demo *demo, const struct get *get)
{
    int rc = 0;

    for (size_t i = 0; i < get->n_items; i++) {
        const struct get_item *item = &get->items[i];
        if (item->outcome == GET_SAVED &&
            !file_is(get->folder_fd, item->name, demo->flags[i % DEMO_FLAGS].bytes,
                     demo->flags[i % DEMO_FLAGS].size))
            rc = cede_raise(-EIO, "%s is not what the server sent", item->name);
        if (item->outcome == GET_SAVED)
            (void)unlinkat(get->folder_fd, item->name, 0);
    }
    if (rc == 0 && get->n_saved != get->n_items)
        rc = cede_raise(-EIO, "%zu of %zu files did not come", get->n_items - get->n_saved,
                        get->n_items);
    return rc;
}

/* One of the ways, from the first request to the last file. */
static int demo_measure(struct demo *demo, size_t way, struct get *get)
{
    const char *place = getenv("TMPDIR");
    char folder[512];
    const cede_progress_options bar = {.total = demo->n_files,
                                       .description = ways[way].label,
                                       .unit = "file",
                                       .transient = true,
                                       .mode = CEDE_PROGRESS_TERMINAL_ONLY};
    int rc;

    snprintf(folder, sizeof folder, "%.400s/cede-demo-XXXXXX", place ? place : "/tmp");
    if (!mkdtemp(folder))
        return cede_raise(-errno, "cannot make %s: %s", folder, strerror(errno));
    get->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    get->engine = ways[way].engine;
    get->bar = cede_progress_create(&bar);
    rc = get->folder_fd < 0 ? cede_raise(-EIO, "cannot open %s", folder) : get_run(get);
    cede_progress_destroy(get->bar);
    if (get->folder_fd >= 0) {
        const int checked = demo_check(demo, get);
        rc = rc < 0 ? rc : checked;
        close(get->folder_fd);
    }
    (void)rmdir(folder);
    get->folder = NULL;
    get->bar = NULL;
    demo->seconds[way] = cede_time_seconds(get->elapsed);
    return rc;
}

static bool list_fill(struct get *get, const struct demo *demo, int port)
{
    bool ok = true;

    for (long i = 0; ok && i < demo->n_files; i++) {
        char url[64];
        const char *code = demo_flag_code((size_t)i % DEMO_FLAGS);
        if (i < DEMO_FLAGS)
            snprintf(url, sizeof url, "http://127.0.0.1:%d/%s/%s.png", port, code, code);
        else
            snprintf(url, sizeof url, "http://127.0.0.1:%d/%ld/%s.png", port, i / DEMO_FLAGS, code);
        ok = get_list_add(get, url, strlen(url));
    }
    return ok && get_name_all(get);
}

static int demo_measure_all(struct demo *demo, int port)
{
    const size_t n = (size_t)demo->n_files;
    int rc = 0;

    for (size_t way = 0; way < N_WAYS && rc == 0; way++) {
        struct get get = {.n_at_once = (unsigned)n, .timeout = CEDE_NEVER, .has_folder = true};
        rc = list_fill(&get, demo, port) ? demo_measure(demo, way, &get)
                                         : cede_raise(-ENOMEM, "no memory for a list");
        get_list_free(&get);
    }
    return rc;
}

static int demo_task(void *arg)
{
    struct demo *demo = arg;
    const cede_http_server_options options = {
        .handler = demo_answer, .arg = demo, .delay = demo->delay_ms * CEDE_MS(1)};
    cede_http_server *server;
    int rc;

    CEDE_TRY(cede_http_server_start(&options, &server));
    rc = demo_measure_all(demo, cede_http_server_port(server));
    (void)cede_http_server_stop(server, 0);
    return rc;
}

/* The table. */

static void print_bar(double part)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const bool is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    int n = (int)(part * 40 * 8 + 0.5);

    for (n = n > 0 ? n : 1; n >= 8; n -= 8)
        fputs(is_utf8 ? "█" : "#", stdout);
    fputs(is_utf8 ? eighths[n] : n >= 4 ? "#" : "", stdout);
}

static void print_table(const struct demo *demo)
{
    double longest = 0.001;

    for (size_t i = 0; i < N_WAYS; i++)
        longest = demo->seconds[i] > longest ? demo->seconds[i] : longest;
    printf("%ld flags, each %ld ms away:\n\n", demo->n_files, demo->delay_ms);
    for (size_t i = 0; i < N_WAYS; i++) {
        printf("  %-14s %7.3f s  ", ways[i].label, demo->seconds[i]);
        print_bar(demo->seconds[i] / longest);
        putchar('\n');
    }
}

static void print_json(const struct demo *demo)
{
    putchar('{');
    for (size_t i = 0; i < N_WAYS; i++)
        printf("\"%s\":%.4f,", ways[i].key, demo->seconds[i]);
    printf("\"delay_s\":%g,\"files\":%ld}\n", (double)demo->delay_ms / 1000, demo->n_files);
}

/* Options. */

static int demo_options(struct demo *demo, int argc, char **argv)
{
    static const struct option options[] = {{"delay", required_argument, NULL, 'd'},
                                            {"files", required_argument, NULL, 'n'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return -1;
        }
        if (option == 'j')
            demo->is_json = true;
        else if (option == 'd' && !tool_number("--delay", optarg, 0, 60000, &demo->delay_ms))
            return TOOL_USAGE;
        else if (option == 'n' && !tool_number("--files", optarg, 1, MAX_FILES, &demo->n_files))
            return TOOL_USAGE;
        else if (option == '?')
            return tool_usage("demo", "that is no option of it");
    }
    return optind == argc ? 0 : tool_usage("demo", "it takes no arguments");
}

static int demo_show(struct demo *demo)
{
    int rc;

    for (size_t i = 0; i < DEMO_FLAGS; i++) {
        demo->flags[i].size = demo_flag_png(i, &demo->flags[i].bytes);
        if (demo->flags[i].size == 0)
            return TOOL_FAILURE;
    }
    rc = cede_run(demo_task, demo);
    if (rc == -EINTR)
        return TOOL_INTERRUPTED;
    if (rc < 0) {
        fprintf(stderr, "cede demo: %s\n", cede_error_message(cede_error_last()));
        return TOOL_FAILURE;
    }
    (demo->is_json ? print_json : print_table)(demo);
    return 0;
}

int demo_main(int argc, char **argv)
{
    struct demo demo = {.delay_ms = 250, .n_files = DEMO_FLAGS};
    int status;

    setlocale(LC_CTYPE, "");
    status = demo_options(&demo, argc, argv);
    if (status == 0)
        status = demo_show(&demo);
    for (size_t i = 0; i < DEMO_FLAGS; i++)
        free(demo.flags[i].bytes);
    return status > 0 ? status : 0;
}
