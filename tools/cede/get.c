/* get.c - cede get: a list of downloads, a folder for them, and a run of the engine. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cede.h>

#include "get.h"
#include "tool.h"

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

/* Have the bar of all tell the time, and follow the width of the terminal, also while no file
 * ends. */
static int get_tick(void *arg)
{
    struct get *get = arg;
    int rc;

    while ((rc = cede_sleep(CEDE_S(1))) == 0)
        cede_progress_refresh(get->bar);
    return rc;
}

int get_run(struct get *get)
{
    const cede_time start = cede_now();
    cede_future *ticks;
    int rc;

    if (!get_host_all(get))
        return cede_raise(-ENOMEM, "no memory for a list");
    ticks = get->bar ? cede_spawn(get_tick, get) : NULL;
    rc = get->engine(get);
    if (ticks) { /* NULL: no memory; then it stands still for a while */
        (void)cede_cancel(ticks);
        cede_future_unref(ticks);
    }
    get_host_free(get);
    get->elapsed = cede_now() - start;
    return rc;
}

static int get_main_task(void *arg)
{
    return get_run(arg);
}

/* Open the folder, made if need be, and lock it, so that two runs do not take the same names for
 * what is not complete. Where a lock is not to be had, names have the number of the process. */
static bool get_open_folder(struct get *get)
{
    if (mkdir(get->folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "cede get: cannot make %s: %s\n", get->folder, strerror(errno));
        return false;
    }
    get->folder_fd = open(get->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (get->folder_fd < 0) {
        fprintf(stderr, "cede get: %s: %s\n", get->folder, strerror(errno));
        return false;
    }
    get->has_folder = flock(get->folder_fd, LOCK_EX | LOCK_NB) == 0;
    if (get->has_folder)
        get_part_sweep(get);
    get->has_nameless = !get->continues && get_part_may_be_nameless(get);
    if (get->has_folder || !get->continues)
        return true;
    fprintf(stderr, "cede get: another cede get works in %s: --continue needs it alone\n",
            get->folder);
    return false;
}

static void get_open_bar(struct get *get)
{
    const cede_progress_options options = {.total = (int64_t)get->n_items, .unit = "file"};

    /* Lines of JSON would fall into a bar on the same terminal. */
    if (!get->is_quiet && !(get->is_json && isatty(STDOUT_FILENO)))
        get->bar = cede_progress_create(&options);
}

/* OpenSSL wants more of a stack than tasks have the first time it is used. */
static void get_warm_up(const struct get *get)
{
    bool sums = get->continues;

    for (size_t i = 0; !sums && i < get->n_items; i++)
        sums = get->items[i].sum != NULL;
    if (sums)
        get_sum_free(get_sum_begin(NULL));
}

/* libcurl takes a buffer for each transfer and gives it back at its end: of small files, so many
 * that the C library would grow and shrink the heap all the time. Buffers come from it and stay. */
static void get_keep_memory(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
#endif
}

static int get_everything(struct get *get)
{
    int rc;

    if (!get_name_all(get)) {
        fprintf(stderr, "cede get: no memory for a list\n");
        return TOOL_FAILURE;
    }
    if (!get->discards && !get_open_folder(get))
        return TOOL_FAILURE;
    get_warm_up(get);
    get_open_bar(get);
    rc = cede_run(get_main_task, get);
    cede_progress_destroy(get->bar);
    if (rc < 0 && rc != -EINTR && rc != GET_ESTOPPED)
        fprintf(stderr, "cede get: %s\n", cede_error_message(cede_error_last()));
    get_report_all(get, rc);
    if (rc == -EINTR)
        return TOOL_INTERRUPTED;
    return rc < 0 || get->n_saved < get->n_items ? TOOL_FAILURE : 0;
}

int get_main(int argc, char **argv)
{
    struct get get = {.folder = ".",
                      .folder_fd = -1,
                      .n_at_once = 50,
                      .engine = get_coroutines,
                      .timeout = CEDE_NEVER,
                      .session.buffer_size = (size_t)512 * 1024};
    int status = get_options(&get, argc, argv);

    get_keep_memory();
    srandom((unsigned)cede_now());
    if (status == 0)
        status = get_everything(&get);
    if (get.folder_fd >= 0)
        (void)close(get.folder_fd); /* and the lock goes */
    free((void *)get.request.headers);
    get_list_free(&get);
    return status > 0 ? status : 0;
}
