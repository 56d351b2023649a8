/* get.h - a list of downloads, and the ways through it. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TOOL_GET_H
#define CEDE_TOOL_GET_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cede/http.h>
#include <cede/progress.h>
#include <cede/time.h>

enum get_outcome {
    GET_PENDING, /* not tried, or not to the end */
    GET_SAVED,
    GET_NOT_FOUND, /* the server says so: 404, 410 */
    GET_FAILED,
};

enum {
    GET_NAME_LIMIT = 180, /* bytes of a name, before a number makes it unique */
    GET_NAME_SIZE = 208,
    GET_WHY_SIZE = 240,
    GET_SUM_SIZE = 32, /* SHA-256 */
};

/* The code of a run that --fail-fast ended. */
#define GET_ESTOPPED (CEDE_ERROR_USER - 1)

/* A download. There may be a million: texts are shared, and what came of it is elsewhere. */
struct get_item {
    const char *url;
    const char *name;  /* of the file */
    const char *sum;   /* GET_SUM_SIZE bytes that its contents must have; NULL: any */
    const char *fault; /* in its line of the list; NULL: none */
    enum get_outcome outcome;
};

/* What came of one; while it is tried, how far it is. */
struct get_result {
    struct get_item *item;
    enum get_outcome outcome;
    int status;        /* of the last answer; 0: there was none */
    unsigned attempts; /* begun */
    int64_t size;      /* bytes saved */
    bool is_kept;      /* it was there already */
    cede_time elapsed;
    char why[GET_WHY_SIZE]; /* it was not saved */
};

/* Items of one host, or simply all: those that order[begin] to order[end - 1] say. */
struct get_host {
    size_t next; /* atomic, for threads */
    size_t end;
};

/* Memory that is given back all at once. */
struct get_block;

struct get;

/* Takes the items one after the other; each engine in its own way. */
typedef int get_engine(struct get *get);

struct get {
    struct get_item *items;
    size_t n_items;
    struct get_block *blocks; /* of texts that items point to */

    /* As asked for. */
    const char *folder; /* where files go */
    const char *sum;    /* of the only file; NULL: none */
    get_engine *engine;
    cede_http_session_options session; /* but for its limit */
    cede_http_options request;
    unsigned n_at_once;
    unsigned per_host; /* 0: as many as at once */
    unsigned n_retries;
    cede_time timeout; /* for each try; CEDE_NEVER: none */
    int64_t rate;      /* bytes a second, all together; 0: no limit */
    bool continues, discards, fails_fast, is_json, is_verbose, is_quiet;

    /* While it runs. */
    int folder_fd;
    bool has_folder;    /* no other run uses it */
    bool has_nameless;  /* a file there may come without a name */
    cede_progress *bar; /* of all; NULL: none */
    struct get_host *hosts;
    unsigned *order; /* indices of items, host by host; NULL: as they stand */
    unsigned *lanes; /* indices of hosts; NULL: there is one */
    size_t n_lanes;
    size_t next_lane;  /* atomic, for threads */
    int64_t next_byte; /* when the next may come, by the rate; atomic */
    unsigned n_bars;   /* of long transfers; atomic */
    size_t n_saved, n_not_found, n_failed;
    size_t n_kept; /* of n_saved: were there already */
    int64_t n_bytes;
    cede_time elapsed;
};

/* Who takes items, one at a time. */
struct get_worker {
    struct get *get;
    cede_http_session *session;
    unsigned number; /* no two at once have the same */
    char *buffer;    /* for bodies, GET_BUFFER_SIZE; NULL until it is needed */
    void *digest;    /* likewise; an EVP_MD_CTX */
};

enum { GET_BUFFER_SIZE = 256 * 1024 };

/* get.c: run the engine, from a task, and measure it. 0, or -ECANCELED, GET_ESTOPPED, or what kept
 * it from working at all. */
int get_run(struct get *get);
/* get.c: the engine of that name; NULL if there is none. */
get_engine *get_engine_named(const char *name);

/* get_options.c: a status to end with, -1: help was asked for, or 0. */
int get_options(struct get *get, int argc, char **argv);

/* get_list.c: add a line: a URL and what follows it. False: no memory. */
bool get_list_add(struct get *get, const char *line, size_t length);
/* get_list.c: add the lines of a file; false, with a line on standard error, if that fails. */
bool get_list_read(struct get *get, const char *path);
/* get_list.c: memory that lives as long as the list. NULL: there is none. */
char *get_list_keep(struct get *get, const char *bytes, size_t size);
void get_list_free(struct get *get);

/* get_sum.c: "sha256:" and 64 digits as GET_SUM_SIZE bytes; false: it is no such. */
bool get_sum_parse(const char *text, size_t length, char *sum);
/* get_sum.c: the sum of bytes given piece by piece. Begin returns NULL where there is no memory. */
void *get_sum_begin(void *digest);
void get_sum_add(void *digest, const void *bytes, size_t size);
void get_sum_end(void *digest, char *sum);
void get_sum_text(const char *sum, char *text); /* 2 * GET_SUM_SIZE + 1 */
void get_sum_free(void *digest);

/* get_name.c: give each item the name of a file: safe, and no other's. False: no memory. */
bool get_name_all(struct get *get);
/* get_name.c: the name alone, before it is compared with others. */
void get_name_from_url(const char *url, char *name, size_t size);

/* get_host.c: lay out who may take what; false: no memory. */
bool get_host_all(struct get *get);
void get_host_free(struct get *get);
/* get_host.c: the next host that a worker may turn to, and the next item of it; NULL: none left. */
struct get_host *get_host_take(struct get *get);
struct get_item *get_host_item(struct get *get, struct get_host *host);

/* get_engine.c */
get_engine get_sequential, get_threads, get_coroutines;

/* get_file.c: try an item, in a task, as often as need be. 0 whatever came of it, or -ECANCELED:
 * it was given up. */
int get_file_run(struct get_worker *worker, struct get_item *item, struct get_result *result);
void get_file_fini(struct get_worker *worker);

/* get_body.c: take the body of a response, to a descriptor if there is one. 0, or raises. */
struct get_body {
    struct get_worker *worker;
    cede_http_response *response;
    const struct get_item *item;
    int fd;          /* -1: it is thrown away */
    int64_t resumed; /* bytes that were there before */
    int64_t size;    /* receives how many there are in all */
};
int get_body_take(struct get_body *body);
int get_body_add_old(struct get_body *body, int fd); /* the sum goes over `resumed` old bytes too */

/* get_part.c: a file while it comes. */
struct get_part {
    int fd;
    bool is_nameless;    /* open, and to be seen in no folder */
    int64_t size;        /* bytes that are there already */
    int64_t whole;       /* bytes of the file, which may be there already; 0: it is not */
    time_t modified;     /* of the version that comes, for sure; 0: nobody knows */
    char name[NAME_MAX]; /* under which it comes */
    char from[NAME_MAX]; /* what is beside it for --continue; "": nothing */
    char validator[200]; /* of the bytes or the file there; "": they are of no use */
};
/* get_part.c: its names, and what is left of an earlier run; nothing is opened. */
void get_part_find(const struct get_worker *worker, const struct get_item *item,
                   struct get_part *part);
/* get_part.c: open it for the rest of what is there, or empty. 0, or raises. */
int get_part_open(const struct get *get, struct get_part *part, const struct get_item *item,
                  const cede_http_response *response);
/* get_part.c: it is complete: close it, and give it its name. 0, or raises. */
int get_part_finish(const struct get *get, struct get_part *part, const struct get_item *item);
/* get_part.c: it will not be complete: close it, keep it for --continue if it can be, else remove
 * it. */
void get_part_leave(const struct get *get, struct get_part *part);
void get_part_remove(const struct get *get, struct get_part *part);
/* get_part.c: whether files can be made in the folder without a name, and be given one. */
bool get_part_may_be_nameless(const struct get *get);
/* get_part.c: remove what a run that was killed has left. */
void get_part_sweep(const struct get *get);

/* get_report.c: an item is done: count it, and say so. On the thread that ran get_run. */
void get_report(struct get *get, const struct get_result *result);
/* get_report.c: the counts, at the end. */
void get_report_all(struct get *get, int rc);

#endif
