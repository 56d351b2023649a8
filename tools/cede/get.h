/* get.h - a list of downloads, and the ways through it. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TOOL_GET_H
#define CEDE_TOOL_GET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/http.h>
#include <cede/progress.h>
#include <cede/time.h>

enum get_outcome {
    GET_PENDING, /* not tried, or not to the end */
    GET_SAVED,
    GET_NOT_FOUND, /* the server says so: 404, 410 */
    GET_FAILED,
};

enum { GET_NAME_SIZE = 208, GET_WHY_SIZE = 240 };

struct get_item {
    const char *url;
    char name[GET_NAME_SIZE]; /* of the file */
    enum get_outcome outcome;
    int64_t size;           /* bytes saved */
    char why[GET_WHY_SIZE]; /* it was not saved */
};

struct get;

/* Takes the items one after the other; each engine in its own way. */
typedef int get_engine(struct get *get);

struct get {
    struct get_item *items;
    size_t n_items;
    const char *folder; /* where files go */
    int folder_fd;
    unsigned n_at_once;
    get_engine *engine;
    cede_http_session_options session; /* but for its limit */
    cede_time timeout;                 /* for each item; CEDE_NEVER: none */
    bool is_verbose;
    bool is_quiet;
    cede_progress *bar; /* NULL: none */
    size_t next;        /* the item that is taken next; atomic, for threads */
    size_t n_saved, n_not_found, n_failed;
    int64_t n_bytes;
    cede_time elapsed;
};

/* get.c: run the engine, from a task, and measure it. 0, or -ECANCELED, or what kept it from
 * working at all. */
int get_run(struct get *get);
/* get.c: an item is done: count it, and say so. On the thread that ran get_run. */
void get_report(struct get *get, const struct get_item *item);
/* get.c: the engine of that name; NULL if there is none. */
get_engine *get_engine_named(const char *name);
/* get.c: "412 B", "41.2 KiB" */
const char *get_size_text(int64_t size, char *text, size_t n);

/* get_engine.c */
get_engine get_sequential, get_threads, get_coroutines;

/* get_file.c: try an item, in a task. 0 whatever came of it, or -ECANCELED: it was given up. */
int get_item_run(const struct get *get, cede_http_session *session, struct get_item *item);

/* get_name.c: give each item the name of a file: safe, and no other's. False: no memory. */
bool get_name_all(struct get_item *items, size_t n);
/* get_name.c: the name alone, before it is compared with others. */
void get_name_from_url(const char *url, char *name, size_t size);

#endif
